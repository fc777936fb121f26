/* SPDX-License-Identifier: BSD-2-Clause */
/* A test case for each query, for what shows the results of tests. */
#include "commands.h"

#include "escape.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void attribute(const char *name, const char *value)
{
	printf(" %s=\"", name);
	put_xml(value, stdout);
	putchar('"');
}

static const char *element_of(const struct vc *v)
{
	if (v->trouble != NULL)
		return "error";
	if (v->verdict == VER_UNMEASURED || v->incomplete)
		return "skipped";
	return v->verdict == VER_STABLE || v->verdict == VER_SHAKY ? NULL :
	       "failure";
}

static unsigned count(const struct judged *j, const char *element)
{
	unsigned n = 0;

	for (size_t i = 0; i < j->vcs; i++) {
		const char *e = element_of(&j->vc[i]);

		n += e != NULL && strcmp(e, element) == 0;
	}
	return n;
}

/* The folder, or a fixed word, is what others group by. */
static void put_class(const char *name)
{
	const char *end = strrchr(name, '/');
	char *class = copy(name, end == NULL ? 0 : (size_t)(end - name));

	attribute("classname", end == NULL ? "proofstats" : class);
	attribute("name", end == NULL ? name : end + 1);
	free(class);
}

static void put_place(const char *place)
{
	const char *end = place == NULL ? NULL : strrchr(place, ':');
	char *file;

	if (end == NULL)
		return;
	file = copy(place, (size_t)(end - place));
	attribute("file", file);
	attribute("line", end + 1);
	free(file);
}

static void put_case(const struct vc *v)
{
	const char *element = element_of(v);
	struct text t = { 0 };

	say_vc(&t, v);
	fputs("  <testcase", stdout);
	put_class(v->name);
	put_place(vc_place(v));
	puts(">");
	if (element != NULL) {
		printf("    <%s", element);
		attribute("message", t.at);
		puts("/>");
	} else {
		fputs("    <system-out>", stdout);
		put_xml(t.at, stdout);
		puts("</system-out>");
	}
	puts("  </testcase>");
	text_free(&t);
}

int print_junit(const struct report *r)
{
	const struct judged *j = &r->j;

	puts("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>");
	printf(" <testsuite name=\"proofstats\" tests=\"%zu\" failures=\"%u\""
	       " errors=\"%u\" skipped=\"%u\">\n", j->vcs,
	       count(j, "failure"), count(j, "error"), count(j, "skipped"));
	for (size_t i = 0; i < j->vcs; i++)
		put_case(&j->vc[i]);
	puts(" </testsuite>\n</testsuites>");
	return EXIT_FINE;
}
