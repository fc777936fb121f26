/* SPDX-License-Identifier: BSD-2-Clause */
/* A campaign on a cluster: an array of tasks, each runs a shard. */
#include "run.h"

#include "commands.h"
#include "merge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A word that the shell takes as it is. */
static void put_word(struct text *t, const char *word)
{
	text_put(t, "'");
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			text_put(t, "'\\''");
		else
			text_add(t, word, 1);
	}
	text_put(t, "'");
}

static void put_option(struct text *t, const char *option, const char *word)
{
	text_printf(t, " %s ", option);
	put_word(t, word);
}

/* The name of a shard's database. */
static void put_shard(struct text *t, const struct run_options *o,
		      const char *which)
{
	text_printf(t, "%s.%sof%llu", o->db, which,
		    (unsigned long long)o->shards);
}

/* What each task runs; the scheduler gives it its number. */
static void write_script(struct text *t, const struct run_options *o,
			 const char *self)
{
	const unsigned long long n = o->shards;

	text_put(t, "#!/bin/sh\nexec ");
	put_word(t, self);
	text_put(t, " run");
	if (o->conf != NULL)
		put_option(t, "-c", o->conf);
	if (o->baseline != NULL)
		put_option(t, "-b", o->baseline);
	put_option(t, "-d", o->db);
	text_printf(t, ".\"$SLURM_ARRAY_TASK_ID\"of%llu"
		    " --shard \"$SLURM_ARRAY_TASK_ID\"/%llu -j %llu%s",
		    n, n, (unsigned long long)o->jobs,
		    o->again ? " --again" : "");
	if (o->mutants != UINT64_MAX)
		text_printf(t, " --mutants %llu",
			    (unsigned long long)o->mutants);
	if (o->enough != UINT64_MAX)
		text_printf(t, " --enough %llu",
			    (unsigned long long)o->enough);
	if (o->sure != UINT64_MAX)
		text_printf(t, " --sure %llu", (unsigned long long)o->sure);
	for (unsigned i = 0; i < o->versions; i++)
		put_option(t, "--solver", o->version[i]);
	text_put(t, " --");
	for (int i = 0; i < o->paths; i++) {
		text_put(t, " ");
		put_word(t, o->path[i]);
	}
	text_put(t, "\n");
}

static void write_command(struct text *t, const struct run_options *o)
{
	struct text log = { 0 };

	put_shard(&log, o, "%a");
	text_put(&log, ".log");
	text_printf(t, "sbatch --wait --job-name=proofstats --array=1-%llu"
		    " --cpus-per-task=%llu --output=",
		    (unsigned long long)o->shards,
		    (unsigned long long)o->jobs);
	put_word(t, log.at);
	text_free(&log);
}

/* Its exit code is the greatest of the tasks'. */
static bool submit(const struct run_options *o, int *code, struct error *e)
{
	struct text script = { 0 }, command = { 0 };
	char self[4096];
	const ssize_t length = readlink("/proc/self/exe", self,
					sizeof self - 1);
	FILE *f;
	int status;

	if (length < 0)
		return fail(e, "/proc/self/exe: %s", strerror(errno));
	self[length] = '\0';
	write_script(&script, o, self);
	write_command(&command, o);
	fflush(NULL);
	f = popen(command.at, "w");
	status = -1;
	if (f != NULL) {
		fputs(script.at, f);
		status = pclose(f);
	}
	text_free(&script);
	text_free(&command);
	if (status == -1)
		return fail(e, "sbatch: %s", strerror(errno));
	*code = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_TROUBLE;
	return true;
}

static bool merge_shards(const struct run_options *o, struct error *e)
{
	char **from = need(o->shards, sizeof from[0]);
	bool ok;

	for (uint64_t i = 0; i < o->shards; i++) {
		struct text t = { 0 };
		char which[24];

		snprintf(which, sizeof which, "%llu",
			 (unsigned long long)i + 1);
		put_shard(&t, o, which);
		from[i] = t.at;
	}
	ok = merge(o->db, from, (int)o->shards, e);
	for (uint64_t i = 0; i < o->shards; i++)
		free(from[i]);
	free(from);
	return ok;
}

int run_by_slurm(const struct run_options *o)
{
	struct error e;
	int code = EXIT_TROUBLE;

	/* Slurm has a meaning of its own for a % in the name of a log */
	if (strchr(o->db, '%') != NULL) {
		fail(&e, "%s: no %% in the name, with Slurm", o->db);
		return complain(&e);
	}
	if (!submit(o, &code, &e))
		return complain(&e);
	if (code != EXIT_FINE && code != EXIT_PARTLY) {
		fail(&e, "sbatch ended with %d; %s.*of%llu.log may say why,"
		     " and the same command goes on from there", code, o->db,
		     (unsigned long long)o->shards);
		return complain(&e);
	}
	return merge_shards(o, &e) ? code : complain(&e);
}
