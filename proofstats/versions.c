/* SPDX-License-Identifier: BSD-2-Clause */
/* What breaks on an upgrade: solvers NAME@VERSION next to the solver NAME. */
#include "commands.h"

#include "json.h"
#include "judge.h"
#include "options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum change { SAME, REPAIRED, WEAKENED, BROKEN };

static const char *const change_name[] = {
	"same", "repaired", "weakened", "broken"
};

/* One solver beside another version of it. */
struct pair {
	char *old;
	char *new;
	unsigned of[4];		/* queries, for each change */
	unsigned both;		/* that both prove and count */
	double log_ratio;	/* the sum of what the new costs to the old */
};

struct pairs {
	struct pair *at;
	size_t count;
	size_t room;
};

static bool is_proved(const struct row *r)
{
	return r->verdict == VER_STABLE || r->verdict == VER_SHAKY;
}

/* What an upgrade does to one query. */
static enum change change_of(const struct row *old, const struct row *new)
{
	if (is_proved(new))
		return is_proved(old) ? SAME : REPAIRED;
	if (new->verdict == old->verdict)
		return SAME;
	if (is_proved(old))
		return new->verdict == VER_BRITTLE ? WEAKENED : BROKEN;
	return new->verdict == VER_BRITTLE ? REPAIRED : BROKEN;
}

/* 0 if there is none. */
static double ratio_of(const struct row *old, const struct row *new)
{
	return old->counted > 0 && new->counted > 0 && old->mean > 0 ?
		new->mean / old->mean : 0;
}

/* The row of the solver that this is another version of. */
static const struct row *old_row(const struct vc *v, const struct row *new)
{
	const size_t length = strcspn(new->solver, "@");

	if (new->n == 0 || new->solver[length] == '\0')
		return NULL;
	for (unsigned i = 0; i < v->rows; i++) {
		const struct row *r = &v->row[i];

		if (r->n > 0 && strlen(r->solver) == length &&
		    strncmp(r->solver, new->solver, length) == 0)
			return r;
	}
	return NULL;
}

static struct pair *pair_of(struct pairs *p, const struct row *old,
			    const struct row *new)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->at[i].new, new->solver) == 0)
			return &p->at[i];
	p->at = grow(p->at, p->count, &p->room, sizeof p->at[0]);
	p->at[p->count] = (struct pair){
		.old = copy(old->solver, strlen(old->solver)),
		.new = copy(new->solver, strlen(new->solver)),
	};
	return &p->at[p->count++];
}

static void add_up(struct pairs *p, const struct row *old,
		   const struct row *new)
{
	struct pair *a = pair_of(p, old, new);
	const double ratio = ratio_of(old, new);

	a->of[change_of(old, new)]++;
	if (ratio > 0) {
		a->both++;
		a->log_ratio += log(ratio);
	}
}

static void pairs_free(struct pairs *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->at[i].old);
		free(p->at[i].new);
	}
	free(p->at);
}

/* -- printing ------------------------------------------------------------- */

static const char *word_of(enum verdict v)
{
	return v == VER_STABLE || v == VER_SHAKY ? "proves" :
	       v == VER_BRITTLE ? "brittle" : v == VER_UNSOLVED ? "fails" :
	       verdict_name[v];
}

static void print_pair(const struct row *old, const struct row *new)
{
	const double ratio = ratio_of(old, new);
	char cost[32] = "-";

	if (ratio > 0)
		snprintf(cost, sizeof cost, "%.2f", ratio);
	printf("  %-10s %-8s %4u/%-4u %-16s %-8s %4u/%-4u %6s  %s\n",
	       old->solver, word_of(old->verdict), old->proved, old->n,
	       new->solver, word_of(new->verdict), new->proved, new->n, cost,
	       change_of(old, new) == SAME ? "" :
	       change_name[change_of(old, new)]);
}

