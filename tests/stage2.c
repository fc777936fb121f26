/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage-2 tables against a walker of our own, which knows the manuals' bits and
 * nothing of the library: random calls on random trees of tables, for both
 * layouts and each height of the root. Trees are planted, or grow by calls
 * alone; in the end they are destroyed. What the library finds is what the
 * walker finds; each call answers and does what the walker's view of the tables
 * asks for. A TLB of the test's keeps what it can, and must not be wrong after a
 * call.
 *
 * usage: stage2 [trees [seed]]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <iso/status.h>

#include "rng.h"
#include "stage2_mmu.h"
#include "tap.h"

#define FRAMES (1ull << 36)
#define LEAVES 60u
#define CALLS 16u
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { UNMAP, MAP, PROTECT };
static const char *const names[] = { "unmap", "map", "protect" };

struct call {
	uint32_t what;
	uint64_t ip, n, frame;
	uint32_t attr;
};

static struct iso_s2_meta meta[TABLES];
static uint64_t leaf_at[LEAVES]; /* where there is something, or was */
static uint32_t leaves;
static uint64_t codes[3][4]; /* of calls: done, invalid, denied, no memory */

/* -- trees ---------------------------------------------------------------- */

static uint64_t leaf_bits(uint64_t frame, uint32_t up, uint32_t attr)
{
	if (s2.layout == ISO_S2_EPT)
		return frame << 12 | (up ? 1u << 7 : 0) | (attr & 7) |
		       (attr & 8 ? 0 : 6u << 3);
	return frame << 12 | (up ? 1u : 3u) | (attr & 8 ? 1u << 2 : 15u << 2) |
	       1u << 6 | (attr & 2 ? 1u << 7 : 0) | 3u << 8 | 1u << 10 |
	       (attr & 4 ? 0 : 1ull << 54);
}

static void set_meta(uint32_t t, uint32_t up, uint64_t org)
{
	meta[t].levels = (uint16_t)(up + 1);
	meta[t].org = org;
}

/* a page or block for ip, height up, tables as needed */
static void put(uint64_t ip, uint32_t up)
{
	uint32_t h = s2.top, t = (uint32_t)(ip >> (9 * (h + 1))), i;
	uint64_t frame = (word() & 0x7ffffff) << 9 * up & 0xfffffffffull;

	for (;; h--) {
		i = (uint32_t)(ip >> (9 * h) & 511);
		if (h == up ||
		    (table[t].e[i] != 0 && !is_table(table[t].e[i], h)))
			break;
		if (table[t].e[i] == 0) {
			if (s2.nfree == 0)
				return;
			const uint32_t c = spare[--s2.nfree];

			set_meta(c, h - 1, ip >> (9 * h) << (9 * h));
			meta[c].up = t;
			meta[c].ix = (uint16_t)i;
			table[t].e[i] = (uint64_t)(BASE + c) << 12 |
				      (s2.layout == ISO_S2_EPT ? 7 : 3);
		}
		t = table_of(table[t].e[i]);
	}
	if (table[t].e[i] != 0 || frame - BASE < TABLES)
		return;
	table[t].e[i] = leaf_bits(frame, up, 1u | (uint32_t)(word() & 14));
	leaf_at[leaves++] = ip >> (9 * up) << (9 * up);
}

static void give(uint32_t layout, uint32_t top, uint32_t tables)
{
	s2 = (struct iso_s2){ table, meta, spare, BASE, tables,
			      layout == ISO_S2_EPT || top > 2 ? 1
							      : 1u << word() % 5,
			      0, top, layout, VM };
	if (s2.ntables < s2.nroots)
		s2.ntables = s2.nroots;
	roots = s2.nroots;
}

