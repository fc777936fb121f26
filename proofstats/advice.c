/* SPDX-License-Identifier: BSD-2-Clause */
/* From how a proof went to what makes it cheaper; what can be tried, is. */
#include "advice.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const advice_name[ADVICE_KINDS] = {
	"contradiction", "hide", "context", "trigger", "narrow", "split"
};

enum {
	HIDE_AT_MOST = 5,	/* pieces of this advice, each costs a run */
	FEW = 10		/* instances that are not worth a word */
};

bool is_needed(const struct explanation *x, const struct quantifier *f)
{
	return f->part == NO_PART || x->s.keep[f->part];
}

void quantifier_name(const struct parts *p, const struct quantifier *f,
		     struct text *to)
{
	if (f->part != NO_PART)
		part_name(p, &p->part[f->part], to);
	else
		command_name(p, f->command, to);
}

__attribute__((format(printf, 4, 5)))
static struct advice *advise(struct explanation *x, enum advice_kind kind,
			     const char *about, const char *format, ...)
{
	struct advice *a;
	char text[800];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	x->advice = grow(x->advice, x->count, &x->room, sizeof x->advice[0]);
	a = &x->advice[x->count++];
	*a = (struct advice){ .kind = kind, .count = -1,
			      .about = copy(about, strlen(about)),
			      .text = copy(text, strlen(text)) };
	return a;
}

/* Run the solver on a view of the text, with no more than is worth it. */
static bool try_advice(struct explanation *x, struct advice *a,
		       const struct cut *c, struct error *e)
{
	struct shrinking *s = &x->s;
	const double most = 4 * (double)s->before.count;
	struct result r;
	bool ok;

	if (x->proved && s->before.count > 0 && most < s->whole)
		s->solver.limit = most;
	ok = shrink_try(s, c, &a->proved, &r, e);
	s->solver.limit = s->whole;
	a->tried = ok;
	a->count = ok ? r.count : -1;
	return ok;
}

/* -- hide ----------------------------------------------------------------- */

static bool ends_in(const char *name, const char *end)
{
	const size_t n = strlen(name), m = strlen(end);

	return n >= m && strcmp(name + n - m, end) == 0;
}

/* Why3 has the definition of f as an axiom that it calls f'def. */
static const char *what_is(const struct parts *p, uint32_t part,
			   const char *name)
{
	if (p->part[part].kind == PART_HYPOTHESIS || strcmp(name, "H") == 0)
		return "hypothesis";
	return ends_in(name, "'def") ? "definition" : "axiom or lemma";
}

static uint64_t part_instances(const struct explanation *x, uint32_t part)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < x->f.count; i++)
		n += x->f.at[i].part == part ? x->f.at[i].instances : 0;
	return n;
}

static void forget_last(struct explanation *x)
{
	struct advice *a = &x->advice[--x->count];

	free(a->about);
	free(a->text);
}

static bool try_without(struct explanation *x, struct advice *a,
			const bool *keep, struct error *e)
{
	struct cut c;
	bool ok;

	cut_make(&c, x->s.parts, keep);
	ok = try_advice(x, a, &c, e);
	cut_free(&c);
	return ok;
}

static bool is_gain(const struct explanation *x, const struct advice *a)
{
	return a->proved && (!x->proved || a->count < x->s.before.count);
}

static bool advise_to_hide(struct explanation *x, uint32_t part, bool *hidden,
			   struct error *e)
{
	const struct parts *p = x->s.parts;
	const uint64_t n = part_instances(x, part);
	bool *keep = need(p->count, sizeof keep[0]);
	struct text name = { 0 };
	const char *what;
	struct advice *a;
	bool ok;

	part_name(p, &p->part[part], &name);
	what = what_is(p, part, name.at);
	a = advise(x, ADVICE_HIDE, name.at,
		   "hide the %s %s: %s instantiated %llu times, %.0f %% of all",
		   what, name.at, x->proved ?
		   "the proof does not need it, but it is" :
		   "it may not be needed, and is",
		   (unsigned long long)n,
		   100 * (double)n / (double)x->f.instances);
	a->instances = n;
	memset(keep, true, p->count * sizeof keep[0]);
	keep[part] = false;
	ok = try_without(x, a, keep, e);
	if (ok && x->proved && !is_gain(x, a))
		forget_last(x);
	else
		hidden[part] = false;
	free(keep);
	text_free(&name);
	return ok;
}

