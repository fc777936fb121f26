/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands.h"

#include "advice.h"
#include "json.h"
#include "subject.h"

#include <stdio.h>

enum { QUANTIFIERS = 15 };	/* in the text; JSON has all */

static const char *const kind_word[PART_KINDS] = {
	"assertion", "definition", "hypothesis"
};

/* -- text ----------------------------------------------------------------- */

static void print_count(int64_t count)
{
	if (count < 0)
		fputs("unknown", stdout);
	else
		printf("%lld", (long long)count);
}

static void print_cost(const struct explanation *x, const char *query)
{
	const struct shrinking *s = &x->s;
	struct text goal = { 0 };

	if (s->parts->goal != NO_COMMAND)
		command_name(s->parts, s->parts->goal, &goal);
	printf("%s: %s\n%s: %s, count ", query,
	       goal.at == NULL ? "nothing is asserted" : goal.at,
	       s->solver.name, outcome_name[s->before.outcome]);
	print_count(s->before.count);
	printf(" of %.0f\n", s->whole);
	if (x->proved) {
		printf("the least that still proves it: count ");
		print_count(s->after.count);
		printf(", %zu bytes of %zu, %u tries%s\n", s->bytes_after,
		       s->bytes_before, s->tried,
		       s->least ? "" : ", which were not enough");
	}
	text_free(&goal);
}

static void print_needed(const struct explanation *x)
{
	const struct parts *p = x->s.parts;

	for (int k = 0; k < PART_KINDS; k++) {
		const enum part_kind kind = (enum part_kind)k;

		if (parts_kept(p, kind, NULL) == 0)
			continue;
		printf("\nneeded of %u %s:\n",
		       (unsigned)parts_kept(p, kind, NULL),
		       k == PART_ASSERTION ? "assertions" :
		       k == PART_DEFINITION ? "definitions" :
		       "hypotheses of the goal");
		for (uint32_t i = 0; i < p->count; i++) {
			struct text t = { 0 };

			if (p->part[i].kind != kind || !x->s.keep[i])
				continue;
			part_name(p, &p->part[i], &t);
			printf("  %s\n", t.at);
			text_free(&t);
		}
	}
}

static void print_quantifier(const struct explanation *x,
			     const struct quantifier *f)
{
	struct text name = { 0 }, vars = { 0 };

	quantifier_name(x->s.parts, f, &name);
	quantifier_variables(x->s.parts->q, f, &vars);
	printf("%10llu %5.1f%% %-10s %-8s %s (%s)\n",
	       (unsigned long long)f->instances,
	       100 * (double)f->instances / (double)x->f.instances,
	       !x->proved ? "" : is_needed(x, f) ? "needed" : "not needed",
	       f->trigger ? "" : "no trigger", name.at, vars.at);
	text_free(&name);
	text_free(&vars);
}

static void print_quantifiers(const struct explanation *x)
{
	uint32_t shown = 0;

	if (!x->f.known) {
		puts("\nthis solver cannot tell what it instantiates");
		return;
	}
	printf("\n%llu instances of quantifiers\n",
	       (unsigned long long)x->f.instances);
	for (uint32_t i = 0; i < x->f.count && shown < QUANTIFIERS; i++) {
		const struct quantifier *f = &x->f.at[x->order[i]];

		if (f->instances == 0)
			break;
		print_quantifier(x, f);
		shown++;
	}
	if (x->f.elsewhere > 0)
		printf("%10llu %5.1f%% of quantifiers that the solver made\n",
		       (unsigned long long)x->f.elsewhere,
		       100 * (double)x->f.elsewhere /
		       (double)x->f.instances);
}

static void print_advice(const struct explanation *x)
{
	puts(x->count > 0 ? "\nadvice:" : "\nno advice");
	for (size_t i = 0; i < x->count; i++) {
		const struct advice *a = &x->advice[i];

		printf("- %s", a->text);
		if (a->tried && a->proved) {
			printf("; then the count is ");
			print_count(a->count);
		} else if (a->tried) {
			printf("; but that alone does not prove it");
		}
		puts("");
	}
}

static void print_text(const struct explanation *x, const char *query)
{
	print_cost(x, query);
	if (x->proved)
		print_needed(x);
	print_quantifiers(x);
	print_advice(x);
}

/* -- JSON ----------------------------------------------------------------- */

static void set_text(json_t *o, const char *key, const char *value)
{
	json_object_set_new(o, key, text_json(value));
}

static void set_count(json_t *o, const char *key, int64_t count)
{
	json_object_set_new(o, key,
			    count < 0 ? json_null() : json_integer(count));
}

