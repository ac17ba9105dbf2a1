package assess

import (
	"bytes"
	"context"
	"sort"

	"github.com/plimsoll-dev/plimsoll/internal/code/secretscan"
	"github.com/plimsoll-dev/plimsoll/internal/code/verifylive"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// maxLiveFile is the largest file that is read again for a credential in it.
const maxLiveFile = 64 << 20

// askIssuers adds to what is said of credentials whether they still work. It
// comes after the checks: what an issuer says today is no function of their
// inputs, so it is in this run's words and in no evidence.
func (a *assessment) askIssuers(ctx context.Context) {
	if a.AskIssuer == nil {
		return
	}
	for i := range a.words {
		for n := range a.words[i].Evidence.Findings {
			f := &a.words[i].Evidence.Findings[n]
			if f.Check == knowledge.SecretCheck && a.AskIssuer.CanAsk(f.Rule) && ctx.Err() == nil {
				f.Message += said(a.askIssuer(ctx, f))
			}
		}
	}
}

func said(answer verifylive.Answer) string {
	switch answer.State {
	case verifylive.Live:
		return ", live: its issuer takes it"
	case verifylive.Revoked:
		return ", revoked: its issuer refuses it"
	}
	return ", whether it works could not be told: " + answer.Why
}

// askIssuer reads the credential at its place, asks, and forgets it.
func (a *assessment) askIssuer(ctx context.Context, f *event.Finding) verifylive.Answer {
	data, err := a.contentAt(ctx, f)
	if err != nil {
		return verifylive.Answer{State: verifylive.Unknown, Why: "the file could not be read again"}
	}
	found, err := secretscan.Recover(bytes.NewReader(data), int64(len(data)), func(print string) bool { return print == f.Fingerprint })
	secret := found[f.Fingerprint]
	if err != nil || secret == nil {
		return verifylive.Answer{State: verifylive.Unknown, Why: "it is not at its place any more"}
	}
	defer clear(secret)
	return a.AskIssuer.Ask(ctx, f.Rule, secret)
}

// contentAt is the file that a finding is in.
func (a *assessment) contentAt(ctx context.Context, f *event.Finding) ([]byte, error) {
	if f.Commit != "" {
		return a.repo.ReadAt(ctx, f.Commit+":"+f.Path, maxLiveFile)
	}
	files := a.snapshot.Files()
	i := sort.Search(len(files), func(i int) bool { return files[i].Path >= f.Path })
	if i == len(files) || files[i].Path != f.Path {
		return a.repo.ReadAt(ctx, "HEAD:"+f.Path, maxLiveFile)
	}
	return repo.ReadFile(ctx, a.snapshot, files[i], maxLiveFile)
}
