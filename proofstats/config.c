/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const char config_default[] =
	"# proofstats.conf: what proofstats does without a file\n"
	"[solver z3]\n"
	"command = z3 -smt2 -st rlimit={limit} {file}\n"
	"reseed = sat.random_seed={seed} smt.random_seed={seed}\n"
	"count = :rlimit-count\n"
	"limit = 20000000\n"
	"version = z3 --version\n"
	"profile = smt.qi.profile=true\n"
	"prover = z3*\n"
	"\n"
	"[solver cvc5]\n"
	"command = cvc5 --lang=smt2 --stats --stats-internal --rlimit={limit} {file}\n"
	"reseed = --seed={seed} --sat-random-seed={seed}\n"
	"count = resource::resourceUnitsUsed =\n"
	"limit = 400000\n"
	"version = cvc5 --version\n"
	"profile = -o inst\n"
	"prover = cvc5*\n"
	"\n"
	"[mutants]\n"
	"reseed = 16\n"
	"rename = 16\n"
	"shuffle = 16\n"
	"hyps = 16\n"
	"all = 16\n"
	"# where the list of seeds begins\n"
	"seed = 1\n"
	"\n"
	"[run]\n"
	"# seconds until a solver counts as hung; its limit should stop it before\n"
	"timeout = 600\n"
	"# MiB that a solver may use, and print\n"
	"memory = 8192\n"
	"output = 16\n"
	"# so many failures make a query brittle, and no more of it runs; 0: all runs\n"
	"enough = 0\n"
	"# when the first so many prove a query and leave the headroom below, it is\n"
	"# stable, and no more of it runs; 0: all runs\n"
	"sure = 0\n"
	"\n"
	"[judge]\n"
	"# brittle: less than this share proved, or limit / largest count below\n"
	"success = 0.95\n"
	"headroom = 1.5\n"
	"# unsolved: less than this share proved\n"
	"solvable = 0.05\n"
	"# shaky: standard deviation / limit above this\n"
	"spread = 0.05\n"
	"# of Mariposa's tests\n"
	"confidence = 0.05\n"
	"discount = 0.8\n"
	"\n"
	"[gate]\n"
	"# so many queries may become brittle or worse, and so many may be removed\n"
	"brittle = 0\n"
	"removed = 0\n"
	"# the total cost may grow to so many times the baseline's\n"
	"total = 1.1\n"
	"# better or worse: adjusted p at most this, and costs apart by this factor\n"
	"significance = 0.05\n"
	"change = 1.1\n";

/* what a double still counts one by one */
#define MAX_NUMBER 4e15
/* of MiB: so many bytes are still a number of bytes */
#define MAX_SIZE 1e12
/* of each kind: their seeds are listed one by one */
#define MAX_MUTANTS 10000

/* What a number may be. */
struct range {
	double least;
	double most;
	bool whole;
};

struct parser {
	struct config *c;
	const char *path;
	unsigned line;
	bool own_solvers;
	char section[64];
	struct solver *solver;	/* null in other sections */
	struct error *e;
};

static bool wrong(struct parser *p, const char *what, const char *which)
{
	return fail(p->e, "%s:%u: %s %s", p->path, p->line, what, which);
}

static void set_text(char **to, const char *value)
{
	free(*to);
	*to = copy(value, strlen(value));
}

/* What a solver's section has, but for the limit. */
static const struct {
	const char *key;
	size_t offset;
} solver_text[] = {
	{ "command", offsetof(struct solver, command) },
	{ "reseed", offsetof(struct solver, reseed) },
	{ "count", offsetof(struct solver, count) },
	{ "version", offsetof(struct solver, version) },
	{ "profile", offsetof(struct solver, profile) },
	{ "only", offsetof(struct solver, only) },
	{ "prover", offsetof(struct solver, prover) },
};
#define SOLVER_TEXTS (sizeof solver_text / sizeof solver_text[0])

static char **text_of(struct solver *s, size_t i)
{
	return (char **)((char *)s + solver_text[i].offset);
}

static void free_solvers(struct config *c)
{
	for (unsigned i = 0; i < c->solvers; i++) {
		struct solver *s = &c->solver[i];

		free(s->name);
		for (size_t k = 0; k < SOLVER_TEXTS; k++)
			free(*text_of(s, k));
		*s = (struct solver){ 0 };
	}
	c->solvers = 0;
}

/* A file that names solvers means these and no others. */
static bool begin_solver(struct parser *p, const char *name)
{
	struct text prover = { 0 };

	if (!p->own_solvers)
		free_solvers(p->c);
	p->own_solvers = true;
	for (unsigned i = 0; i < p->c->solvers; i++)
		if (strcmp(p->c->solver[i].name, name) == 0)
			return wrong(p, "there are two solvers", name);
	if (p->c->solvers == MAX_SOLVERS)
		return wrong(p, "too many solvers:", name);
	p->solver = &p->c->solver[p->c->solvers++];
	set_text(&p->solver->name, name);
	set_text(&p->solver->reseed, "");
	text_printf(&prover, "%.*s*", (int)strcspn(name, "@"), name);
	p->solver->prover = prover.at;
	return true;
}

