/* SPDX-License-Identifier: BSD-2-Clause */
#include "json.h"

#include <math.h>
#include <stdio.h>

json_t *text_json(const char *s)
{
	json_t *t = s == NULL ? NULL : json_string(s);

	return t != NULL ? t : json_null();
}

json_t *number_json(bool known, double x)
{
	return known && isfinite(x) ? json_real(x) : json_null();
}

void put_json(json_t *o)
{
	json_dumpf(o, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	putchar('\n');
	json_decref(o);
}
