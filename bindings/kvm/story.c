/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>

#include <iso/iso.h>

#include "story.h"
#include "tell.h"

/* Judges what passes between iso-host and isod, and counts it. */
#define MAX_ATTEMPTS 64
#define MAX_HELD 4096

/* Keys of lines that share: calls have their numbers. */
#define KEY_NO_CALL 1000
#define KEY_NO_MESSAGE 1001
#define KEY_SECRET 1002
#define KEY_CHECK 1003
#define KEY_FAULT 1004 /* and 1 if it writes */
#define KEY_BREACH 2000 /* and the call's key */

static struct story_options opt;
/* attempts[0] is what the guests see of their own data */
static struct attempt attempts[MAX_ATTEMPTS];
static unsigned nattempts;
static struct attempt *now; /* the attack that is under way, or NULL */
static uint64_t unexpected; /* refusals and faults of the well-behaved */
static int meanwhile; /* during the attack others run as well */
static int done;
static struct ept ept;

/* what shares lines when guests run at once, and at no other time */
static uint64_t key_of(uint64_t key)
{
	return meanwhile ? key : TELL_ALONE;
}

static struct attempt *current(void)
{
	return now != NULL ? now : &attempts[0];
}

static void breach(const char *who, const char *what, const char *how,
		   uint64_t key)
{
	char answer[48];

	current()->breaches++;
	snprintf(answer, sizeof(answer), "BREACH: %s", how);
	tell(who, what, answer, KEY_BREACH + key, 1);
}

/* Text of a stranger: printable, and no longer than we have room for. */
static void copy_text(char *to, size_t room, const struct iso_msg *m)
{
	const size_t n = m->len < room - 1 ? m->len : room - 1;

	for (size_t i = 0; i < n; i++)
		to[i] = m->data[i] >= ' ' && m->data[i] < 127 ? (char)m->data[i]
							       : '?';
	to[n] = '\0';
}

/* a call of anybody, and what libiso answered */
static void judge_call(const char *who, const char *what, int32_t code,
		       uint64_t key)
{
	const int ok = code == ISO_OK || code == ISO_RETRY;
	const char *answer = tell_code(code);

	if (now == NULL) {
		unexpected += !ok;
		tell(who, what, answer, key, !ok);
		return;
	}
	if (ok && (now->rule == ISO_RULE_DENY ||
		   now->rule == ISO_RULE_MEANWHILE)) {
		breach(who, what, answer, key);
		return;
	}
	now->refused += (uint64_t)!ok;
	now->allowed += (uint64_t)ok;
	if (now->rule != ISO_RULE_FREE)
		tell(who, what, answer, key, 0);
}

/* Faults in a row are one step: a hunt through all addresses has many. */
static struct {
	const char *who; /* NULL: no faults are held back */
	uint64_t write;
	uint64_t from;
	uint64_t to;
	uint64_t count;
} faults;

static void tell_faults(void)
{
	const char *verb = faults.write ? "writes" : "reads";
	char what[TELL_ROOM];

	if (faults.who == NULL)
		return;
	if (faults.count == 1)
		snprintf(what, sizeof(what), "%s 0x%" PRIx64, verb,
			 faults.from);
	else if (faults.from == faults.to)
		snprintf(what, sizeof(what), "%s 0x%" PRIx64 ", %" PRIu64
			 " times", verb, faults.from, faults.count);
	else
		snprintf(what, sizeof(what), "%s 0x%" PRIx64 " .. 0x%" PRIx64
			 ", %" PRIu64 " times", verb, faults.from, faults.to,
			 faults.count);
	tell(faults.who, what, "fault", key_of(KEY_FAULT + faults.write), 0);
	faults.who = NULL;
}

static void judge_fault(const char *who, const struct iso_event *v)
{
	current()->faults++;
	unexpected += now == NULL;
	if (faults.who != who || faults.write != v->nr) {
		tell_faults();
		faults.who = who;
		faults.write = v->nr;
		faults.from = v->arg[0];
		faults.count = 0;
	}
	faults.to = v->arg[0];
	faults.count++;
}

static void judge_say(const char *who, const uint64_t *arg)
{
	const int same = arg[2] == arg[3];
	char what[TELL_ROOM];

	snprintf(what, sizeof(what), "%s 0x%" PRIx64,
		 arg[0] == ISO_SAY_SECRET ? "writes" : "reads", arg[1]);
	switch (arg[0]) {
	case ISO_SAY_SECRET:
		tell(who, what, "keeps a secret there", key_of(KEY_SECRET), 0);
		break;
	case ISO_SAY_CHECK:
		attempts[0].allowed += (uint64_t)same;
		if (same)
			tell(who, what, "sees what it should",
			     key_of(KEY_CHECK), 0);
		else
			breach(who, what, "wrong data", ISO_SAY_CHECK);
		break;
	case ISO_SAY_PEEK:
		/* nothing there: the fault has been told */
		if (arg[2] != (uint64_t)ISO_NOWHERE)
			breach(who, what, "no right to it", ISO_SAY_PEEK);
		break;
	case ISO_SAY_FOUND:
		breach(who, what, "found a secret", ISO_SAY_FOUND);
		break;
	}
}

