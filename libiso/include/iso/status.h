/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ISO_STATUS_H
#define ISO_STATUS_H

/*
 * Status codes. The numbers are those of FF-A (Arm Firmware Framework for
 * A-profile, DEN0077, "Status codes"). A call that returns anything but
 * ISO_OK or ISO_RETRY has changed nothing.
 */
#define ISO_OK 0             /* done */
#define ISO_NOT_SUPPORTED -1 /* no such call */
#define ISO_INVALID -2       /* an argument is out of its range */
#define ISO_NO_MEMORY -3     /* a table of the caller is full */
#define ISO_BUSY -4          /* in use now: an id, an address, a transaction */
#define ISO_INTERRUPTED -5   /* stopped by an event; nothing was lost */
#define ISO_DENIED -6        /* the caller has no right to this */
#define ISO_RETRY -7         /* a bounded step was done: call again */
#define ISO_ABORTED -8       /* ended by another */

#endif
