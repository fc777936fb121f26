/* SPDX-License-Identifier: BSD-2-Clause */
/* Scripts for gnuplot, with the data in them. Costs are in % of the limit. */
#include "pictures.h"

#include "plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const picture_title[PICTURES] = {
	"How many queries cost at most so much",
	"Cost and variation; above the line a query is shaky",
	"Costs of the ten that need the most attention: mean, least and greatest",
	"From commit to commit: total cost, and how many are brittle or unsolved",
};

static const char *const picture_name[PICTURES] = {
	"cost", "variation", "worst", "trend"
};

static bool has_cost(const struct row *r)
{
	return r->counted > 0 && r->mean > 0;
}

/* -- solvers ---------------------------------------------------------------- */

struct names {
	const char *at[MAX_SOLVERS];
	unsigned count;
};

static struct names solver_names(const struct judged *j)
{
	struct names n = { .count = 0 };

	for (size_t i = 0; i < j->vcs; i++)
		for (unsigned k = 0; k < j->vc[i].rows; k++) {
			const struct row *r = &j->vc[i].row[k];
			bool found = !has_cost(r);

			for (unsigned m = 0; m < n.count; m++)
				found |= strcmp(n.at[m], r->solver) == 0;
			if (!found && n.count < MAX_SOLVERS)
				n.at[n.count++] = r->solver;
		}
	return n;
}

static bool is_of(const struct row *r, const char *solver)
{
	return has_cost(r) && strcmp(r->solver, solver) == 0;
}

/* $solver0, $solver1 ...: the block of each; then a plot of each. */
static void begin_blocks(struct text *t, unsigned i)
{
	text_printf(t, "$solver%u << END\n", i);
}

static void plot_blocks(struct text *t, const struct names *n,
			const char *before, const char *with)
{
	text_printf(t, "plot %s", before);
	for (unsigned i = 0; i < n->count; i++) {
		text_printf(t, "%s$solver%u %s lt %u lw 2 title ",
			    i == 0 ? "" : ", ", i, with, i + 1);
		plot_string(t, n->at[i], 40);
	}
	text_put(t, "\n");
}

/* -- the four --------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Each is false if there is nothing to draw, which gnuplot would not like. */
static bool cost_script(struct text *t, const struct judged *j)
{
	const struct names n = solver_names(j);
	size_t rows = 0;
	double *x;

	for (size_t i = 0; i < j->vcs; i++)
		rows += j->vc[i].rows;
	x = need(rows, sizeof x[0]);
	for (unsigned s = 0; s < n.count; s++) {
		size_t count = 0;

		for (size_t i = 0; i < j->vcs; i++)
			for (unsigned k = 0; k < j->vc[i].rows; k++) {
				const struct row *r = &j->vc[i].row[k];

				if (is_of(r, n.at[s]))
					x[count++] = 100 * r->mean / r->limit;
			}
		if (count > 0)
			qsort(x, count, sizeof x[0], by_size);
		begin_blocks(t, s);
		for (size_t i = 0; i < count; i++)
			text_printf(t, "%.6g %zu\n", x[i], i + 1);
		text_put(t, "END\n");
	}
	free(x);
	text_put(t, "set logscale x\nset format x '%g'\nset key left top\n"
		 "set xlabel 'mean cost, % of the limit'\nset ylabel 'queries'\n"
		 "set yrange [0:*]\n");
	plot_blocks(t, &n, "", "with fsteps");
	return n.count > 0;
}

static bool variation_script(struct text *t, const struct report *r)
{
	const struct names n = solver_names(&r->j);
	double most = 50;
	char line[64];

	for (unsigned s = 0; s < n.count; s++) {
		begin_blocks(t, s);
		for (size_t i = 0; i < r->j.vcs; i++)
			for (unsigned k = 0; k < r->j.vc[i].rows; k++) {
				const struct row *row = &r->j.vc[i].row[k];

				if (!is_of(row, n.at[s]))
					continue;
				text_printf(t, "%.6g %.6g\n",
					    100 * row->mean / row->limit,
					    100 * row->cv);
				most = fmax(most, 100 * row->cv);
			}
		text_put(t, "END\n");
	}
	text_put(t, "set logscale x\nset format x '%g'\nset key right top\n"
		 "set xlabel 'mean cost, % of the limit'\n"
		 "set ylabel 'coefficient of variation, %'\n");
	text_printf(t, "set yrange [0:%.0f]\n", 1.1 * most);
	snprintf(line, sizeof line, "%.6g / x with lines dt 2 lt -1 notitle, ",
		 100 * 100 * r->conf.spread);
	plot_blocks(t, &n, line, "with points pt 7 ps 0.5");
	return n.count > 0;
}

static bool worst_script(struct text *t, const struct report *r,
			 const struct attention *all)
{
	bool any = false;

	text_put(t, "$worst << END\n");
	for (size_t i = 0; i < r->j.vcs && i < WORST; i++) {
		const struct row *row = all[i].row;

		if (row == NULL || !has_cost(row))
			continue;
		any = true;
		text_printf(t, "%zu %.6g %.6g %.6g\n", i + 1,
			    100 * row->mean / row->limit,
			    100 * row->min / row->limit,
			    100 * row->max / row->limit);
	}
	text_printf(t, "END\nset logscale x\nset format x '%%g'\n"
		    "set yrange [%d.5:0.5]\nset ytics 1\n"
		    "set xlabel 'cost, %% of the limit'\nset key off\n"
		    "plot $worst using 2:1:3:4 with xerrorbars pt 7 lw 2\n",
		    WORST);
	return any;
}

static bool trend_script(struct text *t, const struct history *h)
{
	text_put(t, "$trend << END\n");
	for (size_t i = 0; i < h->count; i++)
		text_printf(t, "%zu %.9g %u\n", i, h->at[i].total,
			    h->at[i].brittle + h->at[i].unsolved);
	text_put(t, "END\nset xtics rotate by -30 (");
	/* about ten of their names fit */
	for (size_t i = 0; i < h->count; i += (h->count + 9) / 10) {
		text_put(t, i == 0 ? "" : ", ");
		plot_string(t, h->at[i].name, 10);
		text_printf(t, " %zu", i);
	}
	text_printf(t, ")\nset xrange [-0.5:%.1f]\nset yrange [0:*]\n"
		    "set y2range [0:5 < *]\nset ytics nomirror\nset y2tics\n"
		    "set ylabel 'total cost, limits'\nset y2label 'queries'\n"
		    "set key left bottom\n"
		    "plot $trend using 1:2 with linespoints lw 2 pt 7"
		    " title 'total cost', $trend using 1:3 axes x1y2"
		    " with linespoints lw 2 pt 5 title 'brittle or unsolved'\n",
		    (double)h->count - 0.5);
	return h->count > 1;
}

bool draw_picture(struct text *svg, const struct report *r, enum picture p,
		  const struct attention *all, struct error *e)
{
	struct text t = { 0 };
	const bool any = p == PIC_COST ? cost_script(&t, &r->j) :
			 p == PIC_VARIATION ? variation_script(&t, r) :
			 p == PIC_WORST ? worst_script(&t, r, all) :
			 trend_script(&t, &r->history);
	const bool ok = !any || plot(svg, picture_name[p], &t, e);

	text_free(&t);
	return ok;
}
