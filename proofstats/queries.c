/* SPDX-License-Identifier: BSD-2-Clause */
#include "queries.h"

#include "mutate.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char head[] = "# proofstats index 1";
const char no_solver[] = "Qed";

static char *copy_of(const char *s)
{
	return s == NULL ? NULL : copy(s, strlen(s));
}

struct query *queries_add(struct queries *q, const char *name,
			  const char *prover, const char *hash,
			  const char *place, const char *path)
{
	q->at = grow(q->at, q->count, &q->room, sizeof q->at[0]);
	q->at[q->count] = (struct query){ copy_of(name), copy_of(prover),
					  copy_of(hash), copy_of(place),
					  copy_of(path) };
	return &q->at[q->count++];
}

static void query_free(struct query *q)
{
	free(q->name);
	free(q->prover);
	free(q->hash);
	free(q->place);
	free(q->path);
}

void queries_free(struct queries *q)
{
	for (size_t i = 0; i < q->count; i++)
		query_free(&q->at[i]);
	free(q->at);
	*q = (struct queries){ 0 };
}

static int compare(const void *a, const void *b)
{
	const struct query *p = a, *q = b;
	const int names = strcmp(p->name, q->name);

	if (names != 0)
		return names;
	return strcmp(p->prover == NULL ? "" : p->prover,
		      q->prover == NULL ? "" : q->prover);
}

bool queries_sort(struct queries *q, struct error *e)
{
	if (q->count > 0)
		qsort(q->at, q->count, sizeof q->at[0], compare);
	for (size_t i = 1; i < q->count; i++) {
		const struct query *a = &q->at[i - 1], *b = &q->at[i];

		if (compare(a, b) == 0)
			return fail(e, "%s and %s have the same name, %s",
				    a->place != NULL ? a->place : a->path,
				    b->place != NULL ? b->place : b->path,
				    a->name);
	}
	return true;
}

/* -- the index -------------------------------------------------------------- */

static char *path_of(const char *store, const char *hash)
{
	struct text t = { 0 };

	text_printf(&t, "%s/%.2s/%s.smt2", store, hash, hash);
	return t.at;
}

static bool is_hash(const char *s)
{
	return strlen(s) == SHA256_HEX - 1 &&
	       strspn(s, "0123456789abcdef") == SHA256_HEX - 1;
}

static bool read_entry(struct queries *q, const char *store, char *line)
{
	char *part[4], *rest = line;
	bool none;

	for (int i = 0; i < 4; i++) {
		part[i] = strsep(&rest, "\t");
		if (part[i] == NULL || *part[i] == '\0')
			return false;
	}
	none = strcmp(part[2], "-") == 0;
	if (rest != NULL || !(none || is_hash(part[2])))
		return false;
	queries_add(q, part[0], strcmp(part[1], "-") == 0 ? NULL : part[1],
		    none ? NULL : part[2],
		    strcmp(part[3], "-") == 0 ? NULL : part[3], NULL);
	if (!none)
		q->at[q->count - 1].path = path_of(store, part[2]);
	return true;
}

static bool read_index(struct queries *q, const char *store, const char *path,
		       struct error *e)
{
	struct text t = { 0 };
	unsigned n = 0;
	bool ok = text_read_file(&t, path, e);
	char *rest = t.at, *line;

	while (ok && (line = strsep(&rest, "\n")) != NULL) {
		n++;
		if (n == 1)
			ok = strcmp(line, head) == 0;
		else if (*line != '\0')
			ok = read_entry(q, store, line);
		if (!ok)
			fail(e, "%s:%u: this is no index of proofstats", path,
			     n);
	}
	text_free(&t);
	return ok;
}

/* Names of files may have anything in them. */
static bool fits_line(const char *s)
{
	return s == NULL || (*s != '\0' && strpbrk(s, "\t\n") == NULL);
}

static bool fit_lines(const struct queries *q, struct error *e)
{
	for (size_t i = 0; i < q->count; i++) {
		const struct query *a = &q->at[i];

		if (!fits_line(a->name) || !fits_line(a->prover) ||
		    !fits_line(a->place))
			return fail(e, "\"%s\", \"%s\": a name is empty or has a tab or a line's end in it",
				    a->name, a->prover == NULL ? "-" :
				    a->prover);
	}
	return true;
}

static bool write_index(const char *path, const struct queries *q,
			struct error *e)
{
	struct text t = { 0 };
	bool ok;

	text_printf(&t, "%s\n", head);
	for (size_t i = 0; i < q->count; i++) {
		const struct query *a = &q->at[i];

		text_printf(&t, "%s\t%s\t%s\t%s\n", a->name,
			    a->prover == NULL ? "-" : a->prover,
			    a->hash == NULL ? "-" : a->hash,
			    a->place == NULL ? "-" : a->place);
	}
	ok = text_replace_file(&t, path, e);
	text_free(&t);
	return ok;
}

/* A goal that needs no solver has no queries, and the other way round. */
static bool replaces(const struct query *new, const struct query *old)
{
	return strcmp(new->name, old->name) == 0 &&
	       (new->hash == NULL || old->hash == NULL ||
		compare(new, old) == 0);
}

