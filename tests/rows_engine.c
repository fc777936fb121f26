/* SPDX-License-Identifier: BSD-2-Clause */
#include "scene.h"

TestSuite(engine_init, .init = empty_init, .fini = scene_check);

Test(engine_init, invalid_npages)
{
	refused(ISO_INVALID, iso_engine_init(&engine, pages, 0, vms));
	refused(ISO_INVALID, iso_engine_init(&engine, pages,
					     ISO_MAX_PAGES + 1ull, vms));
	refused(ISO_INVALID, iso_engine_init(&engine, pages,
					     (1ull << 32) + NPAGES, vms));
	refused(ISO_INVALID, iso_engine_init(&engine, pages, UINT64_MAX, vms));
	ok(iso_engine_init(&engine, pages, NPAGES, vms));
}

Test(engine_init, ok_all_is_the_hosts)
{
	cr_assert_eq(engine.npages, NPAGES);
	cr_assert_eq(engine.pages, pages);
	cr_assert_eq(engine.vms, vms);
	for (uint32_t p = 0; p < NPAGES; p++) {
		cr_assert_eq(pages[p].owner, ISO_HOST);
		cr_assert_eq(pages[p].tx, ISO_NO_TX);
		cr_assert_eq(pages[p].range, 0);
		cr_assert_eq(pages[p].ipa, p);
	}
	cr_assert_eq(vms[ISO_HOST].state, ISO_VM_LIVE);
	for (uint32_t v = 1; v < ISO_MAX_VMS; v++)
		cr_assert_eq(vms[v].state, ISO_VM_ABSENT);
	cr_assert_eq(machine.calls, 0);
}
