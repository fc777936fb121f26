/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_CLOSE_H
#define ISO_CLOSE_H

#include <iso/iso.h>

#include "port_contract.h"

/* the transaction ends and its pages are the owner's alone again */
/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: is_vm(o) && is_tx(h);
    requires used: e->vms[o].tx[h].state != ISO_TX_FREE;
    terminates \true;
    exits \false;
    assigns e->pages[0 .. e->npages - 1], e->vms[o].tx[h], iso_hw;
    ensures done: st(e) == close_next(\old(st(e)), o, h); */
void iso_tx_close(struct iso_engine *e, uint32_t o, uint32_t h);

/* the owner's rights on the transaction's pages become perm */
/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: is_vm(o) && is_tx(h);
    requires perm: perm == ISO_PERM_NONE ||
      (perm == ISO_PERM_RWX && e->vms[o].tx[h].state == ISO_TX_SENT &&
       e->vms[o].tx[h].kind != ISO_SHARE);
    terminates \true;
    exits \false;
    assigns iso_hw;
    ensures done: port_hw == hw_owner(\old(st(e)), o, h,
      \old(e->vms[o].tx[h].nranges), perm); */
void iso_map_owner(struct iso_engine *e, uint32_t o, uint32_t h, uint32_t perm);

/* a receiver's mapping of the transaction goes */
/*@ requires valid: valid_engine(e);
    requires locked: iso_locked == 1;
    requires wf: wf(st(e));
    requires ids: is_vm(o) && is_tx(h);
    requires held: is_vm(w) && w != o &&
      e->vms[o].tx[h].grant[w].retrieved != 0;
    terminates \true;
    exits \false;
    assigns iso_hw;
    ensures done: port_hw == dropped(\old(st(e)), o, h, w); */
void iso_tx_unmap(struct iso_engine *e, uint32_t o, uint32_t h, uint32_t w);

#endif
