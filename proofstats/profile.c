/* SPDX-License-Identifier: BSD-2-Clause */
/* How often each quantifier is instantiated, as the solver itself counts. */
#include "profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- the quantifiers of a text -------------------------------------------- */

static bool is_quantifier(const struct smt *q, uint32_t node)
{
	return (smt_is_app(q, node, "forall") ||
		smt_is_app(q, node, "exists")) &&
	       q->node[node].end > node + 3 &&
	       q->node[node + 2].kind == SMT_LIST &&
	       q->node[node + 2].end < q->node[node].end;
}

static uint32_t body_of(const struct smt *q, uint32_t quantifier)
{
	return q->node[quantifier + 2].end;
}

/* Why3 writes (forall (types) (forall (values) ...)); solvers make it one. */
static bool is_inner(const struct smt *q, uint32_t quantifier,
		     uint32_t outer)
{
	return outer < quantifier && body_of(q, outer) == quantifier &&
	       smt_is(q, outer + 1, "forall") ==
	       smt_is(q, quantifier + 1, "forall");
}

static bool is_word(const struct smt *q, uint32_t node, const char *word)
{
	const struct smt_node *n = &q->node[node];

	return n->kind == SMT_OTHER && n->stop - n->at == strlen(word) &&
	       memcmp(q->text.at + n->at, word, strlen(word)) == 0;
}

/* The attribute's own node within (! term :a v ...), or NO_COMMAND. */
static uint32_t attribute(const struct smt *q, uint32_t body,
			  const char *name)
{
	if (smt_is_app(q, body, "!"))
		for (uint32_t i = body + 2; i < q->node[body].end;
		     i = q->node[i].end)
			if (is_word(q, i, name) &&
			    i + 1 < q->node[body].end)
				return i;
	return NO_COMMAND;
}

static bool has_trigger(const struct smt *q, uint32_t quantifier)
{
	return attribute(q, body_of(q, quantifier), ":pattern") != NO_COMMAND;
}

static void add_inner(struct quantifier *f, const struct smt *q,
		      uint32_t inner)
{
	f->inner = inner;
	f->trigger = f->trigger || has_trigger(q, inner);
}

static void find_in(struct profile *f, const struct parts *p,
		    uint32_t command, uint32_t *part)
{
	const struct smt *q = p->q;

	for (uint32_t i = command; i < q->node[command].end; i++) {
		while (*part < p->count &&
		       q->node[p->part[*part].node].end <= i)
			++*part;
		if (!is_quantifier(q, i))
			continue;
		if (f->count > 0 && is_inner(q, i, f->at[f->count - 1].inner)) {
			add_inner(&f->at[f->count - 1], q, i);
			continue;
		}
		f->at = grow(f->at, f->count, &f->room, sizeof f->at[0]);
		f->at[f->count++] = (struct quantifier){
			.node = i, .inner = i, .command = command,
			.part = *part < p->count && p->part[*part].node <= i ?
				*part : NO_PART,
			.trigger = has_trigger(q, i),
		};
	}
}

static void find_all(struct profile *f, const struct parts *p)
{
	const struct smt *q = p->q;
	uint32_t part = 0;

	for (uint32_t i = 0; i < q->nodes; i = q->node[i].end)
		if (smt_is(q, i + 1, "assert") || is_declaration(q, i))
			find_in(f, p, i, &part);
}

static void add_variables(const struct smt *q, uint32_t list,
			  struct text *to)
{
	for (uint32_t i = list + 1; i < q->node[list].end; i = q->node[i].end)
		if (q->node[i].end > i + 1) {
			text_put(to, to->length == 0 ? "" : " ");
			term_text(q, i + 1, 40, to);
		}
}

void quantifier_variables(const struct smt *q, const struct quantifier *f,
			  struct text *to)
{
	uint32_t i = f->node;

	text_put(to, "");
	for (; i != f->inner; i = body_of(q, i))
		add_variables(q, i + 2, to);
	add_variables(q, i + 2, to);
}

/* -- their ids ------------------------------------------------------------ */

/* z3 forgets a trigger inside (! (! body :pattern ...) :qid ...). */
static void give_id(struct cut *c, const struct smt *q, uint32_t body,
		    const char *id)
{
	const uint32_t own = attribute(q, body, ":qid");
	uint32_t last = body + 1;
	struct text t = { 0 };

	if (own != NO_COMMAND) {
		cut_put(&c->word[own + 1], id);
		return;
	}
	if (smt_is_app(q, body, "!")) {
		while (q->node[last].end < q->node[body].end)
			last = q->node[last].end;
		text_printf(&t, " :qid %s", id);
		cut_add(&c->after[last], t.at);
	} else {
		cut_add(&c->before[body], "(! ");
		text_printf(&t, " :qid %s)", id);
		cut_add(&c->after[body], t.at);
	}
	text_free(&t);
}

