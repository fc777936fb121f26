# SPDX-License-Identifier: BSD-2-Clause
# For test scripts of proofstats: solvers that are scripts. Sourced after tap.sh.

ps=$builddir/proofstats/proofstats

# fake NAME: a solver whose script is standard input; $1 is the query
fake()
{
	{
		echo '#!/bin/sh'
		echo 'test "$1" = --version && { echo "fake 1"; exit; }'
		cat
	} >"$tmp/$1"
	chmod +x "$tmp/$1"
}

# solvers NAME...: their part of a configuration
solvers()
{
	for s in "$@"; do
		cat <<-END
			[solver $s]
			command = $tmp/$s {file} {limit}
			reseed = --seed={seed}
			count = units:
			limit = 1000
			version = $tmp/$s --version
		END
	done
}

# says CODE TEXT COMMAND...: its exit code, and a line that it prints
says()
{
	want=$1
	text=$2
	shift 2
	"$@" >"$tmp/out" 2>&1
	code=$?
	cat "$tmp/out"
	test $code = "$want" && grep -qF -- "$text" "$tmp/out"
}