static bool begin_section(struct parser *p, char *line)
{
	char *end = strchr(line, ']');

	if (end == NULL || end[1] != '\0')
		return wrong(p, "a ] should end", line);
	*end = '\0';
	p->solver = NULL;
	if (strncmp(line + 1, "solver ", 7) == 0 && line[8] != '\0')
		return begin_solver(p, line + 8);
	if (strcmp(line + 1, "mutants") != 0 && strcmp(line + 1, "run") != 0 &&
	    strcmp(line + 1, "judge") != 0 && strcmp(line + 1, "gate") != 0)
		return wrong(p, "there is no section", line + 1);
	strcpy(p->section, line + 1);
	return true;
}

static double *number_of(struct parser *p, const char *key,
			 struct range *range)
{
	static const struct range mutants = { 0, MAX_MUTANTS, true };
	struct config *c = p->c;
	const struct {
		const char *section;
		const char *key;
		double *number;
		struct range range;
	} all[] = {
		{ "mutants", "seed", &c->seed, { 0, MAX_NUMBER, true } },
		{ "run", "timeout", &c->timeout, { 0.01, 1e9, false } },
		{ "run", "memory", &c->memory, { 1, MAX_SIZE, true } },
		{ "run", "output", &c->output, { 1, MAX_SIZE, true } },
		{ "run", "enough", &c->enough, { 0, 1e9, true } },
		{ "run", "sure", &c->sure, { 0, 1e9, true } },
		{ "judge", "success", &c->success, { 0, 1, false } },
		{ "judge", "solvable", &c->solvable, { 0, 1, false } },
		{ "judge", "headroom", &c->headroom, { 0, 1e9, false } },
		{ "judge", "spread", &c->spread, { 0, 1e9, false } },
		{ "judge", "confidence", &c->confidence, { 0, 1, false } },
		{ "judge", "discount", &c->discount, { 0, 1e9, false } },
		{ "gate", "brittle", &c->brittle, { 0, 1e9, true } },
		{ "gate", "removed", &c->removed, { 0, 1e9, true } },
		{ "gate", "total", &c->total, { 0, 1e9, false } },
		{ "gate", "significance", &c->significance, { 0, 1, false } },
		{ "gate", "change", &c->change, { 1, 1e9, false } },
	};
	const enum kind k = kind_of(key);

	*range = mutants;
	if (strcmp(p->section, "mutants") == 0 && k != KIND_NONE && k != KINDS)
		return &c->mutants[k];
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (strcmp(all[i].section, p->section) == 0 &&
		    strcmp(all[i].key, key) == 0) {
			*range = all[i].range;
			return all[i].number;
		}
	return NULL;
}

/* In decimal, for the number 0x10 was hardly meant to be 16. */
static bool set_number(struct parser *p, double *to, const char *key,
		       const char *value, const struct range *range)
{
	char *end;

	errno = 0;
	*to = strtod(value, &end);
	if (end != value && *end == '\0' && errno == 0 &&
	    strpbrk(value, "xX") == NULL && *to >= range->least &&
	    *to <= range->most && (!range->whole || *to == floor(*to)))
		return true;
	return fail(p->e, "%s:%u: %.99s = %.99s: this is no %s from %.16g to %.16g",
		    p->path, p->line, key, value,
		    range->whole ? "whole number" : "number", range->least,
		    range->most);
}

static bool set_solver(struct parser *p, const char *key, const char *value)
{
	static const struct range limit = { 1, MAX_NUMBER, true };

	if (strcmp(key, "limit") == 0)
		return set_number(p, &p->solver->limit, key, value, &limit);
	for (size_t i = 0; i < SOLVER_TEXTS; i++)
		if (strcmp(key, solver_text[i].key) == 0) {
			set_text(text_of(p->solver, i), value);
			return true;
		}
	return wrong(p, "a solver has no", key);
}

static char *trim(char *s)
{
	char *end = s + strlen(s);

	while (end > s && strchr(" \t\r", end[-1]) != NULL)
		*--end = '\0';
	return s + strspn(s, " \t");
}

static bool read_line(struct parser *p, char *line)
{
	struct range range;
	char *value;
	double *number;

	line = trim(line);
	if (*line == '\0' || *line == '#')
		return true;
	if (*line == '[')
		return begin_section(p, line);
	value = strchr(line, '=');
	if (value == NULL)
		return wrong(p, "neither [section] nor key = value:", line);
	*value = '\0';
	value = trim(value + 1);
	line = trim(line);
	if (p->solver != NULL)
		return set_solver(p, line, value);
	number = number_of(p, line, &range);
	if (number == NULL)
		return wrong(p, "there is no such key here:", line);
	return set_number(p, number, line, value, &range);
}

