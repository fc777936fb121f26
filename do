#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# libiso in two commands, from a bare Debian 12 on: ./do help says which.
set -u
cd "$(dirname "$0")" || exit 2
top=$PWD
build=$top/build
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)

usage()
{
	cat <<-'END'
	usage: ./do COMMAND

	  demo [OPTION...]  build libiso and show it at work on real guests;
	                    options go to iso-demo, see ./do demo --help
	  check [--fresh]   build, run every test, prove everything; what passed
	                    before on the very same files is not run again, but
	                    with --fresh it is
	  build             build only, in ./build
	  packages          name the Debian packages that check needs
	  help              this text

	Missing Debian packages are named, then installed: as root, or with sudo.
	END
}

say()
{
	printf '\n==> %s\n' "$*"
}

die()
{
	echo "./do: $*" >&2
	exit 2
}

# -- packages ----------------------------------------------------------------

# What a program is good for is in its package's own description. Headers and
# libraries of C are apart from gcc when nothing recommended is installed.
to_build="gcc libc6-dev linux-libc-dev make autoconf automake libtool pkg-config"
to_check="git libcriterion-dev frama-c-base why3 z3 cvc5 python3-minimal mandoc
	libsqlite3-dev libjansson-dev libmd-dev gcc-aarch64-linux-gnu
	gcc-riscv64-linux-gnu qemu-system-arm gnuplot-nox libxml2-utils
	slurm-wlm munge chromium"

installed()
{
	test "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = \
		installed
}

as_root()
{
	if test "$(id -u)" = 0; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "not root, and no sudo. As root, run: $*"
	fi
}

fetch()
{
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -q --no-install-recommends "$@"
}

# known PACKAGE...: does apt know where to get them all?
known()
{
	apt-cache show --no-all-versions "$@" >/dev/null 2>&1
}

# need PACKAGE...: install those that are missing
need()
{
	command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || {
		echo "This is no Debian, so nothing is installed. Needed are" \
			"the programs of these Debian packages: $*" | fmt -w 79
		return
	}
	missing=
	for p in "$@"; do
		installed "$p" || missing="$missing $p"
	done
	test -n "$missing" || return 0
	say "installing:$missing"
	# shellcheck disable=SC2086
	{
		known $missing || as_root apt-get update -q
		fetch $missing || { as_root apt-get update -q && fetch $missing; }
	} || die "could not install:$missing"
}

# -- building ----------------------------------------------------------------

# quietly NAME COMMAND...: its output goes to a file, and is shown if it fails
quietly()
{
	log=$build/log/$1
	shift
	"$@" >"$log" 2>&1 && return
	tail -n 40 "$log" >&2
	die "failed: $* (all of its output: $log)"
}

# build_tree [CONFIGURE-OPTION]: brings ./build up to date, configured with the
# option if there is one
build_tree()
{
	mkdir -p "$build/log" || die "cannot write to $build"
	say "building in ./build"
	if test ! -f configure || test configure.ac -nt configure; then
		quietly autoreconf autoreconf -i
	fi
	if test ! -f "$build/Makefile" || test configure -nt "$build/Makefile" ||
		! grep -qF -- "${1-}" "$build/configured"; then
		cd "$build" || exit 2
		quietly configure "$top/configure" -q "$@"
		cd "$top" || exit 2
		echo "with: ${1-}" >"$build/configured"
	fi
	quietly make make -C "$build" -j "$jobs"
}

# -- checking ----------------------------------------------------------------

passed=0
failed=0
table=

# hash_of PATH...: what the files say, and what the tools are
hash_of()
{
	{
		find "$@" \( -name '*.o' -o -name '*.lo' -o -name '.dirstamp' \
			-o -name .deps -o -name .libs -o -name .git \
			-o -path ./build -o -path ./autom4te.cache \
			-o -path ./verify-out \) -prune -o -type f -print |
			LC_ALL=C sort | xargs sha256sum
		# shellcheck disable=SC2086
		dpkg-query -W $to_build $to_check 2>&1
		test -w /dev/kvm && echo kvm
		uname -m
	} | sha256sum | cut -d ' ' -f 1
}

# field FILE NAME: a number of verify-out/FILE.json
field()
{
	sed -n "s/^  \"$2\": \([0-9]*\).*/\1/p" \
		"$build/verify-out/$1.json" 2>/dev/null
}

# The quick ones, of short functions; make verify-mutants tries them all.
some_mutants="caller-off-by-one caller-dying host-anybody guest-is-host
	run-wraps run-empty ipa-off-by-one least-is-most idle-one-short
	assign-lost-flush assign-moved-flush"

