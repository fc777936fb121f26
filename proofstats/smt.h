/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_SMT_H
#define PROOFSTATS_SMT_H

#include "base.h"

/*
 * A text in SMT-LIB 2 as a tree that forgets nothing: printed as it was read
 * it is the same, byte for byte. Nodes are in the order of the text, so that a
 * subtree is a run of them and no walk needs recursion: files may nest deeply.
 */
enum smt_kind { SMT_LIST, SMT_SYMBOL, SMT_OTHER };

struct smt_node {
	enum smt_kind kind;
	uint32_t end;		/* the node after this one's subtree */
	uint32_t symbol;	/* of a symbol: which; x and |x| are the same */
	size_t gap;		/* where the blanks and comments before begin */
	size_t at;		/* where it begins itself */
	size_t tail;		/* of a list: where the gap before ) begins */
	size_t stop;		/* where it has ended */
};

struct smt_symbol {
	const char *at;
	size_t length;
};

struct smt {
	char *path;
	struct text text;
	struct smt_node *node;
	uint32_t nodes;
	struct smt_symbol *symbol;
	uint32_t symbols;
	uint32_t *slot;		/* hash table of symbols: index + 1, or 0 */
	uint32_t slots;
};

/* Takes the text over. An error begins with path:line:column. */
bool smt_read(struct smt *q, const char *path, struct text *text,
	      struct error *e);
bool smt_load(struct smt *q, const char *path, struct error *e);
void smt_free(struct smt *q);

/* Always false; the message begins with the place of the node. */
bool smt_fail(const struct smt *q, uint32_t node, struct error *e,
	      const char *message);

/* UINT32_MAX if the text has no such symbol. */
uint32_t smt_find(const struct smt *q, const char *name, size_t length);

bool smt_is(const struct smt *q, uint32_t node, const char *name);

/* Is it a list that begins with this symbol? */
bool smt_is_app(const struct smt *q, uint32_t node, const char *head);

/* How to print it otherwise than it was read; null arrays change nothing. */
struct smt_view {
	const uint32_t *show;	/* for each node: which to print in its place */
	char *const *word;	/* for each node: what to print, or null */
	const bool *drop;	/* for each node: leave it out */
	char *const *before;	/* for each node: what to print before it, or null */
	char *const *after;	/* and after it */
	bool plain;		/* a command a line, one blank, no comments */
};

void smt_print(const struct smt *q, const struct smt_view *v, struct text *to);

#endif
