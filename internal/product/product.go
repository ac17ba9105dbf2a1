// Package product knows what is shipped: it infers the facts of a product from
// the files of its repository, reads what people wrote of it in
// .plimsoll/product.yaml, and writes the first draft of that file.
//
// Everything later hangs on the facts: which requirements apply, how much a
// finding matters, what a threat model starts from. So a fact says where it was
// seen and how sure it is, a person may overrule it, and precision comes before
// completeness: what stands under tests, examples, documents or vendored
// folders does not decide what the product is.
//
// Inference has two halves. Extract looks at one file and gives Clues, which
// depend on nothing but the path and the bytes, so that they can be kept.
// Combine makes facts of the clues and of the list of files, and opens nothing.
package product
