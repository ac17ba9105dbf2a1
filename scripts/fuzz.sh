#!/bin/sh
# Runs every fuzz test for the time given, one after another, those of the helpers'
# modules as well, and fails at the end if one has failed. Making an input that is
# merely interesting smaller may take 60 s each by default, and where coverage
# varies from run to run nearly nothing else happens.
set -eu
each=${1:-30s}
said=$(mktemp)
trap 'rm -f "$said"' EXIT

# Go reports it as a failure where the time ends in the middle of an input.
ended() { grep -q 'context deadline exceeded' "$said" && ! grep -q 'Failing input' "$said"; }

fuzz() {
	case $1 in ./helpers/pkcs11*) cgo=1 ;; *) cgo=0 ;; esac
	(cd "$1" && CGO_ENABLED=$cgo go test -run '^$' -fuzz "^$2\$" -fuzztime "$each" -fuzzminimizetime 10x .) >"$said" 2>&1
}

grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | {
	bad=0
	while read -r dir; do
		for name in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$dir"/*_test.go); do
			echo "== $dir $name"
			fuzz "$dir" "$name" || ended || bad=1
			tail -n 20 "$said"
		done
	done
	exit $bad
}
