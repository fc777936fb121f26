/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The queries of Why3, which writes them to FILE-MODULE-GOAL.smt2 when asked.
 * Comments in them have the goal's own name and its place.
 */
#include "collect.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct part {
	char *path;
	char *goal;	/* FILE.MODULE.GOAL, with the goal's own name */
	char *place;
	size_t length;	/* of the file's name */
};

struct parts {
	struct part *at;
	size_t count;
	size_t room;
};

/* The last comment of the text that begins so, after that; null if none. */
static char *comment(const char *text, const char *begin)
{
	const char *found = NULL;

	for (const char *at = text; (at = strstr(at, begin)) != NULL; at++)
		if (at == text || at[-1] == '\n')
			found = at + strlen(begin);
	return found == NULL ? NULL : copy(found, strcspn(found, "\n"));
}

/* `"FILE", line N, ...` -> FILE:N */
static char *place_of(const char *text)
{
	char *at = comment(text, ";; File \"");
	char *end = at == NULL ? NULL : strstr(at, "\", line ");
	struct text t = { 0 };

	if (end != NULL) {
		*end = '\0';
		text_printf(&t, "%s:%lu", at, strtoul(end + 8, NULL, 10));
	}
	free(at);
	return t.at;
}

static bool read_part(struct parts *all, const char *folder, const char *name,
		      struct error *e)
{
	const char *dot = strrchr(name, '.');
	const char *first = strchr(name, '-');
	const char *second = first == NULL ? NULL : strchr(first + 1, '-');
	struct text path = { 0 }, text = { 0 }, goal = { 0 };
	char *own;

	if (second == NULL || dot == NULL || dot < second)
		return fail(e, "Why3 wrote %s, which is not FILE-MODULE-GOAL",
			    name);
	text_printf(&path, "%s/%s", folder, name);
	if (!text_read_file(&text, path.at, e)) {
		text_free(&path);
		return false;
	}
	own = comment(text.at, ";; Goal ");
	text_printf(&goal, "%.*s.%.*s.", (int)(first - name), name,
		    (int)(second - first - 1), first + 1);
	if (own != NULL)
		text_put(&goal, own);
	else
		text_add(&goal, second + 1, (size_t)(dot - second - 1));
	free(own);
	all->at = grow(all->at, all->count, &all->room, sizeof all->at[0]);
	all->at[all->count++] = (struct part){ path.at, goal.at,
					       place_of(text.at),
					       strlen(name) };
	text_free(&text);
	return true;
}

/* Why3 numbers the parts of a goal: G, G1, G2, ... G10 */
static int compare(const void *a, const void *b)
{
	const struct part *p = a, *q = b;
	const int goals = strcmp(p->goal, q->goal);

	if (goals != 0)
		return goals;
	if (p->length != q->length)
		return p->length < q->length ? -1 : 1;
	return strcmp(p->path, q->path);
}

static bool read_folder(struct parts *all, const char *folder,
			struct error *e)
{
	DIR *d = opendir(folder);
	const struct dirent *f;
	bool ok = d != NULL || fail(e, "%s: %s", folder, strerror(errno));

	while (ok && (f = readdir(d)) != NULL)
		if (f->d_name[0] != '.')
			ok = read_part(all, folder, f->d_name, e);
	if (d != NULL)
		closedir(d);
	if (all->count > 0)
		qsort(all->at, all->count, sizeof all->at[0], compare);
	return ok;
}

/* -- into the store --------------------------------------------------------- */

static bool put_part(struct collection *c, const struct part *p,
		     const char *name, const char *prover, struct error *e)
{
	const size_t n = strlen(p->path);
	char hash[SHA256_HEX];
	struct smt q;
	bool ok;

	if (!is_wanted(c, name, prover))
		return true;
	if (n < 5 || strcmp(p->path + n - 5, ".smt2") != 0) {
		leave_out(c, name, "this prover does not read SMT-LIB 2");
		return true;
	}
	if (!smt_load(&q, p->path, e))
		return false;
	ok = queries_put(c->store, &q, hash, e);
	smt_free(&q);
	if (ok)
		queries_add(&c->found, name, prover, hash, p->place, NULL);
	return ok;
}

static bool put_all(struct collection *c, const struct parts *all,
		    const char *prover, struct error *e)
{
	unsigned part = 1;
	bool ok = true;

	for (size_t i = 0; ok && i < all->count; i++) {
		const struct part *p = &all->at[i];
		struct text name = { 0 };

		part = i > 0 && strcmp(p[-1].goal, p->goal) == 0 ? part + 1 : 1;
		text_put(&name, p->goal);
		if (part > 1)
			text_printf(&name, ".%u", part);
		ok = put_part(c, p, name.at, prover, e);
		text_free(&name);
	}
	return ok;
}

/* -P NAME, -PNAME, --prover NAME, --prover=NAME; null if it is none of these */
static const char *prover_in(char **argv)
{
	if (strcmp(*argv, "-P") == 0 || strcmp(*argv, "--prover") == 0)
		return argv[1];
	if (strncmp(*argv, "--prover=", 9) == 0)
		return *argv + 9;
	return strncmp(*argv, "-P", 2) == 0 ? *argv + 2 : NULL;
}

/* Of several, Why3 would take the last and say nothing. */
static const char *prover_of(char **argv, struct error *e)
{
	const char *found = NULL;

	for (; *argv != NULL; argv++) {
		const char *p = prover_in(argv);

		if (p != NULL && found != NULL) {
			fail(e, "why3: %s or %s? One at a time; --add adds"
			     " the queries for another", found, p);
			return NULL;
		}
		if (p != NULL)
			found = p;
	}
	if (found == NULL)
		fail(e, "why3: which prover? -P says");
	return found;
}

static char **command_line(char **argv, char *folder)
{
	char *const begin[] = { "why3", "prove", "-o", folder };
	size_t n = 0;
	char **all;

	while (argv[n] != NULL)
		n++;
	all = need(n + 5, sizeof all[0]);
	memcpy(all, begin, sizeof begin);
	memcpy(all + 4, argv, n * sizeof argv[0]);
	return all;
}

bool collect_why3(struct collection *c, char **argv, struct error *e)
{
	const char *prover = prover_of(argv, e);
	struct parts all = { 0 };
	struct text folder = { 0 };
	char **line;
	bool ok;

	if (prover == NULL)
		return false;
	text_printf(&folder, "%s/why3", c->scratch);
	line = command_line(argv, folder.at);
	ok = mkdir(folder.at, 0777) == 0 ||
	     fail(e, "%s: %s", folder.at, strerror(errno));
	ok = ok && program_run(line, NULL, NULL, e) &&
	     read_folder(&all, folder.at, e) &&
	     put_all(c, &all, c->as != NULL ? c->as : prover, e);
	for (size_t i = 0; i < all.count; i++) {
		free(all.at[i].path);
		free(all.at[i].goal);
		free(all.at[i].place);
	}
	free(all.at);
	free(line);
	text_free(&folder);
	return ok;
}
