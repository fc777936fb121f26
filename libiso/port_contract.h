/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_PORT_CONTRACT_H
#define ISO_PORT_CONTRACT_H

/*
 * What the engine relies on of <iso/port.h>, in the specification's words. The
 * hardware is a ghost: port_hw is what the VMs have mapped, whose translations
 * may be stale, and the contents of RAM. iso_locked is the lock.
 */

#include <iso/port.h>

#include "spec/iso_spec.h"

/*@ ghost int iso_hw; */
/*@ ghost int iso_locked; */

/*@ axiomatic Hw {
  logic hw hw_at(integer g);
  predicate port_vacant(hw x, integer v, integer i, integer n);
  predicate port_room(hw x, integer v, integer i, integer lo, integer n);
  predicate port_off(hw x, integer v, integer lo, integer n);
  predicate port_unreached(hw x, integer lo, integer n);
  logic hw port_map(hw x, integer v, integer i, integer lo, integer n,
                    integer a);
  logic hw port_unmap(hw x, integer v, integer lo, integer n);
  logic hw port_flush(hw x, integer v);
  logic hw port_zero(hw x, integer lo, integer n);
} */

/*@ logic hw port_hw{L} = hw_at(iso_hw);
    logic state st{L}(struct iso_engine *e) = mk_state(eng(e), port_hw);
    predicate is_run(integer lo, integer n) =
      0 <= lo && 1 <= n && lo + n <= ISO_MAX_PAGES;
    predicate is_window(integer i, integer n) =
      0 <= i && 0 <= n && i + n <= ISO_IPA_PAGES; */

/*@ requires locked: iso_locked == 1;
    requires ids: is_vm(vm) && is_window(ipa, n);
    terminates \true;
    exits \false;
    assigns \nothing;
    ensures decides: \result != 0 <==> port_vacant(port_hw, vm, ipa, n); */
int32_t iso_port_vacant(uint32_t vm, uint32_t ipa, uint32_t n);

/*@ requires locked: iso_locked == 1;
    requires ids: is_vm(vm) && is_run(page, n) && is_window(ipa, n);
    requires room: port_room(port_hw, vm, ipa, page, n);
    requires off: perm == 0 || port_off(port_hw, vm, page, n);
    terminates \true;
    exits \false;
    assigns iso_hw;
    ensures done: port_hw == port_map(\old(port_hw), vm, ipa, page, n, perm); */
void iso_port_map(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t n,
		  uint32_t perm);

/*@ requires locked: iso_locked == 1;
    requires ids: is_vm(vm) && is_run(page, n) && is_window(ipa, n);
    requires there: port_room(port_hw, vm, ipa, page, n);
    terminates \true;
    exits \false;
    assigns iso_hw;
    ensures done: port_hw == port_unmap(\old(port_hw), vm, page, n); */
void iso_port_unmap(uint32_t vm, uint32_t ipa, uint32_t page, uint32_t n);

/*@ requires locked: iso_locked == 1;
    requires ids: is_vm(vm);
    terminates \true;
    exits \false;
    assigns iso_hw;
    ensures done: port_hw == port_flush(\old(port_hw), vm); */
void iso_port_flush(uint32_t vm);

/*@ requires locked: iso_locked == 1;
    requires ids: is_run(page, n);
    requires unreached: port_unreached(port_hw, page, n);
    terminates \true;
    exits \false;
    assigns iso_hw;
    ensures done: port_hw == port_zero(\old(port_hw), page, n); */
void iso_port_zero(uint32_t page, uint32_t n);

/*@ requires unlocked: iso_locked == 0;
    terminates \true;
    exits \false;
    assigns iso_locked;
    ensures locked: iso_locked == 1; */
void iso_port_lock(void);

/*@ requires locked: iso_locked == 1;
    terminates \true;
    exits \false;
    assigns iso_locked;
    ensures unlocked: iso_locked == 0; */
void iso_port_unlock(void);

#endif
