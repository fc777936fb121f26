/* SPDX-License-Identifier: BSD-2-Clause */
#include "solver.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const outcome_name[OUTCOMES] = {
	"unsat", "sat", "unknown", "error", "garbage", "crash", "flood", "hang"
};

/* -- its command ------------------------------------------------------------ */

struct words {
	char *text;
	char **word;
	size_t count;
	size_t room;
};

static void replace(struct text *t, const char *from, const char *name,
		    const char *value)
{
	const char *at;

	while ((at = strstr(from, name)) != NULL) {
		text_add(t, from, (size_t)(at - from));
		text_put(t, value);
		from = at + strlen(name);
	}
	text_put(t, from);
}

/* Words are parted by blanks; no shell has a part in it. */
static void split(struct words *w)
{
	char *rest = w->text, *word;

	while ((word = strtok_r(w->count == 0 ? w->text : NULL, " \t",
				&rest)) != NULL) {
		w->word = grow(w->word, w->count + 1, &w->room,
			       sizeof w->word[0]);
		w->word[w->count++] = word;
	}
	if (w->word != NULL)
		w->word[w->count] = NULL;
}

static void make_words(struct words *w, const struct solver *s,
		       const uint32_t *seed, const char *file)
{
	char limit[32], number[32];
	struct text all = { 0 }, a = { 0 }, b = { 0 };

	snprintf(limit, sizeof limit, "%.0f", s->limit);
	snprintf(number, sizeof number, "%u", seed == NULL ? 0 : *seed);
	text_put(&all, s->command);
	if (seed != NULL)
		text_printf(&all, " %s", s->reseed);
	replace(&a, all.at, "{limit}", limit);
	replace(&b, a.at, "{seed}", number);
	text_free(&a);
	replace(&a, b.at, "{file}", file);
	text_free(&all);
	text_free(&b);
	*w = (struct words){ .text = a.at };
	split(w);
}

/* -- its process ------------------------------------------------------------ */

static void limit_memory(double mib)
{
	const rlim_t bytes = (rlim_t)(mib * 1048576);

	setrlimit(RLIMIT_AS, &(struct rlimit){ bytes, bytes });
}

/* In the new process: no return. Tells errno if there is no such program. */
static void become(const struct words *w, const struct config *conf,
		   pid_t parent, const int out[2], const int err[2], int tell)
{
	const int nothing = open("/dev/null", O_RDONLY);
	int why;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	dup2(nothing, 0);
	dup2(out[1], 1);
	dup2(err[1], 2);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	limit_memory(conf->memory);
	execvp(w->word[0], w->word);
	why = errno;
	if (write(tell, &why, sizeof why) < 0)
		_exit(126);
	_exit(127);
}

static void close_both(const int fd[2])
{
	close(fd[0]);
	close(fd[1]);
}

static bool spawn(struct child *c, const struct words *w,
		  const struct config *conf, struct error *e)
{
	int out[2], err[2], tell[2], why = 0;
	const pid_t self = getpid();

	if (w->count == 0)
		return fail(e, "solver %s: no command", c->solver->name);
	if (pipe2(out, O_CLOEXEC) != 0)
		return fail(e, "pipe: %s", strerror(errno));
	if (pipe2(err, O_CLOEXEC) != 0) {
		close_both(out);
		return fail(e, "pipe: %s", strerror(errno));
	}
	if (pipe2(tell, O_CLOEXEC) != 0) {
		close_both(out);
		close_both(err);
		return fail(e, "pipe: %s", strerror(errno));
	}
	c->pid = fork();
	if (c->pid == 0)
		become(w, conf, self, out, err, tell[1]);
	close(out[1]);
	close(err[1]);
	close(tell[1]);
	c->stream[0].fd = out[0];
	c->stream[1].fd = err[0];
	if (c->pid < 0)
		why = errno;
	else if (read(tell[0], &why, sizeof why) != sizeof why)
		why = 0;
	close(tell[0]);
	if (why == 0)
		return true;
	close(out[0]);
	close(err[0]);
	if (c->pid > 0)
		waitpid(c->pid, NULL, 0);
	*c = (struct child){ 0 };
	return fail(e, "%s: %s", w->word[0], strerror(why));
}

