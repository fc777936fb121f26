/* SPDX-License-Identifier: BSD-2-Clause */
/* What was measured, for people and for programs. No times: these differ. */
#include "commands.h"

#include "escape.h"
#include "json.h"
#include "options.h"
#include "report.h"

#include <math.h>
#include <stdio.h>

static void print_summary(const struct judged *j)
{
	struct text t = { 0 };

	say_summary(&t, j);
	puts(t.at);
	text_free(&t);
}

/* -- table ------------------------------------------------------------------ */

static void print_row(const struct row *r)
{
	printf("  %-10s %-10s %4u/%-4u %5.1f%% %5.1f-%-5.1f",
	       r->solver, verdict_name[r->verdict], r->proved, r->n,
	       100 * r->fail, 100 * r->fail_low, 100 * r->fail_high);
	if (r->counted > 0)
		printf(" %10.0f %10.0f %10.0f %6.1f", r->mean, r->min, r->max,
		       100 * r->cv);
	else
		printf(" %10s %10s %10s %6s", "-", "-", "-", "-");
	if (isfinite(r->headroom))
		printf(" %8.2f", r->headroom);
	else
		printf(" %8s", "-");
	printf("  %-12s %s%s\n", category_name[r->cutoff],
	       category_name[r->z_test], r->stopped ? ", stopped" :
	       r->settled ? ", settled" : "");
}

static void print_vc(const struct vc *v)
{
	printf("%s: %s%s%s%s\n", v->name, verdict_name[v->verdict],
	       v->incomplete ? ", not all measured" : "",
	       v->trouble == NULL ? "" : ": ",
	       v->trouble == NULL ? "" : v->trouble);
	for (unsigned i = 0; i < v->rows; i++)
		if (v->row[i].n > 0)
			print_row(&v->row[i]);
}

static void print_head(void)
{
	printf("  %-10s %-10s %9s %6s %-11s %10s %10s %10s %6s %8s  %-12s %s\n",
	       "solver", "verdict", "proved", "failed", "of all, 95%", "mean",
	       "min", "max", "CV %", "headroom", "cutoff", "z-test");
}

static int print_table(const struct report *r)
{
	const struct judged *j = &r->j;

	print_head();
	for (size_t i = 0; i < j->vcs; i++)
		print_vc(&j->vc[i]);
	print_summary(j);
	return EXIT_FINE;
}

/* -- CSV -------------------------------------------------------------------- */

static void csv_row(const struct vc *v, const struct row *r)
{
	put_csv(v->name, stdout);
	printf(",%s,", verdict_name[v->verdict]);
	put_csv(r->solver, stdout);
	putchar(',');
	put_csv(r->version, stdout);
	printf(",%.0f,%s,%u,%u,%.6f,%.6f,%.6f,", r->limit,
	       verdict_name[r->verdict], r->n, r->proved, r->fail,
	       r->fail_low, r->fail_high);
	if (r->counted > 0)
		printf("%.3f,%.0f,%.0f,%.6f,", r->mean, r->min, r->max, r->cv);
	else
		printf(",,,,");
	if (isfinite(r->headroom))
		printf("%.6f", r->headroom);
	printf(",%s,%s,%d\n", category_name[r->cutoff],
	       category_name[r->z_test], r->stopped);
}

static int print_csv(const struct report *r)
{
	const struct judged *j = &r->j;

	puts("query,verdict,solver,version,limit,solver_verdict,runs,proved,"
	     "fail,fail_low,fail_high,mean,min,max,cv,headroom,"
	     "mariposa_cutoff,mariposa_z_test,stopped");
	for (size_t i = 0; i < j->vcs; i++)
		for (unsigned k = 0; k < j->vc[i].rows; k++)
			if (j->vc[i].row[k].n > 0)
				csv_row(&j->vc[i], &j->vc[i].row[k]);
	return EXIT_FINE;
}

/* -- JSON ------------------------------------------------------------------- */

