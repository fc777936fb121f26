/* SPDX-License-Identifier: BSD-2-Clause */
#include "mutate.h"

#include "names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const kind_name[KINDS] = {
	"none", "reseed", "rename", "shuffle", "hyps", "all"
};

enum kind kind_of(const char *name)
{
	enum kind k = KIND_NONE;

	while (k < KINDS && strcmp(kind_name[k], name) != 0)
		k++;
	return k;
}

uint32_t mutant_seed(uint64_t base, uint32_t i)
{
	struct rng r = { base };
	uint64_t seed = rng_next(&r);

	for (; i > 0; i--)
		seed = rng_next(&r);
	return (uint32_t)(seed & 0x7fffffff);
}

static bool is_assert(const struct smt *q, uint32_t command)
{
	return smt_is(q, command + 1, "assert");
}

static bool is_about_the_text(const struct smt *q, uint32_t command)
{
	static const char *const all[] = {
		"set-logic", "set-info", "set-option", "get-info",
		"get-option", "echo", NULL
	};

	for (const char *const *name = all; *name != NULL; name++)
		if (smt_is(q, command + 1, *name))
			return true;
	return false;
}

static bool is_check(const struct smt *q, uint32_t command)
{
	return smt_is(q, command + 1, "check-sat") ||
	       smt_is(q, command + 1, "check-sat-assuming");
}

static bool is_incremental(const struct smt *q, uint32_t command)
{
	return smt_is(q, command + 1, "push") ||
	       smt_is(q, command + 1, "pop") ||
	       smt_is(q, command + 1, "reset") ||
	       smt_is(q, command + 1, "reset-assertions");
}

/* Names that an unknown command gives or takes would be lost in mutants. */
static bool is_understood(const struct smt *q, uint32_t command)
{
	return is_assert(q, command) || is_check(q, command) ||
	       is_declaration(q, command) || is_about_the_text(q, command);
}

bool mutable(const struct smt *q, struct error *e)
{
	bool checked = false;

	for (uint32_t i = 0; i < q->nodes; i = q->node[i].end) {
		if (is_incremental(q, i))
			return smt_fail(q, i, e,
				"push, pop and reset are not understood: split the text into queries");
		if (is_check(q, i) && checked)
			return smt_fail(q, i, e,
				"a second check-sat: split the text into queries");
		if (!checked && !is_understood(q, i))
			return smt_fail(q, i, e,
				"this command before the check-sat is not understood");
		if (checked && (is_assert(q, i) || is_declaration(q, i)))
			return smt_fail(q, i, e,
					"this is after the check-sat");
		if (is_assert(q, i) && q->node[i].end <= i + 2)
			return smt_fail(q, i, e, "an assert of nothing");
		checked = checked || is_check(q, i);
	}
	if (!checked)
		return fail(e, "%s: there is no check-sat", q->path);
	return true;
}

/* -- rename ----------------------------------------------------------------- */

struct renaming {
	const struct smt *q;
	struct names names;
	char **to;		/* for each symbol of the text, or null */
	char **word;		/* for each node, or null */
};

/* Does any symbol begin so? Of ours none may be one of the text's. */
static bool is_taken(const struct smt *q, const char *prefix)
{
	for (uint32_t i = 0; i < q->symbols; i++)
		if (strncmp(q->symbol[i].at, prefix, strlen(prefix)) == 0)
			return true;
	return false;
}

static void choose_prefix(const struct smt *q, struct rng *r, char prefix[8])
{
	do {
		for (int i = 0; i < 4; i++)
			prefix[i] = (char)('a' + rng_below(r, 26));
		prefix[4] = '_';
		prefix[5] = '\0';
	} while (is_taken(q, prefix));
}