# Each of these runs one stage, and sets good and all.
run_tests()
{
	rm -f "$build"/tests/*.trs "$build"/proofstats/tests/*.trs
	make -C "$build" -j "$jobs" check >"$build/log/check" 2>&1 &
	pid=$!
	trap 'kill "$pid" 2>/dev/null; exit 130' INT TERM
	follow "$pid"
	wait "$pid"
	code=$?
	trap - INT TERM
	count() { sed -n "s/^# $1: *//p" "$build/log/check"; }
	all=$(($(count TOTAL) - $(count SKIP)))
	good=$(($(count PASS) + $(count XFAIL)))
	grep -hE '^(FAIL|ERROR|XPASS|SKIP):' "$build/log/check"
	return $code
}

# follow PID: while it runs, say what ended in its log
follow()
{
	seen=
	while kill -0 "$1" 2>/dev/null; do
		sleep 1
		for log in "$build"/tests/*.trs "$build"/proofstats/tests/*.trs; do
			case "$seen" in *" $log "*) continue ;; esac
			test -f "$log" || continue
			seen="$seen $log "
			n=$(grep -c '^:test-result: PASS' "$log")
			log=${log##*/}
			echo "    ${log%.trs}: $n passed"
		done
	done
}

run_lint()
{
	all=1 good=0
	make -s -C "$build" lint && good=1
}

# proofs WHAT: make it, and read what it counted
proofs()
{
	rm -f "$build/verify-out/$1.json"
	make -s -C "$build" "$1"
	code=$?
	all=$(field "$1" goals) good=$(field "$1" proved)
	return $code
}

run_theorems()
{
	proofs theorems
}

run_verify()
{
	proofs verify
}

run_gate()
{
	make -s -C "$build" proofstats >"$build/log/gate"
	code=$?
	cat "$build/log/gate"
	# N queries: N became brittle, N removed, N new, N not measured; ...
	# shellcheck disable=SC2046
	set -- $(awk '$2 == "queries:" { print $1, $1 - $3 - $6 - $10 }' \
		"$build/log/gate")
	all=${1-} good=${2-}
	return $code
}

run_mutants()
{
	rm -f "$build/verify-out/mutants.json"
	make -s -C "$build" verify-mutants MUTANTS="$(echo $some_mutants)"
	code=$?
	all=$(field mutants mutants) good=$(field mutants caught)
	return $code
}

# tally STAGE GOOD BAD NOTE: add to the sums and the table
tally()
{
	passed=$((passed + $2))
	failed=$((failed + $3))
	table="$table$(printf '  %-10s %6d passed %6d failed   %s' "$@")
"
}

# stage NAME WHAT PATH...: run one, unless it passed on the same files
stage()
{
	name=$1
	say "$name: $2"
	shift 2
	stamp=$build/stamps/$name
	key=$(hash_of "$@")
	if test -f "$stamp" && read -r old n took <"$stamp" &&
		test "$old" = "$key"; then
		echo "    passed before on the same files, in $took s"
		tally "$name" "$n" 0 "unchanged; took $took s"
		return
	fi
	rm -f "$stamp"
	begin=$(date +%s) good= all=
	"run_$name"
	code=$?
	took=$(($(date +%s) - begin))
	bad=$((${all:-0} - ${good:-0}))
	# no failure goes uncounted, nor does a stage that counted nothing
	if test "$bad" -le 0 && { test $code != 0 || test "${all:-0}" = 0; }; then
		bad=1
	fi
	tally "$name" "${good:-0}" "$bad" "$took s"
	test "$bad" = 0 && echo "$key ${good} $took" >"$stamp"
}

check()
{
	case "${1-}" in
	'') ;;
	--fresh) rm -rf "$build/stamps" ;;
	*) die "check takes no $1" ;;
	esac
	# shellcheck disable=SC2086
	need $to_build $to_check
	build_tree --with-criterion
	mkdir -p "$build/stamps"
	stage tests "every call, random calls, the demo, what is installed" .
	stage lint "the subset of C, contracts, the assumption ledger" .
	stage theorems "what the specification promises" libiso verify
	stage verify "the C against the specification" \
		libiso verify bindings/direct
	stage gate "would the proofs last? what changed since the baseline" \
		libiso verify bindings/direct proofstats proofstats.baseline
	stage mutants "do the proofs notice what is broken on purpose?" \
		libiso verify bindings/direct
	say "verdict"
	printf '%s' "$table"
	if test "$failed" = 0; then
		echo "  every test passed, every goal is proved and none became brittle,"
		echo "  every mutant tried is caught"
	else
		echo "  something failed: see above, and $build/log"
	fi
	echo "$passed passed, $failed failed"
	test "$failed" = 0
}

demo()
{
	# shellcheck disable=SC2086
	need $to_build
	build_tree
	say "demo"
	test -x "$build/iso-demo" || die "the demo needs x86-64 Linux"
	exec "$build/iso-demo" "$@"
}

case "${1-help}" in
demo)
	shift
	demo "$@"
	;;
check)
	shift
	check "$@"
	;;
build)
	# shellcheck disable=SC2086
	need $to_build
	build_tree
	;;
packages)
	echo $to_build $to_check
	;;
help | -h | --help)
	usage
	;;
*)
	usage >&2
	exit 2
	;;
esac
