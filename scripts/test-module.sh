#!/bin/sh
# Tests a module of its own: test-module.sh helpers/NAME. What is written against a
# C library (helpers/pkcs11) needs cgo, and with it a C compiler; where there is
# none it is left out, and that is said, or it fails where CI is set.
set -eu
cd "$1"
echo "== $1"
if grep -q 'github.com/miekg/pkcs11 ' go.mod; then
	if ! command -v "${CC:-cc}" >/dev/null 2>&1; then
		echo "not tested: there is no C compiler (apt-get install gcc libc6-dev)" >&2
		[ -z "${CI:-}" ]
		exit
	fi
	export CGO_ENABLED=1
fi
${GO:-go} vet ./...
${GO:-go} test ./...
