/* SPDX-License-Identifier: BSD-2-Clause */
#include "escape.h"

#include <stddef.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* How many bytes of UTF-8 stand here; 0 if they are none, or not for XML. */
static size_t utf8_length(const unsigned char *s)
{
	static const unsigned long least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const size_t n = *s < 0x80 ? 1 : *s >= 0xf8 ? 0 : *s >= 0xf0 ? 4 :
			 *s >= 0xe0 ? 3 : *s >= 0xc0 ? 2 : 0;
	unsigned long c = n == 1 ? *s : *s & (0x7fu >> n);

	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (n == 1)
		return c >= ' ' || strchr("\t\n\r", (int)c) != NULL;
	if (n == 0 || c < least[n] || c > 0x10ffff ||
	    (c >= 0xd800 && c < 0xe000) || c == 0xfffe || c == 0xffff)
		return 0;
	return n;
}

static const char *entity(char c)
{
	return c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" :
	       c == '"' ? "&quot;" : c == '\'' ? "&#39;" : NULL;
}

static void put_text(const char *s, const char *escape, FILE *to)
{
	while (s != NULL && *s != '\0') {
		const size_t n = utf8_length((const unsigned char *)s);
		const char *e = entity(*s);

		if (n == 0)
			fputs(REPLACEMENT, to);
		else if (e != NULL)
			fputs(e, to);
		else if (strchr(escape, *s) != NULL)
			fprintf(to, "&#%d;", *s);
		else
			fwrite(s, 1, n, to);
		s += n == 0 ? 1 : n;
	}
}

void put_xml(const char *s, FILE *to)
{
	put_text(s, "", to);
}

/* References mean the character and never what it does in Markdown. */
void put_markdown(const char *s, FILE *to)
{
	put_text(s, "\\`*_{}[]#+!|~@:\t\n\r", to);
}

void put_csv(const char *s, FILE *to)
{
	putc('"', to);
	for (; s != NULL && *s != '\0'; s++) {
		if (*s == '"')
			putc('"', to);
		putc(*s, to);
	}
	putc('"', to);
}
