/* SPDX-License-Identifier: BSD-2-Clause */
#include "place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How the names of goals go on after the function, by the report's words. */
static const struct kind {
	const char *kind;
	const char *word;
	const char *keyword;	/* before the clause's name, in the source */
} kinds[] = {
	{ "postcondition", "ensures", NULL },
	{ "user assertion", "assert", "assert" },
	{ "user check", "check", "check" },
	{ "loop invariant", "loop_invariant", "invariant" },
	{ "loop variant", "loop_variant", NULL },
	{ "termination clause", "terminates", NULL },
	{ "exits clause", "exits", NULL },
};

static const char word_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	"abcdefghijklmnopqrstuvwxyz0123456789_";

/* The length of the name in "name: ...", or 0. */
static size_t named(const char *at)
{
	const size_t length = strspn(at, word_letters);
	const char *end = at + length + strspn(at + length, " ");

	return end[0] == ':' && end[1] != ':' ? length : 0;
}

/*
 * The report gives the names of clauses in contracts. Those in code are read
 * from it: the report has the line where the clause begins.
 */
static void add_name_from_source(struct text *word, const struct property *p,
				 const char *keyword)
{
	struct text t = { 0 };
	struct error e;
	const char *at = text_read_file(&t, p->file, &e) ? t.at : "";

	for (unsigned i = 1; i < p->line && at != NULL; i++) {
		at = strchr(at, '\n');
		at = at == NULL ? NULL : at + 1;
	}
	at = at == NULL ? NULL : strstr(at, keyword);
	if (at != NULL) {
		at += strlen(keyword);
		at += strspn(at, " \t");
		if (named(at) > 0)
			text_printf(word, "_%.*s", (int)named(at), at);
	}
	text_free(&t);
}

static char *word_of(const struct property *p, const char *kind,
		     const char *text)
{
	static const char call[] = "precondition of ";
	struct text word = { 0 };
	const struct kind *k = kinds;
	const size_t all = sizeof kinds / sizeof kinds[0];

	while (k < kinds + all && strcmp(k->kind, kind) != 0)
		k++;
	if (strncmp(kind, call, strlen(call)) == 0)
		text_printf(&word, "call_%s_requires", kind + strlen(call));
	else if (strcmp(kind, "assigns clause") == 0)
		text_put(&word, "assigns");
	else if (k < kinds + all)
		text_put(&word, k->word);
	else
		text_printf(&word, "assert_rte_%s", kind);
	if (k < kinds + all && k->keyword != NULL)
		add_name_from_source(&word, p, k->keyword);
	else if (named(text) > 0)
		text_printf(&word, "_%.*s", (int)named(text), text);
	return word.at;
}

/* directory, file, line, function, kind, status and text, parted by tabs */
static bool read_row(struct report *r, char *line)
{
	struct property p = { 0 };
	struct text file = { 0 };
	char *part[7];

	for (int i = 0; i < 7; i++) {
		part[i] = strsep(&line, "\t");
		if (part[i] == NULL)
			return false;
	}
	if (strcmp(part[0], ".") != 0)
		text_printf(&file, "%s/", part[0]);
	text_put(&file, part[1]);
	p.file = file.at;
	p.line = (unsigned)strtoul(part[2], NULL, 10);
	p.function = copy(part[3], strlen(part[3]));
	p.word = word_of(&p, part[4], part[6]);
	r->at = grow(r->at, r->count, &r->room, sizeof r->at[0]);
	r->at[r->count++] = p;
	return true;
}

bool report_read(struct report *r, const char *path, struct error *e)
{
	struct text t = { 0 };
	bool ok = text_read_file(&t, path, e);
	char *rest = t.at, *line;

	if (ok)
		strsep(&rest, "\n");	/* the head */
	while (ok && (line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0' && !read_row(r, line))
			ok = fail(e, "Frama-C's report has a line that is none");
	text_free(&t);
	return ok;
}

void report_free(struct report *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->at[i].function);
		free(r->at[i].file);
		free(r->at[i].word);
	}
	free(r->at);
	*r = (struct report){ 0 };
}

/* -- which property --------------------------------------------------------- */

/* The function in a goal's name: the first, and of these the longest. */
static const char *find_function(const struct report *r, const char *goal,
				 size_t *length)
{
	const char *lemma = strstr(goal, "lemma_");

	*length = 0;
	if (lemma == goal || (lemma != NULL && strncmp(goal, "typed", 5) == 0 &&
			      strchr(goal, '_') + 1 == lemma))
		return NULL;
	for (const char *at = goal; *at != '\0'; at++) {
		if (at != goal && at[-1] != '_')
			continue;
		for (size_t i = 0; i < r->count; i++) {
			const char *f = r->at[i].function;
			const size_t n = strlen(f);

			if (n > *length && strncmp(at, f, n) == 0 &&
			    at[n] == '_')
				*length = n;
		}
		if (*length > 0)
			return at;
	}
	return NULL;
}

/* How much of the clause the property's word says; 0 if it is another. */
static size_t agreement(const struct property *p, const char *clause)
{
	const size_t n = strlen(p->word);

	if (strcmp(p->word, "assigns") == 0 &&
	    strncmp(clause, "loop_assigns", 12) == 0)
		return n;
	if (strncmp(clause, p->word, n) != 0)
		return 0;
	return clause[n] == '\0' || clause[n] == '_' ? n : 0;
}

static void add_range(struct text *place, const char *file, unsigned first,
		      unsigned last)
{
	if (place->length > 0)
		text_put(place, ",");
	text_printf(place, "%s:%u", file, first);
	if (first != last)
		text_printf(place, "-%u", last);
}

static bool is_of(const struct property *p, const char *function,
		  size_t length)
{
	return strlen(p->function) == length &&
	       strncmp(p->function, function, length) == 0;
}

/* If no property of the function agrees, it may be any. */
static void find_place(const struct report *r, const char *function,
		       size_t length, const char *clause, struct text *place)
{
	const char *file = NULL;
	unsigned first = 0, last = 0;
	size_t best = 0;

	for (size_t i = 0; i < r->count; i++)
		if (is_of(&r->at[i], function, length) &&
		    agreement(&r->at[i], clause) > best)
			best = agreement(&r->at[i], clause);
	/* the report is sorted by file and line */
	for (size_t i = 0; i < r->count; i++) {
		const struct property *p = &r->at[i];

		if (!is_of(p, function, length) ||
		    agreement(p, clause) != best)
			continue;
		if (file != NULL && strcmp(file, p->file) != 0)
			add_range(place, file, first, last);
		if (file == NULL || strcmp(file, p->file) != 0)
			first = p->line;
		file = p->file;
		last = p->line;
	}
	if (file != NULL)
		add_range(place, file, first, last);
}

void goal_place(const struct report *r, const char *goal, struct text *name,
		struct text *place)
{
	size_t length;
	const char *function = find_function(r, goal, &length);

	if (function == NULL) {
		text_put(name, strncmp(goal, "typed_", 6) == 0 ? goal + 6 :
			 goal);
		return;
	}
	text_printf(name, "%.*s.%s", (int)length, function,
		    function + length + 1);
	find_place(r, function, length, function + length + 1, place);
}
