/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_OPTIONS_H
#define PROOFSTATS_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* What a command was told, or else null or what is said here. */
struct options {
	const char *conf;
	const char *db;		/* proofstats.db */
	const char *baseline;
	const char *out;
	const char *explained;
	const char *solver;
	const char *store;	/* where the name is one of a goal */
	unsigned tries;		/* 500 */
	uint64_t limit;		/* 0 */
	unsigned format;	/* which of the command's: 0 */
	char **operand;
	int operands;
	int code;		/* of the exit, if this is all that is done */
};

/* How a command is used. */
struct syntax {
	const char *letters;	/* of its options, as for getopt */
	const char *formats;	/* one|of|these, if -f is among them */
	const char *operands;	/* what comes then, for people, or null */
	int least, most;	/* of these */
};

/*
 * False if help is asked for, or if it is used in another way: then it was
 * said how it is used.
 */
bool read_options(struct options *o, int argc, char **argv,
		  const struct syntax *s);

#endif
