/* SPDX-License-Identifier: BSD-2-Clause */
#include "ask.h"

#include <poll.h>
#include <string.h>

bool ask(const struct config *conf, const struct solver *s,
	 const struct text *query, struct text *keep, struct result *r,
	 struct error *e)
{
	struct error why;
	struct child c;

	if (!child_start(&c, conf, s, NULL, query, &why))
		return fail(e, "solver %s: %.400s", s->name, why.text);
	c.keep = keep;
	do {
		struct pollfd p[2] = { { c.stream[0].fd, POLLIN, 0 },
				       { c.stream[1].fd, POLLIN, 0 } };
		/* its end is no event: when both are closed, look often */
		const bool closed = p[0].fd < 0 && p[1].fd < 0;

		poll(p, 2, closed ? 1 : 50);
		child_read(&c);
	} while (!child_ended(&c, r));
	return true;
}

const struct solver *solver_named(const struct config *conf,
				  const char *name, struct error *e)
{
	for (unsigned i = 0; i < conf->solvers; i++)
		if (strcmp(conf->solver[i].name, name) == 0)
			return &conf->solver[i];
	fail(e, "the configuration has no solver %s", name);
	return NULL;
}
