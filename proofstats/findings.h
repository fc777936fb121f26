/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_FINDINGS_H
#define PROOFSTATS_FINDINGS_H

#include "compare.h"
#include "json.h"

/* In which diff and gate say what they found. */
enum { FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_JSON };
#define FORMATS "text|markdown|json"

/* What became of a query, with the reason; of all, if neither side has it. */
json_t *finding_json(const struct comparison *c, const struct changed *g,
		     const char *reason);

/* What became of all, with the verdict. */
json_t *whole_json(const struct comparison *c, const char *verdict);

#endif
