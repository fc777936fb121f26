/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROOFSTATS_BASE_H
#define PROOFSTATS_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What went wrong, in words for the user. */
struct error {
	char text[512];
};

/* Always false, so that a caller can return it. */
bool fail(struct error *e, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Memory or an end with exit code 2. */
void *need(size_t count, size_t size);
void *grow(void *old, size_t count, size_t *room, size_t size);
char *copy(const char *text, size_t length);

/* Text that grows; always ends in a NUL that is not counted. */
struct text {
	char *at;
	size_t length;
	size_t room;
};

void text_add(struct text *t, const char *from, size_t length);
void text_put(struct text *t, const char *string);
void text_printf(struct text *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void text_free(struct text *t);

/* Printing a query adds most of it so: worth not to be a call. */
static inline void text_char(struct text *t, char c)
{
	if (t->length + 1 < t->room) {
		t->at[t->length++] = c;
		t->at[t->length] = '\0';
	} else {
		text_add(t, &c, 1);
	}
}

bool text_read_file(struct text *t, const char *path, struct error *e);
bool text_write_file(const struct text *t, const char *path, struct error *e);

/* In one step: who reads it sees the old text or the new one. */
bool text_replace_file(const struct text *t, const char *path,
		       struct error *e);

/* splitmix64: the same numbers on every machine. */
struct rng {
	uint64_t state;
};

uint64_t rng_next(struct rng *r);
uint64_t rng_below(struct rng *r, uint64_t bound);
void rng_shuffle(struct rng *r, uint32_t *items, size_t count);

#define SHA256_HEX 65	/* with the NUL */
void sha256_hex(const void *data, size_t length, char hex[SHA256_HEX]);

#endif
