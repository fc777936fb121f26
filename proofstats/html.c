/* SPDX-License-Identifier: BSD-2-Clause */
/* A page that needs nothing but itself, and can be read without its script. */
#include "commands.h"

#include "escape.h"
#include "pictures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* System colours: light or dark as the reader has it. */
static const char style[] =
	":root { color-scheme: light dark; }\n"
	"body { font: 15px/1.4 sans-serif; margin: 1em auto; padding: 0 1em;\n"
	"  max-width: 100em; background: Canvas; color: CanvasText; }\n"
	"figure { display: inline-block; margin: 0 1em 1em 0;\n"
	"  width: 40em; max-width: 100%; vertical-align: top; }\n"
	"svg { width: 100%; height: auto; }\n"
	".wide { overflow-x: auto; }\n"
	"table { border-collapse: collapse; }\n"
	"th, td { padding: .15em .6em; text-align: left; white-space: nowrap;\n"
	"  border-bottom: 1px solid #8886; }\n"
	"th { position: sticky; top: 0; background: Canvas; }\n"
	"th button { font: inherit; font-weight: bold; color: inherit;\n"
	"  background: none; border: 0; padding: 0; cursor: pointer; }\n"
	"th[aria-sort=ascending] button::after { content: ' \\2191'; }\n"
	"th[aria-sort=descending] button::after { content: ' \\2193'; }\n"
	".n { text-align: right; font-variant-numeric: tabular-nums; }\n"
	".brittle, .unsolved, .conflict { background: #f006; }\n"
	".shaky, .unmeasured { background: #fa06; }\n"
	"pre { overflow-x: auto; padding: .5em; background: #8882; }\n";

/*
 * A column's header becomes a button; a click sorts, another turns it round.
 * It has neither < nor & so that the page is XML as well.
 */
static const char script[] =
	"for (const table of document.querySelectorAll('table')) {\n"
	"  const heads = [...table.tHead.rows[0].cells];\n"
	"  const value = (row, i) => {\n"
	"    const cell = row.cells[i];\n"
	"    const v = cell.dataset.v ?? cell.textContent;\n"
	"    return cell.classList.contains('n') ?\n"
	"      (v === '' ? Infinity : Number(v)) : v;\n"
	"  };\n"
	"  heads.forEach((head, i) => {\n"
	"    const button = document.createElement('button');\n"
	"    button.type = 'button';\n"
	"    button.append(...head.childNodes);\n"
	"    head.append(button);\n"
	"    button.addEventListener('click', () => {\n"
	"      const up = head.getAttribute('aria-sort') !== 'ascending';\n"
	"      const body = table.tBodies[0];\n"
	"      const rows = [...body.rows].sort((a, b) => {\n"
	"        const x = value(a, i), y = value(b, i);\n"
	"        const order = y > x ? -1 : x > y ? 1 : 0;\n"
	"        return up ? order : -order;\n"
	"      });\n"
	"      heads.forEach(h => h.removeAttribute('aria-sort'));\n"
	"      head.setAttribute('aria-sort', up ? 'ascending' : 'descending');\n"
	"      body.append(...rows);\n"
	"    });\n"
	"  });\n"
	"}\n";

static void put(const char *s)
{
	put_xml(s, stdout);
}

/* -- pictures --------------------------------------------------------------- */

static int put_pictures(const struct report *r, const struct attention *all)
{
	struct error e = { "" };
	int code = EXIT_FINE;

	puts("<section id=\"pictures\">");
	for (int p = 0; p < PICTURES && code == EXIT_FINE; p++) {
		struct text svg = { 0 };

		if (!draw_picture(&svg, r, (enum picture)p, all, &e))
			code = EXIT_PARTLY;
		else if (svg.length > 0)
			printf("<figure><figcaption>%s</figcaption>\n%s"
			       "</figure>\n", picture_title[p], svg.at);
		text_free(&svg);
	}
	if (code != EXIT_FINE) {
		fprintf(stderr, "proofstats: no pictures: %s\n", e.text);
		fputs("<p>There are no pictures here: ", stdout);
		put(e.text);
		puts("</p>");
	}
	puts("</section>");
	return code;
}

/* -- the worst -------------------------------------------------------------- */

/* A name is a path below the folder, and must not lead out of it. */
static bool is_below(const char *name)
{
	const size_t length = strlen(name);

	return *name != '/' && strncmp(name, "../", 3) != 0 &&
	       strstr(name, "/../") == NULL && strcmp(name, "..") != 0 &&
	       (length < 3 || strcmp(name + length - 3, "/..") != 0);
}

static void put_explanation(const struct report *r, const char *name)
{
	struct text path = { 0 }, text = { 0 };
	struct error e;

	if (r->explained == NULL || !is_below(name))
		return;
	text_printf(&path, "%s/%s.txt", r->explained, name);
	/* most have none, and that is no trouble */
	if (text_read_file(&text, path.at, &e)) {
		fputs("<pre>", stdout);
		put(text.at);
		puts("</pre>");
	}
	text_free(&path);
	text_free(&text);
}