static void choose_names(struct renaming *n, struct rng *r)
{
	const struct smt *q = n->q;
	uint32_t *number = need(q->symbols, sizeof number[0]);
	char prefix[8], name[48];

	choose_prefix(q, r, prefix);
	for (uint32_t i = 0; i < q->symbols; i++)
		number[i] = i;
	rng_shuffle(r, number, q->symbols);
	for (uint32_t i = 0; i < q->symbols; i++) {
		const unsigned salt = (unsigned)rng_below(r, 0x10000);

		if (!n->names.own[i])
			continue;
		snprintf(name, sizeof name, "%s%04x_%u", prefix, salt,
			 (unsigned)number[i]);
		n->to[i] = copy(name, strlen(name));
	}
	free(number);
}

/* The f of (_ f 1) is of the theories; what follows may be ours. */
static bool is_index_head(const struct smt *q, uint32_t node)
{
	return node > 0 && q->node[node - 1].kind == SMT_SYMBOL &&
	       smt_is(q, node - 1, "_");
}

static void rename_node(struct renaming *n, uint32_t node)
{
	size_t prefix;
	uint32_t s = names_mentioned(&n->names, n->q, node, &prefix);
	struct text t = { 0 };

	if (s == UINT32_MAX || n->to[s] == NULL || is_index_head(n->q, node))
		return;
	if (prefix > 0) {
		text_printf(&t, "is-%s", n->to[s]);
		n->word[node] = t.at;
	} else {
		n->word[node] = copy(n->to[s], strlen(n->to[s]));
	}
}

/* The words of set-logic, set-info, get-info and the like are no terms. */
static bool has_terms(const struct smt *q, uint32_t command)
{
	return is_assert(q, command) || is_declaration(q, command) ||
	       smt_is(q, command + 1, "check-sat-assuming") ||
	       smt_is(q, command + 1, "get-value");
}

static char **rename_all(const struct smt *q, struct rng *r)
{
	struct renaming n = { .q = q };

	n.to = need(q->symbols, sizeof n.to[0]);
	n.word = need(q->nodes, sizeof n.word[0]);
	names_init(&n.names, q);
	for (uint32_t i = 0; i < q->nodes; i = q->node[i].end)
		names_collect(&n.names, q, i);
	choose_names(&n, r);
	for (uint32_t i = 0; i < q->nodes; i = q->node[i].end)
		if (has_terms(q, i))
			for (uint32_t j = i + 2; j < q->node[i].end; j++)
				rename_node(&n, j);
	for (uint32_t i = 0; i < q->symbols; i++)
		free(n.to[i]);
	free(n.to);
	names_free(&n.names);
	return n.word;
}

/* -- shuffle ---------------------------------------------------------------- */

/*
 * Any order in which each command follows those whose symbols it mentions:
 * declarations first, then assertions, then the goal, the last assertion.
 */
struct order {
	const struct smt *q;
	struct names names;
	uint32_t *at;		/* the commands that may move, as they were */
	uint32_t count;
	uint32_t *number;	/* for each node: which of these, plus 1 */
	uint32_t *wanted;	/* for each: how many must come before it */
	uint32_t *next;		/* edges: the list of those that wait for it */
	uint32_t *to;
	uint32_t *first;
	size_t edges;
	size_t next_room;
	size_t to_room;
	uint32_t *ready[2];	/* declarations, assertions */
	uint32_t readies[2];
};

static void add_edge(struct order *o, uint32_t before, uint32_t after)
{
	o->next = grow(o->next, o->edges + 1, &o->next_room,
		       sizeof o->next[0]);
	o->to = grow(o->to, o->edges + 1, &o->to_room, sizeof o->to[0]);
	o->edges++;
	o->to[o->edges] = after;
	o->next[o->edges] = o->first[before];
	o->first[before] = (uint32_t)o->edges;
	o->wanted[after]++;
}

/* Edges from what the command mentions, before it adds names of its own. */
static void add_edges(struct order *o, uint32_t item)
{
	const struct smt *q = o->q;
	const uint32_t command = o->at[item];
	size_t prefix;

	for (uint32_t i = command + 2; i < q->node[command].end; i++) {
		const uint32_t s = names_mentioned(&o->names, q, i, &prefix);

		if (s != UINT32_MAX && o->names.by[s] != NO_COMMAND &&
		    o->number[o->names.by[s]] > 0)
			add_edge(o, o->number[o->names.by[s]] - 1, item);
	}
	names_collect(&o->names, q, command);
}