static void print_sums(const struct pairs *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct pair *a = &p->at[i];

		printf("%s to %s:", a->old, a->new);
		for (int c = BROKEN; c >= SAME; c--)
			printf(" %u %s%s", a->of[c], change_name[c],
			       c == SAME ? "" : ",");
		if (a->both > 0)
			printf("; cost ratio %.2f",
			       exp(a->log_ratio / a->both));
		puts("");
	}
	if (p->count == 0)
		puts("no solver was run in two versions");
}

static void print_table(const struct judged *j, const struct pairs *p)
{
	printf("  %-10s %-8s %9s %-16s %-8s %9s %6s\n", "solver", "verdict",
	       "proved", "version", "verdict", "proved", "cost");
	for (size_t i = 0; i < j->vcs; i++) {
		const struct vc *v = &j->vc[i];
		bool named = false;

		for (unsigned k = 0; k < v->rows; k++) {
			const struct row *old = old_row(v, &v->row[k]);

			if (old == NULL)
				continue;
			if (!named)
				puts(v->name);
			named = true;
			print_pair(old, &v->row[k]);
		}
	}
	print_sums(p);
}

static json_t *row_json(const struct row *r)
{
	json_t *o = json_object();

	json_object_set_new(o, "solver", json_string(r->solver));
	json_object_set_new(o, "version", text_json(r->version));
	json_object_set_new(o, "verdict", json_string(word_of(r->verdict)));
	json_object_set_new(o, "runs", json_integer(r->n));
	json_object_set_new(o, "proved", json_integer(r->proved));
	json_object_set_new(o, "mean", number_json(r->counted > 0, r->mean));
	return o;
}

static void print_json(const struct judged *j)
{
	json_t *all = json_array();

	for (size_t i = 0; i < j->vcs; i++) {
		const struct vc *v = &j->vc[i];

		for (unsigned k = 0; k < v->rows; k++) {
			const struct row *new = &v->row[k];
			const struct row *old = old_row(v, new);
			json_t *o;

			if (old == NULL)
				continue;
			o = json_object();
			json_object_set_new(o, "query", text_json(v->name));
			json_object_set_new(o, "change", json_string(
				change_name[change_of(old, new)]));
			json_object_set_new(o, "cost_ratio",
				number_json(ratio_of(old, new) > 0,
					    ratio_of(old, new)));
			json_object_set_new(o, "old", row_json(old));
			json_object_set_new(o, "new", row_json(new));
			json_array_append_new(all, o);
		}
	}
	put_json(all);
}

/* -- the command ---------------------------------------------------------- */

static int tell(const struct judged *j, bool json)
{
	struct pairs p = { 0 };
	int code = EXIT_FINE;

	for (size_t i = 0; i < j->vcs; i++)
		for (unsigned k = 0; k < j->vc[i].rows; k++) {
			const struct row *new = &j->vc[i].row[k];
			const struct row *old = old_row(&j->vc[i], new);

			if (old != NULL)
				add_up(&p, old, new);
		}
	if (json)
		print_json(j);
	else
		print_table(j, &p);
	for (size_t i = 0; i < p.count; i++)
		if (p.at[i].of[BROKEN] + p.at[i].of[WEAKENED] > 0)
			code = EXIT_VERDICT;
	if (code == EXIT_FINE && (p.count == 0 || j->incomplete))
		code = EXIT_PARTLY;
	pairs_free(&p);
	return printed(code);
}

int command_versions(int argc, char **argv)
{
	struct options o;
	struct config config;
	struct store store;
	struct judged j;
	struct error e;
	bool ok;
	int code;

	if (!read_options(&o, argc, argv, &(struct syntax){
			  .letters = "c:d:f:", .formats = "table|json" }))
		return o.code;
	if (!config_load(&config, o.conf, &e))
		return complain(&e);
	ok = store_open(&store, o.db, false, &e);
	if (ok) {
		ok = judge_all(&j, &store, &config, &e);
		store_close(&store);
	}
	config_free(&config);
	if (!ok)
		return complain(&e);
	code = tell(&j, o.format == 1);
	judged_free(&j);
	return code;
}
