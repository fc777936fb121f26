/* SPDX-License-Identifier: BSD-2-Clause */
#include "subject.h"

#include "queries.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static bool is_named(const struct query *q, const char *name)
{
	const size_t n = strlen(name);

	return q->path != NULL && strncmp(q->name, name, n) == 0 &&
	       (q->name[n] == '\0' || strcmp(q->name + n, ".smt2") == 0);
}

/* The goal's query for the first solver that has one. */
static const struct query *find(struct subject *s, const struct options *o,
				const struct queries *all)
{
	for (unsigned i = 0; i < s->conf.solvers; i++) {
		const struct solver *v = &s->conf.solver[i];

		if (o->solver != NULL && strcmp(o->solver, v->name) != 0)
			continue;
		for (size_t k = 0; k < all->count; k++) {
			const struct query *q = &all->at[k];

			if (!is_named(q, o->operand[0]) || (q->prover != NULL &&
			    fnmatch(v->prover, q->prover, FNM_CASEFOLD) != 0))
				continue;
			if (q->prover != NULL)
				s->solver = v->name;
			return q;
		}
	}
	return NULL;
}

static bool load(struct subject *s, const struct options *o, struct error *e)
{
	struct queries all = { 0 };
	const struct query *q;
	char *store;
	bool ok;

	s->solver = o->solver;
	if (o->store == NULL)
		return smt_load(&s->q, o->operand[0], e);
	store = copy(o->store, strlen(o->store));
	ok = queries_find(&all, &store, 1, e);
	q = ok ? find(s, o, &all) : NULL;
	if (ok && q == NULL)
		ok = fail(e, "%s: no query of a goal %s%s%s", store,
			  o->operand[0],
			  o->solver == NULL ? "" : " for solver ",
			  o->solver == NULL ? "" : o->solver);
	ok = ok && smt_load(&s->q, q->path, e);
	queries_free(&all);
	free(store);
	return ok;
}

bool subject_open(struct subject *s, const struct options *o, struct error *e)
{
	*s = (struct subject){ 0 };
	if (!config_load(&s->conf, o->conf, e))
		return false;
	if (!load(s, o, e)) {
		config_free(&s->conf);
		return false;
	}
	if (mutable(&s->q, e)) {
		parts_find(&s->p, &s->q);
		return true;
	}
	smt_free(&s->q);
	config_free(&s->conf);
	return false;
}

void subject_close(struct subject *s)
{
	parts_free(&s->p);
	smt_free(&s->q);
	config_free(&s->conf);
}