static bool read_lines(struct parser *p, char *text)
{
	while (text != NULL) {
		char *line = text;

		text = strchr(text, '\n');
		if (text != NULL)
			*text++ = '\0';
		p->line++;
		if (!read_line(p, line))
			return false;
	}
	return true;
}

static bool are_whole(const struct config *c, const char *path,
		      struct error *e)
{
	for (unsigned i = 0; i < c->solvers; i++) {
		const struct solver *s = &c->solver[i];

		if (s->command == NULL || strstr(s->command, "{file}") == NULL)
			return fail(e, "%s: solver %s: command must have {file}",
				    path, s->name);
		if (s->count == NULL || *s->count == '\0' || s->limit <= 0)
			return fail(e, "%s: solver %s: count and limit are missing",
				    path, s->name);
	}
	return true;
}

static bool read_part(struct config *c, const char *path, char *text,
		      struct error *e)
{
	struct parser p = { .c = c, .path = path, .e = e };

	return read_lines(&p, text) && are_whole(c, path, e);
}

bool config_load(struct config *c, const char *path, struct error *e)
{
	struct text t = { 0 };
	bool ok;

	*c = (struct config){ 0 };
	c->mutants[KIND_NONE] = 1;
	text_put(&t, config_default);
	ok = read_part(c, "default", t.at, e);
	text_free(&t);
	if (ok && path != NULL) {
		ok = text_read_file(&t, path, e) &&
		     read_part(c, path, t.at, e);
		text_free(&t);
	}
	if (!ok)
		config_free(c);
	return ok;
}

/* The same words with another program; of a whole command, its program. */
static char *with_program(const char *command, const char *program)
{
	const bool whole = strstr(program, "{file}") != NULL;
	struct text t = { 0 };

	if (command == NULL)
		return NULL;
	program += strspn(program, " \t");
	text_add(&t, program, whole ? strcspn(program, " \t") :
		 strlen(program));
	command += strspn(command, " \t");
	text_put(&t, command + strcspn(command, " \t"));
	return t.at;
}

static char *copy_or_null(const char *text)
{
	return text == NULL ? NULL : copy(text, strlen(text));
}

bool config_version(struct config *c, const char *text, struct error *e)
{
	const char *at = strchr(text, '@'), *is = strchr(text, '=');
	const struct solver *old = NULL;
	struct solver *new = &c->solver[c->solvers];

	if (at == NULL || is == NULL || at > is || at + 1 == is ||
	    is[1 + strspn(is + 1, " \t")] == '\0')
		return fail(e, "%s: this is not NAME@VERSION=COMMAND", text);
	if (c->solvers == MAX_SOLVERS)
		return fail(e, "too many solvers: %s", text);
	for (unsigned i = 0; i < c->solvers; i++) {
		const char *name = c->solver[i].name;

		if (strlen(name) == (size_t)(is - text) &&
		    strncmp(name, text, (size_t)(is - text)) == 0)
			return fail(e, "there are two solvers %s", name);
		if (strlen(name) == (size_t)(at - text) &&
		    strncmp(name, text, (size_t)(at - text)) == 0)
			old = &c->solver[i];
	}
	if (old == NULL)
		return fail(e, "the configuration has no solver %.*s",
			    (int)(at - text), text);
	*new = (struct solver){
		.name = copy(text, (size_t)(is - text)),
		.command = strstr(is, "{file}") != NULL ?
			copy_or_null(is + 1) :
			with_program(old->command, is + 1),
		.version = with_program(old->version, is + 1),
		.reseed = copy_or_null(old->reseed),
		.count = copy_or_null(old->count),
		.profile = copy_or_null(old->profile),
		.only = copy_or_null(old->only),
		.prover = copy_or_null(old->prover),
		.limit = old->limit,
	};
	c->solvers++;
	return true;
}

struct mutant *config_mutants(const struct config *c, size_t *count)
{
	struct mutant *all;
	size_t n = 0;

	for (enum kind k = KIND_NONE; k < KINDS; k++)
		n += (size_t)c->mutants[k];
	all = need(n, sizeof all[0]);
	*count = 0;
	for (uint32_t i = 0; *count < n; i++)
		for (enum kind k = KIND_NONE; k < KINDS; k++)
			if (i < (uint32_t)c->mutants[k])
				all[(*count)++] = (struct mutant){
					k, i, k == KIND_NONE ? 0 :
					mutant_seed((uint64_t)c->seed, i) };
	return all;
}

void config_free(struct config *c)
{
	free_solvers(c);
}
