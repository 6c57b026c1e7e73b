/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The open connections, with the time by which each must end, and the closed ones that still drain. */
#ifndef RECEIVER_CONNECTIONS_H
#define RECEIVER_CONNECTIONS_H

#include <microhttpd.h>
#include <time.h>

enum {
    MAX_CONNECTIONS = 2048,
    MAX_LINGERING = 1024,
    REQUEST_SECONDS = 20,    /* a connection is closed if a request is not answered by then */
    DRAINED_BYTES = 8 << 20, /* limit on the drained part of a refused body, */
    DRAIN_SECONDS = 5        /* and on the time for it */
};

struct peer {
    int socket; /* 0: there is none */
    time_t deadline;
};

/* A connection that MHD has closed, whose sender may still be writing. */
struct lingering {
    int socket; /* 0: there is none */
    time_t deadline;
    size_t left;
};

/* All zeros is empty. */
struct connections {
    struct peer peers[MAX_CONNECTIONS];
    struct lingering lingering[MAX_LINGERING];
    size_t next_lingering;
};

/* MHD calls this when a connection begins, and when it ends. `cls` is a struct connections. */
void connections_notify(void *cls, struct MHD_Connection *connection, void **context,
                        enum MHD_ConnectionNotificationCode what);

/* Sets the deadline of a connection's request, in seconds from now. */
void connections_set_deadline(struct MHD_Connection *connection, time_t seconds);

/* Discards the bytes that refused senders still write. Returns the milliseconds until the next call. */
int connections_drain(struct connections *connections);

/* Ends each connection after its deadline, because MHD's own timeout starts again with each byte. */
void connections_cut_off_the_slow(struct connections *connections);

#endif
