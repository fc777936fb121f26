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
	const size_t n = r->j.vcs - r->j.of[VER_STABLE];

	say_summary(&t, &r->j);
	printf("**proofstats**: %s\n", t.at);
	if (n > 0)
		puts("\n| query | |\n|---|---|");
	for (size_t i = 0, put = 0; put < n && put < MOST; i++) {
		if (all[i].vc->verdict == VER_STABLE)
			continue;
		put_line(all[i].vc);
		put++;
	}
	if (n > MOST)
		printf("\nand %zu more that are not stable\n", n - MOST);
	text_free(&t);
	free(all);
	return EXIT_FINE;
}
