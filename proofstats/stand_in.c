/* SPDX-License-Identifier: BSD-2-Clause */
#include "stand_in.h"

#include "collect.h"
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Why3's configuration on its way from the old text to the new one. */
struct casting {
	struct cast *cast;
	const char *store;
	const char *scratch;
	char *self;		/* this program */
	char *drivers;		/* where Why3 keeps its own */
	bool in_prover;
	struct text text;
	struct error *e;
	bool ok;
};

/* key = "value" -> value, or null if it is another key */
static char *value_of(char *line, const char *key)
{
	const size_t n = strlen(key);
	char *end;

	if (strncmp(line, key, n) != 0 || strncmp(line + n, " = \"", 4) != 0)
		return NULL;
	end = strrchr(line + n + 4, '"');
	if (end == NULL)
		return NULL;
	*end = '\0';
	return line + n + 4;
}

/* In quotes, for Why3 splits commands into words; and once more for the file */
static void put_quoted(struct text *t, const char *word)
{
	text_put(t, "'");
	for (; *word != '\0'; word++) {
		if (*word == '\\' || *word == '"')
			text_put(t, "\\");
		text_add(t, word, 1);
	}
	text_put(t, "'");
}

/* The real driver, so that the text is the real one, and our line as well. */
static void put_driver(struct casting *c, const char *driver)
{
	const size_t k = c->cast->count - 1, n = strlen(driver);
	struct text path = { 0 }, t = { 0 };
	char *own = NULL;

	/* Why3 looks up its own by their names, and files from here */
	if (n > 4 && strcmp(driver + n - 4, ".drv") == 0)
		own = realpath(driver, NULL);
	text_printf(&path, "%s/%zu.drv", c->scratch, k);
	if (own != NULL)
		text_printf(&t, "import \"%s\"\n", own);
	else
		text_printf(&t, "import \"%s/%s.drv\"\n", c->drivers, driver);
	text_put(&t, "fail \"^\\\\(proofstats-.*\\\\)$\" \"\\\\1\"\n");
	c->ok = c->ok && text_write_file(&t, path.at, c->e);
	text_printf(&c->text, "driver = \"%s\"\n", path.at);
	text_free(&path);
	text_free(&t);
	free(own);
}

static void put_command(struct casting *c, const char *key)
{
	text_printf(&c->text, "%s = \"", key);
	put_quoted(&c->text, c->self);
	text_put(&c->text, " stand-in ");
	put_quoted(&c->text, c->store);
	text_printf(&c->text, " %zu %%f\"\n", c->cast->count - 1);
}

static void set_name(struct cast *c, const char *name)
{
	free(c->name[c->count - 1]);
	c->name[c->count - 1] = copy(name, strlen(name));
}

static void on_prover_line(struct casting *c, char *line)
{
	struct cast *cast = c->cast;
	char *value;

	if (strncmp(line, "command = ", 10) == 0) {
		put_command(c, "command");
	} else if (strncmp(line, "command_steps = ", 16) == 0) {
		put_command(c, "command_steps");
	} else if (strncmp(line, "driver = ", 9) == 0) {
		value = value_of(line, "driver");
		put_driver(c, value == NULL ? "" : value);
	} else {
		text_printf(&c->text, "%s\n", line);
		/* its shortcut, which comes later, is the better name */
		if ((value = value_of(line, "name")) != NULL ||
		    (value = value_of(line, "shortcut")) != NULL)
			set_name(cast, value);
	}
}

static void on_line(void *data, char *line)
{
	struct casting *c = data;
	struct cast *cast = c->cast;

	if (line[0] == '[')
		c->in_prover = strcmp(line, "[prover]") == 0;
	if (c->in_prover && line[0] == '[') {
		cast->name = grow(cast->name, cast->count, &cast->room,
				  sizeof cast->name[0]);
		cast->name[cast->count++] = copy("", 0);
	}
	if (c->in_prover && line[0] != '[')
		on_prover_line(c, line);
	else
		text_printf(&c->text, "%s\n", line);
}

static void on_datadir(void *data, char *line)
{
	struct casting *c = data;
	struct text t = { 0 };

	text_printf(&t, "%s/drivers", line);
	free(c->drivers);
	c->drivers = t.at;
}

