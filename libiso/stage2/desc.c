/* SPDX-License-Identifier: BSD-2-Clause */
#include "desc.h"

/* powers of 512: the pages of an entry, by height */
#define PAGES_1 512u
#define PAGES_2 262144u
#define PAGES_3 134217728u
#define PAGES_4 68719476736u

/* bits of both layouts: the frame is from bit 12 on */
#define FRAME 4096u
#define FRAMES 68719476736u
/* numbers of tables are 32 bits */
#define NUMBERS 4294967296u

/* VMSAv8-64 stage 2: bits 1:0, 5:2 memory type, 7:6 read and write, 9:8
 * shareable, 10 accessed, 54 not executable */
#define A64_BLOCK 1u
#define A64_TABLE 3u
#define A64_DEVICE 4u
#define A64_NORMAL 60u
#define A64_R 64u
#define A64_RW 192u
#define A64_INNER_AF 1792u
#define A64_XN 18014398509481984u

/* EPT: bits 2:0 read, write and execute, 5:3 memory type, 7 a block */
#define EPT_TABLE 7u
#define EPT_WB 48u
#define EPT_BLOCK 128u

uint32_t iso_s2_span(uint32_t h)
{
	if (h == 0)
		return 1;
	if (h == 1)
		return PAGES_1;
	return h == 2 ? PAGES_2 : PAGES_3;
}

/* inline, with all that iso_s2_query calls: within all_stage2.c gcc -O2 then
 * makes straight code of it, where it made calls. The greatest height first: that
 * is where a walk begins. */
inline uint32_t iso_s2_slot(uint32_t h, uint64_t ip)
{
	if (h == 3) {
		/*@ assert three: field(ip, PAGES_3, 512) == ip / PAGES_3 % 512; */
		return (uint32_t)(ip / PAGES_3 % 512u);
	}
	if (h == 2) {
		/*@ assert two: field(ip, PAGES_2, 512) == ip / PAGES_2 % 512; */
		return (uint32_t)(ip / PAGES_2 % 512u);
	}
	if (h == 1) {
		/*@ assert one: field(ip, PAGES_1, 512) == ip / PAGES_1 % 512; */
		return (uint32_t)(ip / PAGES_1 % 512u);
	}
	return (uint32_t)(ip % 512u);
}

inline uint32_t iso_s2_off(uint32_t h, uint64_t ip)
{
	/*@ assert one: off(1, ip) == ip % PAGES_1; */
	/*@ assert two: off(2, ip) == ip % PAGES_2; */
	/*@ assert three: off(3, ip) == ip % PAGES_3; */
	if (h == 3)
		return (uint32_t)(ip % PAGES_3);
	if (h == 2)
		return (uint32_t)(ip % PAGES_2);
	return h == 1 ? (uint32_t)(ip % PAGES_1) : 0;
}

uint64_t iso_s2_first(uint32_t h, uint64_t o, uint32_t i)
{
	const uint64_t k = i;

	if (h == 0)
		return o + k;
	if (h == 1)
		return o + PAGES_1 * k;
	if (h == 2)
		return o + PAGES_2 * k;
	return o + PAGES_3 * k;
}

int32_t iso_s2_fits(uint32_t h, uint64_t f)
{
	return iso_s2_off(h, f) == 0;
}

inline uint64_t iso_s2_root_of(uint32_t h, uint64_t ip)
{
	if (h == 3)
		return ip / PAGES_4;
	if (h == 2)
		return ip / PAGES_3;
	return h == 1 ? ip / PAGES_2 : ip / PAGES_1;
}

int32_t iso_s2_valid_ip(uint32_t h, uint32_t n, uint64_t ip)
{
	/* not against root_org, which may be more than 64 bits */
	return iso_s2_root_of(h, ip) < n;
}

uint64_t iso_s2_root_org(uint32_t h, uint32_t r)
{
	const uint64_t k = r;

	if (h == 0)
		return PAGES_1 * k;
	if (h == 1)
		return PAGES_2 * k;
	if (h == 2)
		return PAGES_3 * k;
	return PAGES_4 * k;
}

/*@ requires height: height(h);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == d_kind(ISO_S2_ARM64, h, d); */
static uint32_t a64_kind(uint32_t h, uint64_t d)
{
	if (d % 2u == 0)
		return ISO_S2_NONE;
	if (d % 4u == A64_BLOCK)
		return h == 1 || h == 2 ? ISO_S2_LEAF : ISO_S2_NONE;
	return h == 0 ? ISO_S2_LEAF : ISO_S2_NEXT;
}

/* one division at a time: together they are slow to prove */
/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == field(d, 1, 8); */
static uint32_t ept_rights(uint64_t d)
{
	return (uint32_t)(d % 8u);
}

/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == field(d, 1, 256); */
static uint32_t ept_low(uint64_t d)
{
	return (uint32_t)(d % 256u);
}

/*@ requires height: height(h);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == d_kind(ISO_S2_EPT, h, d); */
static uint32_t ept_kind(uint32_t h, uint64_t d)
{
	if (ept_rights(d) == 0)
		return ISO_S2_NONE;
	if (h == 0)
		return ISO_S2_LEAF;
	if (ept_low(d) >= EPT_BLOCK)
		return h == 3 ? ISO_S2_NONE : ISO_S2_LEAF;
	return ISO_S2_NEXT;
}