/* Together they may save more than each alone, or not. */
static bool advise_to_hide_all(struct explanation *x, size_t first,
			       const bool *hidden, struct error *e)
{
	const size_t last = x->count;
	struct advice *a = advise(x, ADVICE_HIDE, "all of these",
				  "hide all of these");
	const bool ok = try_without(x, a, hidden, e);
	bool gain = ok && is_gain(x, a);

	for (size_t i = first; gain && i < last; i++)
		gain = !x->advice[i].proved ||
		       a->count < x->advice[i].count;
	if (ok && !gain)
		forget_last(x);
	return ok;
}

/* Of what is not needed, or may not be, that which has most instances. */
static bool advise_hiding(struct explanation *x, struct error *e)
{
	const uint32_t count = x->s.parts->count;
	const size_t first = x->count;
	bool *done = need(count, sizeof done[0]);
	bool *hidden = need(count, sizeof hidden[0]);
	bool ok = true;
	unsigned given = 0;

	memset(hidden, true, count * sizeof hidden[0]);
	for (uint32_t i = 0; ok && i < x->f.count && given < HIDE_AT_MOST;
	     i++) {
		const struct quantifier *f = &x->f.at[x->order[i]];

		if (f->part == NO_PART || done[f->part] ||
		    (x->proved && x->s.keep[f->part]))
			continue;
		done[f->part] = true;
		if (part_instances(x, f->part) < FEW)
			continue;
		ok = advise_to_hide(x, f->part, hidden, e);
		given++;
	}
	if (ok && x->count > first + 1)
		ok = advise_to_hide_all(x, first, hidden, e);
	free(done);
	free(hidden);
	return ok;
}

/* -- what is needed ------------------------------------------------------- */

/* The rest of the advice on quantifiers cannot be tried by a program. */
static void advise_on_needed(struct explanation *x)
{
	bool trigger = false, narrow = false;

	for (uint32_t i = 0; i < x->f.count; i++) {
		const struct quantifier *f = &x->f.at[x->order[i]];
		const unsigned long long n = f->instances;
		struct text name = { 0 }, vars = { 0 };

		if (n < FEW || !is_needed(x, f))
			continue;
		quantifier_name(x->s.parts, f, &name);
		quantifier_variables(x->s.parts->q, f, &vars);
		if (!f->trigger && !trigger) {
			advise(x, ADVICE_TRIGGER, name.at,
			       "name a trigger for the variables %s of %s:"
			       " without one it is instantiated %llu times",
			       vars.at, name.at, n)->instances = n;
			trigger = true;
		} else if (f->trigger && !narrow && 2 * n > x->f.instances) {
			advise(x, ADVICE_NARROW, name.at,
			       "give the variables %s of %s a narrower trigger,"
			       " or assert the instance that is needed:"
			       " it is instantiated %llu times, most of all",
			       vars.at, name.at, n)->instances = n;
			narrow = true;
		}
		text_free(&name);
		text_free(&vars);
	}
}

static void advise_on_context(struct explanation *x)
{
	const struct shrinking *s = &x->s;
	uint32_t all = s->parts->count, left = 0;
	struct advice *a;

	for (int k = 0; k < PART_KINDS; k++)
		left += parts_kept(s->parts, (enum part_kind)k, s->keep);
	if (all < 2 * left || s->before.count < s->after.count * 3 / 2)
		return;
	a = advise(x, ADVICE_CONTEXT, "context",
		   "give less context: of %u assertions, definitions and"
		   " hypotheses beside the goal, %u prove it",
		   (unsigned)all, (unsigned)left);
	a->tried = a->proved = true;
	a->count = s->after.count;
}

/* Nothing to prove: if that is proved, what it is proved from is wrong. */
static bool advise_on_contradiction(struct explanation *x, struct error *e)
{
	struct shrinking *s = &x->s;
	struct advice *a;
	struct cut c;
	bool ok;

	if (s->parts->conclusion == NO_COMMAND)
		return true;
	a = advise(x, ADVICE_CONTRADICTION, "goal",
		   "look for a contradiction: what is given proves everything,"
		   " with false for the goal as well");
	cut_make(&c, s->parts, s->keep);
	cut_conclusion(&c, s->parts);
	ok = try_advice(x, a, &c, e);
	cut_free(&c);
	if (ok && !a->proved)
		forget_last(x);
	return ok;
}

/* -- split ---------------------------------------------------------------- */