static void order_init(struct order *o, const struct smt *q)
{
	*o = (struct order){ .q = q };
	names_init(&o->names, q);
	o->at = need(q->nodes, sizeof o->at[0]);
	o->number = need(q->nodes, sizeof o->number[0]);
	for (uint32_t i = 0; i < q->nodes; i = q->node[i].end)
		if (is_assert(q, i) || is_declaration(q, i)) {
			o->at[o->count++] = i;
			o->number[i] = o->count;
		}
	o->wanted = need(o->count, sizeof o->wanted[0]);
	o->first = need(o->count, sizeof o->first[0]);
	for (int k = 0; k < 2; k++)
		o->ready[k] = need(o->count, sizeof o->ready[k][0]);
	for (uint32_t i = 0; i < o->count; i++)
		add_edges(o, i);
}

static void order_free(struct order *o)
{
	names_free(&o->names);
	free(o->at);
	free(o->number);
	free(o->wanted);
	free(o->first);
	free(o->next);
	free(o->to);
	free(o->ready[0]);
	free(o->ready[1]);
}

static void make_ready(struct order *o, uint32_t item)
{
	const int k = is_assert(o->q, o->at[item]);

	o->ready[k][o->readies[k]++] = item;
}

static uint32_t take_ready(struct order *o, struct rng *r)
{
	const int k = o->readies[0] == 0;
	const uint32_t i = (uint32_t)rng_below(r, o->readies[k]);
	const uint32_t item = o->ready[k][i];

	o->ready[k][i] = o->ready[k][--o->readies[k]];
	return item;
}

/* The last assertion, or count. */
static uint32_t goal_of(const struct order *o)
{
	for (uint32_t i = o->count; i > 0; i--)
		if (is_assert(o->q, o->at[i - 1]))
			return i - 1;
	return o->count;
}

static void shuffle(const struct smt *q, struct rng *r, uint32_t *show)
{
	struct order o;
	uint32_t goal, placed = 0;

	order_init(&o, q);
	goal = goal_of(&o);
	for (uint32_t i = 0; i < o.count; i++)
		if (o.wanted[i] == 0 && i != goal)
			make_ready(&o, i);
	while (o.readies[0] + o.readies[1] > 0) {
		const uint32_t item = take_ready(&o, r);

		show[o.at[placed++]] = o.at[item];
		for (uint32_t e = o.first[item]; e != 0; e = o.next[e])
			if (--o.wanted[o.to[e]] == 0 && o.to[e] != goal)
				make_ready(&o, o.to[e]);
	}
	/* what waits for a name that the goal gives stays behind it */
	for (uint32_t i = 0; i < o.count && placed < o.count; i++)
		if (i == goal || o.wanted[i] > 0)
			show[o.at[placed++]] = o.at[i];
	order_free(&o);
}

/* -- hypotheses inside the goal --------------------------------------------- */

/* Nodes of the goal that may change places with each other. */
struct group {
	const struct smt *q;
	struct rng *r;
	uint32_t *show;
	bool named;		/* does the goal give names to parts of it? */
	uint32_t *node;
	size_t count;
	size_t room;
};

static void group_add(struct group *g, uint32_t node)
{
	g->node = grow(g->node, g->count, &g->room, sizeof g->node[0]);
	g->node[g->count++] = node;
}

static void group_flush(struct group *g)
{
	uint32_t *mixed = need(g->count, sizeof mixed[0]);

	if (g->count > 0)
		memcpy(mixed, g->node, g->count * sizeof mixed[0]);
	rng_shuffle(g->r, mixed, g->count);
	for (size_t i = 0; i < g->count; i++)
		g->show[g->node[i]] = mixed[i];
	free(mixed);
	g->count = 0;
}

static bool gives_names(const struct smt *q, uint32_t node)
{
	for (uint32_t i = node; i < q->node[node].end; i++)
		if (is_naming(q, i))
			return true;
	return false;
}

