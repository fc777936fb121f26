/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_ESCAPE_H
#define PROOFSTATS_ESCAPE_H

#include <stdio.h>

/*
 * Names come from files and may be anything. Each of these prints one so that
 * it is text and nothing else; null prints nothing.
 */

/* For HTML and XML, in attributes as well. What no XML may have is replaced. */
void put_xml(const char *s, FILE *to);

/* For Markdown, on one line and in a cell of a table. */
void put_markdown(const char *s, FILE *to);

/* A field of CSV, with its quotes. */
void put_csv(const char *s, FILE *to);

#endif
