/* SPDX-License-Identifier: BSD-2-Clause */
/* What a reader should look at first, and in few words. */
#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double cost(const struct row *r)
{
	return r == NULL ? 0 : ((r->counted > 0 ? r->mean * r->proved : 0) +
				(double)(r->n - r->proved) * r->limit) /
			       r->n / r->limit;
}

static const struct row *best(const struct vc *v)
{
	const struct row *found = NULL;

	for (unsigned i = 0; i < v->rows; i++) {
		const struct row *r = &v->row[i];

		/* what another version would do does not count */
		if (r->n == 0 || strchr(r->solver, '@') != NULL)
			continue;
		if (found == NULL || r->verdict < found->verdict ||
		    (r->verdict == found->verdict && cost(r) < cost(found)))
			found = r;
	}
	return found;
}

static int compare_attention(const void *a, const void *b)
{
	static const int rank[VERDICTS] = {
		[VER_CONFLICT] = 5, [VER_UNSOLVED] = 4, [VER_BRITTLE] = 3,
		[VER_SHAKY] = 2, [VER_STABLE] = 1, [VER_UNMEASURED] = 0
	};
	const struct attention *x = a, *y = b;
	const double cx = cost(x->row), cy = cost(y->row);

	if (x->vc->verdict != y->vc->verdict)
		return rank[y->vc->verdict] - rank[x->vc->verdict];
	return cx != cy ? (cx < cy) - (cx > cy) :
	       strcmp(x->vc->name, y->vc->name);
}

struct attention *by_attention(const struct judged *j)
{
	struct attention *all = need(j->vcs, sizeof all[0]);

	for (size_t i = 0; i < j->vcs; i++)
		all[i] = (struct attention){ &j->vc[i], best(&j->vc[i]) };
	if (j->vcs > 0)
		qsort(all, j->vcs, sizeof all[0], compare_attention);
	return all;
}

const char *vc_place(const struct vc *v)
{
	for (unsigned i = 0; i < v->rows; i++)
		if (v->row[i].place != NULL)
			return v->row[i].place;
	return NULL;
}

void say_vc(struct text *t, const struct vc *v)
{
	const struct row *r = best(v);

	text_put(t, verdict_name[v->verdict]);
	if (v->incomplete)
		text_put(t, ", not all measured");
	if (v->trouble != NULL)
		text_printf(t, "; %s", v->trouble);
	if (!needs_solver(v))
		text_put(t, "; it needs no solver");
	if (r == NULL)
		return;
	text_printf(t, "; %s: %u of %u proved%s", r->solver, r->proved, r->n,
		    r->stopped ? ", and stopped" : "");
	if (r->counted > 0)
		text_printf(t, ", mean %.0f of %.0f, CV %.1f %%", r->mean,
			    r->limit, 100 * r->cv);
	if (isfinite(r->headroom))
		text_printf(t, ", headroom %.2f", r->headroom);
}

void say_summary(struct text *t, const struct judged *j)
{
	const char *mark = ":";

	text_printf(t, "%zu queries", j->vcs);
	for (int v = 0; v < VERDICTS; v++) {
		if (j->of[v] == 0)
			continue;
		text_printf(t, "%s %u %s", mark, j->of[v], verdict_name[v]);
		mark = ",";
	}
	text_put(t, j->incomplete ? "; not all is measured" : "");
}
