/* SPDX-License-Identifier: BSD-2-Clause */
#include "names.h"

#include <stdlib.h>
#include <string.h>

/* Of the language and its theories: left alone, even where a text binds them. */
static const char *const reserved[] = {
	"_", "!", "as", "let", "forall", "exists", "match", "par", "lambda",
	"BINARY", "DECIMAL", "HEXADECIMAL", "NUMERAL", "STRING",
	"true", "false", "not", "and", "or", "xor", "=>", "=", "distinct",
	"ite", "if", "iff", "implies", "nand", "nor",
	"Bool", "Int", "Real", "Array", "BitVec", "String", "RegLan", "Seq",
	"Set", "Bag", "Tuple", "Tuple0", "FloatingPoint", "RoundingMode",
	"Float16", "Float32", "Float64", "Float128", "UninterpretedSort",
	"+", "-", "*", "/", "<", "<=", ">", ">=", "^", "^^", "**",
	"div", "mod", "rem", "abs", "divisible", "to_real", "to_int", "is_int",
	"exp", "sqrt", "sin", "cos", "tan", "pi", "real.pi", "iand", "pow2",
	"select", "store", "const", "map", "update", "is", "update-field",
	"tuple", "mkTuple", "default", "as-array",
	"concat", "extract", "repeat", "zero_extend", "sign_extend",
	"rotate_left", "rotate_right", "int2bv", "nat2bv", "char",
	"NaN", "+oo", "-oo", "+zero", "-zero", "fp", "to_fp",
	"RNE", "RNA", "RTP", "RTN", "RTZ", "roundNearestTiesToEven",
	"roundNearestTiesToAway", "roundTowardPositive",
	"roundTowardNegative", "roundTowardZero",
};
static const char *const reserved_prefix[] = {
	"bv", "ubv_", "sbv_", "fp.", "str.", "re.", "seq.", "set.", "bag.",
	"int.", "real.", "rel.", "ff.", "tuple.", "table.", "array.", "to_fp",
	"fmf.", "sep.", "@", ".",
};

static bool is_reserved(const struct smt_symbol *s)
{
	const size_t words = sizeof reserved / sizeof reserved[0];
	const size_t prefixes =
		sizeof reserved_prefix / sizeof reserved_prefix[0];

	for (size_t i = 0; i < words; i++)
		if (strlen(reserved[i]) == s->length &&
		    memcmp(reserved[i], s->at, s->length) == 0)
			return true;
	for (size_t i = 0; i < prefixes; i++) {
		const size_t length = strlen(reserved_prefix[i]);

		if (length <= s->length &&
		    memcmp(reserved_prefix[i], s->at, length) == 0)
			return true;
	}
	return false;
}

void names_init(struct names *n, const struct smt *q)
{
	n->own = need(q->symbols, sizeof n->own[0]);
	n->by = need(q->symbols, sizeof n->by[0]);
	for (uint32_t i = 0; i < q->symbols; i++)
		n->by[i] = NO_COMMAND;
}

void names_free(struct names *n)
{
	free(n->own);
	free(n->by);
}

/* A symbol, known in all that follows, or, without a command, bound here. */
static void introduce(struct names *n, const struct smt *q, uint32_t node,
		      uint32_t command)
{
	uint32_t s;

	if (node >= q->nodes || q->node[node].kind != SMT_SYMBOL)
		return;
	s = q->node[node].symbol;
	/* who says Tuple0 needs its declaration, though it keeps its name */
	if (command != NO_COMMAND)
		n->by[s] = command;
	if (!n->own[s] && !is_reserved(&q->symbol[s]))
		n->own[s] = true;
}

/* The heads of ((x ...) (y ...) ...). */
static void introduce_heads(struct names *n, const struct smt *q,
			    uint32_t list, uint32_t command)
{
	for (uint32_t i = list + 1; i < q->node[list].end; i = q->node[i].end)
		if (q->node[i].kind == SMT_LIST && q->node[i].end > i + 1)
			introduce(n, q, i + 1, command);
}

/* All symbols at any depth: of (X Y ...), or of a pattern. */
static void introduce_all(struct names *n, const struct smt *q, uint32_t node,
			  uint32_t command)
{
	for (uint32_t i = node; i < q->node[node].end; i++)
		introduce(n, q, i, command);
}

/* From node to end: (cons (selector sort) ...), or cons alone. */
static void constructors(struct names *n, const struct smt *q, uint32_t node,
			 uint32_t end, uint32_t command)
{
	for (uint32_t i = node; i < end; i = q->node[i].end) {
		if (q->node[i].kind != SMT_LIST) {
			introduce(n, q, i, command);
		} else if (q->node[i].end > i + 1) {
			introduce(n, q, i + 1, command);
			introduce_heads(n, q, i, command);
		}
	}
}

/* (constructor ...) or (par (X ...) (constructor ...)) */
static void datatype(struct names *n, const struct smt *q, uint32_t node,
		     uint32_t command)
{
	uint32_t list = node;

	if (q->node[node].kind != SMT_LIST)
		return;
	if (smt_is_app(q, node, "par") && q->node[node].end > node + 2) {
		introduce_all(n, q, node + 2, NO_COMMAND);
		list = q->node[node + 2].end;
		if (list >= q->node[node].end)
			return;
	}
	constructors(n, q, list + 1, q->node[list].end, command);
}

