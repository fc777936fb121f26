# SPDX-License-Identifier: BSD-2-Clause
# For test scripts: results in TAP, a scratch folder that goes away. Sourced.
set -u
tests=0
bad=0
tmp=$(mktemp -d) || exit 99
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

# ok NAME CMD...: passes if CMD does; what it says is shown if it does not
ok()
{
	name=$1
	shift
	tests=$((tests + 1))
	if "$@" >"$tmp/log" 2>&1; then
		echo "ok $tests - $name"
	else
		bad=1
		echo "not ok $tests - $name"
		sed 's/^/# /' "$tmp/log"
	fi
}

# skip NAME WHY
skip()
{
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}

# the end of each script
finish()
{
	echo "1..$tests"
	exit $bad
}

have()
{
	command -v "$1" >/dev/null 2>&1
}
