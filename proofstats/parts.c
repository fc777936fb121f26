/* SPDX-License-Identifier: BSD-2-Clause */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

/* -- finding them --------------------------------------------------------- */

/* What the walk down the goal does next. */
struct visit {
	uint32_t node;
	enum { ASSERTED, DENIED, HYPOTHESES } as;
};

struct walk {
	struct parts *p;
	struct visit *stack;
	size_t depth;
	size_t room;
};

static void add_part(struct parts *p, enum part_kind kind, uint32_t node,
		     uint32_t command)
{
	p->part = grow(p->part, p->count, &p->room, sizeof p->part[0]);
	p->part[p->count++] = (struct part){ kind, node, command };
}

static void add_frame(struct parts *p, uint32_t list, bool spine)
{
	p->frame = grow(p->frame, p->frames, &p->frame_room,
			sizeof p->frame[0]);
	p->frame[p->frames++] = (struct frame){ list, spine };
}

static void push(struct walk *w, uint32_t node, int as)
{
	w->stack = grow(w->stack, w->depth, &w->room, sizeof w->stack[0]);
	w->stack[w->depth++] = (struct visit){ node, as };
}

static uint32_t last_child(const struct smt *q, uint32_t list)
{
	uint32_t last = list + 1;

	while (q->node[last].end < q->node[list].end)
		last = q->node[last].end;
	return last;
}

static void push_operands(struct walk *w, uint32_t list, uint32_t end)
{
	const struct smt *q = w->p->q;

	for (uint32_t i = list + 2; i < end; i = q->node[i].end)
		push(w, i, HYPOTHESES);
}

static bool is_wrapper(const struct smt *q, uint32_t node)
{
	return smt_is_app(q, node, "let") || smt_is_app(q, node, "forall") ||
	       smt_is_app(q, node, "exists");
}

static void visit_hypotheses(struct walk *w, uint32_t node)
{
	const struct smt *q = w->p->q;

	if (smt_is_app(q, node, "and")) {
		add_frame(w->p, node, false);
		push_operands(w, node, q->node[node].end);
	} else {
		add_part(w->p, PART_HYPOTHESIS, node, w->p->goal);
	}
}

/*
 * Under an even number of negations a conjunct is a hypothesis, under an odd
 * one a premise. Binders change nothing in that; other operators end the walk.
 */
static void visit_spine(struct walk *w, uint32_t node, bool denied)
{
	struct parts *p = w->p;
	const struct smt *q = p->q;
	const bool list = q->node[node].kind == SMT_LIST &&
			  q->node[node].end > node + 2;

	if (list && smt_is_app(q, node, "not")) {
		push(w, last_child(q, node), denied ? ASSERTED : DENIED);
	} else if (list && smt_is_app(q, node, "!")) {
		push(w, node + 2, denied ? DENIED : ASSERTED);
	} else if (list && is_wrapper(q, node)) {
		push(w, last_child(q, node), denied ? DENIED : ASSERTED);
	} else if (list && denied && smt_is_app(q, node, "=>")) {
		const uint32_t last = last_child(q, node);

		add_frame(p, node, true);
		push_operands(w, node, last);
		push(w, last, DENIED);
	} else if (list && !denied && smt_is_app(q, node, "and")) {
		const uint32_t last = last_child(q, node);

		add_frame(p, node, true);
		push_operands(w, node, last);
		push(w, last, ASSERTED);
	} else {
		p->conclusion = node;
		p->denied = denied;
	}
}

static void walk_goal(struct parts *p)
{
	struct walk w = { .p = p };

	push(&w, p->goal + 2, ASSERTED);
	while (w.depth > 0) {
		const struct visit v = w.stack[--w.depth];

		if (v.as == HYPOTHESES)
			visit_hypotheses(&w, v.node);
		else
			visit_spine(&w, v.node, v.as == DENIED);
	}
	free(w.stack);
}

static uint32_t child(const struct smt *q, uint32_t list, unsigned which)
{
	uint32_t i = list + 1;

	for (; which > 0 && i < q->node[list].end; which--)
		i = q->node[i].end;
	return i < q->node[list].end ? i : NO_COMMAND;
}

/* Of (define-fun f (arguments) sort body) and its like: the body. */
static uint32_t body_of(const struct smt *q, uint32_t command)
{
	const bool constant = smt_is(q, command + 1, "define-const");

	if (!constant && !smt_is(q, command + 1, "define-fun") &&
	    !smt_is(q, command + 1, "define-fun-rec"))
		return NO_COMMAND;
	return child(q, command, constant ? 3 : 4);
}

static int by_place(const void *a, const void *b)
{
	const uint32_t x = ((const struct part *)a)->node;
	const uint32_t y = ((const struct part *)b)->node;

	return (x > y) - (x < y);
}

