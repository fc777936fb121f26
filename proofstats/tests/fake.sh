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

# query NAME COST [FAILS]: a query of that cost; with yes it is brittle, with
# all it is never proved, and with stop the campaign ends there
query()
{
	cat >"$tmp/q/$1.smt2" <<-END
		(set-info :name "$1")
		(set-info :cost $2)
		(set-info :fails ${3-no})
		(set-logic ALL)
		(declare-const a Int)
		(assert (> a 3))
		(assert (not (=> (> a 4) (=> (< a 9) (> a 2)))))
		(check-sat)
	END
}

# told NAME: a solver that does as such a query tells it; what it costs varies a
# little with the order of the text
told()
{
	fake "$1" <<'E'
text=$(tr '\n' ' ' <"$1")
cost=${text##*:cost }
cost=${cost%%)*}
case "$text $*" in
*":fails all"*) echo unknown ;;
*":fails yes"*seed*) echo unknown ;;
*":fails stop"*seed*) kill -TERM $PPID; sleep 1000 ;;
*) echo unsat ;;
esac
echo "units: $((cost + $(cksum <"$1" | cut -d ' ' -f 1) % 5))"
E
}
