/* SPDX-License-Identifier: BSD-2-Clause */
/* The baseline, and whether the proofs are still as good as it says. */
#include "commands.h"

#include "describe.h"
#include "escape.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BASELINE "proofstats.baseline"

struct options {
	const char *conf;
	const char *db;
	const char *baseline;
	const char *out;
	const char *format;
};

static bool read_options(struct options *o, int argc, char **argv,
			 const char *letters)
{
	int c;

	while ((c = getopt(argc, argv, letters)) != -1) {
		if (c == 'c')
			o->conf = optarg;
		else if (c == 'd')
			o->db = optarg;
		else if (c == 'b')
			o->baseline = optarg;
		else if (c == 'o')
			o->out = optarg;
		else if (c == 'f')
			o->format = optarg;
		else
			return false;
	}
	return optind == argc;
}

/* -- baseline --------------------------------------------------------------- */

static bool replace(const struct figures *f, const char *path,
		    struct error *e)
{
	struct text t = { 0 };
	size_t length = 0;
	FILE *to = open_memstream(&t.at, &length);
	bool ok = to != NULL;

	if (ok) {
		figures_print(f, to);
		ok = fclose(to) == 0;
	}
	t.length = length;
	ok = ok ? text_replace_file(&t, path, e) :
		  fail(e, "%s: %s", path, strerror(errno));
	text_free(&t);
	return ok;
}

static int write_baseline(const struct options *o, const struct config *conf)
{
	struct figures f = { 0 }, old = { 0 };
	struct error e;
	int code = EXIT_FINE;

	if (!figures_load(&f, o->db, conf, &e) ||
	    (o->baseline != NULL &&
	     !figures_load(&old, o->baseline, conf, &e))) {
		code = complain(&e);
		figures_free(&f);
		return code;
	}
	figures_carry(&f, &old);
	if (!figures_whole(&f, &e)) {
		complain(&e);
		code = EXIT_PARTLY;
	} else if (o->out == NULL) {
		figures_print(&f, stdout);
		code = printed(EXIT_FINE);
	} else if (!replace(&f, o->out, &e)) {
		code = complain(&e);
	}
	figures_free(&f);
	figures_free(&old);
	return code;
}

int command_baseline(int argc, char **argv)
{
	struct options o = { .db = "proofstats.db" };
	struct config conf;
	struct error e;
	int code;

	if (!read_options(&o, argc, argv, "c:d:b:o:"))
		return misused("baseline [-c CONFIG] [-d DATABASE]"
			       " [-b BASELINE] [-o FILE]");
	if (!config_load(&conf, o.conf, &e))
		return complain(&e);
	code = write_baseline(&o, &conf);
	config_free(&conf);
	return code;
}

/* -- gate ------------------------------------------------------------------- */

enum rule { RULE_BRITTLE, RULE_REMOVED, RULE_TOTAL, RULE_UNMEASURED, RULES };

static const char *const rule_text[RULES] = {
	"became brittle", "was removed", "costs more", "is not all measured"
};

struct gate {
	const struct config *conf;
	struct comparison c;
	unsigned of[RULES];
	bool markdown;
};

static bool is_brittle(enum verdict v)
{
	return is_worse(v, VER_SHAKY);
}

/* Does the query break a rule? RULES if not. */
static enum rule rule_of(const struct changed *g)
{
	if (g->change == CHANGE_GONE)
		return RULE_REMOVED;
	if (g->b->verdict == VER_UNMEASURED || g->b->incomplete)
		return RULE_UNMEASURED;
	if (is_brittle(g->b->verdict) &&
	    (g->a == NULL || is_worse(g->b->verdict, g->a->verdict)))
		return RULE_BRITTLE;
	return RULES;
}

static void say(const struct gate *g, const char *name, enum rule rule,
		const char *why)
{
	if (!g->markdown) {
		printf("%s: %s: %s\n", name, rule_text[rule], why);
		return;
	}
	fputs("| ", stdout);
	put_markdown(name, stdout);
	printf(" | %s | ", rule_text[rule]);
	put_markdown(why, stdout);
	puts(" |");
}

static void say_changes(struct gate *g)
{
	for (size_t i = 0; i < g->c.count; i++) {
		const struct changed *at = &g->c.at[i];
		const enum rule rule = rule_of(at);
		struct text name = { 0 }, why = { 0 };

		if (rule == RULES)
			continue;
		g->of[rule]++;
		describe_place(&name, &g->c, at);
		describe(&why, &g->c, at);
		say(g, name.at, rule, why.at);
		text_free(&name);
		text_free(&why);
	}
}