static void plant(uint32_t layout, uint32_t top)
{
	memset(table, 0, sizeof(table));
	memset(meta, 0, sizeof(meta));
	give(layout, top, TABLES);
	leaves = 0;
	for (uint32_t t = 0; t < s2.nroots; t++)
		set_meta(t, top, (uint64_t)t << (9 * (top + 1)));
	while (s2.nroots + s2.nfree < TABLES) {
		meta[s2.nroots + s2.nfree].up = s2.nfree;
		spare[s2.nfree] = s2.nroots + s2.nfree;
		s2.nfree++;
	}
	while (leaves < LEAVES && s2.nfree > 0) {
		uint64_t ip = word() % pages();
		uint32_t up = (uint32_t)(word() % 3);

		/* near another, half the time, so that tables are shared */
		if (leaves > 0 && (word() & 1))
			ip = (leaf_at[word() % leaves] + (word() & 1023)) %
			     pages();
		put(ip, up < top ? up : (top < 2 ? top : 2));
	}
}

/* tables in use that the walker reaches from t, and how many have nothing */
static uint32_t reach(uint32_t t, uint32_t up, uint32_t *empty)
{
	uint32_t n = 1, used = 0;

	for (uint32_t i = 0; i < 512; i++) {
		const uint64_t d = table[t].e[i];

		used += d != 0;
		if (is_table(d, up))
			n += reach(table_of(d), up - 1, empty);
	}
	*empty += used == 0 && t >= s2.nroots;
	return n;
}

/* no table is lost, and no call leaves an empty one */
static int tidy(uint32_t before)
{
	uint32_t n = 0, empty = 0;

	for (uint32_t t = 0; t < s2.nroots; t++)
		n += reach(t, s2.top, &empty);
	if (empty > before || n + s2.nfree != s2.ntables)
		printf("# %" PRIu32 " tables in use, %" PRIu32 " free, %" PRIu32
		       " empty\n", n, s2.nfree, empty);
	return empty <= before && n + s2.nfree == s2.ntables;
}

/* -- queries -------------------------------------------------------------- */

static int agrees(uint64_t ip)
{
	const struct found f = mmu(ip);
	const struct iso_s2_to r = iso_s2_query(&s2, ip);

	if (!f.mapped && r.mapped == 0)
		return 1;
	if (f.mapped && r.mapped && f.frame == r.frame && f.attr == r.attr)
		return 1;
	printf("# layout %" PRIu32 " top %" PRIu32 " page %" PRIx64
	       ": %d %" PRIx64 " %" PRIx32 ", not %" PRIu32 " %" PRIx64
	       " %" PRIx32 "\n", s2.layout, s2.top, ip, f.mapped, f.frame,
	       f.attr, r.mapped, r.frame, r.attr);
	return 0;
}

/* a page of interest: in or near a leaf, anywhere, or out of the space */
static uint64_t some_page(void)
{
	const uint64_t k = word() % 8;

	if (k == 0)
		return word();
	if (k == 1)
		return word() % pages();
	if (k == 2)
		return pages() - 1 + (word() & 1);
	return leaf_at[word() % leaves] + word() % span(word() % 3);
}

/* -- what a call must answer ---------------------------------------------- */

/* are the pages of the run all mapped, or, with want = 0, none */
static int every(uint64_t ip, uint64_t n, int want)
{
	struct found f;

	for (uint64_t k = 0; k < n; k += span(f.up) - (ip + k) % span(f.up)) {
		f = mmu(ip + k);
		if (f.mapped != want)
			return 0;
	}
	return 1;
}

/* tables that a call needs, one of each height and place counted once */
struct need {
	uint32_t tables;
	uint64_t last[4];
};

/* tables for page ip, from below an entry of height up down to height to */
static void need(struct need *c, uint64_t ip, uint32_t up, uint32_t to)
{
	while (up > to) {
		const uint64_t at = 1 + ip / span(up);

		up--;
		c->tables += c->last[up] != at;
		c->last[up] = at;
	}
}

/* the largest block that may be used for a page */
static uint32_t block_for(const struct call *c, uint64_t k, uint32_t up)
{
	for (up = up > 2 ? 2 : up; up > 0; up--)
		if (aligned(c->ip + k, up) && aligned(c->frame + k, up) &&
		    c->n - k >= span(up))
			break;
	return up;
}

