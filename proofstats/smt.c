/* SPDX-License-Identifier: BSD-2-Clause */
#include "smt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- symbols ---------------------------------------------------------------- */

static uint32_t hash_of(const char *name, size_t length)
{
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < length; i++)
		h = (h ^ (unsigned char)name[i]) * 1099511628211u;
	return (uint32_t)(h ^ h >> 32);
}

static uint32_t slot_of(const struct smt *q, const char *name, size_t length)
{
	uint32_t i = hash_of(name, length) & (q->slots - 1);

	for (; q->slot[i] != 0; i = (i + 1) & (q->slots - 1)) {
		const struct smt_symbol *s = &q->symbol[q->slot[i] - 1];

		if (s->length == length && memcmp(s->at, name, length) == 0)
			break;
	}
	return i;
}

uint32_t smt_find(const struct smt *q, const char *name, size_t length)
{
	const uint32_t i = slot_of(q, name, length);

	return q->slot[i] == 0 ? UINT32_MAX : q->slot[i] - 1;
}

static void rehash(struct smt *q)
{
	free(q->slot);
	q->slots *= 2;
	q->slot = need(q->slots, sizeof q->slot[0]);
	for (uint32_t i = 0; i < q->symbols; i++)
		q->slot[slot_of(q, q->symbol[i].at, q->symbol[i].length)] =
			i + 1;
}

static uint32_t intern(struct smt *q, size_t *room, const char *name,
		       size_t length)
{
	uint32_t i = slot_of(q, name, length);

	if (q->slot[i] != 0)
		return q->slot[i] - 1;
	q->symbol = grow(q->symbol, q->symbols, room, sizeof q->symbol[0]);
	q->symbol[q->symbols++] = (struct smt_symbol){ name, length };
	q->slot[i] = q->symbols;
	if (q->symbols > q->slots / 2)
		rehash(q);
	return q->symbols - 1;
}

/* -- reading ---------------------------------------------------------------- */

struct reader {
	struct smt *q;
	const char *s;
	size_t at;
	size_t length;
	size_t node_room;
	size_t symbol_room;
	uint32_t *open;		/* the lists that are not closed yet */
	size_t opened;
	size_t open_room;
	struct error *e;
};

static bool fail_at(const struct smt *q, size_t at, struct error *e,
		    const char *message)
{
	size_t line = 1, column = 1;

	for (size_t i = 0; i < at; i++, column++)
		if (q->text.at[i] == '\n') {
			line++;
			column = 0;
		}
	return fail(e, "%s:%zu:%zu: %s", q->path, line, column, message);
}

