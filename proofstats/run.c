/* SPDX-License-Identifier: BSD-2-Clause */
/* A campaign: each query, each mutant, each solver, as far as not done yet. */
#include "commands.h"

#include "figures.h"
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <getopt.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_JOBS 256

struct job {
	struct child child;
	struct run_key key;
	size_t file;
	size_t mutant;
	unsigned solver;
};

/* What is known of a query before anything is written down. */
struct look {
	bool taken;	/* is it of this shard? */
	bool good;	/* can it be measured? */
	char hash[SHA256_HEX];
	char *trouble;
};

struct campaign {
	struct run_options options;
	struct config conf;
	struct store store;
	unsigned jobs;
	struct queries file;
	struct look *look;
	int64_t *file_id;	/* 0: it cannot be measured */
	unsigned *known;	/* a bit for each solver of which a baseline tells */
	char *absent[MAX_SOLVERS];	/* why the solver is, or "" */
	int64_t solver_id[MAX_SOLVERS];	/* 0: it is missing */
	struct engine engine[MAX_SOLVERS];
	struct figures baseline;
	struct job job[MAX_JOBS];
	unsigned running;
	struct mutant *mutant;	/* in the order in which they run */
	size_t mutants;
	/* the run that is next, and its query and mutant */
	size_t from, until;	/* the mutants of this round */
	size_t at_file;
	size_t at_mutant;
	unsigned at_solver;
	struct smt query;
	bool loaded;
	struct text text;
	bool printed;
	/* how far it is */
	uint64_t all;
	uint64_t done;
	uint64_t before;
	uint64_t outcome[OUTCOMES];
	bool told[MAX_SOLVERS][OUTCOMES];
	uint64_t uncounted[MAX_SOLVERS];	/* proofs */
	unsigned troubles;	/* queries and solvers that could not be had */
	struct timespec begin;
	bool bar;
};

static volatile sig_atomic_t stopped;
static int wake[2];

static void on_signal(int number)
{
	const int saved = errno;

	if (number != SIGCHLD)
		stopped = number;
	if (write(wake[1], "", 1) < 0)
		errno = EAGAIN;	/* full: then it is awake anyway */
	errno = saved;
}

static bool catch_signals(struct error *e)
{
	struct sigaction a = { .sa_handler = on_signal };

	if (pipe2(wake, O_CLOEXEC | O_NONBLOCK) != 0)
		return fail(e, "pipe: %s", strerror(errno));
	sigaction(SIGCHLD, &a, NULL);
	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
	sigaction(SIGHUP, &a, NULL);
	signal(SIGPIPE, SIG_IGN);
	/* a limit of file size is then an error of writing, as a full disk */
	signal(SIGXFSZ, SIG_IGN);
	return true;
}

/* -- what there is to do ---------------------------------------------------- */

/* Of which solvers does the baseline tell, for this very text? */
static unsigned known_of(const struct campaign *c, const char *name,
			 const char *hash)
{
	unsigned known = 0;

	for (size_t i = 0; i < c->baseline.count; i++) {
		const struct figure *r = &c->baseline.at[i];
		const struct engine *e = &c->baseline.engine[r->engine];

		if (strcmp(r->name, name) != 0 ||
		    strncmp(r->hash, hash, HASH_SHORT - 1) != 0)
			continue;
		for (unsigned k = 0; k < c->conf.solvers; k++)
			if (c->solver_id[k] != 0 &&
			    strcmp(e->name, c->engine[k].name) == 0 &&
			    same_engine(e, &c->engine[k]))
				known |= 1u << k;
	}
	return known;
}

/* By what it says, or if it says nothing, by its name. */
static bool is_of_shard(const struct run_options *o, const char *hash,
			const char *name)
{
	char begin[9] = "", other[SHA256_HEX];

	if (o->shard == 0)
		return true;
	if (*hash == '\0') {
		sha256_hex(name, strlen(name), other);
		hash = other;
	}
	memcpy(begin, hash, sizeof begin - 1);
	return strtoul(begin, NULL, 16) % o->shards == o->shard - 1;
}