static int enough_to_map(const struct call *c)
{
	struct need sum = { 0 };
	uint32_t up;

	for (uint64_t k = 0; k < c->n; k += span(up)) {
		const struct found f = mmu(c->ip + k);

		up = block_for(c, k, f.up);
		need(&sum, c->ip + k, f.up, up);
		if (sum.tables > s2.nfree)
			return 0;
	}
	return 1;
}

static int enough_to_split(const struct call *c)
{
	const uint64_t end[] = { c->ip, c->ip + c->n };
	struct need sum = { 0 };

	for (uint32_t i = 0; i < 2; i++) {
		const struct found f = mmu(end[i]);
		uint32_t up = f.mapped ? f.up : 0;

		while (up > 0 && !aligned(end[i], up)) {
			need(&sum, end[i], up, up - 1);
			up--;
		}
	}
	return sum.tables <= s2.nfree;
}

static int32_t map_code(const struct call *c)
{
	if (!(c->attr & 1) || c->attr > 15)
		return ISO_INVALID;
	if (c->frame >= FRAMES || c->n > FRAMES - c->frame ||
	    (c->frame < BASE + s2.ntables && c->frame + c->n > BASE))
		return ISO_INVALID;
	if (!every(c->ip, c->n, 0))
		return ISO_DENIED;
	return enough_to_map(c) ? ISO_OK : ISO_NO_MEMORY;
}

static int32_t protect_code(const struct call *c)
{
	if (!(c->attr & 1) || c->attr > 7)
		return ISO_INVALID;
	if (!every(c->ip, c->n, 1))
		return ISO_DENIED;
	return enough_to_split(c) ? ISO_OK : ISO_NO_MEMORY;
}

static int32_t code_of(const struct call *c)
{
	if (c->n == 0 || c->ip >= pages() || c->n > pages() - c->ip)
		return ISO_INVALID;
	if (c->what == MAP)
		return map_code(c);
	if (c->what == PROTECT)
		return protect_code(c);
	return enough_to_split(c) ? ISO_OK : ISO_NO_MEMORY;
}

/* -- calls ---------------------------------------------------------------- */

static int32_t do_call(const struct call *c)
{
	if (c->what == MAP)
		return iso_s2_map(&s2, c->ip, c->n, c->frame, c->attr);
	if (c->what == PROTECT)
		return iso_s2_protect(&s2, c->ip, c->n, c->attr);
	return iso_s2_unmap(&s2, c->ip, c->n);
}

/* where page ip is, after the call was done */
static struct found after(const struct call *c, uint64_t ip, struct found was)
{
	if (ip < c->ip || ip - c->ip >= c->n)
		return was;
	if (c->what == UNMAP)
		was.mapped = 0;
	if (c->what == MAP) {
		was.mapped = 1;
		was.frame = c->frame + (ip - c->ip);
		was.attr = c->attr;
	}
	if (c->what == PROTECT)
		was.attr = (was.attr & 8) | c->attr;
	return was;
}

/* where n frames just may be, or just may not; or anywhere */
static uint64_t edge(uint64_t n)
{
	const uint64_t pool = BASE - n, after = BASE + s2.ntables;
	const uint64_t edges[] = { pool, pool + 1, after - 1, after, FRAMES - n,
				   FRAMES - n + 1, 0 - n, word() };

	return edges[word() % COUNT(edges)];
}

static struct call some_call(void)
{
	static const uint64_t some[] = { 1, 2, 3, 511, 512, 513, 1024, 262144 };
	const uint64_t align = span(word() % 3);
	struct call c;

	c.what = (uint32_t)(word() % 3);
	c.ip = word() & 1 ? leaf_at[word() % leaves] : some_page();
	c.ip = c.ip / align * align;
	c.n = word() & 7 ? some[word() % COUNT(some)] : word() % 700;
	if ((word() & 15) == 0)
		c.n = word() >> (word() & 63);
	c.frame = (word() & 0xfffffff) / align * align;
	if ((word() & 15) == 0)
		c.frame = edge(c.n);
	c.attr = (uint32_t)(word() & (c.what == MAP ? 15 : 7)) | 1u;
	if ((word() & 15) == 0)
		c.attr = (uint32_t)(word() & 31);
	return c;
}