/* Ids of our own, for those that a text has need not differ. */
static void give_ids(struct cut *c, const struct profile *f,
		     const struct smt *q)
{
	for (uint32_t k = 0; k < f->count; k++) {
		char id[32];

		snprintf(id, sizeof id, "proofstats!%u", (unsigned)k);
		for (uint32_t i = f->at[k].node; i != NO_COMMAND;
		     i = i == f->at[k].inner ? NO_COMMAND : body_of(q, i))
			give_id(c, q, body_of(q, i), id);
	}
}

/* Its words for a profile, or a guess by its program's name. */
static const char *option_of(const struct solver *s)
{
	const size_t first = strcspn(s->command, " \t");
	size_t at = first;

	if (s->profile != NULL)
		return s->profile;
	while (at > 0 && s->command[at - 1] != '/')
		at--;
	if (strncmp(s->command + at, "z3", 2) == 0)
		return "smt.qi.profile=true";
	if (strncmp(s->command + at, "cvc5", 4) == 0)
		return "-o inst";
	return "";
}

/* -- what the solver says ------------------------------------------------- */

static void count_line(struct profile *f, const char *line, const char *stop,
		       uint64_t n)
{
	static const char id[] = "proofstats!";
	const char *at = memmem(line, (size_t)(stop - line), id,
				sizeof id - 1);
	uint32_t k;

	f->instances += n;
	if (at == NULL) {
		f->elsewhere += n;
		return;
	}
	k = (uint32_t)strtoul(at + sizeof id - 1, NULL, 10);
	if (k < f->count)
		f->at[k].instances += n;
}

/*
 * z3 says "[quantifier_instances] id : n : ..." whenever it lets go of one;
 * cvc5 "(num-instantiations id n)" in each round, with the formula for an id
 * where it has made another of it.
 */
static void read_line(struct profile *f, const char *line, const char *stop)
{
	static const char z3[] = "[quantifier_instances]";
	static const char cvc5[] = "(num-instantiations ";
	const char *at = NULL;

	if (strncmp(line, z3, sizeof z3 - 1) == 0) {
		at = memmem(line, (size_t)(stop - line), " : ", 3);
		if (at != NULL)
			count_line(f, line, at, strtoull(at + 3, NULL, 10));
	} else if (strncmp(line, cvc5, sizeof cvc5 - 1) == 0) {
		const char *body = line + sizeof cvc5 - 1;

		for (at = stop; at > body && at[-1] != ' '; at--)
			continue;
		/* ids inside a formula are those of quantifiers within it */
		if (*body == '(')
			body = at;
		count_line(f, body, stop, strtoull(at, NULL, 10));
	}
}

static void read_profile(struct profile *f, const struct text *t)
{
	const char *line = t->at;

	while (line != NULL && *line != '\0') {
		const char *stop = line + strcspn(line, "\n");

		read_line(f, line, stop);
		line = *stop == '\0' ? stop : stop + 1;
	}
}

bool profile_take(struct profile *f, const struct parts *p,
		  const struct config *conf, const struct solver *s,
		  struct error *e)
{
	struct text t = { 0 }, command = { 0 }, out[2] = { { 0 }, { 0 } };
	struct solver telling = *s;
	struct result r;
	struct cut c;
	bool ok = true;

	*f = (struct profile){ .known = option_of(s)[0] != '\0' };
	find_all(f, p);
	if (!f->known)
		return true;
	text_printf(&command, "%s %s", s->command, option_of(s));
	telling.command = command.at;
	cut_make(&c, p, NULL);
	give_ids(&c, f, p->q);
	cut_print(&c, p->q, &t);
	cut_free(&c);
	ok = ask(conf, &telling, &t, out, &r, e);
	for (int i = 0; ok && i < 2; i++)
		read_profile(f, &out[i]);
	text_free(&t);
	text_free(&command);
	text_free(&out[0]);
	text_free(&out[1]);
	if (!ok)
		profile_free(f);
	return ok;
}

void profile_free(struct profile *f)
{
	free(f->at);
	*f = (struct profile){ 0 };
}