/* The query whose cost rose most. */
static const struct changed *most(const struct comparison *c, double *rise)
{
	const struct changed *at = NULL;

	*rise = 0;
	for (size_t i = 0; i < c->count; i++) {
		const struct changed *g = &c->at[i];
		const double r = (g->b == NULL ? 0 : g->b->cost) -
				 (g->a == NULL ? 0 : g->a->cost);

		if (r <= *rise)
			continue;
		*rise = r;
		at = g;
	}
	return at;
}

static void say_total(struct gate *g)
{
	struct text t = { 0 };
	const struct changed *at;
	double rise;

	if (!g->c.comparable ||
	    g->c.total_b <= g->c.total_a * g->conf->total)
		return;
	g->of[RULE_TOTAL]++;
	describe_total(&t, &g->c);
	text_printf(&t, "; %g times the baseline's is allowed",
		    g->conf->total);
	at = most(&g->c, &rise);
	if (at != NULL) {
		text_printf(&t, "; %+.4g of ", rise);
		describe_place(&t, &g->c, at);
	}
	say(g, "all", RULE_TOTAL, t.at);
	text_free(&t);
}

static int verdict(const struct gate *g)
{
	if (g->of[RULE_BRITTLE] > g->conf->brittle ||
	    g->of[RULE_REMOVED] > g->conf->removed || g->of[RULE_TOTAL] > 0)
		return EXIT_VERDICT;
	if (g->of[RULE_UNMEASURED] > 0 || !g->c.comparable ||
	    g->c.b->goals == 0)
		return EXIT_PARTLY;
	return EXIT_FINE;
}

static void sum_up(const struct gate *g, int code)
{
	struct text t = { 0 };

	printf("%s%zu queries: %u became brittle, %u removed, %u new, %u not measured; ",
	       g->markdown ? "\n" : "", g->c.b->goals, g->of[RULE_BRITTLE],
	       g->of[RULE_REMOVED], g->c.of[CHANGE_NEW],
	       g->of[RULE_UNMEASURED]);
	describe_total(&t, &g->c);
	if (!g->c.comparable) {
		text_put(&t, "; ");
		describe_engines(&t, &g->c);
	}
	if (g->markdown)
		put_markdown(t.at, stdout);
	else
		fputs(t.at, stdout);
	text_free(&t);
	printf("\n%s%s\n", g->markdown ? "\n**gate: " : "gate: ",
	       code == EXIT_FINE ? g->markdown ? "green**" : "green" :
	       code == EXIT_VERDICT ? g->markdown ? "red**" : "red" :
	       g->markdown ? "not all is known**" : "not all is known");
}

static int run_gate(const struct options *o, const struct config *conf)
{
	struct gate g = { .conf = conf,
			  .markdown = strcmp(o->format, "markdown") == 0 };
	struct figures a = { 0 }, b = { 0 };
	struct error e;
	int code;

	if (!figures_load(&a, o->baseline, conf, &e) ||
	    !figures_load(&b, o->db, conf, &e)) {
		code = complain(&e);
	} else {
		figures_carry(&b, &a);
		compare(&g.c, &a, &b, conf);
		if (g.markdown)
			puts("| query | | |\n|---|---|---|");
		say_changes(&g);
		say_total(&g);
		code = verdict(&g);
		sum_up(&g, code);
		code = printed(code);
		comparison_free(&g.c);
	}
	figures_free(&a);
	figures_free(&b);
	return code;
}

int command_gate(int argc, char **argv)
{
	struct options o = { .db = "proofstats.db", .baseline = BASELINE,
			     .format = "text" };
	struct config conf;
	struct error e;
	int code;

	if (!read_options(&o, argc, argv, "c:d:b:f:") ||
	    (strcmp(o.format, "text") != 0 &&
	     strcmp(o.format, "markdown") != 0))
		return misused("gate [-c CONFIG] [-d DATABASE] [-b BASELINE]"
			       " [-f text|markdown]");
	if (!config_load(&conf, o.conf, &e))
		return complain(&e);
	code = run_gate(&o, &conf);
	config_free(&conf);
	return code;
}