bool smt_fail(const struct smt *q, uint32_t node, struct error *e,
	      const char *message)
{
	return fail_at(q, q->node[node].at, e, message);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_mark(char c)
{
	return c == '(' || c == ')' || c == ';' || c == '"' || c == '|';
}

static bool in_word(char c)
{
	return !is_blank(c) && !is_mark(c) && (unsigned char)c > ' ' &&
	       c != 0x7f;
}

static void skip_gap(struct reader *r)
{
	while (r->at < r->length) {
		if (r->s[r->at] == ';')
			while (r->at < r->length && r->s[r->at] != '\n')
				r->at++;
		else if (is_blank(r->s[r->at]))
			r->at++;
		else
			break;
	}
}

/* Past the quote that closes what begins here; twice "" is one inside. */
static bool skip_quoted(struct reader *r, char quote, const char *message)
{
	const size_t begin = r->at;

	for (r->at++; r->at < r->length; r->at++) {
		if (r->s[r->at] != quote)
			continue;
		r->at++;
		if (quote != '"' || r->at == r->length || r->s[r->at] != '"')
			return true;
	}
	return fail_at(r->q, begin, r->e, message);
}

static struct smt_node *add_node(struct reader *r, size_t gap)
{
	struct smt *q = r->q;
	struct smt_node *n;

	q->node = grow(q->node, q->nodes, &r->node_room, sizeof q->node[0]);
	n = &q->node[q->nodes++];
	*n = (struct smt_node){ .end = q->nodes, .gap = gap, .at = r->at };
	return n;
}

static bool read_word(struct reader *r, struct smt_node *n)
{
	const char first = r->s[r->at];

	n->kind = SMT_OTHER;
	if (first == '"') {
		if (!skip_quoted(r, '"', "this string is not closed"))
			return false;
	} else if (first == '|') {
		n->kind = SMT_SYMBOL;
		if (!skip_quoted(r, '|', "this |symbol| is not closed"))
			return false;
		n->symbol = intern(r->q, &r->symbol_room, r->s + n->at + 1,
				   r->at - n->at - 2);
	} else {
		while (r->at < r->length && in_word(r->s[r->at]))
			r->at++;
		if (r->at == n->at)
			return fail_at(r->q, r->at, r->e,
				       "a character that no text may have");
		if (strchr("0123456789#:", first) == NULL) {
			n->kind = SMT_SYMBOL;
			n->symbol = intern(r->q, &r->symbol_room, r->s + n->at,
					   r->at - n->at);
		}
	}
	n->stop = r->at;
	if (r->at < r->length && !is_blank(r->s[r->at]) &&
	    strchr("();", r->s[r->at]) == NULL)
		return fail_at(r->q, r->at, r->e, "a blank is missing here");
	return true;
}

static void open_list(struct reader *r, size_t gap)
{
	struct smt_node *n = add_node(r, gap);

	n->kind = SMT_LIST;
	r->at++;
	r->open = grow(r->open, r->opened, &r->open_room, sizeof r->open[0]);
	r->open[r->opened++] = r->q->nodes - 1;
}

static bool close_list(struct reader *r, size_t gap)
{
	struct smt_node *n;

	if (r->opened == 0)
		return fail_at(r->q, r->at, r->e, "this ) closes nothing");
	n = &r->q->node[r->open[--r->opened]];
	n->tail = gap;
	n->stop = ++r->at;
	n->end = r->q->nodes;
	return true;
}

static bool read_one(struct reader *r, size_t gap)
{
	if (r->q->nodes == UINT32_MAX - 1)
		return fail_at(r->q, r->at, r->e, "the text is too long");
	if (r->s[r->at] == '(') {
		open_list(r, gap);
		return true;
	}
	if (r->s[r->at] == ')')
		return close_list(r, gap);
	if (r->opened == 0)
		return fail_at(r->q, r->at, r->e,
			       "a command begins with a (");
	return read_word(r, add_node(r, gap));
}

static bool read_all(struct reader *r)
{
	for (;;) {
		const size_t gap = r->at;

		skip_gap(r);
		if (r->at == r->length)
			break;
		if (!read_one(r, gap))
			return false;
	}
	if (r->opened > 0)
		return smt_fail(r->q, r->open[r->opened - 1], r->e,
				"this ( is not closed");
	return true;
}

static bool are_commands(const struct smt *q, struct error *e)
{
	for (uint32_t i = 0; i < q->nodes; i = q->node[i].end)
		if (q->node[i].end == i + 1 ||
		    q->node[i + 1].kind != SMT_SYMBOL)
			return smt_fail(q, i, e,
					"a command begins with its name");
	return true;
}

bool smt_read(struct smt *q, const char *path, struct text *text,
	      struct error *e)
{
	struct reader r = { .q = q, .e = e };
	bool ok;

	text_put(text, "");
	*q = (struct smt){ .path = copy(path, strlen(path)), .text = *text };
	*text = (struct text){ 0 };
	q->slots = 1024;
	q->slot = need(q->slots, sizeof q->slot[0]);
	r.s = q->text.at;
	r.length = q->text.length;
	ok = read_all(&r) && are_commands(q, e);
	free(r.open);
	if (!ok)
		smt_free(q);
	return ok;
}

bool smt_load(struct smt *q, const char *path, struct error *e)
{
	struct text t = { 0 };

	if (text_read_file(&t, path, e))
		return smt_read(q, path, &t, e);
	text_free(&t);
	return false;
}

void smt_free(struct smt *q)
{
	free(q->path);
	text_free(&q->text);
	free(q->node);
	free(q->symbol);
	free(q->slot);
	*q = (struct smt){ 0 };
}

bool smt_is(const struct smt *q, uint32_t node, const char *name)
{
	const struct smt_node *n = &q->node[node];
	const struct smt_symbol *s;

	if (n->kind != SMT_SYMBOL)
		return false;
	s = &q->symbol[n->symbol];
	/* not strncmp: |x| may have a null byte, and more behind it */
	return s->length == strlen(name) &&
	       memcmp(s->at, name, s->length) == 0;
}

bool smt_is_app(const struct smt *q, uint32_t node, const char *head)
{
	return q->node[node].kind == SMT_LIST &&
	       q->node[node].end > node + 1 && smt_is(q, node + 1, head);
}

/* -- printing --------------------------------------------------------------- */

struct printer {
	const struct smt *q;
	const struct smt_view *v;
	struct text *to;
	struct span {
		uint32_t at;
		uint32_t end;
		uint32_t list;
	} *open;
	size_t opened;
	size_t room;
};

/* Words that were apart must stay so, wherever they are moved. */
static void put_gap(struct printer *p, const struct smt_node *n)
{
	const char last = p->to->length == 0 ?
		'(' : p->to->at[p->to->length - 1];
	const bool at_top = p->opened == 1;

	if (!p->v->plain && n->at > n->gap)
		text_add(p->to, p->q->text.at + n->gap, n->at - n->gap);
	else if (p->v->plain && at_top)
		text_put(p->to, p->to->length == 0 ? "" : "\n");
	else if (last != '(' && !is_blank(last) &&
		 (p->v->plain || (last != ')' && n->kind != SMT_LIST)))
		text_char(p->to, ' ');
}

static void put_extra(struct printer *p, char *const *extra, uint32_t node)
{
	if (extra != NULL && extra[node] != NULL)
		text_put(p->to, extra[node]);
}

static void put_node(struct printer *p, uint32_t node)
{
	const uint32_t i = p->v->show == NULL ? node : p->v->show[node];
	const struct smt_node *n = &p->q->node[i];

	put_gap(p, n);
	put_extra(p, p->v->before, i);
	if (p->v->word != NULL && p->v->word[i] != NULL) {
		text_put(p->to, p->v->word[i]);
		put_extra(p, p->v->after, i);
	} else if (n->kind == SMT_LIST) {
		text_char(p->to, '(');
		p->open = grow(p->open, p->opened, &p->room,
			       sizeof p->open[0]);
		p->open[p->opened++] = (struct span){ i + 1, n->end, i };
	} else {
		text_add(p->to, p->q->text.at + n->at, n->stop - n->at);
		put_extra(p, p->v->after, i);
	}
}

static void put_end(struct printer *p)
{
	const uint32_t list = p->open[--p->opened].list;
	const struct smt_node *n = &p->q->node[list];

	if (!p->v->plain)
		text_add(p->to, p->q->text.at + n->tail,
			 n->stop - 1 - n->tail);
	text_char(p->to, ')');
	put_extra(p, p->v->after, list);
}

static void put_rest(struct printer *p)
{
	const struct smt *q = p->q;
	size_t last = 0;

	for (uint32_t i = 0; i < q->nodes; i = q->node[i].end)
		last = q->node[i].stop;
	if (p->v->plain)
		text_put(p->to, "\n");
	else
		text_add(p->to, q->text.at + last, q->text.length - last);
}

void smt_print(const struct smt *q, const struct smt_view *v, struct text *to)
{
	struct printer p = { .q = q, .v = v, .to = to };

	text_put(to, "");
	p.open = grow(NULL, 0, &p.room, sizeof p.open[0]);
	p.open[p.opened++] = (struct span){ 0, q->nodes, 0 };
	while (p.opened > 0) {
		struct span *s = &p.open[p.opened - 1];

		if (s->at < s->end) {
			const uint32_t i = s->at;

			s->at = q->node[i].end;
			if (v->drop == NULL || !v->drop[i])
				put_node(&p, i);
		} else if (p.opened == 1) {
			p.opened = 0;
		} else {
			put_end(&p);
		}
	}
	put_rest(&p);
	free(p.open);
}
