/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "isod.h"

static uint64_t pack(const struct iso_page *p)
{
	return p->owner | (uint64_t)p->tx << 16 | (uint64_t)p->range << 24 |
	       (uint64_t)p->ipa << 32;
}

static int32_t query(uint32_t c, uint64_t page, uint64_t *out)
{
	struct iso_page p;
	const int32_t code = iso_page_query(&isod_engine, c, page, &p);

	if (code == ISO_OK)
		*out = pack(&p);
	return code;
}

/* a destroyed VM's vCPU goes with it */
static int32_t destroy(uint32_t c, uint64_t vm, uint64_t max)
{
	const int32_t code = iso_vm_destroy(&isod_engine, c, vm, max);

	if (code == ISO_OK && vm < ISO_MAX_VMS &&
	    isod_engine.vms[vm].state == ISO_VM_ABSENT)
		machine_remove((uint32_t)vm);
	return code;
}

/* guests name pages by their addresses, the host by number */
static uint64_t page_of(uint32_t c, uint64_t name)
{
	return c == ISO_HOST ? name : port_page(c, name);
}

int32_t serve_call(uint32_t c, uint64_t nr, const uint64_t *a, uint64_t *out)
{
	struct iso_engine *e = &isod_engine;

	switch (nr) {
	case ISO_OP_VM_CREATE:
		return iso_vm_create(e, c, a[0]);
	case ISO_OP_VM_START:
		return iso_vm_start(e, c, a[0]);
	case ISO_OP_VM_PEER:
		return iso_vm_peer(e, c, a[0], a[1], a[2]);
	case ISO_OP_VM_DESTROY:
		return destroy(c, a[0], a[1]);
	case ISO_OP_PAGE_ASSIGN:
		return iso_page_assign(e, c, a[0], a[1], a[2], a[3]);
	case ISO_OP_PAGE_RELEASE:
		return iso_page_release(e, c, page_of(c, a[0]), a[1], a[2]);
	case ISO_OP_PAGE_QUERY:
		return query(c, page_of(c, a[0]), out);
	case ISO_OP_TX_OPEN:
		return iso_tx_open(e, c, a[0], a[1]);
	case ISO_OP_TX_ADD:
		return iso_tx_add(e, c, a[0], page_of(c, a[1]), a[2]);
	case ISO_OP_TX_GRANT:
		return iso_tx_grant(e, c, a[0], a[1], a[2]);
	case ISO_OP_TX_SEND:
		return iso_tx_send(e, c, a[0], a[1], a[2]);
	case ISO_OP_TX_RETRIEVE:
		return iso_tx_retrieve(e, c, a[0], a[1], a[2]);
	case ISO_OP_TX_RELINQUISH:
		return iso_tx_relinquish(e, c, a[0], a[1], a[2], a[3]);
	case ISO_OP_TX_RECLAIM:
		return iso_tx_reclaim(e, c, a[0], a[1]);
	case ISO_OP_TX_ABORT:
		return iso_tx_abort(e, c, a[0]);
	default:
		return ISO_NOT_SUPPORTED;
	}
}

/*
 * The host reaches RAM as every VM does, by its own stage 2: what it assigned,
 * lent or gave is not there.
 */
static int32_t load(const struct iso_msg *m, uint32_t len)
{
	uint8_t *to = port_reach(ISO_HOST, m->arg[0], ISO_PERM_RW);

	if (m->arg[1] > ISO_PAGE_SIZE - len)
		return ISO_INVALID;
	if (to == NULL)
		return ISO_DENIED;
	memcpy(to + m->arg[1], m->data, len);
	return ISO_OK;
}

static int32_t read_page(struct iso_msg *m)
{
	const uint8_t *from = port_reach(ISO_HOST, m->arg[0], ISO_PERM_R);

	if (from == NULL)
		return ISO_DENIED;
	memcpy(m->data, from, ISO_PAGE_SIZE);
	m->len = ISO_PAGE_SIZE;
	return ISO_OK;
}

static int32_t hello(struct iso_msg *m)
{
	m->arg[0] = machine_kind;
	m->arg[1] = isod_engine.npages;
	m->arg[2] = ISOD_IPA_PAGES;
	return ISO_OK;
}

/* m->len is 0 here: what a call wants to send back it puts there */
static int32_t answer(struct iso_msg *m, int64_t op, uint32_t len)
{
	uint64_t a[6];
	uint64_t out = 0;
	int32_t code;

	memcpy(a, m->arg, sizeof(a));
	if (op == ISO_OP_LOAD)
		return load(m, len);
	if (len != 0)
		return ISO_INVALID;
	switch (op) {
	case ISO_OP_HELLO:
		return hello(m);
	case ISO_OP_READ:
		return read_page(m);
	case ISO_OP_RUN:
		return run_vm(a[0], a[1], m);
	default:
		if (op < 0)
			return ISO_NOT_SUPPORTED;
		code = serve_call(ISO_HOST, (uint64_t)op, a, &out);
		m->arg[0] = out;
		return code;
	}
}

void serve(struct iso_msg *m, uint64_t n)
{
	const uint32_t len = m->len;

	m->len = 0;
	if (n < ISO_MSG_HEAD) {
		m->tag = 0;
		m->op = ISO_INVALID;
	} else if (n > sizeof(*m) || n - ISO_MSG_HEAD != len) {
		m->op = ISO_INVALID;
	} else {
		m->op = answer(m, m->op, len);
	}
}
