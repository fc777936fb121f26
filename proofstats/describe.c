/* SPDX-License-Identifier: BSD-2-Clause */
#include "describe.h"

#include <math.h>
#include <string.h>

static void put_p(struct text *t, double p)
{
	if (p < 0.0001)
		text_put(t, " (p < 0.0001)");
	else if (p < 1)
		text_printf(t, " (p = %.2g)", p);
}

static void put_change(struct text *t, double from, double to)
{
	if (from > 0)
		text_printf(t, ", %+.1f %%", 100 * (to / from - 1));
}

static void describe_pair(struct text *t, const struct comparison *c,
			  const struct pair *p)
{
	const struct figure *a = p->a, *b = p->b;
	const bool costs = have_costs(c, a, b) &&
			   fabs(a->mean - b->mean) >= 0.1;

	if (a->proved * (double)b->runs == b->proved * (double)a->runs &&
	    !costs)
		return;
	text_printf(t, "; %s: proved %u/%u -> %u/%u",
		    c->b->engine[b->engine].name, a->proved, a->runs, b->proved,
		    b->runs);
	put_p(t, p->p_share);
	if (!costs)
		return;
	text_printf(t, ", cost %.0f -> %.0f", a->mean, b->mean);
	put_change(t, a->mean, b->mean);
	put_p(t, p->p_cost);
}

static void describe_new(struct text *t, const struct comparison *c,
			 const struct goal *b)
{
	text_put(t, verdict_name[b->verdict]);
	for (size_t i = b->first; i < b->first + b->figures; i++) {
		const struct figure *r = &c->b->at[i];

		if (!is_engine(&c->b->engine[r->engine]))
			text_put(t, "; it needs no solver");
		else if (r->runs > 0)
			text_printf(t, "; %s: proved %u/%u, cost %.0f of %.0f",
				    c->b->engine[r->engine].name, r->proved,
				    r->runs, figure_cost(c->b, r),
				    c->b->engine[r->engine].limit);
		else if (r->trouble != NULL && i == b->first)
			text_printf(t, "; %s", r->trouble);
	}
}

void describe(struct text *t, const struct comparison *c,
	      const struct changed *g)
{
	if (g->b == NULL) {
		text_printf(t, "was %s", verdict_name[g->a->verdict]);
		return;
	}
	if (g->a == NULL || g->change == CHANGE_UNMEASURED) {
		describe_new(t, c, g->b);
		return;
	}
	if (strcmp(name_of_goal(c->a, g->a), name_of_goal(c->b, g->b)) != 0)
		text_printf(t, "was %s; ", name_of_goal(c->a, g->a));
	if (g->a->verdict == g->b->verdict)
		text_put(t, verdict_name[g->b->verdict]);
	else
		text_printf(t, "%s -> %s", verdict_name[g->a->verdict],
			    verdict_name[g->b->verdict]);
	for (size_t i = g->first; i < g->first + g->pairs; i++)
		describe_pair(t, c, &c->pair[i]);
}

void describe_place(struct text *t, const struct comparison *c,
		    const struct changed *g)
{
	const struct figures *f = g->b != NULL ? c->b : c->a;
	const struct goal *goal = g->b != NULL ? g->b : g->a;
	const char *place = place_of_goal(f, goal);

	if (place != NULL)
		text_printf(t, "%s: ", place);
	text_put(t, name_of_goal(f, goal));
}

static const struct engine *find(const struct figures *f, const char *name)
{
	for (unsigned i = 0; i < f->engines; i++)
		if (strcmp(f->engine[i].name, name) == 0)
			return &f->engine[i];
	return NULL;
}

void describe_engines(struct text *t, const struct comparison *c)
{
	const char *mark = "costs are not compared: ";

	for (unsigned i = 0; i < c->a->engines; i++) {
		const struct engine *a = &c->a->engine[i];
		const struct engine *b = find(c->b, a->name);

		if (!is_engine(a) || (b != NULL && same_engine(a, b)))
			continue;
		text_printf(t, "%s%s ", mark, a->name);
		if (b == NULL)
			text_put(t, "is missing");
		else if (strcmp(a->version, b->version) != 0)
			text_printf(t, "was \"%s\" and is \"%s\"", a->version,
				    b->version);
		else
			text_printf(t, "had the limit %.0f and has %.0f",
				    a->limit, b->limit);
		mark = "; ";
	}
	for (unsigned i = 0; i < c->b->engines; i++) {
		if (!is_engine(&c->b->engine[i]) ||
		    find(c->a, c->b->engine[i].name) != NULL)
			continue;
		text_printf(t, "%s%s is new", mark, c->b->engine[i].name);
		mark = "; ";
	}
}

void describe_total(struct text *t, const struct comparison *c)
{
	text_printf(t, "total cost %.4g -> %.4g limits", c->total_a,
		    c->total_b);
	put_change(t, c->total_a, c->total_b);
}
