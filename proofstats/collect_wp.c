/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The queries of Frama-C/WP. It leaves none behind, so it is given a
 * configuration of Why3 in which each prover is played by this program. That
 * puts the query into the store, and fails with its hash: WP then prints the
 * hash under the goal's name, and a query can never pass for a proof.
 */
#include "collect.h"

#include "place.h"
#include "stand_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What WP said of a goal, in one pass or several. */
struct goal {
	char *name;	/* WP's */
	char *why;	/* there is no query; null if there is one, or no need */
	bool closed;	/* no solver was needed */
	char **hash;	/* for each of the cast, or null */
};

struct wp {
	struct cast cast;
	struct goal *goal;
	size_t goals;
	size_t room;
	struct goal *at;	/* whose lines come now, or null */
};

static struct goal *goal_of(struct wp *w, const char *name, size_t length)
{
	for (size_t i = w->goals; i > 0; i--)
		if (strncmp(w->goal[i - 1].name, name, length) == 0 &&
		    w->goal[i - 1].name[length] == '\0')
			return &w->goal[i - 1];
	w->goal = grow(w->goal, w->goals, &w->room, sizeof w->goal[0]);
	w->goal[w->goals] = (struct goal){
		.name = copy(name, length),
		.hash = need(w->cast.count, sizeof(char *)) };
	return &w->goal[w->goals++];
}

static void set_why(struct goal *g, const char *why)
{
	free(g->why);
	g->why = copy(why, strlen(why));
}

static void read_query(struct wp *w, const char *text)
{
	char hash[SHA256_HEX];
	unsigned k;

	if (sscanf(text, "%64s %u", hash, &k) != 2 ||
	    strlen(hash) != SHA256_HEX - 1 || k >= w->cast.count) {
		set_why(w->at, "WP cut what its stand-in said");
		return;
	}
	free(w->at->hash[k]);
	w->at->hash[k] = copy(hash, strlen(hash));
}

/*
 * "[wp] [BY] Goal NAME : WHAT", or "[wp] [Failed] Goal NAME" if several were
 * asked; the stand-ins' lines come after it.
 */
static void on_line(void *data, char *text)
{
	static const char query[] = "proofstats-query ";
	static const char trouble[] = "proofstats-trouble ";
	struct wp *w = data;
	const char *at;

	if (text[0] == '[') {
		w->at = NULL;
		at = strstr(text, "] Goal ");
		if (strncmp(text, "[wp] [", 6) == 0 && at != NULL) {
			at += 7;
			w->at = goal_of(w, at, strcspn(at, " "));
			if (strncmp(text + 6, "Qed]", 4) == 0 ||
			    strncmp(text + 6, "CFG]", 4) == 0)
				w->at->closed = true;
		}
	}
	if (w->at == NULL)
		return;
	at = strstr(text, query);
	if (at != NULL)
		read_query(w, at + strlen(query));
	at = strstr(text, trouble);
	if (at != NULL)
		set_why(w->at, at + strlen(trouble));
}

/* -- what came of it -------------------------------------------------------- */

static void add_goal(struct collection *c, const struct wp *w,
		     const struct report *r, const struct goal *g)
{
	struct text name = { 0 }, place = { 0 };
	bool any = g->closed;

	goal_place(r, g->name, &name, &place);
	if (g->closed)
		queries_add(&c->found, name.at, no_solver, NULL, place.at,
			    NULL);
	for (size_t k = 0; k < w->cast.count && !g->closed; k++) {
		const char *prover = c->as != NULL ? c->as : w->cast.name[k];

		if (g->hash[k] == NULL)
			continue;
		any = true;
		if (is_wanted(c, name.at, prover))
			queries_add(&c->found, name.at, prover, g->hash[k],
				    place.at, NULL);
	}
	if (g->why != NULL)
		leave_out(c, name.at, g->why);
	else if (!any)
		leave_out(c, name.at, "WP asked no solver (it must not use"
			  " its cache)");
	text_free(&name);
	text_free(&place);
}

static void wp_free(struct wp *w)
{
	for (size_t i = 0; i < w->goals; i++) {
		for (size_t k = 0; k < w->cast.count; k++)
			free(w->goal[i].hash[k]);
		free(w->goal[i].hash);
		free(w->goal[i].name);
		free(w->goal[i].why);
	}
	free(w->goal);
	cast_free(&w->cast);
}

bool collect_wp(struct collection *c, char **argv, struct error *e)
{
	struct text csv = { 0 };
	struct report r = { 0 };
	struct wp w = { 0 };
	char **all;
	int n = 0, k = 0;
	bool ok;

	text_printf(&csv, "%s/report.csv", c->scratch);
	while (argv[n] != NULL)
		n++;
	all = need((size_t)n + 8, sizeof all[0]);
	all[k++] = "frama-c";
	/* a result from the cache would come without a query */
	all[k++] = "-wp-cache";
	all[k++] = "none";
	for (int i = 0; i < n; i++)
		all[k++] = argv[i];
	all[k++] = "-then";
	all[k++] = "-report-csv";
	all[k++] = csv.at;
	ok = cast_all(&w.cast, c->store, c->scratch, e) &&
	     program_run(all, on_line, &w, e) && report_read(&r, csv.at, e);
	for (size_t i = 0; ok && i < w.goals; i++)
		add_goal(c, &w, &r, &w.goal[i]);
	free(all);
	wp_free(&w);
	report_free(&r);
	text_free(&csv);
	return ok;
}