/* Of the old ones those that no new one replaces; both are sorted. */
static void keep(struct queries *all, const struct queries *old,
		 const struct queries *new)
{
	size_t first = 0;

	for (size_t i = 0; i < old->count; i++) {
		const struct query *o = &old->at[i];
		bool gone = false;

		while (first < new->count &&
		       strcmp(new->at[first].name, o->name) < 0)
			first++;
		for (size_t k = first; !gone && k < new->count &&
		     strcmp(new->at[k].name, o->name) == 0; k++)
			gone = replaces(&new->at[k], o);
		if (!gone)
			queries_add(all, o->name, o->prover, o->hash, o->place,
				    NULL);
	}
}

static bool change_index(const char *store, const char *path,
			 const struct queries *q, bool add, struct error *e)
{
	struct queries old = { 0 }, all = { 0 };
	bool ok = fit_lines(q, e) && (!add || access(path, F_OK) != 0 ||
		  (read_index(&old, store, path, e) &&
		   queries_sort(&old, e)));

	if (ok) {
		keep(&all, &old, q);
		for (size_t i = 0; i < q->count; i++)
			queries_add(&all, q->at[i].name, q->at[i].prover,
				    q->at[i].hash, q->at[i].place, NULL);
		ok = queries_sort(&all, e) && write_index(path, &all, e);
	}
	queries_free(&old);
	queries_free(&all);
	return ok;
}

bool queries_index(const char *store, const struct queries *q, bool add,
		   struct error *e)
{
	/* the folder is locked, since its index is another file each time */
	const int fd = open(store, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct text path = { 0 };
	bool ok;

	text_printf(&path, "%s/index", store);
	if (fd < 0 || flock(fd, LOCK_EX) != 0)
		ok = fail(e, "%s: %s", store, strerror(errno));
	else
		ok = change_index(store, path.at, q, add, e);
	text_free(&path);
	if (fd >= 0)
		close(fd);
	return ok;
}

/* -- the texts -------------------------------------------------------------- */

bool queries_store(const char *store, struct error *e)
{
	return mkdir(store, 0777) == 0 || errno == EEXIST ||
	       fail(e, "%s: %s", store, strerror(errno));
}

bool queries_put(const char *store, const struct smt *q,
		 char hash[SHA256_HEX], struct error *e)
{
	char *path, *slash;
	bool ok;

	canonical_hash(q, hash);
	path = path_of(store, hash);
	slash = strrchr(path, '/');
	*slash = '\0';
	ok = mkdir(path, 0777) == 0 || errno == EEXIST ||
	     fail(e, "%s: %s", path, strerror(errno));
	*slash = '/';
	ok = ok && text_replace_file(&q->text, path, e);
	free(path);
	return ok;
}

/* -- what is in files, folders and stores ----------------------------------- */

static struct queries *walking;	/* nftw has no argument of ours */
static size_t walking_skip;
static struct error *walking_error;

/* A link to a file is a file, and one to nothing is one that is missing. */
static bool is_file(const char *path, int type)
{
	struct stat st;

	return type == FTW_F ||
	       (type == FTW_SL && (stat(path, &st) != 0 || S_ISREG(st.st_mode)));
}

static int on_entry(const char *path, const struct stat *st, int type,
		    struct FTW *at)
{
	const size_t length = strlen(path);

	(void)st;
	(void)at;
	if (type == FTW_DNR || type == FTW_NS)
		return !fail(walking_error, "%s: this cannot be read", path);
	if (length > 5 && strcmp(path + length - 5, ".smt2") == 0 &&
	    is_file(path, type))
		queries_add(walking, path + walking_skip, NULL, NULL, NULL,
			    path);
	return 0;
}

static bool walk(struct queries *q, const char *path, struct error *e)
{
	struct text top = { 0 };
	struct stat st;
	bool ok;

	/* what is given may be a link; below it none is followed to a folder */
	text_printf(&top, "%s%s", path, lstat(path, &st) == 0 &&
		    S_ISLNK(st.st_mode) ? "/." : "");
	walking = q;
	walking_skip = top.length;
	if (top.at[walking_skip - 1] != '/')
		walking_skip++;
	walking_error = e;
	fail(e, "%s: its files cannot be listed", path);
	ok = nftw(top.at, on_entry, 32, FTW_PHYS) == 0;
	text_free(&top);
	return ok;
}

/* Any folder may have a file of this name. */
static bool is_index(const char *path)
{
	char line[sizeof head] = "";
	FILE *f = fopen(path, "rbe");

	if (f == NULL)
		return false;
	if (fgets(line, sizeof line, f) == NULL)
		line[0] = '\0';
	fclose(f);
	/* of whatever version */
	return strncmp(line, head, strlen(head) - 1) == 0;
}

static bool find_in(struct queries *q, const char *path, struct error *e)
{
	struct text index = { 0 };
	struct stat st;
	bool ok;

	if (stat(path, &st) != 0)
		return fail(e, "%s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode)) {
		queries_add(q, path, NULL, NULL, NULL, path);
		return true;
	}
	text_printf(&index, "%s/index", path);
	ok = is_index(index.at) ? read_index(q, path, index.at, e) :
	     walk(q, path, e);
	text_free(&index);
	return ok;
}

bool queries_find(struct queries *q, char **path, int paths, struct error *e)
{
	for (int i = 0; i < paths; i++)
		if (!find_in(q, path[i], e))
			return false;
	if (q->count == 0)
		return fail(e, "no .smt2 file in what was given");
	return queries_sort(q, e);
}