/*
 * The operands of op, and of op within op. One that gives a name stays, and so
 * do those before and behind it: the name is known only from there on.
 */
static void group_leaves(struct group *g, uint32_t node, const char *op)
{
	const struct smt *q = g->q;
	const uint32_t end = q->node[node].end;

	for (uint32_t i = node; i < end;) {
		if (smt_is_app(q, i, op)) {
			i += 2;
			continue;
		}
		if (g->named && gives_names(q, i))
			group_flush(g);
		else
			group_add(g, i);
		i = q->node[i].end;
	}
}

static uint32_t last_child(const struct smt *q, uint32_t list)
{
	uint32_t last = list + 1;

	while (q->node[last].end < q->node[list].end)
		last = q->node[last].end;
	return last;
}

/* The premises of an implication join the group; its conclusion is next. */
static uint32_t group_premises(struct group *g, uint32_t node)
{
	const uint32_t last = last_child(g->q, node);

	for (uint32_t i = node + 2; i < last; i = g->q->node[i].end)
		group_leaves(g, i, "and");
	return last;
}

static bool is_binder(const struct smt *q, uint32_t node)
{
	return smt_is_app(q, node, "let") || smt_is_app(q, node, "forall") ||
	       smt_is_app(q, node, "exists");
}

/*
 * Down the goal, along the conclusions of its implications. A group ends where
 * a name is bound: what uses the name cannot leave, and what is outside might
 * mean another thing inside. What has a name has to go on meaning the same.
 */
static void shuffle_goal(const struct smt *q, uint32_t goal, struct rng *r,
			 uint32_t *show)
{
	struct group g = { .q = q, .r = r, .show = show,
			   .named = gives_names(q, goal) };
	uint32_t i = goal + 2;

	for (;;) {
		const bool is_not = smt_is_app(q, i, "not");

		if (q->node[i].kind != SMT_LIST || q->node[i].end <= i + 2)
			break;
		if (is_not || is_binder(q, i)) {
			group_flush(&g);
			i = last_child(q, i);
		} else if (smt_is_app(q, i, "!")) {
			if (g.named)
				group_flush(&g);
			i += 2;
		} else if (smt_is_app(q, i, "=>")) {
			i = group_premises(&g, i);
		} else {
			group_flush(&g);
			if (smt_is_app(q, i, "and"))
				group_leaves(&g, i, "and");
			else if (smt_is_app(q, i, "or"))
				group_leaves(&g, i, "or");
			break;
		}
	}
	group_flush(&g);
	free(g.node);
}

static void shuffle_hyps(const struct smt *q, struct rng *r, uint32_t *show)
{
	uint32_t goal = UINT32_MAX;

	for (uint32_t i = 0; i < q->nodes; i = q->node[i].end)
		if (is_assert(q, i))
			goal = i;
	if (goal != UINT32_MAX)
		shuffle_goal(q, goal, r, show);
}

/* --------------------------------------------------------------------------- */

void mutate(const struct smt *q, enum kind kind, uint32_t seed, bool plain,
	    struct text *to)
{
	const bool all = kind == KIND_ALL;
	struct rng r = { (uint64_t)seed << 8 | (uint64_t)kind };
	uint32_t *show = need(q->nodes, sizeof show[0]);
	char **word = NULL;

	for (uint32_t i = 0; i < q->nodes; i++)
		show[i] = i;
	if (all || kind == KIND_HYPS)
		shuffle_hyps(q, &r, show);
	if (all || kind == KIND_SHUFFLE)
		shuffle(q, &r, show);
	if (all || kind == KIND_RENAME)
		word = rename_all(q, &r);
	smt_print(q, &(struct smt_view){ .show = show, .word = word,
					 .plain = plain }, to);
	for (uint32_t i = 0; word != NULL && i < q->nodes; i++)
		free(word[i]);
	free(word);
	free(show);
}

void canonical_hash(const struct smt *q, char hex[SHA256_HEX])
{
	struct text t = { 0 };

	smt_print(q, &(struct smt_view){ .plain = true }, &t);
	sha256_hex(t.at, t.length, hex);
	text_free(&t);
}
