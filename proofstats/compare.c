/* SPDX-License-Identifier: BSD-2-Clause */
#include "compare.h"

#include "significance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const change_name[CHANGES] = {
	"worse", "gone", "new", "unmeasured", "better", "renamed", "changed",
	"same"
};

const char *name_of_goal(const struct figures *f, const struct goal *g)
{
	return f->at[g->first].name;
}

const char *place_of_goal(const struct figures *f, const struct goal *g)
{
	for (size_t i = g->first; i < g->first + g->figures; i++)
		if (f->at[i].place != NULL)
			return f->at[i].place;
	return NULL;
}

bool is_worse(enum verdict v, enum verdict than)
{
	static const int rank[VERDICTS] = {
		[VER_STABLE] = 0, [VER_SHAKY] = 1, [VER_BRITTLE] = 2,
		[VER_UNSOLVED] = 3, [VER_CONFLICT] = 4, [VER_UNMEASURED] = 5,
	};

	return rank[v] > rank[than];
}

/* -- who is who ------------------------------------------------------------- */

static void add(struct comparison *c, const struct goal *a,
		const struct goal *b)
{
	c->at = grow(c->at, c->count, &c->room, sizeof c->at[0]);
	c->at[c->count++] = (struct changed){
		a == NULL ? CHANGE_NEW : b == NULL ? CHANGE_GONE : CHANGE_NONE,
		a, b, 0, 0
	};
}

/* Both sides are sorted. */
static void match_names(struct comparison *c)
{
	size_t i = 0, k = 0;

	while (i < c->a->goals || k < c->b->goals) {
		const struct goal *a = &c->a->goal[i], *b = &c->b->goal[k];
		const int order = i == c->a->goals ? 1 :
				  k == c->b->goals ? -1 :
				  strcmp(name_of_goal(c->a, a),
					 name_of_goal(c->b, b));

		add(c, order <= 0 ? a : NULL, order >= 0 ? b : NULL);
		i += order <= 0;
		k += order >= 0;
	}
}

static bool share_text(const struct comparison *c, const struct goal *a,
		       const struct goal *b)
{
	for (size_t i = a->first; i < a->first + a->figures; i++)
		for (size_t k = b->first; k < b->first + b->figures; k++)
			if (c->a->at[i].hash[0] != '\0' &&
			    strcmp(c->a->at[i].hash, c->b->at[k].hash) == 0)
				return true;
	return false;
}

static bool find_text(const struct comparison *c, const struct changed *gone,
		      struct changed **new)
{
	for (size_t i = 0; i < c->count; i++) {
		*new = &c->at[i];
		if ((*new)->change == CHANGE_NEW &&
		    share_text(c, gone->a, (*new)->b))
			return true;
	}
	return false;
}

/* What is gone under one name may be there under another. */
static void match_texts(struct comparison *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->count; i++) {
		struct changed *new;

		if (c->at[i].change != CHANGE_GONE ||
		    !find_text(c, &c->at[i], &new))
			continue;
		new->a = c->at[i].a;
		new->change = CHANGE_RENAMED;
		c->at[i].change = CHANGES;
	}
	for (size_t i = 0; i < c->count; i++)
		if (c->at[i].change != CHANGES)
			c->at[kept++] = c->at[i];
	c->count = kept;
}

/* -- how they do ------------------------------------------------------------ */

/* As near as a baseline's rounding lets one see. */
static bool same_figures(const struct figure *a, const struct figure *b)
{
	return a->runs == b->runs && a->proved == b->proved &&
	       a->counted == b->counted &&
	       (!a->counted || (a->min == b->min && a->max == b->max &&
				fabs(a->mean - b->mean) < 0.1));
}

bool have_costs(const struct comparison *c, const struct figure *a,
		const struct figure *b)
{
	return a->counted && b->counted &&
	       same_engine(&c->a->engine[a->engine], &c->b->engine[b->engine]);
}

/* Costs multiply and have long tails, so their logarithms are compared. */
static double p_costs(const struct figure *a, const struct figure *b)
{
	const struct sample x = { a->proved, log(a->gmean), log(a->gsd) };
	const struct sample y = { b->proved, log(b->gmean), log(b->gsd) };

	return p_means(&x, &y);
}

static void add_pairs(struct comparison *c, struct changed *g)
{
	g->first = c->pairs;
	for (size_t i = g->b->first; i < g->b->first + g->b->figures; i++) {
		const struct figure *b = &c->b->at[i];
		const struct figure *a = figure_of(c->a, g->a,
						   c->b->engine[b->engine].name);

		if (a == NULL || a->runs == 0 || b->runs == 0)
			continue;
		c->pair = grow(c->pair, c->pairs, &c->pair_room,
			       sizeof c->pair[0]);
		c->pair[c->pairs++] = (struct pair){ a, b, 1, 1, CHANGE_NONE };
	}
	g->pairs = c->pairs - g->first;
}

