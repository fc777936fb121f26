/* SPDX-License-Identifier: BSD-2-Clause */
/* What differs between two sets of figures, for programs. */
#include "findings.h"

#include "describe.h"

#include <stdlib.h>
#include <string.h>

/* -- a prover --------------------------------------------------------------- */

static json_t *figure_json(const struct figures *f, const struct figure *r)
{
	const struct engine *e;

	if (r == NULL)
		return json_null();
	e = &f->engine[r->engine];
	return json_pack("{so sf ss si si so so so so so}",
			 "version", text_json(e->version), "limit", e->limit,
			 "verdict", verdict_name[r->verdict],
			 "runs", (int)r->runs, "proved", (int)r->proved,
			 "mean", number_json(r->counted, r->mean),
			 "min", number_json(r->counted, r->min),
			 "max", number_json(r->counted, r->max),
			 "cost", number_json(r->runs > 0, figure_cost(f, r)),
			 "trouble", text_json(r->trouble));
}

/* Its figures on both sides, if it was measured there. */
static const struct pair *pair_with(const struct comparison *c,
				    const struct changed *g,
				    const struct figure *b)
{
	for (size_t i = g->first; i < g->first + g->pairs; i++)
		if (c->pair[i].b == b)
			return &c->pair[i];
	return NULL;
}

static json_t *significance_json(const struct comparison *c,
				 const struct pair *p)
{
	if (p == NULL)
		return json_null();
	return json_pack("{so so}", "proved", number_json(true, p->p_share),
			 "cost", number_json(have_costs(c, p->a, p->b),
					     p->p_cost));
}

/* Null for the side that does not have it. */
static json_t *prover_json(const struct comparison *c, const struct changed *g,
			   const struct figure *a, const struct figure *b)
{
	const struct pair *p = b == NULL ? NULL : pair_with(c, g, b);
	const enum change change = p != NULL ? p->change :
				   b == NULL ? CHANGE_GONE :
				   b->runs == 0 ? CHANGE_UNMEASURED :
				   CHANGE_NEW;

	return json_pack("{so ss so so so}", "prover",
			 text_json(b != NULL ? c->b->engine[b->engine].name :
				   c->a->engine[a->engine].name),
			 "change", change_name[change],
			 "before", figure_json(c->a, a),
			 "after", figure_json(c->b, b),
			 "significance", significance_json(c, p));
}

static json_t *provers_json(const struct comparison *c,
			    const struct changed *g)
{
	static const struct goal none;
	const struct goal *a = g->a != NULL ? g->a : &none;
	const struct goal *b = g->b != NULL ? g->b : &none;
	json_t *all = json_array();

	for (size_t i = b->first; i < b->first + b->figures; i++) {
		const struct figure *r = &c->b->at[i];
		const char *name = c->b->engine[r->engine].name;

		json_array_append_new(all, prover_json(
			c, g, figure_of(c->a, a, name), r));
	}
	for (size_t i = a->first; i < a->first + a->figures; i++) {
		const struct figure *r = &c->a->at[i];
		const char *name = c->a->engine[r->engine].name;

		if (figure_of(c->b, b, name) == NULL)
			json_array_append_new(all, prover_json(c, g, r, NULL));
	}
	return all;
}

/* -- a query ---------------------------------------------------------------- */

static json_t *goal_json(const struct goal *g)
{
	bool measured;

	if (g == NULL)
		return json_null();
	measured = g->verdict != VER_UNMEASURED;
	return json_pack("{ss so sb}", "verdict", verdict_name[g->verdict],
			 "cost", number_json(measured, g->cost),
			 "complete", measured && !g->incomplete);
}

/* The first line of FILE:LINE, FILE:FIRST-LAST or several of these. */
static void set_place(json_t *o, const char *place)
{
	const char *end = place == NULL ? NULL : strchr(place, ':');
	char *file;

	/* a file's name may have one, too */
	while (end != NULL && (end[1] < '0' || end[1] > '9'))
		end = strchr(end + 1, ':');
	file = end == NULL ? NULL : copy(place, (size_t)(end - place));
	json_object_set_new(o, "place", text_json(place));
	json_object_set_new(o, "file", text_json(file));
	json_object_set_new(o, "line", file == NULL ? json_null() :
			    json_integer(strtol(end + 1, NULL, 10)));
	free(file);
}

/* Of FUNCTION.CLAUSE; of a file that is a query there is none. */
static const char *clause_of(const char *name)
{
	const char *dot = strchr(name, '.');
	const char *end = strrchr(name, '.');

	return dot == NULL || strcmp(end, ".smt2") == 0 ? NULL : dot + 1;
}

json_t *finding_json(const struct comparison *c, const struct changed *g,
		     const char *reason)
{
	const struct figures *f = g->b != NULL ? c->b : c->a;
	const struct goal *goal = g->b != NULL ? g->b : g->a;
	const char *name = goal == NULL ? NULL : name_of_goal(f, goal);
	json_t *o = json_object();

	json_object_set_new(o, "goal", text_json(name));
	json_object_set_new(o, "was", text_json(
		g->a == NULL ? NULL : name_of_goal(c->a, g->a)));
	json_object_set_new(o, "clause", text_json(
		name == NULL ? NULL : clause_of(name)));
	set_place(o, goal == NULL ? NULL : place_of_goal(f, goal));
	json_object_set_new(o, "change", json_string(change_name[g->change]));
	json_object_set_new(o, "before", goal_json(g->a));
	json_object_set_new(o, "after", goal_json(g->b));
	json_object_set_new(o, "provers", provers_json(c, g));
	json_object_set_new(o, "reason", text_json(reason));
	return o;
}

/* -- all -------------------------------------------------------------------- */

json_t *whole_json(const struct comparison *c, const char *verdict)
{
	json_t *changes = json_object(), *o;
	struct text t = { 0 };

	for (int k = 0; k < CHANGES; k++)
		json_object_set_new(changes, change_name[k],
				    json_integer(c->of[k]));
	describe_engines(&t, c);
	o = json_pack("{ss sI so s{sf sf sb so}}", "verdict", verdict,
		      "queries", (json_int_t)c->b->goals, "changes", changes,
		      "cost", "before", c->total_a, "after", c->total_b,
		      "comparable", c->comparable, "reason", text_json(t.at));
	text_free(&t);
	return o;
}
