#!/bin/sh
# Runs every fuzz test of the module for the time given, one after another. Making
# an input that is merely interesting smaller may take 60 s each by default, and
# where coverage varies from run to run nearly nothing else happens.
set -eu
each=${1:-30s}
grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r dir; do
	for name in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$dir"/*_test.go); do
		echo "== $dir $name"
		case $dir in ./helpers/pkcs11*) cgo=1 ;; *) cgo=0 ;; esac
		(cd "$dir" && CGO_ENABLED=$cgo go test -run '^$' -fuzz "^$name\$" -fuzztime "$each" -fuzzminimizetime 10x .)
	done
done
