/* SPDX-License-Identifier: BSD-2-Clause */
/* As short as a comment should be: the counts, and what is not stable. */
#include "commands.h"

#include "escape.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>

#define MOST 20

static void put_line(const struct vc *v)
{
	const char *place = vc_place(v);
	struct text t = { 0 };

	say_vc(&t, v);
	fputs("| ", stdout);
	put_markdown(v->name, stdout);
	if (place != NULL) {
		fputs("<br>", stdout);
		put_markdown(place, stdout);
	}
	fputs(" | ", stdout);
	put_markdown(t.at, stdout);
	puts(" |");
	text_free(&t);
}

int print_markdown(const struct report *r)
{
	struct attention *all = by_attention(&r->j);
	struct text t = { 0 };
	size_t n = 0;

	say_summary(&t, &r->j);
	printf("**proofstats**: %s\n", t.at);
	while (n < r->j.vcs && all[n].vc->verdict != VER_STABLE)
		n++;
	if (n > 0)
		puts("\n| query | |\n|---|---|");
	for (size_t i = 0; i < n && i < MOST; i++)
		put_line(all[i].vc);
	if (n > MOST)
		printf("\nand %zu more that are not stable\n", n - MOST);
	text_free(&t);
	free(all);
	return EXIT_FINE;
}
