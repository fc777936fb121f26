/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_COMMANDS_H
#define PROOFSTATS_COMMANDS_H

#include "base.h"

/* Exit codes. */
enum {
	EXIT_FINE = 0,
	EXIT_VERDICT = 1,	/* proofs are brittle, fail, or got worse */
	EXIT_TROUBLE = 2,	/* could not do what was asked */
	EXIT_PARTLY = 3		/* done, but not all could be measured */
};

/* argv[0] is the command's name; each returns an exit code. */
int command_collect(int argc, char **argv);
int command_record(int argc, char **argv);
int command_mutate(int argc, char **argv);
int command_run(int argc, char **argv);
int command_config(int argc, char **argv);
int command_report(int argc, char **argv);
int command_judge(int argc, char **argv);
int command_baseline(int argc, char **argv);
int command_diff(int argc, char **argv);
int command_gate(int argc, char **argv);
int command_history(int argc, char **argv);
int command_merge(int argc, char **argv);
int command_versions(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_shrink(int argc, char **argv);

/* For Why3 and not for people: a prover that puts its query into a store. */
int command_stand_in(int argc, char **argv);

int complain(const struct error *e);

/* Is --help all that the command was told? */
bool wants_help(int argc, char **argv);

/* Says how it is used: as an answer to --help, or else because it was not. */
int misused(int argc, char **argv, const char *how);
int printed(int code);
bool read_number(const char *text, uint64_t *n);

#endif
