#!/bin/sh
# Runs govulncheck where its database can be reached, and says so where not. A
# vulnerability fails; the absence of a network does not.
set -u
out=$(go tool govulncheck ./... 2>&1)
status=$?
printf '%s\n' "$out"
case "$out" in
*"vuln.go.dev"*"no such host"* | *"dial tcp"* | *"Forbidden"* | *"fetching vulnerabilities"*)
	[ "$status" -eq 0 ] && exit 0
	echo "govulncheck could not reach its database: known vulnerabilities were NOT looked for" >&2
	exit 0
	;;
esac
exit "$status"
