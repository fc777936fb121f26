/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>

#include <iso/port.h>

/* The direct port's lock, beside direct.c because its proof is the system's. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void iso_port_lock(void)
{
	pthread_mutex_lock(&lock);
}

void iso_port_unlock(void)
{
	pthread_mutex_unlock(&lock);
}
