/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands.h"

#include "shrink.h"
#include "subject.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void tell(const struct shrinking *s)
{
	static const char *const name[PART_KINDS] = {
		"assertions", "definitions", "hypotheses of the goal"
	};
	const struct parts *p = s->parts;

	fprintf(stderr, "%s proves it after %u tries%s with the goal",
		s->solver.name, s->tried,
		s->least ? "" : ", which were not enough,");
	for (int k = 0; k < PART_KINDS; k++) {
		const uint32_t all = parts_kept(p, (enum part_kind)k, NULL);

		if (all > 0)
			fprintf(stderr, ", %u of %u %s", (unsigned)
				parts_kept(p, (enum part_kind)k, s->keep),
				(unsigned)all, name[k]);
	}
	fprintf(stderr, "\n%zu bytes before, %zu after; count %lld before,"
		" %lld after\n", s->bytes_before, s->bytes_after,
		(long long)s->before.count, (long long)s->after.count);
}

static int write_out(const struct shrinking *s, const char *path)
{
	FILE *f = path == NULL ? stdout : fopen(path, "wb");
	struct text t = { 0 };
	struct error e;
	bool ok = f != NULL;

	if (ok) {
		shrink_text(s, &t);
		ok = fwrite(t.at, 1, t.length, f) == t.length &&
		     fflush(f) == 0;
		text_free(&t);
	}
	if (!ok)
		fail(&e, "%s: %s", path == NULL ? "standard output" : path,
		     strerror(errno));
	if (f != NULL && f != stdout && fclose(f) != 0 && ok)
		ok = fail(&e, "%s: %s", path, strerror(errno));
	return ok ? EXIT_FINE : complain(&e);
}

static int run(const struct subject *on, const struct options *o)
{
	struct shrinking s;
	struct error e;
	bool proved;
	int code;

	if (!shrink_begin(&s, &on->conf, &on->p, on->solver, &proved, &e)) {
		code = complain(&e);
	} else if (!proved) {
		fprintf(stderr, "proofstats: %s: not proved within the limit:"
			" %s\n", on->q.path, outcome_name[s.before.outcome]);
		code = EXIT_VERDICT;
	} else if (!shrink(&s, o->tries, (double)o->limit, &e)) {
		code = complain(&e);
	} else {
		code = write_out(&s, o->out);
		if (code == EXIT_FINE)
			tell(&s);
	}
	shrink_free(&s);
	return code;
}

int command_shrink(int argc, char **argv)
{
	struct options o;
	struct subject s;
	struct error e;
	int code;

	if (!read_options(&o, argc, argv, &(struct syntax){
			  "c:s:q:n:l:o:", NULL, "FILE|GOAL", 1, 1 }))
		return o.code;
	if (!subject_open(&s, &o, &e))
		return complain(&e);
	code = run(&s, &o);
	subject_close(&s);
	return code;
}