/* All tests together, for there are many. */
static void test_pairs(struct comparison *c)
{
	double *p = need(2 * c->pairs, sizeof p[0]);
	size_t n = 0;

	for (size_t i = 0; i < c->pairs; i++) {
		const struct figure *a = c->pair[i].a, *b = c->pair[i].b;

		if (same_figures(a, b))
			continue;
		p[n++] = p_shares(a->proved, a->runs, b->proved, b->runs);
		if (have_costs(c, a, b))
			p[n++] = p_costs(a, b);
	}
	adjust(p, n);
	n = 0;
	for (size_t i = 0; i < c->pairs; i++) {
		struct pair *to = &c->pair[i];

		if (same_figures(to->a, to->b))
			continue;
		to->p_share = p[n++];
		if (have_costs(c, to->a, to->b))
			to->p_cost = p[n++];
	}
	free(p);
}

static enum change judge_pair(const struct pair *p, const struct config *conf)
{
	const double share_a = (double)p->a->proved / p->a->runs;
	const double share_b = (double)p->b->proved / p->b->runs;
	const double ratio = p->b->gmean / p->a->gmean;

	if (p->p_share <= conf->significance && share_a != share_b)
		return share_b < share_a ? CHANGE_WORSE : CHANGE_BETTER;
	if (p->p_cost > conf->significance)
		return CHANGE_NONE;
	return ratio > conf->change ? CHANGE_WORSE :
	       ratio * conf->change < 1 ? CHANGE_BETTER : CHANGE_NONE;
}

static bool same_text(const struct comparison *c, const struct changed *g)
{
	for (size_t i = g->first; i < g->first + g->pairs; i++)
		if (strcmp(c->pair[i].a->hash, c->pair[i].b->hash) != 0)
			return false;
	/* none if it needed a solver on one side only */
	return g->pairs > 0;
}

static enum change judge_goal(struct comparison *c, const struct changed *g,
			      const struct config *conf)
{
	unsigned of[CHANGES] = { 0 };

	for (size_t i = g->first; i < g->first + g->pairs; i++) {
		c->pair[i].change = judge_pair(&c->pair[i], conf);
		of[c->pair[i].change]++;
	}
	if (is_worse(g->b->verdict, g->a->verdict))
		return CHANGE_WORSE;
	if (is_worse(g->a->verdict, g->b->verdict))
		return CHANGE_BETTER;
	if (of[CHANGE_WORSE] + of[CHANGE_BETTER] > 0)
		return of[CHANGE_WORSE] > 0 ? CHANGE_WORSE : CHANGE_BETTER;
	if (g->change == CHANGE_RENAMED)
		return CHANGE_RENAMED;
	return same_text(c, g) ? CHANGE_NONE : CHANGE_TEXT;
}

/* Does b have all that a has? */
static bool same_engines(const struct figures *a, const struct figures *b)
{
	bool same = true;

	for (unsigned i = 0; i < a->engines; i++) {
		bool found = !is_engine(&a->engine[i]);

		for (unsigned k = 0; k < b->engines; k++)
			found |= strcmp(a->engine[i].name,
					b->engine[k].name) == 0 &&
				 same_engine(&a->engine[i], &b->engine[k]);
		same &= found;
	}
	return same;
}

static double total(const struct figures *f)
{
	double sum = 0;

	for (size_t i = 0; i < f->goals; i++)
		sum += f->goal[i].cost;
	return sum;
}

void compare(struct comparison *c, const struct figures *a,
	     const struct figures *b, const struct config *conf)
{
	*c = (struct comparison){ .a = a, .b = b };
	match_names(c);
	match_texts(c);
	for (size_t i = 0; i < c->count; i++)
		if (c->at[i].a != NULL && c->at[i].b != NULL)
			add_pairs(c, &c->at[i]);
	test_pairs(c);
	for (size_t i = 0; i < c->count; i++) {
		struct changed *g = &c->at[i];

		if (g->b != NULL && g->b->verdict == VER_UNMEASURED)
			g->change = CHANGE_UNMEASURED;
		else if (g->a != NULL && g->a->verdict == VER_UNMEASURED)
			g->change = CHANGE_NEW;
		else if (g->a != NULL && g->b != NULL)
			g->change = judge_goal(c, g, conf);
		c->of[g->change]++;
	}
	c->comparable = same_engines(a, b) && same_engines(b, a);
	c->total_a = total(a);
	c->total_b = total(b);
}

void comparison_free(struct comparison *c)
{
	free(c->at);
	free(c->pair);
	*c = (struct comparison){ 0 };
}
