/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>

#include "story.h"

static uint64_t tried(const struct attempt *a)
{
	return a->refused + a->faults + a->allowed + a->breaches;
}

static void row(FILE *f, const struct attempt *a)
{
	fprintf(f, "%-8s %-34s %5" PRIu64 " %7" PRIu64 " %7" PRIu64 " %7" PRIu64
		" %6" PRIu64 "\n", a->who, a->what, tried(a), a->refused,
		a->faults, a->allowed, a->breaches);
}

static struct attempt sum(const struct attempt *a, unsigned n)
{
	struct attempt s = { .who = "all" };

	for (unsigned i = 0; i < n; i++) {
		s.refused += a[i].refused;
		s.faults += a[i].faults;
		s.allowed += a[i].allowed;
		s.breaches += a[i].breaches;
	}
	return s;
}

void tally_table(FILE *f, const struct attempt *a, unsigned n,
		 const struct ept *e)
{
	const struct attempt s = sum(a, n);

	fprintf(f, "\n%-8s %-34s %5s %7s %7s %7s %6s\n", "who", "attempt",
		"tried", "refused", "faulted", "allowed", "breach");
	for (unsigned i = 0; i < n; i++)
		row(f, &a[i]);
	row(f, &s);
	if (e != NULL && e->breaches > 0)
		fprintf(f, "\nEPT tables: BREACH: isod stopped at the first "
			"difference, told above\n");
	else if (e != NULL)
		fprintf(f, "\nEPT tables: %" PRIu64 " translations compared, "
			"none differ\n", e->compared);
}

/* what comes from iso-host has been made printable already */
static void json_text(FILE *f, const char *s)
{
	fputc('"', f);
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', f);
		fputc(*s, f);
	}
	fputc('"', f);
}

static void json_row(FILE *f, const struct attempt *a)
{
	fputs("  {\"who\": ", f);
	json_text(f, a->who);
	fputs(", \"attempt\": ", f);
	json_text(f, a->what);
	fprintf(f, ", \"refused\": %" PRIu64 ", \"faulted\": %" PRIu64
		", \"allowed\": %" PRIu64 ", \"breaches\": %" PRIu64 "}",
		a->refused, a->faults, a->allowed, a->breaches);
}

static void json_ept(FILE *f, const struct ept *e)
{
	fprintf(f, " \"ept\": {\"compared\": %" PRIu64 ", \"breaches\": %" PRIu64
		"},\n", e->compared, e->breaches);
}

void tally_json(FILE *f, const struct attempt *a, unsigned n,
		const struct ept *e)
{
	const struct attempt s = sum(a, n);

	fprintf(f, "{\"breaches\": %" PRIu64 ",",
		s.breaches + (e != NULL ? e->breaches : 0));
	if (e != NULL)
		json_ept(f, e);
	fputs(" \"attempts\": [\n", f);
	for (unsigned i = 0; i < n; i++) {
		json_row(f, &a[i]);
		fputs(i + 1 < n ? ",\n" : "\n", f);
	}
	fputs("]}\n", f);
}