void parts_find(struct parts *p, const struct smt *q)
{
	*p = (struct parts){ .q = q, .goal = NO_COMMAND,
			     .conclusion = NO_COMMAND };
	names_init(&p->names, q);
	for (uint32_t i = 0; i < q->nodes; i = q->node[i].end) {
		names_collect(&p->names, q, i);
		if (smt_is(q, i + 1, "assert")) {
			if (p->goal != NO_COMMAND)
				add_part(p, PART_ASSERTION, p->goal, p->goal);
			p->goal = i;
		} else if (body_of(q, i) != NO_COMMAND) {
			add_part(p, PART_DEFINITION, i, i);
		}
	}
	if (p->goal != NO_COMMAND)
		walk_goal(p);
	if (p->count > 0)
		qsort(p->part, p->count, sizeof p->part[0], by_place);
}

void parts_free(struct parts *p)
{
	names_free(&p->names);
	free(p->part);
	free(p->frame);
	*p = (struct parts){ 0 };
}

uint32_t parts_kept(const struct parts *p, enum part_kind kind,
		    const bool *keep)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->count; i++)
		n += p->part[i].kind == kind && (keep == NULL || keep[i]);
	return n;
}

/* -- leaving them out ----------------------------------------------------- */

void cut_put(char **at, const char *text)
{
	free(*at);
	*at = copy(text, strlen(text));
}

void cut_add(char **at, const char *text)
{
	struct text t = { 0 };

	if (*at != NULL)
		text_put(&t, *at);
	text_put(&t, text);
	free(*at);
	*at = t.at;
}

/* (define-fun f ((x s) ...) t body) becomes (declare-fun f (s ...) t). */
static void drop_definition(struct cut *c, const struct smt *q,
			    uint32_t command)
{
	const bool constant = smt_is(q, command + 1, "define-const");
	const uint32_t list = command + 3;

	c->drop[body_of(q, command)] = true;
	cut_put(&c->word[command + 1],
		constant ? "declare-const" : "declare-fun");
	if (constant)
		return;
	for (uint32_t i = list + 1; i < q->node[list].end; i = q->node[i].end)
		if (q->node[i].kind == SMT_LIST && q->node[i].end > i + 2)
			c->show[i] = i + 2;
}

/* Left out, but for the names that it gives: it says nothing any more. */
static void weaken(struct cut *c, const struct smt *q, uint32_t node)
{
	c->drop[node] = false;
	if (smt_is_app(q, node, "or") && smt_is(q, last_child(q, node), "true"))
		return;
	cut_put(&c->before[node], "(or ");
	cut_put(&c->after[node], " true)");
}

/* Does what stays behind this node say the name? It is known only there. */
static bool is_said_behind(const struct cut *c, const struct smt *q,
			   uint32_t node, uint32_t name)
{
	uint32_t i = q->node[node].end;

	while (i < q->nodes) {
		if (!c->drop[i] && q->node[i].kind == SMT_SYMBOL &&
		    q->node[i].symbol == name)
			return true;
		i = c->drop[i] ? q->node[i].end : i + 1;
	}
	return false;
}

static void keep_names(struct cut *c, const struct smt *q, uint32_t node)
{
	for (uint32_t i = node; i < q->node[node].end; i++)
		if (is_naming(q, i) && q->node[i + 1].kind == SMT_SYMBOL &&
		    is_said_behind(c, q, node, q->node[i + 1].symbol)) {
			weaken(c, q, node);
			return;
		}
}

/* An and or an implication of which operands are gone. */
static void mend(struct cut *c, const struct smt *q, const struct frame *f)
{
	const uint32_t last = last_child(q, f->list);
	uint32_t left = 0, one = last;

	for (uint32_t i = f->list + 2; i < q->node[f->list].end;
	     i = q->node[i].end)
		if (!c->drop[i]) {
			left++;
			one = i;
		}
	if (left == 0)
		c->drop[f->list] = true;
	else if (left == 1)
		c->show[f->list] = c->show[one];
}

static void need_mentioned(const struct cut *c, const struct parts *p,
			   uint32_t command, bool *needed)
{
	const struct smt *q = p->q;
	size_t prefix;

	for (uint32_t i = command; i < q->node[command].end;) {
		const uint32_t s = names_mentioned(&p->names, q, i, &prefix);

		if (c->drop[i] && i != command) {
			i = q->node[i].end;
			continue;
		}
		if (s != UINT32_MAX && p->names.by[s] != NO_COMMAND)
			needed[p->names.by[s]] = true;
		i++;
	}
}

/* From the end: what is not needed there, nothing before can need. */
static void drop_unneeded(struct cut *c, const struct parts *p)
{
	const struct smt *q = p->q;
	bool *needed = need(q->nodes, sizeof needed[0]);
	uint32_t *command = need(q->nodes, sizeof command[0]);
	uint32_t n = 0;

	for (uint32_t i = 0; i < q->nodes; i = q->node[i].end)
		command[n++] = i;
	while (n > 0) {
		const uint32_t i = command[--n];

		if (smt_is(q, i + 1, "assert") && c->drop[i] && needed[i]) {
			c->drop[i] = false;
			weaken(c, q, i + 2);
		} else if (is_declaration(q, i)) {
			c->drop[i] = !needed[i];
		}
		if (!c->drop[i])
			need_mentioned(c, p, i, needed);
	}
	free(needed);
	free(command);
}