static void begin(const struct call *c)
{
	for (uint32_t i = 0; i < ASKED; i++) {
		const uint64_t near = c->ip + word() % (2 * c->n + 1);

		watched[i].ip = i & 1 ? some_page() : near;
	}
	watch();
}

/* what is wrong with a page after the call, if something is */
static const char *wrong(const struct call *c, int32_t got,
			 const struct watch *w)
{
	const struct found now = mmu(w->ip);

	if (!same(now, got == ISO_OK ? after(c, w->ip, w->was) : w->was))
		return "not where it should be";
	if (!agrees(w->ip))
		return "found by the MMU only";
	if (!up_to_date(w->kept, now))
		return "no flush";
	if (!same(w->last, now))
		return "not published";
	return NULL;
}

static int told(const struct call *c, uint64_t ip, const char *what)
{
	printf("# %s %" PRIx64 " %" PRIx64 " to %" PRIx64 " %" PRIx32
	       ", page %" PRIx64 ": %s\n", names[c->what], c->ip, c->n,
	       c->frame, c->attr, ip, what);
	return 0;
}

static int one_call(void)
{
	const struct call c = some_call();
	const int32_t want = code_of(&c);
	const uint32_t nfree = s2.nfree;
	const char *broken;
	int32_t got;

	begin(&c);
	got = do_call(&c);
	broken = watch_end();
	codes[c.what][got == ISO_OK ? 0 : got == ISO_INVALID ? 1 :
		      got == ISO_DENIED ? 2 : 3]++;
	if (got != want) {
		printf("# %" PRId32 ", not %" PRId32 "\n", got, want);
		return told(&c, c.ip, "code");
	}
	if (broken)
		return told(&c, c.ip, broken);
	/* a block may stay split */
	if (got != ISO_OK && s2.nfree < nfree && c.what == MAP)
		return told(&c, c.ip, "tables kept");
	for (uint32_t i = 0; i < ASKED; i++) {
		const char *what = wrong(&c, got, &watched[i]);

		if (what)
			return told(&c, watched[i].ip, what);
	}
	return 1;
}

/* a tree that was planted */
static int planted(uint32_t layout, uint32_t top)
{
	uint32_t empty = 0;

	plant(layout, top);
	for (uint32_t t = 0; t < s2.nroots; t++)
		reach(t, s2.top, &empty);
	for (uint32_t i = 0; i < ASKED; i++)
		if (!agrees(some_page()))
			return 0;
	for (uint32_t i = 0; i < CALLS; i++)
		if (!one_call() || !tidy(empty))
			return 0;
	return 1;
}

/* no page is mapped, and all tables but the root are free */
static int nothing(const char *when)
{
	const int good = tidy(0) && s2.nfree == s2.ntables - s2.nroots &&
			 every(0, pages(), 0);

	if (!good)
		printf("# something is left after %s\n", when);
	return good;
}

/* a tree that grows from nothing, out of memory that had something else */
static int grown(uint32_t layout, uint32_t top)
{
	memset(table, 0x5a, sizeof(table));
	memset(meta, 0x5a, sizeof(meta));
	give(layout, top, 1 + (uint32_t)(word() % TABLES));
	leaves = LEAVES;
	for (uint32_t i = 0; i < LEAVES; i++)
		leaf_at[i] = word() % pages() & (word() & 1 ? ~0ull : ~511ull);
	published = 0;
	if (iso_s2_init(&s2) != ISO_OK || !published || !nothing("init"))
		return 0;
	for (uint32_t i = 0; i < 2 * CALLS; i++)
		if (!one_call() || !tidy(0))
			return 0;
	return iso_s2_unmap(&s2, 0, pages()) == ISO_OK && nothing("unmap");
}

/* -- the end -------------------------------------------------------------- */

static struct iso_s2_table was[TABLES];