static void look_at_file(struct campaign *c, size_t i)
{
	const struct query *f = &c->file.at[i];
	struct look *l = &c->look[i];
	struct error why = { "" };
	struct smt q;

	if (f->hash != NULL && !is_of_shard(&c->options, f->hash, f->name))
		return;
	/* without a file it needs no solver */
	l->good = f->path != NULL && smt_load(&q, f->path, &why);
	if (l->good) {
		canonical_hash(&q, l->hash);
		l->good = mutable(&q, &why);
		if (f->hash != NULL && strcmp(f->hash, l->hash) != 0)
			l->good = fail(&why, "%s: its text was changed",
				       f->path);
		smt_free(&q);
	}
	l->taken = f->hash != NULL ||
		   is_of_shard(&c->options, l->hash, f->name);
	l->trouble = copy(why.text, strlen(why.text));
	if (l->taken && !l->good && f->path != NULL) {
		c->troubles++;
		fprintf(stderr, "proofstats: %s; left out\n", why.text);
	}
}

static void look_at_solver(struct campaign *c, unsigned i)
{
	const struct solver *s = &c->conf.solver[i];
	struct error why = { "" };
	char version[160];

	if (!solver_version(&c->conf, s, version, &why)) {
		c->troubles++;
		fprintf(stderr, "proofstats: solver %s: %s; left out\n",
			s->name, why.text);
	}
	c->absent[i] = copy(why.text, strlen(why.text));
	c->engine[i] = (struct engine){
		s->name, copy(version, strlen(version)), s->limit
	};
}

/* All that takes long, for while the database is written others must wait. */
static void look_at_all(struct campaign *c)
{
	for (unsigned i = 0; i < c->conf.solvers; i++)
		look_at_solver(c, i);
	for (size_t i = 0; i < c->file.count; i++)
		look_at_file(c, i);
}

static bool begin_file(struct campaign *c, size_t i, struct error *e)
{
	const struct query *f = &c->file.at[i];
	const struct look *l = &c->look[i];
	int64_t id;

	if (!l->taken)
		return true;
	if (!store_query(&c->store, f->name, l->hash, l->trouble, &id, e) ||
	    !store_place(&c->store, id, f->place, e))
		return false;
	if (l->good) {
		c->file_id[i] = id;
		c->known[i] = known_of(c, f->name, l->hash);
	}
	return true;
}

static bool begin_solver(struct campaign *c, unsigned i, struct error *e)
{
	int64_t id;

	if (!store_solver(&c->store, &c->conf.solver[i], c->engine[i].version,
			  c->absent[i], &id, e))
		return false;
	c->solver_id[i] = *c->absent[i] == '\0' ? id : 0;
	return true;
}

static bool is_asked(const struct campaign *c, size_t file, unsigned solver)
{
	const struct solver *s = &c->conf.solver[solver];
	const struct query *q = &c->file.at[file];

	return c->file_id[file] != 0 && c->solver_id[solver] != 0 &&
	       (c->known[file] >> solver & 1) == 0 &&
	       (s->only == NULL || fnmatch(s->only, q->name, FNM_EXTMATCH) == 0) &&
	       (q->prover == NULL ||
		fnmatch(s->prover, q->prover,
			FNM_CASEFOLD | FNM_EXTMATCH) == 0);
}

/* Of how many texts is how many solvers asked? */
static uint64_t pairs(const struct campaign *c)
{
	uint64_t n = 0;

	for (size_t f = 0; f < c->file.count; f++)
		for (unsigned s = 0; s < c->conf.solvers; s++)
			n += is_asked(c, f, s);
	return n;
}

/*
 * As many mutants as fit into --most, of each kind the same number; of kind all
 * only, when they are fewer than the kinds. The query itself always runs.
 */
static void spare_mutants(struct campaign *c, uint64_t n)
{
	const uint64_t runs = n == 0 ? UINT64_MAX : c->options.most / n;
	const uint64_t rest = runs > 1 ? runs - 1 : 0;
	const uint64_t each = rest / (KINDS - 1);

	for (enum kind k = KIND_NONE + 1; k < KINDS; k++) {
		const double some = each == 0 && k == KIND_ALL ? (double)rest :
				    (double)each;

		if (c->conf.mutants[k] > some)
			c->conf.mutants[k] = some;
	}
}

/* What runs, and how much that is in all. */
static void plan(struct campaign *c)
{
	const uint64_t n = pairs(c);
	const double each = (double)c->options.mutants;

	for (enum kind k = KIND_NONE + 1; k < KINDS; k++)
		c->conf.mutants[k] = fmin(c->conf.mutants[k], each);
	if (c->options.most > 0)
		spare_mutants(c, n);
	if (c->options.enough != UINT64_MAX)
		c->conf.enough = (double)c->options.enough;
	if (c->options.sure != UINT64_MAX)
		c->conf.sure = (double)c->options.sure;
	c->mutant = config_mutants(&c->conf, &c->mutants);
	c->all = n * c->mutants;
	/* of every query as many as may settle it, and then the rest */
	c->until = c->conf.sure > 0 && c->conf.sure < (double)c->mutants ?
		   (size_t)c->conf.sure : c->mutants;
}

