/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands.h"

#include "base.h"
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *text;
} commands[] = {
	{ "collect", command_collect,
	  "collect [OPTION...] wp|why3 -- ARGUMENT..., or DIR|FILE...\n"
	  "                               put the queries of goals into a store\n" },
	{ "record", command_record,
	  "record STORE FILE COMMAND... put a query into a store, then be its prover\n" },
	{ "mutate", command_mutate,
	  "mutate KIND SEED FILE        print a mutant of a query\n" },
	{ "run", command_run,
	  "run [OPTION...] DIR|FILE...  run solvers on queries and mutants\n" },
	{ "judge", command_judge,
	  "judge [OPTION...]            name what is not stable; exit code 1 if brittle\n" },
	{ "report", command_report,
	  "report [OPTION...]           print all figures, in a format of your choice\n" },
	{ "baseline", command_baseline,
	  "baseline [OPTION...]         write the figures down, to be committed\n" },
	{ "diff", command_diff,
	  "diff [OPTION...] A B         say what is new, gone, better and worse\n" },
	{ "gate", command_gate,
	  "gate [OPTION...]             compare with the baseline; exit code 1 if worse\n" },
	{ "history", command_history,
	  "history [OPTION...] [add COMMIT [FILE]]\n"
	  "                               keep and print what commits came to\n" },
	{ "merge", command_merge,
	  "merge [-d DATABASE] DB...    put databases of shards together\n" },
	{ "versions", command_versions,
	  "versions [OPTION...]         say what breaks with another version of a solver\n" },
	{ "explain", command_explain,
	  "explain [OPTION...] FILE     say why a proof is costly, and what to do\n" },
	{ "shrink", command_shrink,
	  "shrink [OPTION...] FILE      print the part of a query that its proof needs\n" },
	{ "config", command_config,
	  "config                       print the configuration file's default\n" },
};

static void usage(FILE *f)
{
	fputs("usage: proofstats COMMAND [OPTION...] [ARGUMENT...]\n\n", f);
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		fprintf(f, "  %s", commands[i].text);
	fputs("\n  --help, --version, and COMMAND --help\n"
	      "\nproofstats(1) says more.\n", f);
}

int complain(const struct error *e)
{
	fprintf(stderr, "proofstats: %s\n", e->text);
	return EXIT_TROUBLE;
}

bool wants_help(int argc, char **argv)
{
	return argc == 2 && strcmp(argv[1], "--help") == 0;
}

int misused(int argc, char **argv, const char *how)
{
	const bool help = wants_help(argc, argv);

	fprintf(help ? stdout : stderr, "usage: proofstats %s\n", how);
	return help ? printed(EXIT_FINE) : EXIT_TROUBLE;
}

/* What is printed is the result: if it is lost, that is no success. */
int printed(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	fprintf(stderr, "proofstats: standard output: %s\n", strerror(errno));
	return EXIT_TROUBLE;
}

bool read_number(const char *text, uint64_t *n)
{
	char *end;

	errno = 0;
	if (*text < '0' || *text > '9')
		return false;
	*n = strtoull(text, &end, 10);
	return *end == '\0' && errno == 0;
}

int command_mutate(int argc, char **argv)
{
	struct error e;
	struct smt q;
	struct text t = { 0 };
	uint64_t seed;

	if (argc != 4 || kind_of(argv[1]) == KINDS ||
	    !read_number(argv[2], &seed) || seed > UINT32_MAX)
		return misused(argc, argv, "mutate none|reseed|rename|shuffle|"
			       "hyps|all SEED FILE");
	if (!smt_load(&q, argv[3], &e))
		return complain(&e);
	if (!mutable(&q, &e)) {
		smt_free(&q);
		return complain(&e);
	}
	mutate(&q, kind_of(argv[1]), (uint32_t)seed, false, &t);
	fwrite(t.at, 1, t.length, stdout);
	text_free(&t);
	smt_free(&q);
	return printed(EXIT_FINE);
}

int command_config(int argc, char **argv)
{
	if (argc != 1)
		return misused(argc, argv, "config");
	fputs(config_default, stdout);
	return printed(EXIT_FINE);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return EXIT_TROUBLE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return printed(EXIT_FINE);
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("proofstats " PROOFSTATS_VERSION);
		return printed(EXIT_FINE);
	}
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	if (strcmp(argv[1], "stand-in") == 0)
		return command_stand_in(argc - 1, argv + 1);
	fprintf(stderr, "proofstats: there is no command %s\n", argv[1]);
	usage(stderr);
	return EXIT_TROUBLE;
}
