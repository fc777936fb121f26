/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs whose output is read: frama-c and why3. */
#include "collect.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* For the message if it fails: its first error, or the end of its output. */
struct tail {
	char text[360];
	size_t length;
	bool error;
};

static void tail_add(struct tail *t, const char *line)
{
	const size_t room = sizeof t->text - 1, want = strlen(line) + 1;
	const size_t length = want > room ? room : want;

	if (t->error && t->length + length > room)
		return;
	if (!t->error && strstr(line, "rror") != NULL) {
		t->error = true;
		t->length = 0;
	}
	if (t->length + length > room) {
		const size_t drop = t->length + length - room;

		memmove(t->text, t->text + drop, t->length - drop);
		t->length -= drop;
	}
	memcpy(t->text + t->length, line, length - 1);
	t->length += length;
	t->text[t->length - 1] = '\n';
	t->text[t->length] = '\0';
}

static _Noreturn void become(char *const *argv, const int out[2],
			     const int tell[2], pid_t parent)
{
	int why;

	/* it must not go on when we are killed */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
	dup2(out[1], STDOUT_FILENO);
	dup2(out[1], STDERR_FILENO);
	execvp(argv[0], argv);
	why = errno;
	if (write(tell[1], &why, sizeof why) < 0)
		_exit(126);
	_exit(127);
}

static bool begin(char *const *argv, pid_t *pid, int *from, struct error *e)
{
	const pid_t self = getpid();
	int out[2], tell[2], why = 0;

	if (pipe2(out, O_CLOEXEC) != 0)
		return fail(e, "pipe: %s", strerror(errno));
	if (pipe2(tell, O_CLOEXEC) != 0) {
		close(out[0]);
		close(out[1]);
		return fail(e, "pipe: %s", strerror(errno));
	}
	*pid = fork();
	if (*pid == 0)
		become(argv, out, tell, self);
	why = *pid < 0 ? errno : 0;
	close(out[1]);
	close(tell[1]);
	if (*pid > 0 && read(tell[0], &why, sizeof why) != sizeof why)
		why = 0;
	close(tell[0]);
	if (why == 0) {
		*from = out[0];
		return true;
	}
	close(out[0]);
	if (*pid > 0)
		waitpid(*pid, NULL, 0);
	return fail(e, "%s: %s", argv[0], strerror(why));
}

bool program_run(char *const *argv, void (*line)(void *data, char *text),
		 void *data, struct error *e)
{
	struct tail tail = { .length = 0 };
	char *text = NULL;
	size_t room = 0;
	ssize_t length;
	pid_t pid = -1;
	int from = -1, status = 0;
	FILE *f;

	if (!begin(argv, &pid, &from, e))
		return false;
	f = fdopen(from, "r");
	while (f != NULL && (length = getline(&text, &room, f)) >= 0) {
		if (length > 0 && text[length - 1] == '\n')
			text[length - 1] = '\0';
		tail_add(&tail, text);
		if (line != NULL)
			line(data, text);
	}
	free(text);
	if (f != NULL)
		fclose(f);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	return fail(e, "%s failed:\n%.*s", argv[0],
		    tail.length == 0 ? 0 : (int)tail.length - 1, tail.text);
}
