/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "isod.h"

static int32_t query(uint32_t c, uint64_t page, uint64_t *answer)
{
	struct iso_page p;
	const int32_t code = iso_page_query(&isod_engine, c, page, &p);

	if (code == ISO_OK)
		*answer = p.owner | (uint64_t)p.tx << 16 |
			  (uint64_t)p.range << 24 | (uint64_t)p.ipa << 32;
	return code;
}

int32_t serve_call(uint32_t c, uint64_t nr, uint64_t *a)
{
	struct iso_engine *e = &isod_engine;

	if (c == ISO_KEEPER)
		return ISO_DENIED;
	switch (nr) {
	case ISO_OP_VM_CREATE:
		return iso_vm_create(e, c, a[0]);
	case ISO_OP_VM_START:
		return iso_vm_start(e, c, a[0]);
	case ISO_OP_VM_PEER:
		return iso_vm_peer(e, c, a[0], a[1], a[2]);
	case ISO_OP_VM_DESTROY:
		return iso_vm_destroy(e, c, a[0], a[1]);
	case ISO_OP_PAGE_ASSIGN:
		return iso_page_assign(e, c, a[0], a[1], a[2], a[3]);
	case ISO_OP_PAGE_RELEASE:
		return iso_page_release(e, c, port_page(c, a[0]), a[1], a[2]);
	case ISO_OP_PAGE_QUERY:
		return query(c, port_page(c, a[0]), a);
	case ISO_OP_TX_OPEN:
		return iso_tx_open(e, c, a[0], a[1]);
	case ISO_OP_TX_ADD:
		return iso_tx_add(e, c, a[0], port_page(c, a[1]), a[2]);
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
 * m has len bytes of data, and m->len is 0: what a call wants to send back it
 * puts there. The host reaches RAM as every VM does, by its own stage 2: what
 * it assigned, lent or gave is not there.
 */
static int32_t answer(struct iso_msg *m, int32_t op, uint32_t len)
{
	uint64_t *a = m->arg;
	int32_t code;

	if (len != 0 && op != ISO_OP_LOAD)
		return ISO_INVALID;
	switch (op) {
	case ISO_OP_HELLO:
		a[0] = machine_kind;
		a[1] = isod_engine.npages;
		a[2] = ept_compared();
		return ISO_OK;
	case ISO_OP_LOAD:
		return port_copy(ISO_HOST, a[0], a[1], m->data, len,
				 ISO_PERM_RW);
	case ISO_OP_READ:
		code = port_copy(ISO_HOST, a[0], 0, m->data, ISO_PAGE_SIZE,
				 ISO_PERM_R);
		m->len = code == ISO_OK ? ISO_PAGE_SIZE : 0;
		return code;
	case ISO_OP_RUN:
		return run_start(a[0]);
	case ISO_OP_WAIT:
		return run_wait(a[0], a[1], m);
	default:
		code = serve_call(ISO_HOST, (uint32_t)op, a);
		code = ept_after(op, a[0], code);
		if (op == ISO_OP_VM_DESTROY && code == ISO_OK)
			run_remove((uint32_t)a[0]);
		return code;
	}
}

void serve(struct iso_msg *m, uint64_t n)
{
	const uint32_t len = m->len;

	m->len = 0;
	m->op = n <= sizeof(*m) && n == ISO_MSG_HEAD + (uint64_t)len
			? answer(m, m->op, len) : ISO_INVALID;
}
