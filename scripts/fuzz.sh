#!/bin/sh
# Runs every fuzz test of the module for the time given, one after another.
set -eu
each=${1:-30s}
grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r dir; do
	for name in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$dir"/*_test.go); do
		echo "== $dir $name"
		go test -run '^$' -fuzz "^$name\$" -fuzztime "$each" "$dir"
	done
done
