/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <iso/status.h>

#include "tell.h"

#define RED "\033[1;31m"
#define GREEN "\033[32m"
#define BOLD "\033[1m"
#define PLAIN "\033[0m"
#define MAX_LINES 16

struct line {
	char who[12];
	char what[TELL_ROOM];
	char answer[48];
	uint64_t key;
	uint64_t count;
	int bad;
};

/* Not printed yet: steps that come may belong on them. */
static struct line lines[MAX_LINES];
static unsigned nlines;
static int attacking;
static int quiet;
static int colours;

void tell_setup(int silent, int colour)
{
	quiet = silent;
	colours = colour;
}

static const char *colour(const char *c)
{
	return colours ? c : "";
}

static void print(const struct line *l)
{
	char what[TELL_ROOM + 40];

	snprintf(what, sizeof(what), l->count > 1 ? "%s and %" PRIu64 " more"
						  : "%s",
		 l->what, l->count - 1);
	printf("  %-9s %-50s  %s%s%s\n", l->who, what,
	       colour(l->bad ? RED : GREEN), l->answer, colour(PLAIN));
}

void tell_flush(void)
{
	for (unsigned i = 0; i < nlines && !quiet; i++)
		print(&lines[i]);
	nlines = 0;
	attacking = 0;
	fflush(stdout);
}

void tell_heading(const char *text)
{
	tell_flush();
	if (!quiet)
		printf("\n%s%s%s\n", colour(BOLD), text, colour(PLAIN));
}

void tell_together(void)
{
	tell_flush();
	attacking = 1;
}

void tell_attempt(const char *who, const char *text)
{
	tell_flush();
	attacking = 1;
	if (!quiet)
		printf("  %-9s %stries: %s%s\n", who, colour(BOLD), text,
		       colour(PLAIN));
}

static int same(const struct line *l, const char *who, const char *answer,
		uint64_t key)
{
	return key != TELL_ALONE && key == l->key &&
	       strcmp(who, l->who) == 0 && strcmp(answer, l->answer) == 0;
}

void tell(const char *who, const char *what, const char *answer, uint64_t key,
	  int bad)
{
	const int during = attacking;
	struct line *l;

	for (unsigned i = 0; i < nlines; i++) {
		if (same(&lines[i], who, answer, key)) {
			lines[i].count++;
			return;
		}
	}
	if (!during || nlines == MAX_LINES)
		tell_flush();
	attacking = during;
	l = &lines[nlines++];
	snprintf(l->who, sizeof(l->who), "%s", who);
	snprintf(l->what, sizeof(l->what), "%s", what);
	snprintf(l->answer, sizeof(l->answer), "%s", answer);
	l->key = key;
	l->count = 1;
	l->bad = bad;
}

void tell_verdict(const char *word, const char *text, int bad)
{
	printf("\n%s%s%s: %s\n", colour(bad ? RED : GREEN), word, colour(PLAIN),
	       text);
}

const char *tell_code(int32_t code)
{
	static const char *const names[] = {
		"OK",	"NOT_SUPPORTED", "INVALID", "NO_MEMORY",
		"BUSY", "INTERRUPTED",	 "DENIED",  "RETRY",
		"ABORTED",
	};

	if (code > 0 || code < ISO_ABORTED)
		return "an unknown code";
	return names[-code];
}

const char *tell_vm(uint64_t vm)
{
	static const char *const names[] = { "host", "producer", "consumer",
					     "attacker" };

	return vm < 4 ? names[vm] : "guest";
}

/* Each call and what its arguments are: a number, VM, kind, permission. */
static const struct {
	const char *name;
	const char *args;
} calls[] = {
	{ "call 0", "" },	  { "vm_create", "v" },
	{ "vm_start", "v" },	  { "vm_peer", "vvn" },
	{ "vm_destroy", "vn" },	  { "page_assign", "vnnn" },
	{ "page_release", "nnn" }, { "page_query", "n" },
	{ "tx_open", "nk" },	  { "tx_add", "nnn" },
	{ "tx_grant", "nvp" },	  { "tx_send", "nnn" },
	{ "tx_retrieve", "vnn" }, { "tx_relinquish", "vnnn" },
	{ "tx_reclaim", "nn" },	  { "tx_abort", "n" },
};

/* the word for an argument that has one, or NULL */
static const char *word_for(char type, uint64_t x)
{
	static const char *const kinds[] = { NULL, "SHARE", "LEND", "DONATE" };
	static const char *const perms[] = { NULL, "R",	 NULL, "RW",
					     NULL, "RX", NULL, "RWX" };

	if (type == 'v' && x < 4)
		return tell_vm(x);
	if (type == 'k' && x < 4)
		return kinds[x];
	if (type == 'p' && x < 8)
		return perms[x];
	return NULL;
}

/* add to what, as far as there is room */
static void add(char *what, const char *text)
{
	const size_t n = strlen(what);

	snprintf(what + n, TELL_ROOM - n, "%s", text);
}

static void add_arg(char *what, char type, uint64_t x)
{
	const char *word = word_for(type, x);
	char number[24];

	snprintf(number, sizeof(number), x < 10 ? "%" PRIu64 : "0x%" PRIx64, x);
	if (word == NULL)
		word = x == UINT64_MAX ? "-1" : number;
	add(what, word);
}

void tell_call(char *what, uint64_t nr, const uint64_t *arg)
{
	const unsigned known = sizeof(calls) / sizeof(calls[0]);

	if (nr == 0 || nr >= known) {
		snprintf(what, TELL_ROOM, "call number 0x%" PRIx64, nr);
		return;
	}
	snprintf(what, TELL_ROOM, "%s(", calls[nr].name);
	for (unsigned i = 0; calls[nr].args[i] != '\0'; i++) {
		if (i > 0)
			add(what, ", ");
		add_arg(what, calls[nr].args[i], arg[i]);
	}
	add(what, ")");
}