static json_t *row_json(const struct row *r)
{
	const bool is = r->counted > 0;
	json_t *o = json_object();

	json_object_set_new(o, "solver", text_json(r->solver));
	json_object_set_new(o, "version", text_json(r->version));
	json_object_set_new(o, "limit", json_real(r->limit));
	json_object_set_new(o, "verdict",
			    json_string(verdict_name[r->verdict]));
	json_object_set_new(o, "runs", json_integer(r->n));
	json_object_set_new(o, "proved", json_integer(r->proved));
	json_object_set_new(o, "stopped", json_boolean(r->stopped));
	json_object_set_new(o, "settled", json_boolean(r->settled));
	json_object_set_new(o, "fail", json_real(r->fail));
	json_object_set_new(o, "fail_low", json_real(r->fail_low));
	json_object_set_new(o, "fail_high", json_real(r->fail_high));
	json_object_set_new(o, "mean", number_json(is, r->mean));
	json_object_set_new(o, "min", number_json(is, r->min));
	json_object_set_new(o, "max", number_json(is, r->max));
	json_object_set_new(o, "cv", number_json(is, r->cv));
	json_object_set_new(o, "headroom", number_json(true, r->headroom));
	json_object_set_new(o, "mariposa_cutoff",
			    json_string(category_name[r->cutoff]));
	json_object_set_new(o, "mariposa_z_test",
			    json_string(category_name[r->z_test]));
	return o;
}

static json_t *vc_json(const struct vc *v)
{
	json_t *o = json_object(), *rows = json_array();

	json_object_set_new(o, "query", text_json(v->name));
	json_object_set_new(o, "verdict",
			    json_string(verdict_name[v->verdict]));
	json_object_set_new(o, "trouble", text_json(v->trouble));
	json_object_set_new(o, "complete", json_boolean(!v->incomplete));
	for (unsigned i = 0; i < v->rows; i++)
		if (v->row[i].n > 0)
			json_array_append_new(rows, row_json(&v->row[i]));
	json_object_set_new(o, "solvers", rows);
	return o;
}

static int print_json(const struct report *r)
{
	const struct judged *j = &r->j;
	json_t *o = json_object(), *all = json_array(), *sum = json_object();

	for (int v = 0; v < VERDICTS; v++)
		json_object_set_new(sum, verdict_name[v],
				    json_integer(j->of[v]));
	for (size_t i = 0; i < j->vcs; i++)
		json_array_append_new(all, vc_json(&j->vc[i]));
	json_object_set_new(o, "complete", json_boolean(!j->incomplete));
	json_object_set_new(o, "summary", sum);
	json_object_set_new(o, "queries", all);
	put_json(o);
	return EXIT_FINE;
}

/* -- the commands ----------------------------------------------------------- */

static void report_free(struct report *r)
{
	judged_free(&r->j);
	history_free(&r->history);
	config_free(&r->conf);
}

static bool load(struct report *r, const struct options *o, struct error *e)
{
	struct store store;
	bool ok;

	*r = (struct report){ .explained = o->explained };
	if (!config_load(&r->conf, o->conf, e))
		return false;
	ok = store_open(&store, o->db, false, e);
	if (ok) {
		ok = judge_all(&r->j, &store, &r->conf, e) &&
		     history_load(&r->history, &store, e);
		store_close(&store);
	}
	if (!ok)
		report_free(r);
	return ok;
}

int command_report(int argc, char **argv)
{
	static int (*const print[])(const struct report *r) = {
		print_table, print_csv, print_json, print_html, print_junit,
		print_markdown
	};
	struct options o;
	struct report r;
	struct error e;
	int code;

	if (!read_options(&o, argc, argv, &(struct syntax){
			  .letters = "c:d:f:x:",
			  .formats = "table|csv|json|html|junit|markdown" }))
		return o.code;
	if (!load(&r, &o, &e))
		return complain(&e);
	code = print[o.format](&r);
	report_free(&r);
	return printed(code);
}

int command_judge(int argc, char **argv)
{
	struct options o;
	struct report r;
	struct error e;
	int code = EXIT_FINE;

	if (!read_options(&o, argc, argv,
			  &(struct syntax){ .letters = "c:d:" }))
		return o.code;
	if (!load(&r, &o, &e))
		return complain(&e);
	for (size_t i = 0; i < r.j.vcs; i++)
		if (r.j.vc[i].verdict != VER_STABLE)
			print_vc(&r.j.vc[i]);
	print_summary(&r.j);
	if (r.j.of[VER_BRITTLE] + r.j.of[VER_UNSOLVED] +
	    r.j.of[VER_CONFLICT] > 0)
		code = EXIT_VERDICT;
	else if (r.j.incomplete || r.j.vcs == 0)
		code = EXIT_PARTLY;
	report_free(&r);
	return printed(code);
}
