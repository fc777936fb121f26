/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Figures as text, to be committed. A line for each query and solver, so that
 * a change of one proof is a change of one line. No places: a line added to a
 * source would change half of the file.
 */
#include "figures.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "# proofstats baseline 1"
#define FIELDS 11

/* -- print ------------------------------------------------------------------ */

/* A tab parts fields, and the first character tells what a line is. */
static void print_text(const char *s, FILE *to)
{
	for (const char *p = s; *p != '\0'; p++) {
		if (*p == '\t')
			fputs("\\t", to);
		else if (*p == '\n')
			fputs("\\n", to);
		else if (*p == '\r')
			fputs("\\r", to);
		else if (*p == '\\' || (p == s && (*p == '@' || *p == '#')))
			fprintf(to, "\\%c", *p);
		else
			putc(*p, to);
	}
}

static int by_name(const void *a, const void *b)
{
	const struct engine *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static void print_engines(const struct figures *f, FILE *to)
{
	const struct engine *all[MAX_ENGINES];

	for (unsigned i = 0; i < f->engines; i++)
		all[i] = &f->engine[i];
	if (f->engines > 0)
		qsort(all, f->engines, sizeof all[0], by_name);
	for (unsigned i = 0; i < f->engines; i++) {
		putc('@', to);
		print_text(all[i]->name, to);
		fprintf(to, "\t%.15g\t", all[i]->limit);
		print_text(all[i]->version, to);
		putc('\n', to);
	}
}

static void print_figure(const struct figures *f, const struct figure *r,
			 FILE *to)
{
	print_text(r->name, to);
	putc('\t', to);
	print_text(f->engine[r->engine].name, to);
	fprintf(to, "\t%s\t%u\t%u", r->hash[0] == '\0' ? "-" : r->hash,
		r->runs, r->proved);
	if (r->counted)
		fprintf(to, "\t%.1f\t%.0f\t%.0f\t%.1f\t%.4f", r->mean, r->min,
			r->max, r->gmean, r->gsd);
	else
		fputs("\t-\t-\t-\t-\t-", to);
	fprintf(to, "\t%s\n", verdict_name[r->verdict]);
}

void figures_print(const struct figures *f, FILE *to)
{
	fputs(HEAD "\n# @solver limit version\n# query solver hash runs proved"
	      " mean min max geometric-mean factor verdict\n", to);
	print_engines(f, to);
	for (size_t i = 0; i < f->count; i++)
		if (f->at[i].runs > 0)
			print_figure(f, &f->at[i], to);
}

/* -- read ------------------------------------------------------------------- */

struct reader {
	struct figures *f;
	const char *path;
	unsigned line;
	struct error *e;
};

static bool wrong(const struct reader *r, const char *what)
{
	return fail(r->e, "%s:%u: %s", r->path, r->line, what);
}

/* In place: what is read is never longer than what is written. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++) {
		if (*s != '\\' || s[1] == '\0') {
			*to++ = *s;
			continue;
		}
		s++;
		*to++ = *s == 't' ? '\t' : *s == 'n' ? '\n' :
			*s == 'r' ? '\r' : *s;
	}
	*to = '\0';
}

static unsigned split(char *line, char **field, unsigned most)
{
	unsigned n = 0;

	while (line != NULL && n < most) {
		field[n++] = line;
		line = strchr(line, '\t');
		if (line != NULL)
			*line++ = '\0';
	}
	return line == NULL ? n : most + 1;
}

static bool read_double(const char *s, double *x)
{
	char *end;

	errno = 0;
	*x = strtod(s, &end);
	return end != s && *end == '\0' && errno == 0 && isfinite(*x) &&
	       *x >= 0;
}

static bool read_count(const char *s, unsigned *n)
{
	double x;

	if (!read_double(s, &x) || x > 4e9 || x != floor(x))
		return false;
	*n = (unsigned)x;
	return true;
}

static bool read_engine(struct reader *r, char *line)
{
	struct figures *f = r->f;
	char *field[3];
	double limit;

	if (split(line, field, 3) != 3 || !read_double(field[1], &limit) ||
	    limit <= 0)
		return wrong(r, "a solver has a name, a limit and a version");
	if (f->engines == MAX_ENGINES)
		return wrong(r, "too many solvers");
	unescape(field[0]);
	unescape(field[2]);
	for (unsigned i = 0; i < f->engines; i++)
		if (strcmp(f->engine[i].name, field[0]) == 0)
			return wrong(r, "this solver was named before");
	f->engine[f->engines++] = (struct engine){
		copy(field[0], strlen(field[0])),
		copy(field[2], strlen(field[2])), limit
	};
	return true;
}

static bool read_costs(struct figure *to, char **field)
{
	double *const number[] = { &to->mean, &to->min, &to->max, &to->gmean,
				   &to->gsd };

	to->gmean = to->gsd = 1;
	to->counted = strcmp(field[0], "-") != 0;
	for (int i = 0; to->counted && i < 5; i++)
		if (!read_double(field[i], number[i]))
			return false;
	return to->gmean > 0 && to->gsd >= 1;
}

static bool read_verdict(struct figure *to, const char *s)
{
	for (int v = 0; v < VERDICTS; v++)
		if (strcmp(verdict_name[v], s) == 0) {
			to->verdict = (enum verdict)v;
			return true;
		}
	return false;
}

static bool read_figure(struct reader *r, char *line)
{
	struct figures *f = r->f;
	struct figure to = { 0 };
	char *field[FIELDS];

	if (split(line, field, FIELDS) != FIELDS ||
	    strlen(field[2]) >= sizeof to.hash ||
	    !read_count(field[3], &to.runs) || to.runs == 0 ||
	    !read_count(field[4], &to.proved) || to.proved > to.runs ||
	    !read_costs(&to, field + 5) || !read_verdict(&to, field[10]))
		return wrong(r, "this is no line of a baseline");
	unescape(field[0]);
	unescape(field[1]);
	strcpy(to.hash, strcmp(field[2], "-") == 0 ? "" : field[2]);
	for (; to.engine < f->engines; to.engine++)
		if (strcmp(f->engine[to.engine].name, field[1]) == 0)
			break;
	if (to.engine == f->engines)
		return wrong(r, "the solver was not named before");
	to.name = copy(field[0], strlen(field[0]));
	f->at = grow(f->at, f->count, &f->room, sizeof f->at[0]);
	f->at[f->count++] = to;
	return true;
}

static bool read_line(struct reader *r, char *line)
{
	r->line++;
	if (r->line == 1)
		return strcmp(line, HEAD) == 0 ||
		       wrong(r, "neither a database nor a baseline");
	if (*line == '\0' || *line == '#')
		return true;
	return *line == '@' ? read_engine(r, line + 1) : read_figure(r, line);
}

bool baseline_read(struct figures *f, char *text, const char *path,
		    struct error *e)
{
	struct reader r = { .f = f, .path = path, .e = e };

	while (text != NULL) {
		char *line = text;

		text = strchr(text, '\n');
		if (text != NULL)
			*text++ = '\0';
		if (!read_line(&r, line))
			return false;
	}
	return true;
}