void cut_make(struct cut *c, const struct parts *p, const bool *keep)
{
	const struct smt *q = p->q;

	*c = (struct cut){ .nodes = q->nodes };
	c->show = need(q->nodes, sizeof c->show[0]);
	c->drop = need(q->nodes, sizeof c->drop[0]);
	c->word = need(q->nodes, sizeof c->word[0]);
	c->before = need(q->nodes, sizeof c->before[0]);
	c->after = need(q->nodes, sizeof c->after[0]);
	for (uint32_t i = 0; i < q->nodes; i++)
		c->show[i] = i;
	for (uint32_t i = 0; i < p->count; i++) {
		if (keep == NULL || keep[i])
			continue;
		if (p->part[i].kind == PART_DEFINITION)
			drop_definition(c, q, p->part[i].node);
		else
			c->drop[p->part[i].node] = true;
	}
	/* from the end: who says a name comes after it */
	for (uint32_t i = p->count; i > 0; i--)
		if (p->part[i - 1].kind == PART_HYPOTHESIS &&
		    c->drop[p->part[i - 1].node])
			keep_names(c, q, p->part[i - 1].node);
	for (uint32_t i = p->frames; i > 0; i--)
		mend(c, q, &p->frame[i - 1]);
	if (keep != NULL)
		drop_unneeded(c, p);
}

static void free_words(char **word, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		free(word[i]);
	free(word);
}

void cut_free(struct cut *c)
{
	free(c->show);
	free(c->drop);
	free_words(c->word, c->nodes);
	free_words(c->before, c->nodes);
	free_words(c->after, c->nodes);
	*c = (struct cut){ 0 };
}

void cut_print(const struct cut *c, const struct smt *q, struct text *to)
{
	smt_print(q, &(struct smt_view){
		.show = c->show, .word = c->word, .drop = c->drop,
		.before = c->before, .after = c->after }, to);
}

void cut_conclusion(struct cut *c, const struct parts *p)
{
	cut_put(&c->word[p->conclusion], p->denied ? "false" : "true");
}

/* -- their names ---------------------------------------------------------- */

/* The ;; comment right before a command is what Why3 calls it. */
static bool comment_name(const struct smt *q, uint32_t command,
			 struct text *to)
{
	const char *s = q->text.at + q->node[command].gap;
	const char *end = q->text.at + q->node[command].at;
	const char *name = NULL;

	while (s < end) {
		const char *stop = memchr(s, '\n', (size_t)(end - s));

		if (stop == NULL)
			stop = end;
		if (s == stop)
			name = NULL;
		else if (stop - s > 3 && strncmp(s, ";; ", 3) == 0 &&
			 strncmp(s, ";; File ", 8) != 0 && name == NULL)
			name = s;
		s = stop + 1;
	}
	if (name == NULL)
		return false;
	text_add(to, name + 3, strcspn(name + 3, "\n"));
	return true;
}

void term_text(const struct smt *q, uint32_t node, size_t most,
	       struct text *to)
{
	const size_t begin = to->length;
	const struct smt_node *n = &q->node[node];
	bool gap = false;

	for (size_t i = n->at; i < n->stop; i++) {
		const char c = q->text.at[i];

		if (to->length - begin >= most) {
			text_put(to, "...");
			return;
		}
		if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
			gap = true;
			continue;
		}
		if (gap && c != ')' && to->at[to->length - 1] != '(')
			text_put(to, " ");
		gap = false;
		text_add(to, &c, 1);
	}
}

void command_name(const struct parts *p, uint32_t command, struct text *to)
{
	const struct smt *q = p->q;
	size_t line = 1;

	if (is_declaration(q, command) && command + 2 < q->node[command].end) {
		term_text(q, command + 2, 200, to);
		return;
	}
	if (comment_name(q, command, to))
		return;
	for (uint32_t i = command; i < q->node[command].end; i++)
		if (q->node[i].kind == SMT_OTHER &&
		    strncmp(q->text.at + q->node[i].at, ":named ", 7) == 0) {
			term_text(q, i + 1, 200, to);
			return;
		}
	for (size_t i = 0; i < q->node[command].at; i++)
		line += q->text.at[i] == '\n';
	text_printf(to, "line %zu: ", line);
	term_text(q, command, 60, to);
}

void part_name(const struct parts *p, const struct part *part,
	       struct text *to)
{
	if (part->kind == PART_HYPOTHESIS)
		term_text(p->q, part->node, 70, to);
	else
		command_name(p, part->command, to);
}