static bool begin_all(struct campaign *c, struct error *e)
{
	bool ok = store_run_sql(&c->store, "BEGIN IMMEDIATE", e) &&
		  store_begin(&c->store, e);

	for (unsigned i = 0; ok && i < c->conf.solvers; i++)
		ok = begin_solver(c, i, e);
	for (size_t i = 0; ok && i < c->file.count; i++)
		ok = begin_file(c, i, e);
	if (ok)
		plan(c);
	ok = ok && store_mutants(&c->store, &c->conf, e) &&
	     (!c->options.again || store_forget_trouble(&c->store, e));
	if (ok)
		return store_run_sql(&c->store, "COMMIT", e);
	sqlite3_exec(c->store.db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

static void next_file(struct campaign *c)
{
	if (c->loaded)
		smt_free(&c->query);
	c->loaded = false;
	if (++c->at_file == c->file.count && c->until < c->mutants) {
		c->from = c->until;
		c->until = c->mutants;
		c->at_file = 0;
	}
	c->at_mutant = c->from;
}

/* To the next run in the order: round, query, mutant, solver. */
static void step(struct campaign *c)
{
	if (++c->at_solver < c->conf.solvers)
		return;
	c->at_solver = 0;
	c->printed = false;
	if (++c->at_mutant == c->until)
		next_file(c);
}

/*
 * Have so many failed of those that come before this one, or were so many good,
 * that it does not count? It never will then, whatever becomes of what still
 * runs: so the runs that count are the same, however many run at the same time.
 */
static bool is_decided(struct campaign *c, const struct run_key *k,
		       size_t mutant, unsigned solver, bool *is,
		       struct error *e)
{
	const struct config *o = &c->conf;
	const double most = o->solver[solver].limit / o->headroom;
	const bool may_settle = o->sure > 0 && (double)mutant >= o->sure;
	int64_t failed = 0, good = 0;

	if ((o->enough > 0 &&
	     !store_failed(&c->store, k, mutant, &failed, e)) ||
	    (may_settle && !store_good(&c->store, k, (size_t)o->sure, most,
				       &good, e)))
		return false;
	*is = (o->enough > 0 && (double)failed >= o->enough) ||
	      (may_settle && (double)good == o->sure);
	return true;
}

/* Find a run that is still to be done; *found is false at the end. */
static bool find_next(struct campaign *c, struct run_key *k, bool *found,
		      struct error *e)
{
	for (*found = false; c->at_file < c->file.count; step(c)) {
		const struct mutant *m = &c->mutant[c->at_mutant];
		bool has, decided;

		if (!is_asked(c, c->at_file, c->at_solver))
			continue;
		*k = (struct run_key){
			c->file_id[c->at_file], c->solver_id[c->at_solver],
			m->kind, m->seed
		};
		if (!store_has(&c->store, k, &has, e) ||
		    !is_decided(c, k, c->at_mutant, c->at_solver, &decided, e))
			return false;
		if (!has && !decided) {
			*found = true;
			return true;
		}
		c->all -= decided;
		c->before += !decided;
		c->done += !decided;
	}
	return true;
}

static bool print_mutant(struct campaign *c, const struct run_key *k,
			 struct error *e)
{
	if (!c->loaded && !smt_load(&c->query, c->file.at[c->at_file].path, e))
		return false;
	c->loaded = true;
	if (c->printed)
		return true;
	text_free(&c->text);
	mutate(&c->query, k->kind, k->seed, true, &c->text);
	c->printed = true;
	return true;
}

static bool start_one(struct campaign *c, struct job *j,
		      const struct run_key *k, struct error *e)
{
	const bool seeded = k->kind == KIND_RESEED || k->kind == KIND_ALL;
	struct error why;

	if (!print_mutant(c, k, e))
		return false;
	j->key = *k;
	j->file = c->at_file;
	j->mutant = c->at_mutant;
	j->solver = c->at_solver;
	if (child_start(&j->child, &c->conf, &c->conf.solver[j->solver],
			seeded ? &k->seed : NULL, &c->text, &why)) {
		c->running++;
		step(c);
		return true;
	}
	/* it was there a moment ago: no more of this solver */
	fprintf(stderr, "proofstats: solver %s: %s; left out from here on\n",
		c->conf.solver[j->solver].name, why.text);
	c->troubles++;
	c->solver_id[j->solver] = 0;
	return true;
}

static bool start_more(struct campaign *c, struct error *e)
{
	for (unsigned i = 0; i < c->jobs; i++) {
		struct run_key k;
		bool found;

		if (c->job[i].child.pid != 0)
			continue;
		if (!find_next(c, &k, &found, e))
			return false;
		if (found && !start_one(c, &c->job[i], &k, e))
			return false;
		if (!found)
			break;
	}
	return true;
}

/* While solvers run there is time to print what the next one gets. */
static bool prepare_next(struct campaign *c, struct error *e)
{
	struct run_key k;
	bool found;

	return find_next(c, &k, &found, e) &&
	       (!found || print_mutant(c, &k, e));
}

/* -- while they run --------------------------------------------------------- */

static double seconds_since(const struct timespec *t)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - t->tv_sec) +
	       (double)(now.tv_nsec - t->tv_nsec) / 1e9;
}