/*
 * ((sort arity) ...) (datatype ...), or as z3 had it before version 2.6 of the
 * language: (X ...) ((sort constructor ...) ...).
 */
static void datatypes(struct names *n, const struct smt *q, uint32_t first,
		      uint32_t command)
{
	const uint32_t second = q->node[first].end;
	const bool old = q->node[first].end == first + 1 ||
			 q->node[first + 1].kind == SMT_SYMBOL;

	if (second >= q->node[command].end)
		return;
	if (old)
		introduce_all(n, q, first, NO_COMMAND);
	else
		introduce_heads(n, q, first, command);
	for (uint32_t i = second + 1; i < q->node[second].end;
	     i = q->node[i].end) {
		if (old)
			constructors(n, q, i + 1, q->node[i].end, command);
		else
			datatype(n, q, i, command);
	}
}

/* ((f ((x sort) ...) sort) ...) */
static void signatures(struct names *n, const struct smt *q, uint32_t list,
		       uint32_t command)
{
	introduce_heads(n, q, list, command);
	for (uint32_t i = list + 1; i < q->node[list].end; i = q->node[i].end)
		if (q->node[i].end > i + 2 &&
		    q->node[i + 2].kind == SMT_LIST)
			introduce_heads(n, q, i + 2, NO_COMMAND);
}

/* ((pattern term) ...): what a pattern has is constructors and variables. */
static void patterns(struct names *n, const struct smt *q, uint32_t list)
{
	for (uint32_t i = list + 1; i < q->node[list].end; i = q->node[i].end)
		if (q->node[i].end > i + 1)
			introduce_all(n, q, i + 1, NO_COMMAND);
}

bool is_naming(const struct smt *q, uint32_t node)
{
	return q->node[node].kind == SMT_OTHER &&
	       q->node[node].stop - q->node[node].at == 6 &&
	       memcmp(q->text.at + q->node[node].at, ":named", 6) == 0;
}

static void bound_inside(struct names *n, const struct smt *q,
			 uint32_t command)
{
	for (uint32_t i = command; i < q->node[command].end; i++) {
		if (q->node[i].kind == SMT_LIST && q->node[i].end > i + 2) {
			if (smt_is(q, i + 1, "let") ||
			    smt_is(q, i + 1, "forall") ||
			    smt_is(q, i + 1, "exists") ||
			    smt_is(q, i + 1, "lambda"))
				introduce_heads(n, q, i + 2, NO_COMMAND);
			else if (smt_is(q, i + 1, "match") &&
				 q->node[i + 2].end < q->node[i].end)
				patterns(n, q, q->node[i + 2].end);
		}
		if (is_naming(q, i))
			introduce(n, q, i + 1, command);
	}
}

static bool is_one_of(const struct smt *q, uint32_t command,
		      const char *const *names)
{
	for (; *names != NULL; names++)
		if (smt_is(q, command + 1, *names))
			return true;
	return false;
}

bool is_declaration(const struct smt *q, uint32_t command)
{
	static const char *const all[] = {
		"declare-fun", "declare-const", "declare-sort",
		"declare-datatype", "declare-datatypes",
		"declare-codatatype", "declare-codatatypes",
		"define-fun", "define-fun-rec", "define-funs-rec", "define-const",
		"define-sort", NULL
	};

	return is_one_of(q, command, all);
}

void names_collect(struct names *n, const struct smt *q, uint32_t command)
{
	const uint32_t first = command + 2;
	const uint32_t end = q->node[command].end;

	if (first >= end)
		return;
	if (smt_is(q, command + 1, "define-funs-rec")) {
		signatures(n, q, first, command);
	} else if (smt_is(q, command + 1, "declare-datatypes") ||
		   smt_is(q, command + 1, "declare-codatatypes")) {
		datatypes(n, q, first, command);
		if (q->node[first].end < end)
			introduce_heads(n, q, q->node[first].end, command);
	} else if (is_declaration(q, command)) {
		introduce(n, q, first, command);
		if ((smt_is(q, command + 1, "declare-datatype") ||
		     smt_is(q, command + 1, "declare-codatatype")) &&
		    first + 1 < end)
			datatype(n, q, first + 1, command);
		else if (smt_is(q, command + 1, "define-sort") &&
			 first + 1 < end)
			introduce_all(n, q, first + 1, NO_COMMAND);
		else if (strncmp(q->text.at + q->node[command + 1].at,
				 "define-fun", 10) == 0 && first + 1 < end)
			introduce_heads(n, q, first + 1, NO_COMMAND);
	}
	bound_inside(n, q, command);
}

uint32_t names_mentioned(const struct names *n, const struct smt *q,
			 uint32_t node, size_t *prefix)
{
	const struct smt_symbol *s;
	uint32_t c;

	*prefix = 0;
	if (q->node[node].kind != SMT_SYMBOL)
		return UINT32_MAX;
	s = &q->symbol[q->node[node].symbol];
	if (n->own[q->node[node].symbol] || s->length < 4 ||
	    memcmp(s->at, "is-", 3) != 0)
		return q->node[node].symbol;
	c = smt_find(q, s->at + 3, s->length - 3);
	if (c == UINT32_MAX || !n->own[c])
		return q->node[node].symbol;
	*prefix = 3;
	return c;
}
