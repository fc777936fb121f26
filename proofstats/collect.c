/* SPDX-License-Identifier: BSD-2-Clause */
/* Queries into a store: those of WP, of Why3, or of any folder. */
#include "collect.h"

#include "commands.h"

#include <errno.h>
#include <ftw.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- what is wanted --------------------------------------------------------- */

/* GOAL and PROVER in a line, parted by a tab */
static bool read_by(struct collection *c, const char *path, struct error *e)
{
	struct text t = { 0 };
	unsigned n = 0;
	bool ok = text_read_file(&t, path, e);
	char *rest = t.at, *line;

	while (ok && (line = strsep(&rest, "\n")) != NULL) {
		char *tab = strchr(line, '\t');

		n++;
		if (*line == '\0')
			continue;
		if (tab == NULL || tab == line || tab[1] == '\0') {
			ok = fail(e, "%s:%u: this is not GOAL, tab, PROVER",
				  path, n);
			break;
		}
		*tab = '\0';
		queries_add(&c->by, line, tab + 1, NULL, NULL, path);
	}
	text_free(&t);
	return ok && queries_sort(&c->by, e);
}

static int by_name(const void *name, const void *query)
{
	return strcmp(name, ((const struct query *)query)->name);
}

bool is_wanted(struct collection *c, const char *name, const char *prover)
{
	const struct query *all = c->by.at, *end = all + c->by.count, *q;

	q = c->by.count == 0 ? NULL :
	    bsearch(name, all, c->by.count, sizeof all[0], by_name);
	if (q == NULL)
		return true;
	while (q > all && strcmp(q[-1].name, name) == 0)
		q--;
	for (; q < end && strcmp(q->name, name) == 0; q++)
		if (strcmp(q->prover, prover) == 0)
			return true;
	c->unwanted++;
	return false;
}

void leave_out(struct collection *c, const char *goal, const char *why)
{
	fprintf(stderr, "proofstats: %s: %s; left out\n", goal, why);
	c->troubles++;
}

/* -- folders ---------------------------------------------------------------- */

static bool collect_file(struct collection *c, const struct query *a,
			 struct error *e)
{
	char hash[SHA256_HEX];
	struct error why;
	struct smt q;
	bool ok;

	if (a->path == NULL) {
		queries_add(&c->found, a->name, no_solver, NULL, a->place,
			    NULL);
		return true;
	}
	if (!smt_load(&q, a->path, &why)) {
		leave_out(c, a->name, why.text);
		return true;
	}
	ok = queries_put(c->store, &q, hash, e);
	smt_free(&q);
	if (ok)
		queries_add(&c->found, a->name,
			    c->as != NULL ? c->as : a->prover, hash, a->place,
			    NULL);
	return ok;
}

static bool collect_files(struct collection *c, char **path, int paths,
			  struct error *e)
{
	struct queries q = { 0 };
	bool ok = queries_find(&q, path, paths, e);

	for (size_t i = 0; ok && i < q.count; i++)
		ok = collect_file(c, &q.at[i], e);
	queries_free(&q);
	return ok;
}

/* -- the scratch folder ----------------------------------------------------- */

static bool make_scratch(struct collection *c, struct error *e)
{
	const char *where = getenv("TMPDIR");
	struct text t = { 0 };

	if (where == NULL || *where == '\0')
		where = "/tmp";
	text_printf(&t, "%s/proofstats.XXXXXX", where);
	c->scratch = t.at;
	if (mkdtemp(c->scratch) != NULL)
		return true;
	fail(e, "%s: %s", where, strerror(errno));
	text_free(&t);
	c->scratch = NULL;
	return false;
}

static int remove_entry(const char *path, const struct stat *st, int type,
			struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	remove(path);
	return 0;
}

static void collection_free(struct collection *c)
{
	if (c->scratch != NULL)
		nftw(c->scratch, remove_entry, 32, FTW_DEPTH | FTW_PHYS);
	free(c->scratch);
	queries_free(&c->by);
	queries_free(&c->found);
}

/* -- the command ------------------------------------------------------------ */

static int tell(const struct collection *c)
{
	size_t goals = 0, closed = 0, queries = 0;

	for (size_t i = 0; i < c->found.count; i++) {
		const struct query *q = &c->found.at[i];

		goals += i == 0 || strcmp(q[-1].name, q->name) != 0;
		closed += q->hash == NULL;
		queries += q->hash != NULL;
	}
	printf("%zu goals: %zu need no solver, %zu have %zu queries", goals,
	       closed, goals - closed, queries);
	if (c->unwanted > 0)
		printf("; %u others are not wanted", c->unwanted);
	puts("");
	if (goals + c->unwanted + c->troubles > 0)
		return printed(c->troubles > 0 ? EXIT_PARTLY : EXIT_FINE);
	fputs("proofstats: no goal was found\n", stderr);
	return printed(EXIT_PARTLY);
}

static bool collect(struct collection *c, char **argv, int argc,
		    struct error *e)
{
	const bool split = argc > 1 && strcmp(argv[1], "--") == 0;

	if (!make_scratch(c, e) || !queries_store(c->store, e))
		return false;
	if (split && strcmp(argv[0], "wp") == 0)
		return collect_wp(c, argv + 2, e);
	if (split && strcmp(argv[0], "why3") == 0)
		return collect_why3(c, argv + 2, e);
	return collect_files(c, argv, argc, e);
}

static int usage(int argc, char **argv)
{
	return misused(argc, argv,
		       "collect [--add] [--as PROVER] [--by FILE] [-o STORE]"
		       " wp -- ARGUMENT...\n"
		       "       proofstats collect [OPTION...] why3 --"
		       " ARGUMENT...\n"
		       "       proofstats collect [OPTION...] DIR|FILE...");
}

int command_collect(int argc, char **argv)
{
	static const struct option options[] = {
		{ "add", no_argument, NULL, 'a' },
		{ "as", required_argument, NULL, 's' },
		{ "by", required_argument, NULL, 'b' }, { 0 }
	};
	struct collection c = { .store = "queries" };
	const char *by = NULL;
	struct error e;
	bool add = false, ok;
	int o, code;

	if (wants_help(argc, argv))
		return usage(argc, argv);
	/* + is for the arguments of others, which are not ours */
	while ((o = getopt_long(argc, argv, "+o:", options, NULL)) != -1) {
		if (o == 'o')
			c.store = optarg;
		else if (o == 'a')
			add = true;
		else if (o == 's')
			c.as = optarg;
		else if (o == 'b')
			by = optarg;
		else
			return usage(argc, argv);
	}
	if (optind == argc)
		return usage(argc, argv);
	program_catch_signals();
	ok = (by == NULL || read_by(&c, by, &e)) &&
	     collect(&c, argv + optind, argc - optind, &e) &&
	     queries_sort(&c.found, &e) &&
	     (program_stopped() == 0 || fail(&e, "stopped")) &&
	     queries_index(c.store, &c.found, add, &e);
	code = ok ? tell(&c) : complain(&e);
	collection_free(&c);
	return program_stopped() != 0 ? 128 + program_stopped() : code;
}