static uint64_t call_key(uint64_t nr)
{
	return nr == 0 || nr > ISO_OP_TX_ABORT ? KEY_NO_CALL : nr;
}

static void judge_event(uint64_t vm, const struct iso_event *v)
{
	const int alone = now == NULL && !meanwhile && v->code != ISO_RETRY;
	const char *who = tell_vm(vm);
	char what[TELL_ROOM];

	if (v->kind == ISO_EVENT_FAULT) {
		judge_fault(who, v);
		return;
	}
	tell_faults();
	if (v->nr == ISO_OP_SAY) {
		judge_say(who, v->arg);
	} else {
		tell_call(what, v->nr, v->arg);
		judge_call(who, what, v->code,
			   alone ? TELL_ALONE : call_key(v->nr));
	}
}

static void judge_spin(const char *who, uint64_t stop)
{
	if (stop != ISO_STOP_TIME) {
		breach(who, "spins", "not stopped", 0);
		return;
	}
	now->refused++;
	tell(who, "spins", "stopped when its time is up", TELL_ALONE, 0);
}

/* What was done by guests that run at once, in the order in which it came. */
static struct {
	uint64_t vm;
	struct iso_event event;
} held[MAX_HELD];
static unsigned nheld;

static void hold(uint64_t vm, const struct iso_event *v)
{
	if (nheld == MAX_HELD) {
		unexpected++;
		return;
	}
	held[nheld].vm = vm;
	held[nheld++].event = *v;
}

/* How they interleaved is chance: tell it one VM after the other. */
static void release(uint64_t vm)
{
	for (unsigned i = 0; i < nheld; i++)
		if (held[i].vm == vm)
			judge_event(vm, &held[i].event);
	tell_faults();
}

static void judge_wait(const struct iso_msg *q, const struct iso_msg *r)
{
	const struct iso_event *v = (const void *)r->data;
	const char *who = tell_vm(q->arg[0]);
	char what[TELL_ROOM];

	if (r->op != ISO_OK) {
		snprintf(what, sizeof(what), "waits for %s", who);
		judge_call("host", what, r->op, ISO_OP_WAIT);
		return;
	}
	if (now != NULL && now->rule == ISO_RULE_SPIN) {
		judge_spin(who, r->arg[0]);
		return;
	}
	for (uint32_t i = 0; i < r->len / sizeof(*v); i++) {
		if (meanwhile)
			hold(q->arg[0], &v[i]);
		else
			judge_event(q->arg[0], &v[i]);
	}
	if (r->arg[0] == ISO_STOP_CRASH) {
		unexpected++;
		tell(who, "runs", "crashed", TELL_ALONE, 1);
	}
}

static void judge_run(const struct iso_msg *q, const struct iso_msg *r)
{
	char what[TELL_ROOM];

	if (r->op == ISO_OK)
		return;
	snprintf(what, sizeof(what), "runs %s", tell_vm(q->arg[0]));
	judge_call("host", what, r->op, ISO_OP_RUN);
}

static int has_secret(const struct iso_msg *r)
{
	const uint64_t mark = ISO_SECRET_A + ISO_SECRET_B;
	uint64_t word;

	for (uint32_t i = 0; i + sizeof(word) <= r->len; i += 8) {
		memcpy(&word, r->data + i, sizeof(word));
		if (word == mark)
			return 1;
	}
	return 0;
}

static int all_zero(const struct iso_msg *r)
{
	for (uint32_t i = 0; i < r->len; i++)
		if (r->data[i] != 0)
			return 0;
	return 1;
}

static void judge_read(const struct iso_msg *q, const struct iso_msg *r)
{
	char what[TELL_ROOM];

	snprintf(what, sizeof(what), "reads page 0x%" PRIx64, q->arg[0]);
	if (r->op == ISO_OK && has_secret(r))
		breach("host", what, "found a secret", ISO_OP_READ);
	else if (r->op == ISO_OK && now != NULL &&
		 now->rule == ISO_RULE_SEARCH && !all_zero(r))
		breach("host", what, "not zeroed", ISO_OP_READ);
	else
		judge_call("host", what, r->op, ISO_OP_READ);
}

static void judge_host(const struct iso_msg *q, const struct iso_msg *r)
{
	const uint64_t nr = (uint32_t)q->op;
	const int alone = now == NULL && r->op != ISO_RETRY &&
			  nr != ISO_OP_PAGE_QUERY;
	char what[TELL_ROOM];

	if (nr == ISO_OP_LOAD) {
		snprintf(what, sizeof(what), "loads page 0x%" PRIx64,
			 q->arg[0]);
		judge_call("host", what, r->op, ISO_OP_LOAD);
		return;
	}
	tell_call(what, nr, q->arg);
	judge_call("host", what, r->op, alone ? TELL_ALONE : call_key(nr));
}