static void show_bar(const struct campaign *c)
{
	const uint64_t fresh = c->done - c->before;
	const double spent = seconds_since(&c->begin);
	const int full = c->all == 0 ? 30 : (int)(c->done * 30 / c->all);
	const unsigned left = fresh == 0 ? 0 : (unsigned)
		(spent / (double)fresh * (double)(c->all - c->done));

	if (!c->bar)
		return;
	fprintf(stderr, "\r[%.*s%*s] %llu/%llu", full,
		"##############################", 30 - full, "",
		(unsigned long long)c->done, (unsigned long long)c->all);
	if (fresh > 0)
		fprintf(stderr, ", %u:%02u left ", left / 60, left % 60);
	fputs("\033[K", stderr);
}

static void wait_for_some(struct campaign *c)
{
	struct pollfd p[2 * MAX_JOBS + 1] = { { wake[0], POLLIN, 0 } };
	nfds_t n = 1;
	char drain[64];

	for (unsigned i = 0; i < c->jobs; i++)
		for (int k = 0; k < 2; k++)
			if (c->job[i].child.pid != 0 &&
			    c->job[i].child.stream[k].fd >= 0)
				p[n++] = (struct pollfd){
					c->job[i].child.stream[k].fd,
					POLLIN, 0 };
	poll(p, n, 500);
	while (read(wake[0], drain, sizeof drain) > 0)
		continue;
}

/* Others have ended: what do they make of those that run? */
static bool drop_decided(struct campaign *c, struct error *e)
{
	for (unsigned i = 0; i < c->jobs; i++) {
		struct job *j = &c->job[i];
		bool decided;

		if (j->child.pid == 0)
			continue;
		if (!is_decided(c, &j->key, j->mutant, j->solver, &decided, e))
			return false;
		if (!decided)
			continue;
		child_kill(&j->child);
		c->running--;
		c->all--;
	}
	return true;
}

/* What went wrong, the first time that it does with this solver. */
static void tell_odd(struct campaign *c, const struct job *j,
		     const struct result *r)
{
	bool *told = &c->told[j->solver][r->outcome];

	if (r->outcome < OUT_ERROR || *told)
		return;
	*told = true;
	fprintf(stderr, "%sproofstats: %s (%s %u), solver %s: %s%s%s; others are only counted\n",
		c->bar ? "\r\033[K" : "", c->file.at[j->file].name,
		kind_name[j->key.kind], (unsigned)j->key.seed,
		c->conf.solver[j->solver].name, outcome_name[r->outcome],
		r->note[0] == '\0' ? "" : ": ", r->note);
}

static bool collect(struct campaign *c, struct error *e)
{
	bool ok = true, ended = false;

	for (unsigned i = 0; ok && i < c->jobs; i++) {
		struct job *j = &c->job[i];
		struct result r;

		if (j->child.pid == 0)
			continue;
		child_read(&j->child);
		if (!child_ended(&j->child, &r))
			continue;
		c->running--;
		ok = store_add(&c->store, &j->key, &r, e);
		c->done += ok;
		c->outcome[r.outcome] += ok;
		c->uncounted[j->solver] += r.outcome == OUT_UNSAT && r.count < 0;
		tell_odd(c, j, &r);
		ended = true;
	}
	return ok && (!ended || drop_decided(c, e));
}

