/* SPDX-License-Identifier: BSD-2-Clause */
/* The baseline, and whether the proofs are still as good as it says. */
#include "commands.h"

#include "describe.h"
#include "escape.h"
#include "findings.h"
#include "options.h"

#include <errno.h>
#include <string.h>

#define BASELINE "proofstats.baseline"

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
	struct options o;
	struct config conf;
	struct error e;
	int code;

	if (!read_options(&o, argc, argv,
			  &(struct syntax){ .letters = "c:d:b:o:" }))
		return o.code;
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
static const char *const rule_name[RULES] = {
	"brittle", "removed", "total", "unmeasured"
};
static const char *const verdict_word[] = {
	[EXIT_FINE] = "green", [EXIT_VERDICT] = "red",
	[EXIT_PARTLY] = "not all is known"
};

struct gate {
	const struct config *conf;
	struct comparison c;
	unsigned of[RULES];
	unsigned format;
	json_t *findings;
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

static void say_text(const struct gate *g, const char *name, enum rule rule,
		     const char *why)
{
	if (g->format == FORMAT_TEXT) {
		printf("%s: %s: %s\n", name, rule_text[rule], why);
		return;
	}
	fputs("| ", stdout);
	put_markdown(name, stdout);
	printf(" | %s | ", rule_text[rule]);
	put_markdown(why, stdout);
	puts(" |");
}

/* Of all, if it is at what neither side has. */
static void say(struct gate *g, const struct changed *at, enum rule rule,
		const char *why)
{
	struct text name = { 0 };
	json_t *o;

	g->of[rule]++;
	if (g->format == FORMAT_JSON) {
		o = finding_json(&g->c, at, why);
		json_object_set_new(o, "rule", json_string(rule_name[rule]));
		json_array_append_new(g->findings, o);
		return;
	}
	if (at->a == NULL && at->b == NULL)
		text_put(&name, "all");
	else
		describe_place(&name, &g->c, at);
	say_text(g, name.at, rule, why);
	text_free(&name);
}

static void say_changes(struct gate *g)
{
	for (size_t i = 0; i < g->c.count; i++) {
		const struct changed *at = &g->c.at[i];
		const enum rule rule = rule_of(at);
		struct text why = { 0 };

		if (rule == RULES)
			continue;
		describe(&why, &g->c, at);
		say(g, at, rule, why.at);
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
	static const struct changed all = { .change = CHANGE_WORSE };
	struct text t = { 0 };
	const struct changed *at;
	double rise;

	if (!g->c.comparable ||
	    g->c.total_b <= g->c.total_a * g->conf->total)
		return;
	describe_total(&t, &g->c);
	text_printf(&t, "; %g times the baseline's is allowed",
		    g->conf->total);
	at = most(&g->c, &rise);
	if (at != NULL) {
		text_printf(&t, "; %+.4g of ", rise);
		describe_place(&t, &g->c, at);
	}
	say(g, &all, RULE_TOTAL, t.at);
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

static void sum_up_json(const struct gate *g, int code)
{
	json_t *o = whole_json(&g->c, verdict_word[code]);
	json_t *broken = json_object();

	for (int r = 0; r < RULES; r++)
		json_object_set_new(broken, rule_name[r],
				    json_integer(g->of[r]));
	json_object_set_new(o, "broken", broken);
	json_object_set_new(o, "allowed", json_pack("{sf sf sf}",
		rule_name[RULE_BRITTLE], g->conf->brittle,
		rule_name[RULE_REMOVED], g->conf->removed,
		rule_name[RULE_TOTAL], g->conf->total));
	json_object_set(o, "findings", g->findings);
	put_json(o);
}

static void sum_up(const struct gate *g, int code)
{
	const bool markdown = g->format == FORMAT_MARKDOWN;
	struct text t = { 0 };

	printf("%s%zu queries: %u became brittle, %u removed, %u new, %u not measured; ",
	       markdown ? "\n" : "", g->c.b->goals, g->of[RULE_BRITTLE],
	       g->of[RULE_REMOVED], g->c.of[CHANGE_NEW],
	       g->of[RULE_UNMEASURED]);
	describe_total(&t, &g->c);
	if (!g->c.comparable) {
		text_put(&t, "; ");
		describe_engines(&t, &g->c);
	}
	if (markdown)
		put_markdown(t.at, stdout);
	else
		fputs(t.at, stdout);
	text_free(&t);
	printf(markdown ? "\n\n**gate: %s**\n" : "\ngate: %s\n",
	       verdict_word[code]);
}

static int run_gate(const struct options *o, const struct config *conf)
{
	struct gate g = { .conf = conf, .format = o->format,
			  .findings = json_array() };
	struct figures a = { 0 }, b = { 0 };
	struct error e;
	int code;

	if (!figures_load(&a, o->baseline, conf, &e) ||
	    !figures_load(&b, o->db, conf, &e)) {
		code = complain(&e);
	} else {
		figures_carry(&b, &a);
		compare(&g.c, &a, &b, conf);
		if (g.format == FORMAT_MARKDOWN)
			puts("| query | | |\n|---|---|---|");
		say_changes(&g);
		say_total(&g);
		code = verdict(&g);
		(g.format == FORMAT_JSON ? sum_up_json : sum_up)(&g, code);
		code = printed(code);
		comparison_free(&g.c);
	}
	json_decref(g.findings);
	figures_free(&a);
	figures_free(&b);
	return code;
}

int command_gate(int argc, char **argv)
{
	struct options o;
	struct config conf;
	struct error e;
	int code;

	if (!read_options(&o, argc, argv, &(struct syntax){
			  .letters = "c:d:b:f:", .formats = FORMATS }))
		return o.code;
	if (o.baseline == NULL)
		o.baseline = BASELINE;
	if (!config_load(&conf, o.conf, &e))
		return complain(&e);
	code = run_gate(&o, &conf);
	config_free(&conf);
	return code;
}