/* The text as a file without a name: nothing is left of it after a kill. */
static int file_of(const struct text *t, char path[32], struct error *e)
{
	const int fd = memfd_create("query.smt2", 0);
	size_t done = 0;

	while (fd >= 0 && done < t->length) {
		const ssize_t n = write(fd, t->at + done, t->length - done);

		if (n < 0 && errno != EINTR) {
			fail(e, "memory for a query: %s", strerror(errno));
			close(fd);
			return -1;
		}
		done += n < 0 ? 0 : (size_t)n;
	}
	if (fd < 0)
		fail(e, "memory for a query: %s", strerror(errno));
	snprintf(path, 32, "/dev/fd/%d", fd);
	return fd;
}

bool child_start(struct child *c, const struct config *conf,
		 const struct solver *s, const uint32_t *seed,
		 const struct text *query, struct error *e)
{
	struct words w;
	char path[32];
	const int fd = file_of(query, path, e);
	bool ok;

	if (fd < 0)
		return false;
	*c = (struct child){ .solver = s, .count = -1,
			     .timeout = conf->timeout,
			     .may_print = (size_t)(conf->output * 1048576) };
	clock_gettime(CLOCK_MONOTONIC, &c->begin);
	make_words(&w, s, seed, path);
	ok = spawn(c, &w, conf, e);
	close(fd);
	free(w.word);
	free(w.text);
	for (int i = 0; ok && i < 2; i++)
		fcntl(c->stream[i].fd, F_SETFL, O_NONBLOCK);
	return ok;
}

/* -- what it prints --------------------------------------------------------- */

static void read_count(struct child *c, const char *line)
{
	const char *at = strstr(line, c->solver->count);
	char *end;
	long long n;

	if (at == NULL)
		return;
	at += strlen(c->solver->count);
	errno = 0;
	n = strtoll(at, &end, 10);
	if (end != at && n >= 0 && errno == 0)
		c->count = n;
}

static void end_line(struct child *c, struct stream *s)
{
	s->line[s->length] = '\0';
	while (s->length > 0 && isspace((unsigned char)s->line[s->length - 1]))
		s->line[--s->length] = '\0';
	if (s == &c->stream[0] && c->first[0] == '\0')
		snprintf(c->first, sizeof c->first, "%.*s",
			 (int)sizeof c->first - 1, s->line);
	if (c->solver->count != NULL)
		read_count(c, s->line);
	s->length = 0;
}

static void take(struct child *c, struct stream *s, const char *part, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (part[i] == '\n')
			end_line(c, s);
		else if (s->length < sizeof s->line - 1)
			s->line[s->length++] = part[i] == '\0' ? '?' : part[i];
	}
	if (c->keep != NULL)
		text_add(&c->keep[s - c->stream], part, n);
	c->printed += n;
	if (c->printed > c->may_print && !c->flooded) {
		c->flooded = true;
		kill(-c->pid, SIGKILL);
	}
}

static void read_stream(struct child *c, struct stream *s)
{
	char part[16384];
	ssize_t n;

	/* not for ever: others have to be read as well */
	for (int i = 0; i < 8 && s->fd >= 0 && !c->flooded; i++) {
		n = read(s->fd, part, sizeof part);
		if (n > 0) {
			take(c, s, part, (size_t)n);
		} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
			close(s->fd);
			s->fd = -1;
		} else {
			break;
		}
	}
}

static int64_t ms_since(const struct timespec *begin)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - begin->tv_sec) * 1000 +
	       (now.tv_nsec - begin->tv_nsec) / 1000000;
}

