// Package review asks the few questions that a change deserves.
//
// A checklist that asks everything of every change is ticked and not read. So
// questions are made from what changed in meaning: both sides of each file are
// split into tokens, comments and layout fall away, blocks that only moved are
// recognised, and what is left is held against the items of knowledge/review
// and of the organisation. At most five questions are asked, and none where
// nothing relevant changed. One is closed by a test, a check or a person's
// word, signed over the digest of the very lines it is about, and opens again
// when they change.
package review
