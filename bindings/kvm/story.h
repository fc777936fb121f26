/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_KVM_STORY_H
#define ISO_KVM_STORY_H

#include <stdio.h>

#include "proto.h"

/* The story of a run: what iso-demo overhears, told, judged and counted. */

struct story_options {
	int quiet;     /* the table only */
	int json;      /* the table as JSON, nothing else */
	int colour;    /* 1 on a terminal */
	int no_engine; /* breaches and refusals are what we expect */
	int ept;       /* isod compares EPT tables: story_ept is called */
};

void story_begin(const struct story_options *o);
/* a message from iso-host that is for the story */
void story_note(const struct iso_msg *m);
/* a request of iso-host (its head, n bytes long) and isod's answer */
void story_answer(const struct iso_msg *request, uint64_t n,
		  const struct iso_msg *reply);
/* how many translations isod compared, and how many differed: it stops then */
void story_ept(uint64_t compared, int differ);
/* print the table; the answer is the exit status: 0, 1: breach, 2: broken */
int story_end(void);

/* tally.c: the attempts and their outcomes */
struct attempt {
	char who[12];
	char what[64];
	uint64_t rule;
	uint64_t refused;  /* calls answered with an error */
	uint64_t faults;   /* accesses that reached nothing */
	uint64_t allowed;  /* what was the attacker's right */
	uint64_t breaches;
};
/* what --ept-check found */
struct ept {
	uint64_t compared;
	uint64_t breaches;
};
/* e is NULL without that option */
void tally_table(FILE *f, const struct attempt *a, unsigned n,
		 const struct ept *e);
void tally_json(FILE *f, const struct attempt *a, unsigned n,
		const struct ept *e);

#endif