static json_t *needed_json(const struct explanation *x)
{
	const struct parts *p = x->s.parts;
	json_t *all = json_array();

	for (uint32_t i = 0; i < p->count; i++) {
		struct text t = { 0 };
		json_t *o;

		if (!x->s.keep[i])
			continue;
		o = json_object();
		part_name(p, &p->part[i], &t);
		set_text(o, "kind", kind_word[p->part[i].kind]);
		set_text(o, "name", t.at);
		json_array_append_new(all, o);
		text_free(&t);
	}
	return all;
}

static json_t *quantifiers_json(const struct explanation *x)
{
	json_t *all = json_array();

	for (uint32_t i = 0; i < x->f.count; i++) {
		const struct quantifier *f = &x->f.at[x->order[i]];
		struct text name = { 0 }, vars = { 0 };
		json_t *o;

		if (f->instances == 0)
			break;
		o = json_object();
		quantifier_name(x->s.parts, f, &name);
		quantifier_variables(x->s.parts->q, f, &vars);
		set_text(o, "name", name.at);
		set_text(o, "variables", vars.at);
		set_count(o, "instances", (int64_t)f->instances);
		json_object_set_new(o, "trigger", json_boolean(f->trigger));
		json_object_set_new(o, "needed", x->proved ?
				    json_boolean(is_needed(x, f)) :
				    json_null());
		json_array_append_new(all, o);
		text_free(&name);
		text_free(&vars);
	}
	return all;
}

static json_t *advice_json(const struct explanation *x)
{
	json_t *all = json_array();

	for (size_t i = 0; i < x->count; i++) {
		const struct advice *a = &x->advice[i];
		json_t *o = json_object();

		set_text(o, "kind", advice_name[a->kind]);
		set_text(o, "about", a->about);
		set_text(o, "text", a->text);
		set_count(o, "instances", (int64_t)a->instances);
		json_object_set_new(o, "proved", a->tried ?
				    json_boolean(a->proved) : json_null());
		set_count(o, "count", a->count);
		json_array_append_new(all, o);
	}
	return all;
}

static json_t *shrunk_json(const struct explanation *x)
{
	const struct shrinking *s = &x->s;
	json_t *o = json_object();

	for (int k = 0; k < PART_KINDS; k++) {
		json_t *two = json_array();

		json_array_append_new(two, json_integer(parts_kept(
			s->parts, (enum part_kind)k, s->keep)));
		json_array_append_new(two, json_integer(parts_kept(
			s->parts, (enum part_kind)k, NULL)));
		json_object_set_new(o, kind_word[k], two);
	}
	set_count(o, "count", s->after.count);
	set_count(o, "bytes_before", (int64_t)s->bytes_before);
	set_count(o, "bytes_after", (int64_t)s->bytes_after);
	set_count(o, "tries", s->tried);
	json_object_set_new(o, "least", json_boolean(s->least));
	json_object_set_new(o, "needed", needed_json(x));
	return o;
}

static void print_json(const struct explanation *x, const char *query)
{
	const struct parts *p = x->s.parts;
	struct text goal = { 0 };
	json_t *o = json_object();

	if (p->goal != NO_COMMAND)
		command_name(p, p->goal, &goal);
	set_text(o, "query", query);
	set_text(o, "goal", goal.at);
	set_text(o, "solver", x->s.solver.name);
	set_text(o, "outcome", outcome_name[x->s.before.outcome]);
	json_object_set_new(o, "limit", json_real(x->s.whole));
	set_count(o, "count", x->s.before.count);
	json_object_set_new(o, "shrunk",
			    x->proved ? shrunk_json(x) : json_null());
	set_count(o, "instances",
		  x->f.known ? (int64_t)x->f.instances : -1);
	set_count(o, "elsewhere", (int64_t)x->f.elsewhere);
	json_object_set_new(o, "quantifiers", quantifiers_json(x));
	json_object_set_new(o, "advice", advice_json(x));
	put_json(o);
	text_free(&goal);
}

/* -- the command ---------------------------------------------------------- */

static int run(const struct subject *s, const struct options *o)
{
	struct explanation x;
	struct error e;
	int code = EXIT_FINE;

	if (!explain(&x, &s->conf, &s->p, s->solver, o->tries, &e))
		code = complain(&e);
	else if (o->format == 1)
		print_json(&x, o->operand[0]);
	else
		print_text(&x, o->operand[0]);
	explanation_free(&x);
	return code == EXIT_FINE ? printed(code) : code;
}

int command_explain(int argc, char **argv)
{
	struct options o;
	struct subject s;
	struct error e;
	int code;

	if (!read_options(&o, argc, argv, &(struct syntax){
			  "c:s:q:n:f:", "text|json", "FILE|GOAL", 1, 1 }))
		return o.code;
	if (!subject_open(&s, &o, &e))
		return complain(&e);
	code = run(&s, &o);
	subject_close(&s);
	return code;
}
