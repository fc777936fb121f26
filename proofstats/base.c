/* SPDX-License-Identifier: BSD-2-Clause */
#include "base.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sha2.h>

bool fail(struct error *e, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(e->text, sizeof e->text, format, args);
	va_end(args);
	return false;
}

static void *got(void *memory)
{
	if (memory == NULL) {
		fputs("proofstats: out of memory\n", stderr);
		exit(2);
	}
	return memory;
}

void *need(size_t count, size_t size)
{
	return got(calloc(count == 0 ? 1 : count, size));
}

void *grow(void *old, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return old;
	*room = count < 8 ? 16 : count * 2;
	if (*room > SIZE_MAX / size)
		got(NULL);
	return got(realloc(old, *room * size));
}

char *copy(const char *text, size_t length)
{
	char *c = need(length + 1, 1);

	memcpy(c, text, length);
	return c;
}

void text_add(struct text *t, const char *from, size_t length)
{
	t->at = grow(t->at, t->length + length, &t->room, 1);
	memcpy(t->at + t->length, from, length);
	t->length += length;
	t->at[t->length] = '\0';
}

void text_put(struct text *t, const char *string)
{
	text_add(t, string, strlen(string));
}

void text_printf(struct text *t, const char *format, ...)
{
	va_list args, again;
	int length;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length > 0) {
		t->at = grow(t->at, t->length + (size_t)length, &t->room, 1);
		vsnprintf(t->at + t->length, (size_t)length + 1, format, again);
		t->length += (size_t)length;
	}
	va_end(again);
}

void text_free(struct text *t)
{
	free(t->at);
	*t = (struct text){ 0 };
}

bool text_read_file(struct text *t, const char *path, struct error *e)
{
	char part[65536];
	size_t length;
	bool bad;
	FILE *f = fopen(path, "rb");

	if (f == NULL)
		return fail(e, "%s: %s", path, strerror(errno));
	text_put(t, "");
	errno = 0;
	while ((length = fread(part, 1, sizeof part, f)) > 0)
		text_add(t, part, length);
	bad = ferror(f) != 0;
	if (bad)
		fail(e, "%s: %s", path, strerror(errno));
	fclose(f);
	return !bad;
}

bool text_write_file(const struct text *t, const char *path, struct error *e)
{
	FILE *f = fopen(path, "wbe");
	bool ok = f != NULL && fwrite(t->at, 1, t->length, f) == t->length;

	if (f != NULL)
		ok = fclose(f) == 0 && ok;
	return ok || fail(e, "%s: %s", path, strerror(errno));
}

/* A device, a pipe or a link, which has to stay what it is. */
static bool is_special(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

bool text_replace_file(const struct text *t, const char *path, struct error *e)
{
	struct text new = { 0 };
	bool ok;

	if (is_special(path))
		return text_write_file(t, path, e);
	text_printf(&new, "%s.%ld", path, (long)getpid());
	ok = text_write_file(t, new.at, e);
	if (ok && rename(new.at, path) != 0)
		ok = fail(e, "%s: %s", path, strerror(errno));
	if (!ok)
		unlink(new.at);
	text_free(&new);
	return ok;
}

uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint64_t rng_below(struct rng *r, uint64_t bound)
{
	const uint64_t fair = UINT64_MAX - UINT64_MAX % bound;
	uint64_t x;

	do {
		x = rng_next(r);
	} while (x >= fair);
	return x % bound;
}

void rng_shuffle(struct rng *r, uint32_t *items, size_t count)
{
	for (size_t i = count; i > 1; i--) {
		const size_t j = rng_below(r, i);
		const uint32_t item = items[i - 1];

		items[i - 1] = items[j];
		items[j] = item;
	}
}

void sha256_hex(const void *data, size_t length, char hex[SHA256_HEX])
{
	SHA256Data(data, length, hex);
}
