/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_JSON_H
#define PROOFSTATS_JSON_H

#include <jansson.h>
#include <stdbool.h>

/* Null for null, and for what is no UTF-8: a name may be anything. */
json_t *text_json(const char *s);

/* Null if it is not known, or is none that JSON has. */
json_t *number_json(bool known, double x);

/* To standard output, and it is freed. */
void put_json(json_t *o);

#endif