/* Why3 replaces % in commands, and knows no ' within ' */
static bool are_sayable(struct casting *c)
{
	const char *all[] = { c->self, c->store, c->scratch };

	for (int i = 0; i < 3; i++)
		if (strpbrk(all[i], "%'\n") != NULL)
			return fail(c->e, "%s: Why3 cannot take a path with %% or '",
				    all[i]);
	return true;
}

bool cast_all(struct cast *cast, const char *store, const char *scratch,
	      struct error *e)
{
	char *datadir[] = { "why3", "--print-datadir", NULL };
	char *show[] = { "why3", "config", "show", NULL };
	struct casting c = { .cast = cast, .scratch = scratch, .e = e,
			     .ok = true };
	struct text path = { 0 };
	char *where = realpath(store, NULL);

	c.store = where;
	c.self = realpath("/proc/self/exe", NULL);
	text_printf(&path, "%s/why3.conf", scratch);
	if (where == NULL || c.self == NULL)
		c.ok = fail(e, "%s: %s", where == NULL ? store :
			    "/proc/self/exe", strerror(errno));
	c.ok = c.ok && are_sayable(&c) &&
	       program_run(datadir, on_datadir, &c, e) &&
	       program_run(show, on_line, &c, e) && c.ok;
	if (c.ok && cast->count == 0)
		c.ok = fail(e, "Why3 knows no prover: run why3 config detect, or set WHY3CONFIG");
	c.ok = c.ok && text_write_file(&c.text, path.at, e);
	if (c.ok)
		setenv("WHY3CONFIG", path.at, 1);
	text_free(&path);
	text_free(&c.text);
	free(where);
	free(c.self);
	free(c.drivers);
	return c.ok;
}

void cast_free(struct cast *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->name[i]);
	free(c->name);
	*c = (struct cast){ 0 };
}

/* -- the stand-in ----------------------------------------------------------- */

/* Not for people: Why3 starts it as a prover. */
int command_stand_in(int argc, char **argv)
{
	char hash[SHA256_HEX];
	struct error e;
	struct smt q = { 0 };
	size_t n;

	/* a limit of file size is then an error of writing, as a full disk */
	signal(SIGXFSZ, SIG_IGN);
	if (argc != 4)
		return misused(argc, argv, "stand-in STORE NUMBER FILE");
	n = strlen(argv[3]);
	if (n < 5 || strcmp(argv[3] + n - 5, ".smt2") != 0)
		puts("proofstats-trouble this prover does not read SMT-LIB 2");
	else if (!smt_load(&q, argv[3], &e))
		printf("proofstats-trouble %s\n", e.text);
	else if (!queries_put(argv[1], &q, hash, &e))
		printf("proofstats-trouble %s\n", e.text);
	else
		printf("proofstats-query %s %s\n", hash, argv[2]);
	smt_free(&q);
	return printed(EXIT_FINE);
}

/* -- the witness ------------------------------------------------------------ */

/* One write, so that lines of several do not mix */
static bool note(const char *log, const struct text *line)
{
	const int f = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	const bool ok = f >= 0 &&
		write(f, line->at, line->length) == (ssize_t)line->length;

	return (f < 0 || close(f) == 0) && ok;
}

/* For Why3's configuration: keep the query, then be the prover. */
int command_record(int argc, char **argv)
{
	const char *log = getenv("PROOFSTATS_LOG");
	char hash[SHA256_HEX];
	struct text line = { 0 };
	struct error e;
	struct smt q = { 0 };

	if (argc < 4)
		return misused(argc, argv, "record STORE FILE COMMAND...");
	if (log != NULL && *log != '\0') {
		if (queries_store(argv[1], &e) && smt_load(&q, argv[2], &e) &&
		    queries_put(argv[1], &q, hash, &e))
			text_printf(&line, "%s\n", hash);
		else
			text_printf(&line, "- %s\n", e.text);
		if (!note(log, &line))
			fprintf(stderr, "proofstats: %s: %s\n", log,
				strerror(errno));
		smt_free(&q);
		text_free(&line);
	}
	execvp(argv[3], argv + 3);
	fprintf(stderr, "proofstats: %s: %s\n", argv[3], strerror(errno));
	return 127;
}