static void put_worst(const struct report *r, const struct attention *all)
{
	puts("<section id=\"worst\"><h2>What needs the most attention</h2>\n"
	     "<ol>");
	for (size_t i = 0; i < r->j.vcs && i < WORST; i++) {
		const char *place = vc_place(all[i].vc);
		struct text t = { 0 };

		say_vc(&t, all[i].vc);
		fputs("<li><b>", stdout);
		put(all[i].vc->name);
		fputs("</b>", stdout);
		if (place != NULL) {
			fputs(" (", stdout);
			put(place);
			fputs(")", stdout);
		}
		fputs(": ", stdout);
		put(t.at);
		puts("");
		put_explanation(r, all[i].vc->name);
		puts("</li>");
		text_free(&t);
	}
	puts("</ol></section>");
}

/* -- all -------------------------------------------------------------------- */

static void put_number(bool is, double x, int digits)
{
	if (is && isfinite(x))
		printf("<td class=\"n\" data-v=\"%.9g\">%.*f</td>", x, digits,
		       x);
	else
		printf("<td class=\"n\" data-v=\"\">-</td>");
}

/* Sorted from the best to the worst, and not by their letters. */
static void put_verdict(enum verdict v)
{
	printf("<td class=\"%s\" data-v=\"%d\">%s</td>", verdict_name[v],
	       (int)v, verdict_name[v]);
}

static void put_text(const char *s)
{
	fputs("<td>", stdout);
	put(s);
	fputs("</td>", stdout);
}

static void put_row(const struct vc *v, const struct row *r)
{
	const bool is = r->counted > 0;

	fputs("<tr>", stdout);
	put_text(v->name);
	put_text(r->place);
	put_verdict(v->verdict);
	put_text(r->solver);
	put_verdict(r->verdict);
	put_number(true, r->proved, 0);
	put_number(true, r->n, 0);
	put_number(true, 100 * r->fail, 1);
	printf("<td>%.1f-%.1f</td>", 100 * r->fail_low, 100 * r->fail_high);
	put_number(is, r->mean, 0);
	put_number(is, r->min, 0);
	put_number(is, r->max, 0);
	put_number(is, 100 * r->cv, 1);
	put_number(true, r->headroom, 2);
	put_text(category_name[r->cutoff]);
	put_text(category_name[r->z_test]);
	put_text(r->stopped ? "yes" : "");
	puts("</tr>");
}

/* One of which there are no figures. */
static void put_bare_row(const struct vc *v)
{
	fputs("<tr>", stdout);
	put_text(v->name);
	put_text(vc_place(v));
	put_verdict(v->verdict);
	put_text(v->trouble);
	put_verdict(v->verdict);
	for (int i = 0; i < 3; i++)
		put_number(false, 0, 0);
	put_text("-");
	for (int i = 0; i < 5; i++)
		put_number(false, 0, 0);
	put_text("-");
	put_text("-");
	put_text("");
	puts("</tr>");
}

static void put_table(const struct judged *j)
{
	static const char *const heads[] = {
		"query", "place", "verdict", "solver", "with it", "proved",
		"runs", "failed %", "of all, 95 %", "mean", "min", "max",
		"CV %", "headroom", "cutoff", "z-test", "stopped"
	};

	fputs("<section id=\"all\"><h2>All</h2>\n<div class=\"wide\"><table>\n"
	      "<thead><tr>", stdout);
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
		printf("<th scope=\"col\">%s</th>", heads[i]);
	puts("</tr></thead>\n<tbody>");
	for (size_t i = 0; i < j->vcs; i++) {
		const struct vc *v = &j->vc[i];
		bool any = false;

		for (unsigned k = 0; k < v->rows; k++) {
			if (v->row[k].n == 0)
				continue;
			put_row(v, &v->row[k]);
			any = true;
		}
		if (!any)
			put_bare_row(v);
	}
	puts("</tbody></table></div></section>");
}

int print_html(const struct report *r)
{
	struct attention *all = by_attention(&r->j);
	struct text t = { 0 };
	int code;

	say_summary(&t, &r->j);
	printf("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	       "<meta charset=\"utf-8\"/>\n"
	       "<meta name=\"viewport\" content=\"width=device-width\"/>\n"
	       "<title>proofstats</title>\n<style>\n%s</style>\n</head>\n"
	       "<body>\n<h1>proofstats</h1>\n<p>%s.</p>\n", style, t.at);
	code = put_pictures(r, all);
	put_worst(r, all);
	put_table(&r->j);
	printf("<script>\n%s</script>\n</body>\n</html>\n", script);
	text_free(&t);
	free(all);
	return code;
}