/* For how long did a thread wait for a processor? 0 if Linux does not tell. */
static int64_t ms_thread_waited(int task, const char *thread)
{
	char path[40], line[80] = "";
	unsigned long long ns = 0;
	int fd;

	snprintf(path, sizeof path, "%.20s/schedstat", thread);
	fd = openat(task, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (read(fd, line, sizeof line - 1) <= 0 ||
	    sscanf(line, "%*u %llu", &ns) != 1)
		ns = 0;
	close(fd);
	return (int64_t)(ns / 1000000);
}

/* The one that waited longest: others wait for what it does. */
static int64_t ms_waited(pid_t pid)
{
	const struct dirent *at;
	int64_t most = 0;
	char path[40];
	DIR *d;

	snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
	d = opendir(path);
	if (d == NULL)
		return 0;
	while ((at = readdir(d)) != NULL) {
		const int64_t ms = ms_thread_waited(dirfd(d), at->d_name);

		most = ms > most ? ms : most;
	}
	closedir(d);
	return most;
}

/* On a busy machine it has as much time as on an idle one. */
static bool is_late(const struct child *c)
{
	const double ms = (double)ms_since(&c->begin);

	return ms > c->timeout * 1000 &&
	       ms - (double)ms_waited(c->pid) > c->timeout * 1000;
}

void child_read(struct child *c)
{
	read_stream(c, &c->stream[0]);
	read_stream(c, &c->stream[1]);
	if (!c->hung && is_late(c)) {
		c->hung = true;
		kill(-c->pid, SIGKILL);
	}
}

/* -- what came of it -------------------------------------------------------- */

static enum outcome answer_of(const char *first)
{
	if (strcmp(first, "unsat") == 0)
		return OUT_UNSAT;
	if (strcmp(first, "sat") == 0)
		return OUT_SAT;
	if (strcmp(first, "unknown") == 0 || strcmp(first, "timeout") == 0)
		return OUT_UNKNOWN;
	if (strncmp(first, "(error", 6) == 0)
		return OUT_ERROR;
	return OUT_GARBAGE;
}

static void printable(char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || (unsigned char)*s >= 0x7f)
			*s = '?';
}

static void judge_end(const struct child *c, int status, struct result *r)
{
	*r = (struct result){ .count = c->count, .ms = ms_since(&c->begin) };
	r->outcome = answer_of(c->first);
	memcpy(r->first, c->first, sizeof r->first);
	if (r->outcome == OUT_ERROR || r->outcome == OUT_GARBAGE)
		snprintf(r->note, sizeof r->note, "%s", c->first);
	if (WIFSIGNALED(status)) {
		r->outcome = OUT_CRASH;
		snprintf(r->note, sizeof r->note, "%s",
			 strsignal(WTERMSIG(status)));
	} else if (r->outcome == OUT_GARBAGE && WEXITSTATUS(status) != 0 &&
		   c->first[0] == '\0') {
		snprintf(r->note, sizeof r->note, "exit code %d",
			 WEXITSTATUS(status));
	}
	if (c->flooded)
		r->outcome = OUT_FLOOD;
	if (c->hung)
		r->outcome = OUT_HANG;
	if (c->flooded || c->hung)
		r->note[0] = '\0';
	/* how far it came when it was stopped depends on the machine */
	if (r->outcome >= OUT_GARBAGE)
		r->count = -1;
	printable(r->note);
}

static void child_close(struct child *c)
{
	for (int i = 0; i < 2; i++)
		if (c->stream[i].fd >= 0)
			close(c->stream[i].fd);
	*c = (struct child){ 0 };
}

bool child_ended(struct child *c, struct result *r)
{
	int status;

	if (waitpid(c->pid, &status, WNOHANG) != c->pid)
		return false;
	/* what it left running must not go on, nor hold its pipes */
	kill(-c->pid, SIGKILL);
	for (int i = 0; i < 2; i++) {
		read_stream(c, &c->stream[i]);
		if (c->stream[i].length > 0)
			end_line(c, &c->stream[i]);
	}
	judge_end(c, status, r);
	child_close(c);
	return true;
}

void child_kill(struct child *c)
{
	if (c->pid == 0)
		return;
	kill(-c->pid, SIGKILL);
	waitpid(c->pid, NULL, 0);
	child_close(c);
}

bool solver_version(const struct config *conf, const struct solver *s,
		    char version[160], struct error *e)
{
	struct solver ask = { .name = s->name, .command = s->version };
	struct text nothing = { 0 };
	struct config quick = *conf;
	struct child c;
	struct result r;

	version[0] = '\0';
	if (s->version == NULL)
		return true;
	quick.timeout = 20;
	if (!child_start(&c, &quick, &ask, NULL, &nothing, e))
		return false;
	do {
		poll(NULL, 0, 2);
		child_read(&c);
	} while (!child_ended(&c, &r));
	memcpy(version, r.first, sizeof r.first);
	printable(version);
	return true;
}
