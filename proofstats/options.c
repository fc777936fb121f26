/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include "commands.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum kind { TEXT, COUNT, NUMBER, FORMAT };

static const struct option_of {
	char letter;
	enum kind kind;
	size_t offset;		/* of where its value goes */
	const char *value;	/* what the usage calls it */
} all[] = {
	{ 'c', TEXT, offsetof(struct options, conf), "CONFIG" },
	{ 'd', TEXT, offsetof(struct options, db), "DATABASE" },
	{ 'b', TEXT, offsetof(struct options, baseline), "BASELINE" },
	{ 'o', TEXT, offsetof(struct options, out), "FILE" },
	{ 'x', TEXT, offsetof(struct options, explained), "EXPLANATIONS" },
	{ 's', TEXT, offsetof(struct options, solver), "SOLVER" },
	{ 'q', TEXT, offsetof(struct options, store), "STORE" },
	{ 'n', COUNT, offsetof(struct options, tries), "TRIES" },
	{ 'l', NUMBER, offsetof(struct options, limit), "LIMIT" },
	{ 'f', FORMAT, offsetof(struct options, format), NULL },
};

static const struct option_of *find(int letter)
{
	const struct option_of *at = all;

	while (at->letter != letter)
		at++;
	return at;
}

/* Which of one|of|these it is. */
static bool read_format(const char *words, const char *word, unsigned *which)
{
	const size_t length = strlen(word);

	for (*which = 0;; ++*which) {
		const size_t n = strcspn(words, "|");

		if (n == length && strncmp(words, word, n) == 0)
			return true;
		if (words[n] == '\0')
			return false;
		words += n + 1;
	}
}

static bool read_value(void *to, enum kind kind, const char *value,
		       const struct syntax *s, struct error *e)
{
	uint64_t n = 0;

	if (kind == FORMAT)
		return read_format(s->formats, value, to) ||
		       fail(e, "-f %s is none of %s", value, s->formats);
	if (kind == TEXT)
		*(const char **)to = value;
	else if (!read_number(value, &n) || (kind == COUNT && n > UINT32_MAX))
		return fail(e, "%s is no number, or too large", value);
	else if (kind == COUNT)
		*(unsigned *)to = (unsigned)n;
	else
		*(uint64_t *)to = n;
	return true;
}

static bool read_all(struct options *o, int argc, char **argv,
		     const struct syntax *s, struct error *e)
{
	int c;

	opterr = 0;	/* what is wrong is said here */
	while ((c = getopt(argc, argv, s->letters)) != -1) {
		const struct option_of *at;

		/* of --word getopt makes the letter - */
		if (c == '?' && optopt == '-')
			return fail(e, "there is no option %s", argv[optind]);
		if (c == '?')
			return fail(e, strchr(s->letters, optopt) == NULL ?
				    "there is no option -%c" :
				    "-%c is without its value", optopt);
		at = find(c);
		if (!read_value((char *)o + at->offset, at->kind, optarg, s, e))
			return false;
	}
	o->operand = argv + optind;
	o->operands = argc - optind;
	if (o->operands > s->most)
		return fail(e, "%s is one too many", o->operand[s->most]);
	return o->operands >= s->least || fail(e, "something is missing");
}

bool read_options(struct options *o, int argc, char **argv,
		  const struct syntax *s)
{
	struct text how = { 0 };
	struct error e;

	*o = (struct options){ .db = "proofstats.db", .tries = 500 };
	if (!wants_help(argc, argv)) {
		if (read_all(o, argc, argv, s, &e))
			return true;
		fprintf(stderr, "proofstats: %s: %s\n", argv[0], e.text);
	}
	text_put(&how, argv[0]);
	for (const char *l = s->letters; *l != '\0'; l += 2)
		text_printf(&how, " [-%c %s]", *l,
			    *l == 'f' ? s->formats : find(*l)->value);
	if (s->operands != NULL)
		text_printf(&how, " %s", s->operands);
	o->code = misused(argc, argv, how.at);
	text_free(&how);
	return false;
}