static bool run_all(struct campaign *c, struct error *e)
{
	bool ok = start_more(c, e) && prepare_next(c, e);

	clock_gettime(CLOCK_MONOTONIC, &c->begin);
	while (ok && c->running > 0 && !stopped) {
		show_bar(c);
		wait_for_some(c);
		ok = collect(c, e) && start_more(c, e) && prepare_next(c, e);
	}
	for (unsigned i = 0; i < c->jobs; i++)
		child_kill(&c->job[i].child);
	show_bar(c);
	if (c->bar)
		fputc('\n', stderr);
	return ok;
}

/* -- the command ------------------------------------------------------------ */

/* Without a count there is no cost and no headroom to judge. */
static void tell_uncounted(const struct campaign *c)
{
	for (unsigned i = 0; i < c->conf.solvers; i++)
		if (c->uncounted[i] > 0)
			fprintf(stderr, "proofstats: solver %s: %llu proofs without a resource count: no number came after \"%s\", its count in the configuration\n",
				c->conf.solver[i].name,
				(unsigned long long)c->uncounted[i],
				c->conf.solver[i].count);
}

static int tell(const struct campaign *c)
{
	uint64_t odd = 0;
	const char *mark = ":";

	printf("%llu runs: %llu before, %llu now",
	       (unsigned long long)c->done, (unsigned long long)c->before,
	       (unsigned long long)(c->done - c->before));
	for (int o = 0; o < OUTCOMES; o++) {
		if (c->outcome[o] == 0)
			continue;
		printf("%s %llu %s", mark, (unsigned long long)c->outcome[o],
		       outcome_name[o]);
		mark = ",";
		odd += o >= OUT_ERROR ? c->outcome[o] : 0;
	}
	puts("");
	tell_uncounted(c);
	if (stopped) {
		fprintf(stderr, "proofstats: stopped; the same command goes on from here\n");
		return printed(128 + stopped);
	}
	return printed(c->troubles > 0 || odd > 0 ? EXIT_PARTLY : EXIT_FINE);
}

static void campaign_free(struct campaign *c)
{
	for (size_t i = 0; c->look != NULL && i < c->file.count; i++)
		free(c->look[i].trouble);
	free(c->look);
	queries_free(&c->file);
	free(c->file_id);
	free(c->known);
	free(c->mutant);
	if (c->loaded)
		smt_free(&c->query);
	text_free(&c->text);
	for (unsigned i = 0; i < MAX_SOLVERS; i++) {
		free(c->engine[i].version);
		free(c->absent[i]);
	}
	figures_free(&c->baseline);
	store_close(&c->store);
	config_free(&c->conf);
}

static int campaign_run(struct campaign *c)
{
	const struct run_options *o = &c->options;
	struct error e;

	if ((o->baseline != NULL &&
	     !figures_load(&c->baseline, o->baseline, &c->conf, &e)) ||
	    !queries_find(&c->file, o->path, o->paths, &e) ||
	    !catch_signals(&e) || !store_open(&c->store, o->db, true, &e))
		return complain(&e);
	c->look = need(c->file.count, sizeof c->look[0]);
	c->file_id = need(c->file.count, sizeof c->file_id[0]);
	c->known = need(c->file.count, sizeof c->known[0]);
	look_at_all(c);
	if (!begin_all(c, &e))
		return complain(&e);
	c->bar = isatty(STDERR_FILENO) != 0;
	if (run_all(c, &e))
		return tell(c);
	complain(&e);
	fprintf(stderr, "proofstats: %llu runs are kept; the same command goes on from there\n",
		(unsigned long long)c->done);
	return EXIT_TROUBLE;
}

static int usage(int argc, char **argv)
{
	return misused(argc, argv,
		       "run [-c CONFIG] [-d DATABASE] [-b BASELINE] [-j JOBS]"
		       " [--again] [--mutants N] [--most RUNS] [--enough N]"
		       " [--sure N]"
		       " [--solver NAME@VERSION=COMMAND]..."
		       " [--shard I/N | --slurm [--shards N]] DIR|FILE...");
}

/* I/N */
static bool read_shard(const char *text, struct run_options *o)
{
	const char *slash = strchr(text, '/');
	char first[24];

	if (slash == NULL || slash - text >= (ptrdiff_t)sizeof first)
		return false;
	snprintf(first, sizeof first, "%.*s", (int)(slash - text), text);
	return read_number(first, &o->shard) &&
	       read_number(slash + 1, &o->shards) && o->shard >= 1 &&
	       o->shard <= o->shards;
}