inline uint32_t iso_s2_kind(uint32_t l, uint32_t h, uint64_t d)
{
	return l == ISO_S2_ARM64 ? a64_kind(h, d) : ept_kind(h, d);
}

/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \forall integer h; 1 <= h <= 3 &&
      (d_kind(ISO_S2_ARM64, h, d) == ISO_S2_NONE ==> d == 0) ==>
      (\result != 0 <==> d_kind(ISO_S2_ARM64, h, d) == ISO_S2_NEXT); */
static int32_t a64_leads(uint64_t d)
{
	return d % 4u > A64_BLOCK;
}

/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \forall integer h; 1 <= h <= 3 &&
      (d_kind(ISO_S2_EPT, h, d) == ISO_S2_NONE ==> d == 0) ==>
      (\result != 0 <==> d_kind(ISO_S2_EPT, h, d) == ISO_S2_NEXT); */
static int32_t ept_leads(uint64_t d)
{
	return d != 0 && ept_low(d) < EPT_BLOCK;
}

inline int32_t iso_s2_leads(uint32_t l, uint64_t d)
{
	return l == ISO_S2_ARM64 ? a64_leads(d) : ept_leads(d);
}

inline int32_t iso_s2_leaf(uint64_t d)
{
	return d != 0;
}

inline uint64_t iso_s2_frame(uint64_t d)
{
	/*@ assert field: field(d, FRAME, FRAMES) == d / FRAME % FRAMES; */
	return d / FRAME % FRAMES;
}

/* modulo NUMBERS, what is above the frame and most of the frame need not be cut
 * off first */
inline uint32_t iso_s2_next(uint64_t d, uint64_t b)
{
	const uint64_t f = d / FRAME;

	/*@ assert field: field(d, FRAME, FRAMES) == f % FRAMES; */
	return (uint32_t)((f - b) % NUMBERS);
}

/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == field(d, 4, 16); */
static uint32_t a64_type(uint64_t d)
{
	return (uint32_t)(d / 4u % 16u);
}

/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == field(d, 128, 2); */
static uint32_t a64_w(uint64_t d)
{
	return (uint32_t)(d / 128u % 2u);
}

/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == field(d, A64_XN, 2); */
static uint32_t a64_xn(uint64_t d)
{
	return (uint32_t)(d / A64_XN % 2u);
}

/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \forall integer h; \result == d_attr(ISO_S2_ARM64, h, d); */
static uint32_t a64_attr(uint64_t d)
{
	const uint32_t mem = a64_type(d) == 15 ? 0 : ISO_S2_DEVICE;

	return mem + (ISO_PERM_RX + 2u * a64_w(d) - 4u * a64_xn(d));
}

/*@ terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \forall integer h; \result == d_attr(ISO_S2_EPT, h, d); */
static uint32_t ept_attr(uint64_t d)
{
	const uint32_t type = d / 8u % 8u == 6 ? 0 : ISO_S2_DEVICE;

	return type + (uint32_t)(d % 8u);
}

inline uint32_t iso_s2_attr(uint32_t l, uint64_t d)
{
	return l == ISO_S2_ARM64 ? a64_attr(d) : ept_attr(d);
}

uint64_t iso_s2_mk_next(uint32_t l, uint64_t f)
{
	return FRAME * f + (l == ISO_S2_ARM64 ? A64_TABLE : EPT_TABLE);
}

/*@ requires leaf: leaf_height(h);
    requires frame: frame(f);
    requires attr: attr(a);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == mk_leaf(ISO_S2_ARM64, h, f, a); */
static uint64_t a64_leaf(uint32_t h, uint64_t f, uint32_t a)
{
	const uint64_t kind = h == 0 ? A64_TABLE : A64_BLOCK;
	const uint64_t type = a >= ISO_S2_DEVICE ? A64_DEVICE : A64_NORMAL;
	const uint64_t rw = a / 2u % 2u == 1 ? A64_RW : A64_R;
	const uint64_t xn = a / 4u % 2u == 1 ? 0 : A64_XN;

	/*@ assert write: field(a, 2, 2) == a / 2 % 2; */
	/*@ assert fetch: field(a, 4, 2) == a / 4 % 2; */
	return FRAME * f + kind + type + rw + A64_INNER_AF + xn;
}

/*@ requires leaf: leaf_height(h);
    requires frame: frame(f);
    requires attr: attr(a);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures is: \result == mk_leaf(ISO_S2_EPT, h, f, a); */
static uint64_t ept_leaf(uint32_t h, uint64_t f, uint32_t a)
{
	const uint64_t kind = h == 0 ? 0 : EPT_BLOCK;
	const uint64_t low = a >= ISO_S2_DEVICE ? a - ISO_S2_DEVICE
						: a + EPT_WB;

	return FRAME * f + kind + low;
}

uint64_t iso_s2_mk_leaf(uint32_t l, uint32_t h, uint64_t f, uint32_t a)
{
	return l == ISO_S2_ARM64 ? a64_leaf(h, f, a) : ept_leaf(h, f, a);
}
