package translog

import (
	"context"

	"github.com/plimsoll-dev/plimsoll/verify"
)

// Prove gives the proof of an entry as a bundle carries it, with what leads from
// earlier sizes of the log to this one.
func (v *View) Prove(ctx context.Context, index int64, earlier []int64) (*verify.Proof, error) {
	p := &verify.Proof{MediaType: verify.ProofLine, Index: index, Checkpoint: v.Checkpoint.Raw}
	for leaf, err := range v.Leaves(ctx, index) {
		if err != nil {
			return nil, err
		}
		p.Entry = leaf.Data
		break
	}
	var err error
	if p.Inclusion, err = v.Inclusion(index); err != nil {
		return nil, err
	}
	for _, size := range earlier {
		if size <= 0 || size >= v.Size() {
			continue
		}
		hashes, err := v.Consistency(size)
		if err != nil {
			return nil, err
		}
		p.Consistency = append(p.Consistency, verify.Consistency{Size: size, Hashes: hashes})
	}
	return p, nil
}
