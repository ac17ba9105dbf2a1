package cli_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/approval"
	"github.com/plimsoll-dev/plimsoll/internal/release/checklist"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	standing "github.com/plimsoll-dev/plimsoll/internal/release/releases"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// holder signs with the key of a person of a script; the name decides the key.
type holder string

func (h holder) private() ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("holder " + string(h)))
	return ed25519.NewKeyFromSeed(seed[:])
}

func (h holder) Key() verify.Key {
	k, err := verify.NewKey(verify.Ed25519, h.private().Public().(ed25519.PublicKey))
	if err != nil {
		panic(err)
	}
	return k
}
func (h holder) Sign(_ context.Context, m []byte) ([]byte, error) {
	return ed25519.Sign(h.private(), m), nil
}
func (holder) Close() error { return nil }

// organisation writes the keys of people (NAME.pem) and a trust file in which
// two of ada, bob and eve release and revoke; the log's key is that in a file:
//
//	organisation LOGKEY
func organisation(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: organisation LOGKEY")
	}
	log, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	people := []holder{"ada", "bob", "eve"}
	two := verify.Authority{Threshold: 2}
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	doc := verify.TrustDocument{Type: verify.TrustType, Organisation: "Example", Version: 1, Epoch: 1, Issued: now.AddDate(0, -1, 0), Expires: now.AddDate(1, 0, 0),
		Log: &verify.LogTrust{Key: strings.TrimSpace(string(log)), Required: true}}
	for _, h := range append(people, "root") {
		der, err := x509.MarshalPKCS8PrivateKey(h.private())
		ts.Check(err)
		put(ts, string(h)+".pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE " + "KEY", Bytes: der}))
		ts.Check(os.Chmod(ts.MkAbs(string(h)+".pem"), 0o600))
		doc.Keys = append(doc.Keys, verify.TrustKey{Key: h.Key().Line(), Name: string(h), Epoch: 1})
		if h != "root" {
			two.Keys = append(two.Keys, h.Key().ID)
		}
	}
	doc.Roles = map[verify.Role]verify.Authority{verify.RoleRoot: {Threshold: 1, Keys: []string{holder("root").Key().ID}}, verify.RoleRelease: two, verify.RoleRevoke: two}
	payload, err := json.Marshal(doc)
	ts.Check(err)
	line, err := envelope.Sign(context.Background(), verify.TrustPayload, payload, holder("root"))
	ts.Check(err)
	put(ts, "trust.json", append(line, '\n'))
}

// prepared writes a release of DIR/dist/app as preparing and approving leave it,
// approved by a person of product.yaml: prepared DIR VERSION PERSON
func prepared(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: prepared DIR VERSION PERSON")
	}
	dir, version, by := args[0], args[1], holder(strings.ToLower(args[2]))
	app, err := os.ReadFile(ts.MkAbs(dir + "/dist/app"))
	ts.Check(err)
	now := time.Date(2026, 6, 1, 11, 0, 0, 0, time.UTC)
	p := record.Prepared{Type: record.PreparedType, Product: "shop", Version: version, PreparedAt: now, PreparedBy: "Ada", Authors: []string{"ada@example.org"},
		Deliverables: []verify.Deliverable{{Name: "dist/app", Kind: verify.KindFile, Digest: verify.Digest(app), Size: int64(len(app))}},
		Verdict:      verify.Verdict{Gate: "met", AsOf: now, Tool: "plimsoll 1.0.0", Statuses: map[string]int{"pass": 1}, Requirements: []verify.Status{{ID: "R-1", Status: "pass"}}},
		Needs:        []record.Need{{Count: 1, Roles: []string{"maintainer"}}}, ValidFor: "2160h"}
	put(ts, dir+"/.plimsoll/product.yaml", []byte("name: shop\nowners:\n"+
		"  - {name: Ada, email: ada@example.org, role: maintainer, keys: [\""+holder("ada").Key().Line()+"\"]}\n"+
		"  - {name: Bob, email: bob@example.org, role: maintainer, keys: [\""+holder("bob").Key().Line()+"\"]}\n"+
		"  - {name: Eve, email: eve@example.org, role: developer, keys: [\""+holder("eve").Key().Line()+"\"]}\n"+
		"release: {approvals: [{count: 1, roles: [maintainer]}]}\n"))
	standsHere(ts, ts.MkAbs(dir), &p)
	raw, err := json.Marshal(p)
	ts.Check(err)
	folder := dir + "/" + record.Dir + "/" + version + "/"
	put(ts, folder+record.PreparedFile, raw)
	role := map[holder]string{"ada": "maintainer", "bob": "maintainer", "eve": "developer"}[by]
	line, err := approval.Sign(p, raw, approval.Word{By: args[2], Role: role, Recorded: now}, by.private())
	ts.Check(err)
	put(ts, folder+record.ApprovalsDir+"/"+string(by)+".json", line)
}

// standsHere fills in what preparing takes from the policy and the history.
func standsHere(ts *testscript.TestScript, dir string, p *record.Prepared) {
	r, err := repo.Open(context.Background(), dir)
	ts.Check(err)
	p.Commit = r.Head()
	p.Roots, err = r.Roots(context.Background())
	ts.Check(err)
	all, err := standing.All(dir)
	ts.Check(err)
	if last := standing.Last(all, ""); last != nil {
		p.Previous = last.Version
	}
	items, err := checklist.Items(&product.Product{})
	ts.Check(err)
	for _, item := range items {
		p.Preconditions = append(p.Preconditions, verify.Precondition{ID: item.ID, Met: true, Because: "it was met"})
	}
}
