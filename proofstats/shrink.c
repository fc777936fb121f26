/* SPDX-License-Identifier: BSD-2-Clause */
/* Less and less of a query: what an unsat core leaves, then bit by bit. */
#include "shrink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool shrink_try(struct shrinking *s, const struct cut *c, bool *proved,
		struct result *r, struct error *e)
{
	struct text t = { 0 };
	bool ok;

	cut_print(c, s->parts->q, &t);
	ok = ask(s->conf, &s->solver, &t, NULL, r, e);
	text_free(&t);
	*proved = ok && r->outcome == OUT_UNSAT;
	s->tried++;
	return ok;
}

/*
 * What costs much more than before is no gain, and most tries that fail use
 * all that they may.
 */
static void set_limit(struct shrinking *s, double most)
{
	if (s->limit > 0)
		most = s->limit;
	else if (s->after.count <= 0)
		most = s->whole;
	s->solver.limit = most < s->whole ? most : s->whole;
}

/*
 * Of a definition whose name nobody says any more, nothing is kept: it costs
 * no try, for its text is gone already.
 */
static void forget_unsaid(struct shrinking *s)
{
	struct cut c;

	cut_make(&c, s->parts, s->keep);
	for (uint32_t i = 0; i < s->parts->count; i++)
		if (s->parts->part[i].kind == PART_DEFINITION &&
		    c.drop[s->parts->part[i].node])
			s->keep[i] = false;
	cut_free(&c);
}

/* Is this subset of the parts enough? If so, it is what is kept now. */
static bool try_keep(struct shrinking *s, const bool *keep, bool *proved,
		     struct error *e)
{
	struct result r;
	struct cut c;
	bool ok;

	*proved = false;
	if (s->tries == 0)
		return true;
	s->tries--;
	set_limit(s, 4 * (double)s->after.count);
	cut_make(&c, s->parts, keep);
	ok = shrink_try(s, &c, proved, &r, e);
	cut_free(&c);
	if (*proved) {
		memmove(s->keep, keep, s->parts->count * sizeof keep[0]);
		forget_unsaid(s);
		s->after = r;
		s->smaller = true;
	}
	return ok;
}

/* -- unsat core ----------------------------------------------------------- */

/* The words of a name that the text does not have. */
static void choose_stem(const struct smt *q, char stem[32])
{
	unsigned n = 0;
	bool taken = true;

	for (; taken; n++) {
		snprintf(stem, 32, "core%u!", n);
		taken = false;
		for (uint32_t i = 0; i < q->symbols && !taken; i++)
			taken = q->symbol[i].length >= strlen(stem) &&
				memcmp(q->symbol[i].at, stem,
				       strlen(stem)) == 0;
	}
}

static void name_assertion(struct cut *c, uint32_t command, const char *name)
{
	char text[64];

	cut_put(&c->before[command + 2], "(! ");
	snprintf(text, sizeof text, " :named %s)", name);
	cut_put(&c->after[command + 2], text);
}

/*
 * A hypothesis cannot leave the goal, for it speaks of what is bound there. So
 * it becomes an implication whose premise is asserted under a name.
 */
static void guard_hypothesis(struct cut *c, uint32_t goal, uint32_t node,
			     const char *name)
{
	char text[200];

	snprintf(text, sizeof text, "(declare-fun %sg () Bool)"
		 "(assert (! %sg :named %s))\n", name, name, name);
	cut_add(&c->before[goal], text);
	snprintf(text, sizeof text, "(=> %sg ", name);
	cut_put(&c->before[node], text);
	cut_put(&c->after[node], ")");
}

static void core_text(const struct parts *p, const char *stem, bool guards,
		      struct text *to)
{
	const struct smt *q = p->q;
	char name[48];
	struct cut c;

	cut_make(&c, p, NULL);
	for (uint32_t i = 0; i < p->count; i++) {
		const struct part *part = &p->part[i];

		snprintf(name, sizeof name, "%s%u", stem, (unsigned)i);
		if (part->kind == PART_ASSERTION)
			name_assertion(&c, part->node, name);
		else if (part->kind == PART_HYPOTHESIS && guards)
			guard_hypothesis(&c, p->goal, part->node, name);
	}
	for (uint32_t i = 0; i < q->nodes; i = q->node[i].end)
		if (smt_is(q, i + 1, "check-sat"))
			cut_put(&c.after[i], "\n(get-unsat-core)");
	text_put(to, "(set-option :produce-unsat-cores true)\n");
	cut_print(&c, q, to);
	cut_free(&c);
}

/* Marks what the core names; false if it names nothing. */
static bool read_core(const struct parts *p, const char *stem,
		      const char *out, bool *keep)
{
	bool any = false;

	while ((out = strstr(out, stem)) != NULL) {
		char *end;
		const unsigned long i = strtoul(out + strlen(stem), &end, 10);

		if (end != out + strlen(stem) && i < p->count) {
			keep[i] = true;
			any = true;
		}
		out = end;
	}
	return any;
}

