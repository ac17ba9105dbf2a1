# The targets that people use. Each needs Go and git; `make test` brings the rest.
GO ?= go
export CGO_ENABLED ?= 0

.PHONY: run build test lint bench fuzz generate crash big survival compare creddata simulate

run: ## say whether this repository is fit to ship
	$(GO) run ./cmd/plimsoll check

build: ## bin/plimsoll, stripped
	$(GO) build -trimpath -ldflags '-s -w' -o bin/plimsoll ./cmd/plimsoll

test: ## every test; installs what they need from Debian's packages when run as root
	sh scripts/install-test-tools.sh
	mkdir -p build
	$(GO) tool gotestsum --format pkgname --junitfile build/tests.xml -- ./...
	cd examples/guestbook && $(GO) vet ./...
	@for module in helpers/*/go.mod; do GO="$(GO)" sh scripts/test-module.sh $$(dirname $$module) || exit 1; done

lint: ## vet, staticcheck, govulncheck where its database can be reached
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	sh scripts/govulncheck.sh

bench: ## benchmarks of every hot path
	$(GO) test -run '^$$' -bench . -benchmem ./...

FUZZTIME ?= 30s
fuzz: ## fuzz every parser for FUZZTIME each
	sh scripts/fuzz.sh $(FUZZTIME)

generate: ## tables that are made from knowledge/
	$(GO) generate ./...

crash: build ## kill -9 a hundred checks, sealings and revocations at random moments
	$(GO) test -count=1 -timeout 30m ./internal/cli -v -run TestKill -crash 100
	$(GO) test -count=1 -timeout 30m ./internal/release/seal -v -run TestKill -crash 100
	$(GO) test -count=1 -timeout 30m ./internal/release/revoke -v -run 'TestKill$$' -crash 100

big: build ## the bad inputs that are too large for every run: 2 GB and 500 MB files, 100,000 files
	$(GO) test -count=1 -timeout 30m ./internal/cli -v -run TestBig -big

REPOSITORY ?= .
compare: build ## time the secret scan beside gitleaks on REPOSITORY
	sh scripts/compare.sh $(REPOSITORY)

CLONES ?= ..
survival: ## how many findings keep their identity over releases: CLONES is a folder with clones of terraform, prometheus and rails
	$(GO) test -count=1 -timeout 120m ./internal/cli -v -run TestSurvival -survival $(abspath $(CLONES))

# CREDDATA is a clone of https://github.com/Samsung/CredData, CREDDATA_MIRRORS a
# folder of `git clone --mirror`s named owner+name, CREDDATA_REPOS where their
# labelled commits are put. Only repositories whose ids begin with 0 to 7 are used.
CREDDATA_REPOS ?= build/creddata
creddata: ## recall and precision of the secret scanner on CredData: make creddata CREDDATA=dir CREDDATA_MIRRORS=dir
	@test -n "$(CREDDATA)" || { echo "set CREDDATA to a clone of https://github.com/Samsung/CredData and CREDDATA_MIRRORS to mirrors of the repositories that its snapshot.json names"; exit 1; }
	mkdir -p $(CREDDATA_REPOS)
	CREDDATA=$(abspath $(CREDDATA)) CREDDATA_REPOS=$(abspath $(CREDDATA_REPOS)) CREDDATA_MIRRORS=$(abspath $(CREDDATA_MIRRORS)) \
		$(GO) test -count=1 -run TestCredData -v ./internal/code/secretscan

simulate: ## twenty years of a team's decisions: what is shown, and how right it is
	$(GO) test -count=1 -timeout 60m ./internal/finding/attention -v -run TestYearOfDecisions -years 20 -days 365
