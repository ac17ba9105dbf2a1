#!/bin/sh
# Installs the programs that the tests run beside Plimsoll, where they are absent
# and this is root on Debian. Elsewhere the tests that need them skip and say so,
# or fail where CI is set.
set -eu
missing=
for pair in git:git openssl:openssl ssh-keygen:openssh-client gpg:gnupg softhsm2-util:softhsm2 cc:gcc systemd-analyze:systemd; do
	command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
case "$missing" in *gcc*) missing="$missing libc6-dev" ;; esac
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
	apt-get update -qq
	# shellcheck disable=SC2086 # a list of words
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
else
	echo "not installed (some tests will skip):$missing" >&2
fi