void story_answer(const struct iso_msg *request, uint64_t n,
		  const struct iso_msg *reply)
{
	char what[TELL_ROOM];

	if (request->op != ISO_OP_RUN && request->op != ISO_OP_WAIT)
		tell_faults();
	if (n > sizeof(*request) ||
	    n != ISO_MSG_HEAD + (uint64_t)request->len) {
		snprintf(what, sizeof(what), "sends %" PRIu64
			 " bytes that are no message", n);
		judge_call("host", what, reply->op, KEY_NO_MESSAGE);
	} else if (request->op == ISO_OP_RUN) {
		judge_run(request, reply);
	} else if (request->op == ISO_OP_WAIT) {
		judge_wait(request, reply);
	} else if (request->op == ISO_OP_READ) {
		judge_read(request, reply);
	} else if (request->op != ISO_OP_HELLO) {
		judge_host(request, reply);
	}
}

static void begin_attempt(const struct iso_msg *m)
{
	const char *who = tell_vm(m->arg[1]);

	if (nattempts == MAX_ATTEMPTS)
		return;
	now = &attempts[nattempts++];
	memset(now, 0, sizeof(*now));
	now->rule = m->arg[2];
	snprintf(now->who, sizeof(now->who), "%s", who);
	copy_text(now->what, sizeof(now->what), m);
	meanwhile = now->rule == ISO_RULE_MEANWHILE;
	nheld = 0;
	if (!meanwhile)
		tell_attempt(who, now->what);
}

/* First the others, who do nothing wrong, then the attack. */
static void end_meanwhile(void)
{
	struct attempt *attack = now;

	now = NULL;
	for (uint64_t vm = 0; vm < ISO_MAX_VMS; vm++) {
		if (strcmp(tell_vm(vm), attack->who) == 0)
			continue;
		tell_together();
		release(vm);
	}
	now = attack;
	tell_attempt(now->who, now->what);
	for (uint64_t vm = 0; vm < ISO_MAX_VMS; vm++)
		if (strcmp(tell_vm(vm), attack->who) == 0)
			release(vm);
	meanwhile = 0;
}

static void end_attempt(void)
{
	char what[TELL_ROOM];

	if (meanwhile)
		end_meanwhile();
	if (now != NULL && now->rule == ISO_RULE_FREE) {
		snprintf(what, sizeof(what), "makes %" PRIu64 " calls",
			 now->refused + now->allowed);
		tell(now->who, what, now->refused > 0
		     ? "refused, or about its own pages" : "all allowed",
		     TELL_ALONE, 0);
	}
	tell_flush();
	now = NULL;
}

static void note_result(const struct iso_msg *m)
{
	char text[TELL_ROOM];

	copy_text(text, sizeof(text), m);
	if (m->arg[1] != 0) {
		breach("host", text, "got in", 0);
		return;
	}
	current()->refused++;
	tell("host", text, "refused by the kernel", TELL_ALONE, 0);
}

void story_note(const struct iso_msg *m)
{
	char text[TELL_ROOM];

	tell_faults();
	switch (m->arg[0]) {
	case ISO_NOTE_ACT:
		copy_text(text, sizeof(text), m);
		tell_heading(text);
		break;
	case ISO_NOTE_ATTEMPT:
		begin_attempt(m);
		break;
	case ISO_NOTE_OVER:
		end_attempt();
		break;
	case ISO_NOTE_RESULT:
		note_result(m);
		break;
	case ISO_NOTE_DONE:
		tell_flush();
		done = 1;
		break;
	}
}

void story_begin(const struct story_options *o)
{
	opt = *o;
	tell_setup(o->quiet || o->json, o->colour);
	nattempts = 1;
	snprintf(attempts[0].who, sizeof(attempts[0].who), "guests");
	snprintf(attempts[0].what, sizeof(attempts[0].what),
		 "find their data as it should be");
}

void story_ept(uint64_t compared, int differ)
{
	ept.compared = compared;
	ept.breaches = (uint64_t)differ;
}

static uint64_t all_breaches(void)
{
	uint64_t n = ept.breaches;

	for (unsigned i = 0; i < nattempts; i++)
		n += attempts[i].breaches;
	return n;
}

static void verdict(uint64_t n)
{
	char text[128];

	snprintf(text, sizeof(text), "%" PRIu64 " breaches in %u kinds of "
		 "attempt%s", n, nattempts - 1,
		 opt.no_engine ? " (with libiso bypassed)" : "");
	tell_verdict(n > 0 ? "BROKEN" : "HELD", text, n > 0);
}

int story_end(void)
{
	const uint64_t n = all_breaches();
	const struct ept *e = opt.ept ? &ept : NULL;

	tell_flush();
	if (opt.json)
		tally_json(stdout, attempts, nattempts, e);
	else
		tally_table(stdout, attempts, nattempts, e);
	if (n > 0 || (done && unexpected == 0)) {
		if (!opt.json)
			verdict(n);
		return n > 0;
	}
	fprintf(stderr, "iso-demo: the story %s; %" PRIu64 " unexpected "
		"answers\n", done ? "went wrong" : "did not end", unexpected);
	return 2;
}