static bool read_option(struct run_options *o, int letter, const char *value)
{
	switch (letter) {
	case 'c':
		o->conf = value;
		return true;
	case 'd':
		o->db = value;
		return true;
	case 'b':
		o->baseline = value;
		return true;
	case 'j':
		return read_number(value, &o->jobs) && o->jobs > 0;
	case 'a':
		o->again = true;
		return true;
	case 'v':
		if (o->versions == MAX_SOLVERS)
			return false;
		o->version[o->versions++] = value;
		return true;
	case 's':
		return read_shard(value, o);
	case 'n':
		return read_number(value, &o->shards) && o->shards > 0 &&
		       o->shards <= 100000;
	case 'm':
		o->slurm = true;
		return true;
	case 'o':
		return read_number(value, &o->most) && o->most > 0;
	case 'k':
		return read_number(value, &o->mutants);
	case 'e':
		return read_number(value, &o->enough) &&
		       o->enough <= 1000000000;
	case 'u':
		return read_number(value, &o->sure) && o->sure <= 1000000000;
	default:
		return false;
	}
}

/* What an option takes, where not everything will do. */
static const char *taken_by(int letter)
{
	switch (letter) {
	case 'j':
	case 'o':
		return "a whole number from 1 on";
	case 'n':
		return "a whole number from 1 to 100000";
	case 'e':
	case 'u':
		return "a whole number from 0 to 1000000000";
	case 's':
		return "I/N, where I is from 1 to N";
	case 'v':
		return "no more of these";
	default:
		return "a whole number";
	}
}

static bool refuse(const char *what)
{
	fprintf(stderr, "proofstats: run: %s\n", what);
	return false;
}

/* Do they go together? */
static bool fit(const struct run_options *o)
{
	if (o->paths == 0)
		return refuse("no folder or file is given");
	/* a shard does not know how many there are in all */
	if (o->most > 0 && o->shards > 0)
		return refuse("--most is not for shards");
	if (o->shard > 0 && o->slurm)
		return refuse("it is --shard or --slurm, not both");
	return o->shard > 0 || o->slurm || o->shards == 0 ||
	       refuse("--shards is without --slurm");
}

static bool read_options(struct run_options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{ "again", no_argument, NULL, 'a' },
		{ "enough", required_argument, NULL, 'e' },
		{ "most", required_argument, NULL, 'o' },
		{ "mutants", required_argument, NULL, 'k' },
		{ "solver", required_argument, NULL, 'v' },
		{ "shard", required_argument, NULL, 's' },
		{ "shards", required_argument, NULL, 'n' },
		{ "slurm", no_argument, NULL, 'm' },
		{ "sure", required_argument, NULL, 'u' },
		{ 0 }
	};
	int letter, at = -1;

	*o = (struct run_options){ .db = "proofstats.db",
				   .mutants = UINT64_MAX,
				   .enough = UINT64_MAX, .sure = UINT64_MAX };
	while ((letter = getopt_long(argc, argv, "b:c:d:j:", options,
				     &at)) != -1) {
		if (letter == '?')
			return false;
		if (!read_option(o, letter, optarg)) {
			fprintf(stderr, "proofstats: run: %s%s %s: it takes %s\n",
				at < 0 ? "-" : "--", at < 0 ? "j" :
				options[at].name, optarg, taken_by(letter));
			return false;
		}
		at = -1;
	}
	o->path = argv + optind;
	o->paths = argc - optind;
	if (o->slurm && o->shards == 0)
		o->shards = 16;
	if (o->jobs == 0)
		o->jobs = o->slurm ? 1 : (uint64_t)
			sysconf(_SC_NPROCESSORS_ONLN);
	return fit(o);
}

int command_run(int argc, char **argv)
{
	struct run_options options;
	struct campaign *c;
	struct error e;
	bool ok;
	int code;

	if (wants_help(argc, argv) || !read_options(&options, argc, argv))
		return usage(argc, argv);
	c = need(1, sizeof *c);
	c->options = options;
	c->jobs = options.jobs > MAX_JOBS ? MAX_JOBS : (unsigned)options.jobs;
	ok = config_load(&c->conf, options.conf, &e);
	for (unsigned i = 0; ok && i < options.versions; i++)
		ok = config_version(&c->conf, options.version[i], &e);
	if (!ok)
		code = complain(&e);
	else if (options.slurm)
		code = run_by_slurm(&options);
	else
		code = campaign_run(c);
	campaign_free(c);
	free(c);
	return code;
}
