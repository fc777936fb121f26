/* SPDX-License-Identifier: BSD-2-Clause */
#include "plot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Of all characters, those that mean nothing to gnuplot in any place. */
void plot_string(struct text *script, const char *s, size_t most)
{
	static const char safe[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789._-/:";

	text_put(script, "\"");
	for (; *s != '\0' && most > 0; s++, most--)
		text_add(script, strchr(safe, *s) != NULL ? s : "?", 1);
	text_put(script, "\"");
}

static bool write_all(int fd, const struct text *t)
{
	for (size_t done = 0; done < t->length;) {
		const ssize_t n = write(fd, t->at + done, t->length - done);

		if (n < 0 && errno != EINTR)
			return false;
		done += n < 0 ? 0 : (size_t)n;
	}
	return lseek(fd, 0, SEEK_SET) == 0;
}

static bool read_all(int fd, struct text *t)
{
	char part[4096];
	ssize_t n;

	text_put(t, "");
	if (lseek(fd, 0, SEEK_SET) != 0)
		return false;
	while ((n = read(fd, part, sizeof part)) > 0)
		text_add(t, part, (size_t)n);
	return n == 0;
}

/* Files for its streams, not pipes: whatever it does, nobody waits in vain. */
static bool run_gnuplot(int in, int out, int errors, struct error *e)
{
	static char name[] = "gnuplot", from[] = "-";
	char *argv[] = { name, from, NULL };
	posix_spawn_file_actions_t acts;
	int code, status = 0;
	pid_t pid;

	posix_spawn_file_actions_init(&acts);
	posix_spawn_file_actions_adddup2(&acts, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&acts, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&acts, errors, STDERR_FILENO);
	code = posix_spawnp(&pid, name, &acts, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&acts);
	if (code != 0)
		return fail(e, "gnuplot: %s", strerror(code));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return fail(e, "gnuplot: %s", strerror(errno));
	return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
	       fail(e, "gnuplot failed");
}

static bool draw(struct text *svg, const struct text *script, struct error *e)
{
	int fd[3];
	bool ok = true;

	for (int i = 0; i < 3; i++) {
		fd[i] = memfd_create("plot", MFD_CLOEXEC);
		ok &= fd[i] >= 0;
	}
	if (!ok || !write_all(fd[0], script))
		ok = fail(e, "gnuplot: %s", strerror(errno));
	else
		ok = run_gnuplot(fd[0], fd[1], fd[2], e);
	if (ok && (!read_all(fd[1], svg) ||
		   strstr(svg->at, "</svg>") == NULL))
		ok = fail(e, "gnuplot drew nothing");
	for (int i = 0; i < 3; i++)
		if (fd[i] >= 0)
			close(fd[i]);
	return ok;
}

/* Does the text go on with this? Then skip it. */
static bool skip(const char **s, const char *what)
{
	const size_t length = strlen(what);

	if (strncmp(*s, what, length) != 0)
		return false;
	*s += length;
	return true;
}

static void adapt(struct text *to, const char *s, const char *name)
{
	static const char *const ids[] = { " id='", " id=\"", "href='#",
					   "href=\"#", "url(#" };
	bool found;

	while (*s != '\0') {
		found = false;
		for (size_t i = 0; !found && i < sizeof ids / sizeof ids[0];
		     i++) {
			found = skip(&s, ids[i]);
			if (found)
				text_printf(to, "%s%s-", ids[i], name);
		}
		if (found)
			continue;
		if (skip(&s, "\"black\""))
			text_put(to, "\"currentColor\"");
		else if (skip(&s, "'black'"))
			text_put(to, "'currentColor'");
		else
			text_add(to, s++, 1);
	}
}

bool plot(struct text *svg, const char *name, const struct text *script,
	  struct error *e)
{
	struct text whole = { 0 }, drawn = { 0 };
	bool ok;

	text_printf(&whole, "set terminal svg size 640,340 dynamic noenhanced"
		    " font \"sans-serif,12\" name \"%s\"\n"
		    /* to be seen on light and on dark ground */
		    "set linetype 1 lc rgb '#0d9488'\n"
		    "set linetype 2 lc rgb '#d97706'\n"
		    "set linetype 3 lc rgb '#7c74f2'\n"
		    "set linetype 4 lc rgb '#e0488b'\n", name);
	text_add(&whole, script->at, script->length);
	ok = draw(&drawn, &whole, e);
	/* what is before it belongs to a file of its own */
	if (ok)
		adapt(svg, strstr(drawn.at, "<svg"), name);
	text_free(&whole);
	text_free(&drawn);
	return ok;
}
