/* SPDX-License-Identifier: BSD-2-Clause */
/* What differs between two sets of figures: new, gone, better, worse. */
#include "commands.h"

#include "describe.h"
#include "escape.h"
#include "findings.h"
#include "options.h"

static void print_change(const struct comparison *c, const struct changed *g,
			 bool markdown)
{
	struct text name = { 0 }, what = { 0 };

	describe_place(&name, c, g);
	describe(&what, c, g);
	if (markdown) {
		printf("| %s | ", change_name[g->change]);
		put_markdown(name.at, stdout);
		fputs(" | ", stdout);
		put_markdown(what.at, stdout);
		puts(" |");
	} else {
		printf("%-10s %s: %s\n", change_name[g->change], name.at,
		       what.at);
	}
	text_free(&name);
	text_free(&what);
}

static void print_changes(const struct comparison *c, bool markdown)
{
	if (markdown && c->of[CHANGE_NONE] < c->count)
		puts("| | query | |\n|---|---|---|");
	for (int k = 0; k < CHANGE_NONE; k++)
		for (size_t i = 0; i < c->count; i++)
			if (c->at[i].change == (enum change)k)
				print_change(c, &c->at[i], markdown);
	if (markdown)
		puts("");
}

struct sum {
	unsigned n[2];
	double cost[2];
};

/* A solver's own units, of the queries that both sides have. */
static struct sum sum_of(const struct comparison *c, unsigned engine)
{
	struct sum s = { 0 };

	for (size_t i = 0; i < c->pairs; i++) {
		const struct pair *p = &c->pair[i];

		if (p->b->engine != engine)
			continue;
		s.n[0] += p->a->verdict < VER_UNSOLVED;
		s.n[1] += p->b->verdict < VER_UNSOLVED;
		s.cost[0] += figure_cost(c->a, p->a);
		s.cost[1] += figure_cost(c->b, p->b);
	}
	return s;
}

static void print_sums(const struct comparison *c)
{
	struct text t = { 0 };

	for (unsigned i = 0; i < c->b->engines; i++) {
		const struct sum s = sum_of(c, i);

		if (!is_engine(&c->b->engine[i]))
			continue;
		printf("%s: proves %u -> %u, cost %.0f -> %.0f",
		       c->b->engine[i].name, s.n[0], s.n[1], s.cost[0],
		       s.cost[1]);
		if (s.cost[0] > 0)
			printf(", %+.1f %%",
			       100 * (s.cost[1] / s.cost[0] - 1));
		puts(" (of the queries that are on both sides)");
	}
	if (c->comparable)
		describe_total(&t, c);
	else
		describe_engines(&t, c);
	puts(t.at);
	text_free(&t);
	for (int k = 0; k < CHANGES; k++)
		printf("%s%u %s", k == 0 ? "" : ", ", c->of[k],
		       change_name[k]);
	puts("");
}

/* -- JSON ------------------------------------------------------------------- */

static json_t *changes_json(const struct comparison *c)
{
	json_t *all = json_array();

	for (int k = 0; k < CHANGE_NONE; k++)
		for (size_t i = 0; i < c->count; i++) {
			struct text what = { 0 };

			if (c->at[i].change != (enum change)k)
				continue;
			describe(&what, c, &c->at[i]);
			json_array_append_new(all, finding_json(
				c, &c->at[i], what.at));
			text_free(&what);
		}
	return all;
}

static json_t *sums_json(const struct comparison *c)
{
	json_t *all = json_array();

	for (unsigned i = 0; i < c->b->engines; i++) {
		const struct sum s = sum_of(c, i);

		if (!is_engine(&c->b->engine[i]))
			continue;
		json_array_append_new(all, json_pack(
			"{so s{si sf} s{si sf}}",
			"prover", text_json(c->b->engine[i].name),
			"before", "proves", (int)s.n[0], "cost", s.cost[0],
			"after", "proves", (int)s.n[1], "cost", s.cost[1]));
	}
	return all;
}

static void print_json(const struct comparison *c, int code)
{
	static const char *const word[] = {
		[EXIT_FINE] = "no worse", [EXIT_VERDICT] = "worse",
		[EXIT_PARTLY] = "not all is known"
	};
	json_t *o = whole_json(c, word[code]);

	json_object_set_new(o, "provers", sums_json(c));
	json_object_set_new(o, "findings", changes_json(c));
	put_json(o);
}

/* -- the command ------------------------------------------------------------ */

static int print(const struct comparison *c, unsigned format)
{
	const int code = c->of[CHANGE_WORSE] + c->of[CHANGE_GONE] > 0 ?
				 EXIT_VERDICT :
			 c->of[CHANGE_UNMEASURED] > 0 ? EXIT_PARTLY : EXIT_FINE;

	if (format == FORMAT_JSON) {
		print_json(c, code);
	} else {
		print_changes(c, format == FORMAT_MARKDOWN);
		print_sums(c);
	}
	return printed(code);
}

static int run(const struct config *conf, char **path, unsigned format)
{
	struct figures f[2] = { 0 };
	struct comparison c;
	struct error e;
	int code;

	if (!figures_load(&f[0], path[0], conf, &e) ||
	    !figures_load(&f[1], path[1], conf, &e)) {
		code = complain(&e);
	} else {
		compare(&c, &f[0], &f[1], conf);
		code = print(&c, format);
		comparison_free(&c);
	}
	figures_free(&f[0]);
	figures_free(&f[1]);
	return code;
}

int command_diff(int argc, char **argv)
{
	struct options o;
	struct config conf;
	struct error e;
	int code;

	if (!read_options(&o, argc, argv, &(struct syntax){
			  "c:f:", FORMATS, "A B", 2, 2 }))
		return o.code;
	if (!config_load(&conf, o.conf, &e))
		return complain(&e);
	code = run(&conf, o.operand, o.format);
	config_free(&conf);
	return code;
}
