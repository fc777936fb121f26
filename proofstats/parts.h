/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_PARTS_H
#define PROOFSTATS_PARTS_H

#include "names.h"

/*
 * What of a query can be left out. The rest is weaker, never stronger: if it
 * is unsatisfiable, so was the whole.
 */
enum part_kind {
	PART_ASSERTION,		/* but not the last one, the goal */
	PART_DEFINITION,	/* what a name means; it stays declared */
	PART_HYPOTHESIS,	/* inside the goal */
	PART_KINDS
};

struct part {
	enum part_kind kind;
	uint32_t node;
	uint32_t command;	/* the one that it is or is in */
};

struct parts {
	const struct smt *q;
	struct names names;
	uint32_t goal;		/* NO_COMMAND if nothing is asserted */
	uint32_t conclusion;	/* of the hypotheses in the goal */
	bool denied;		/* is the conclusion under a not? */
	struct part *part;	/* in the order of the text */
	uint32_t count;
	size_t room;
	/* lists above hypotheses, outer first, to be mended without these */
	struct frame {
		uint32_t list;
		bool spine;	/* the conclusion is inside */
	} *frame;
	uint32_t frames;
	size_t frame_room;
};

/* Of a text that can be mutated; it has to stay. */
void parts_find(struct parts *p, const struct smt *q);
void parts_free(struct parts *p);

/* How many of a kind are kept; null keeps all. */
uint32_t parts_kept(const struct parts *p, enum part_kind kind,
		    const bool *keep);

/* A view of the text, to be changed further. */
struct cut {
	uint32_t nodes;
	uint32_t *show;
	bool *drop;
	char **word;
	char **before;
	char **after;
};

/*
 * The text without the parts that are not kept, nor declarations that nobody
 * needs then. What gives a name by :named that is used stays as (or it true).
 */
void cut_make(struct cut *c, const struct parts *p, const bool *keep);
void cut_free(struct cut *c);
void cut_print(const struct cut *c, const struct smt *q, struct text *to);

/* Replace what is there, or add to it. */
void cut_put(char **at, const char *text);
void cut_add(char **at, const char *text);

/* The goal with nothing to prove: is it the hypotheses that are wrong? */
void cut_conclusion(struct cut *c, const struct parts *p);

/* A name for people: of Why3's comment, or of what is defined or said. */
void part_name(const struct parts *p, const struct part *part,
	       struct text *to);
void command_name(const struct parts *p, uint32_t command, struct text *to);

/* At most so many bytes of a term, in one line. */
void term_text(const struct smt *q, uint32_t node, size_t most,
	       struct text *to);

#endif