/* tables that a call wrote to */
static uint32_t changed(void)
{
	uint32_t n = 0;

	for (uint32_t t = 0; t < TABLES; t++)
		n += memcmp(&table[t], &was[t], sizeof(was[t])) != 0;
	return n;
}

/* no page is mapped, the MMU remembers none, and no table but the root */
static int ended(void)
{
	for (uint32_t i = 0; i < ASKED; i++) {
		const struct found f = mmu(watched[i].ip);

		if (f.mapped || f.tables > 1 || !up_to_date(watched[i].kept, f))
			return 0;
	}
	return every(0, pages(), 0);
}

/* what is wrong with a step that may zero n tables, and leaves some */
static const char *wrong_step(uint32_t n, uint32_t left)
{
	const int first = s2.nroots != 0;
	int32_t got;

	memcpy(was, table, sizeof(was));
	published = 0;
	got = iso_s2_destroy(&s2, n);
	if (got != (left > n ? ISO_RETRY : ISO_OK))
		return "code";
	if (!ended())
		return "found by the MMU";
	if (!published)
		return "not published";
	if (n < TABLES && changed() > n + (first ? roots : 0))
		return "too many at once";
	if (s2.nfree != (left > n ? left - n : 0))
		return "how many are left";
	if (memcmp(&table[s2.ntables], &was[s2.ntables],
		   (TABLES - s2.ntables) * sizeof(was[0])))
		return "beyond the pool";
	return NULL;
}

static int all_zero(void)
{
	for (uint32_t t = 0; t < s2.ntables; t++)
		for (uint32_t i = 0; i < 512; i++)
			if (table[t].e[i] != 0)
				return 0;
	return 1;
}

/* in steps of several lengths, until all is zero */
static int taken_apart(void)
{
	static const uint32_t steps[] = { 1, 2, 3, 16, TABLES, UINT32_MAX };
	const uint32_t most = 1 + (uint32_t)(word() % COUNT(steps));
	const char *what = NULL;
	uint32_t left = s2.ntables, n;

	for (uint32_t i = 0; i < ASKED; i++)
		watched[i].ip = some_page();
	watch();
	while (!what && left > 0) {
		n = steps[word() % most];
		what = wrong_step(n, left);
		left = left > n ? left - n : 0;
	}
	if (!what && !all_zero())
		what = "not zero";
	if (what)
		printf("# destroy, %" PRIu32 " then left: %s\n", left, what);
	return !what;
}

/* a tree that was planted comes to its end, and one that grew in its place */
static int destroyed(uint32_t layout, uint32_t top)
{
	plant(layout, top);
	if (!taken_apart())
		return 0;
	s2.nroots = roots;
	if (iso_s2_init(&s2) != ISO_OK || !nothing("init"))
		return 0;
	for (uint32_t i = 0; i < CALLS; i++)
		if (!one_call() || !tidy(0))
			return 0;
	return taken_apart();
}

int main(int argc, char **argv)
{
	static const char *const layouts[] = { "AArch64", "EPT" };
	const uint64_t trees = argc > 1 ? strtoull(argv[1], NULL, 0) : 100;

	seed(argc > 2 ? strtoull(argv[2], NULL, 0) : 1);
	printf("1..13\n");
	for (uint32_t layout = 0; layout < 2; layout++)
		for (uint32_t top = 0; top < 4; top++) {
			char how[] = ", root of height 0";
			int good = 1;

			for (uint64_t i = 0; good && i < trees; i++)
				good = planted(layout, top) &&
				       grown(layout, top) &&
				       destroyed(layout, top);
			how[sizeof(how) - 2] = (char)('0' + top);
			test(good, layouts[layout], how);
		}
	for (uint32_t layout = 0; layout < 2; layout++)
		test(seen[layout][0] && seen[layout][1] && seen[layout][2],
		     layouts[layout], ": pages and blocks were found");
	for (uint32_t what = UNMAP; what <= PROTECT; what++) {
		const uint64_t *k = codes[what];

		test(k[0] && k[1] && (k[2] || what == UNMAP) && k[3],
		     names[what], ": each code was seen");
	}
	return bad;
}