static uint32_t under_binders(const struct smt *q, uint32_t node)
{
	while ((smt_is_app(q, node, "let") || smt_is_app(q, node, "forall") ||
		smt_is_app(q, node, "!")) && q->node[node].end > node + 3) {
		uint32_t i = node + 2;

		if (!smt_is(q, node + 1, "!"))
			while (q->node[i].end < q->node[node].end)
				i = q->node[i].end;
		node = i;
	}
	return node;
}

static unsigned conjuncts(const struct smt *q, uint32_t node)
{
	unsigned n = 0;

	for (uint32_t i = node; i < q->node[node].end;) {
		if (smt_is_app(q, i, "and")) {
			i += 2;
		} else {
			n++;
			i = q->node[i].end;
		}
	}
	return n;
}

/* (= (f ...) (and ...)) under binders, or (define-fun f ... (and ...)) */
static unsigned defined_conjuncts(const struct smt *q, const struct part *part,
				  uint32_t symbol)
{
	uint32_t node, left;

	if (part->kind == PART_DEFINITION) {
		if (q->node[part->node + 2].symbol != symbol)
			return 0;
		for (node = part->node + 2;
		     q->node[node].end < q->node[part->node].end;)
			node = q->node[node].end;
		return conjuncts(q, under_binders(q, node));
	}
	if (part->kind != PART_ASSERTION)
		return 0;
	node = under_binders(q, part->node + 2);
	if (!smt_is_app(q, node, "=") || q->node[node].end <= node + 3)
		return 0;
	left = q->node[node + 2].kind == SMT_LIST ? node + 3 : node + 2;
	if (q->node[left].kind != SMT_SYMBOL ||
	    q->node[left].symbol != symbol ||
	    q->node[node + 2].end >= q->node[node].end)
		return 0;
	return conjuncts(q, under_binders(q, q->node[node + 2].end));
}

static void advise_on_goal(struct explanation *x)
{
	const struct parts *p = x->s.parts;
	const struct smt *q = p->q;
	uint32_t node;
	unsigned n;

	if (p->conclusion == NO_COMMAND || !p->denied)
		return;
	node = under_binders(q, p->conclusion);
	n = conjuncts(q, node);
	if (n > 1) {
		advise(x, ADVICE_SPLIT, "goal",
		       "split the goal: it is a conjunction of %u parts", n);
		return;
	}
	if (q->node[node].kind == SMT_LIST && q->node[node].end > node + 1)
		node++;
	for (uint32_t i = 0; q->node[node].kind == SMT_SYMBOL && i < p->count;
	     i++) {
		struct text name = { 0 };

		if (!x->s.keep[i] ||
		    (n = defined_conjuncts(q, &p->part[i],
					   q->node[node].symbol)) < 2)
			continue;
		term_text(q, node, 200, &name);
		advise(x, ADVICE_SPLIT, name.at, "split the goal: by its"
		       " definition %s is a conjunction of %u parts",
		       name.at, n);
		text_free(&name);
		return;
	}
}

/* -- all of it ------------------------------------------------------------ */

/* Most instances first, then as in the text; stable, and they are few. */
static void sort_quantifiers(struct explanation *x)
{
	const struct quantifier *at = x->f.at;

	x->order = need(x->f.count, sizeof x->order[0]);
	for (uint32_t i = 0; i < x->f.count; i++) {
		uint32_t k = i;

		for (; k > 0 && at[x->order[k - 1]].instances <
		       at[i].instances; k--)
			x->order[k] = x->order[k - 1];
		x->order[k] = i;
	}
}

bool explain(struct explanation *x, const struct config *conf,
	     const struct parts *p, const char *solver, unsigned tries,
	     struct error *e)
{
	*x = (struct explanation){ 0 };
	if (!shrink_begin(&x->s, conf, p, solver, &x->proved, e))
		return false;
	if (!profile_take(&x->f, p, conf, &x->s.solver, e))
		return false;
	sort_quantifiers(x);
	if (x->proved && (!shrink(&x->s, tries, 0, e) ||
			  !advise_on_contradiction(x, e)))
		return false;
	if (!advise_hiding(x, e))
		return false;
	if (x->proved)
		advise_on_context(x);
	advise_on_needed(x);
	advise_on_goal(x);
	return true;
}

void explanation_free(struct explanation *x)
{
	for (size_t i = 0; i < x->count; i++) {
		free(x->advice[i].about);
		free(x->advice[i].text);
	}
	free(x->advice);
	free(x->order);
	profile_free(&x->f);
	shrink_free(&x->s);
}
