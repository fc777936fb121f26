/* SPDX-License-Identifier: BSD-2-Clause */
/* What differs between two sets of figures: new, gone, better, worse. */
#include "commands.h"

#include "describe.h"
#include "escape.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static int print(const struct comparison *c, bool markdown)
{
	print_changes(c, markdown);
	print_sums(c);
	if (c->of[CHANGE_WORSE] + c->of[CHANGE_GONE] > 0)
		return printed(EXIT_VERDICT);
	return printed(c->of[CHANGE_UNMEASURED] > 0 ? EXIT_PARTLY : EXIT_FINE);
}

static int run(const struct config *conf, char **path, bool markdown)
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
		code = print(&c, markdown);
		comparison_free(&c);
	}
	figures_free(&f[0]);
	figures_free(&f[1]);
	return code;
}

int command_diff(int argc, char **argv)
{
	const char *path = NULL, *format = "text";
	struct config conf;
	struct error e;
	int o, code;

	while ((o = getopt(argc, argv, "c:f:")) != -1) {
		if (o == 'c')
			path = optarg;
		else if (o == 'f')
			format = optarg;
		else
			argc = 0;
	}
	if (argc - optind != 2 || (strcmp(format, "text") != 0 &&
				   strcmp(format, "markdown") != 0))
		return misused("diff [-c CONFIG] [-f text|markdown] A B");
	if (!config_load(&conf, path, &e))
		return complain(&e);
	code = run(&conf, argv + optind, strcmp(format, "markdown") == 0);
	config_free(&conf);
	return code;
}
