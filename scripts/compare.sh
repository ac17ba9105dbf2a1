#!/bin/sh
# Times Plimsoll beside gitleaks on one repository, whole process, wall clock and
# CPU: the work tree and the whole history, each RUNS times in turn, and prints the
# medians and their ratio. Nothing is remembered from run to run.
#
#   scripts/compare.sh REPOSITORY
#   make compare REPOSITORY=../terraform
#
# gitleaks is taken from PATH or installed into build/ by go install.
set -eu
repository=${1:?name a git repository}
runs=${RUNS:-3}
plimsoll=${PLIMSOLL:-bin/plimsoll}
version=v8.30.1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

gitleaks=${GITLEAKS:-$(command -v gitleaks || true)}
if [ -z "$gitleaks" ]; then
	GOBIN=$PWD/build go install github.com/zricethezav/gitleaks/v8@$version
	gitleaks=build/gitleaks
fi

# timed NAME COMMAND… adds "wall cpu rss" of one run to the file of that name. Both
# programs exit with 1 for findings, and Plimsoll with 4 where objects are missing.
timed() {
	name=$1
	shift
	/usr/bin/time -o "$work/time" -f '%e %U %S %M' "$@" >/dev/null 2>&1 || [ $? -lt 5 ]
	tail -1 "$work/time" | awk '{ print $1, $2 + $3, $4 }' >>"$work/$name"
}

# median NAME COLUMN
median() { sort -n -k"$2" "$work/$1" | awk -v c="$2" '{ v[NR] = $c } END { print v[int((NR + 1) / 2)] }'; }

# row TITLE OURS THEIRS
row() {
	awk -v title="$1" -v a="$(median "$2" 1)" -v b="$(median "$3" 1)" -v ac="$(median "$2" 2)" -v bc="$(median "$3" 2)" \
		-v am="$(median "$2" 3)" -v bm="$(median "$3" 3)" 'BEGIN {
		printf "%-10s plimsoll %7.2f s wall %7.2f s CPU %5d MB   gitleaks %7.2f s wall %7.2f s CPU %5d MB   %5.1f times wall, %5.1f times CPU\n",
			title, a, ac, am / 1024, b, bc, bm / 1024, b / (a > 0 ? a : 0.01), bc / (ac > 0 ? ac : 0.01) }'
}

# A repository with the files alone has next to no history.
git -C "$repository" archive --format=tar HEAD | (mkdir "$work/tree" && tar -C "$work/tree" -x)
git -C "$work/tree" init -q
git -C "$work/tree" add -A
git -C "$work/tree" -c user.name=x -c user.email=x@example.org -c gc.auto=0 commit -qm files

n=0
while [ $n -lt "$runs" ]; do
	timed tree-ours "$plimsoll" check --only code.secrets --no-memo "$work/tree"
	timed tree-theirs "$gitleaks" dir --no-banner --redact "$work/tree"
	timed history-ours "$plimsoll" check --only code.secrets --no-memo "$repository"
	timed history-theirs "$gitleaks" git --no-banner --redact "$repository"
	n=$((n + 1))
done
"$gitleaks" version | sed 's/^/gitleaks /'
row "work tree" tree-ours tree-theirs
row history history-ours history-theirs