static bool try_core(struct shrinking *s, bool guards, bool *proved,
		     struct error *e)
{
	const struct parts *p = s->parts;
	struct text t = { 0 }, out[2] = { { 0 }, { 0 } };
	bool *keep = need(p->count, sizeof keep[0]);
	char stem[32];
	struct result r;
	bool ok;

	*proved = false;
	set_limit(s, 2 * (double)s->before.count);
	choose_stem(p->q, stem);
	core_text(p, stem, guards, &t);
	s->tried++;
	s->tries--;
	ok = ask(s->conf, &s->solver, &t, out, &r, e);
	if (ok && r.outcome == OUT_UNSAT && out[0].at != NULL &&
	    read_core(p, stem, out[0].at, keep)) {
		for (uint32_t i = 0; i < p->count; i++)
			keep[i] |= p->part[i].kind == PART_DEFINITION ||
				   (p->part[i].kind == PART_HYPOTHESIS &&
				    !guards);
		ok = try_keep(s, keep, proved, e);
	}
	free(keep);
	text_free(&t);
	text_free(&out[0]);
	text_free(&out[1]);
	return ok;
}

/* -- deletion ------------------------------------------------------------- */

/* The numbers of what is kept. */
static uint32_t list_kept(const struct shrinking *s, uint32_t *at)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->parts->count; i++)
		if (s->keep[i])
			at[n++] = i;
	return n;
}

/* Leave out so many at a time, all along. *any: some could be left out. */
static bool delete_runs(struct shrinking *s, uint32_t size, bool *any,
			struct error *e)
{
	const size_t count = s->parts->count;
	uint32_t *at = need(count, sizeof at[0]);
	bool *keep = need(count, sizeof keep[0]);
	const uint32_t n = list_kept(s, at);
	bool ok = true;

	*any = false;
	for (uint32_t i = 0; ok && i < n; i += size) {
		bool proved = false, less = false;

		memcpy(keep, s->keep, count * sizeof keep[0]);
		for (uint32_t k = i; k < n && k < i + size; k++) {
			less |= keep[at[k]];
			keep[at[k]] = false;
		}
		if (less)
			ok = try_keep(s, keep, &proved, e);
		*any |= proved;
	}
	free(at);
	free(keep);
	return ok;
}

static bool delete_all(struct shrinking *s, struct error *e)
{
	const struct parts *p = s->parts;
	uint32_t size = 0;
	bool any;

	for (int k = 0; k < PART_KINDS; k++)
		size += parts_kept(p, (enum part_kind)k, s->keep);
	do {
		size = size > 3 ? size / 2 : 1;
		if (!delete_runs(s, size, &any, e))
			return false;
		s->least = size == 1 && !any && s->tries > 0;
	} while (s->tries > 0 && !s->least);
	return true;
}

/* -- all of it ------------------------------------------------------------ */

bool shrink_begin(struct shrinking *s, const struct config *conf,
		  const struct parts *p, const char *solver, bool *proved,
		  struct error *e)
{
	struct cut c;
	bool ok = true;

	*s = (struct shrinking){ .conf = conf, .parts = p };
	s->keep = need(p->count, sizeof s->keep[0]);
	memset(s->keep, true, p->count * sizeof s->keep[0]);
	s->bytes_before = p->q->text.length;
	*proved = false;
	if (solver != NULL && solver_named(conf, solver, e) == NULL)
		return false;
	cut_make(&c, p, NULL);
	for (unsigned i = 0; ok && !*proved && i < conf->solvers; i++) {
		if (solver != NULL && strcmp(solver, conf->solver[i].name) != 0)
			continue;
		s->solver = conf->solver[i];
		s->whole = s->solver.limit;
		ok = shrink_try(s, &c, proved, &s->before, e);
	}
	cut_free(&c);
	s->after = s->before;
	return ok;
}

bool shrink(struct shrinking *s, unsigned tries, double limit,
	    struct error *e)
{
	bool proved = false, ok;
	struct text t = { 0 };

	s->tries = tries;
	s->limit = limit;
	forget_unsaid(s);
	ok = (s->tries == 0 || try_core(s, true, &proved, e)) &&
	     (s->tries == 0 || proved || try_core(s, false, &proved, e)) &&
	     delete_all(s, e);
	/* to drop a declaration is a change as well, and one to be tried */
	if (ok && !s->smaller) {
		s->tries = 1;
		ok = try_keep(s, s->keep, &proved, e);
	}
	s->solver.limit = s->whole;
	if (!ok)
		return false;
	shrink_text(s, &t);
	s->bytes_after = t.length;
	text_free(&t);
	return true;
}

void shrink_text(const struct shrinking *s, struct text *to)
{
	struct cut c;

	cut_make(&c, s->parts, s->smaller ? s->keep : NULL);
	cut_print(&c, s->parts->q, to);
	cut_free(&c);
}

void shrink_free(struct shrinking *s)
{
	free(s->keep);
	s->keep = NULL;
}
