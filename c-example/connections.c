/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Deadlines of connections, and their lingering close. */
#define _POSIX_C_SOURCE 200809L

#include "connections.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MILLISECONDS_OF_WAIT = 500, MILLISECONDS_OF_LINGERING = 10 };

void connections_set_deadline(struct MHD_Connection *connection, time_t seconds)
{
    struct peer *peer =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    if (peer != NULL)
        peer->deadline = time(NULL) + seconds;
}

/* Keeps a closed connection, within limits, until its sender has stopped writing. Closing the socket
 * earlier would reset the connection, and the sender would get a broken pipe instead of the answer. A
 * Drone server then skips all later endpoints. */
static void linger(struct connections *connections, int socket)
{
    struct lingering *slot =
        &connections->lingering[connections->next_lingering++ % MAX_LINGERING];
    int own = fcntl(socket, F_DUPFD_CLOEXEC, 1);
    if (own < 0)
        return;
    if (slot->socket != 0)
        close(slot->socket);
    shutdown(own, SHUT_WR);
    *slot = (struct lingering){own, time(NULL) + DRAIN_SECONDS, DRAINED_BYTES};
}

/* Discards the available bytes. Returns true if more may come. */
static bool drain(struct lingering *lingering)
{
    static char dropped[64 * 1024];
    ssize_t got;
    while ((got = recv(lingering->socket, dropped, sizeof dropped, MSG_DONTWAIT)) > 0) {
        if ((size_t)got >= lingering->left)
            return false;
        lingering->left -= (size_t)got;
    }
    return got < 0 && (errno == EAGAIN || errno == EINTR) && time(NULL) <= lingering->deadline;
}

int connections_drain(struct connections *connections)
{
    int wait = MILLISECONDS_OF_WAIT;
    for (size_t i = 0; i < MAX_LINGERING; i++) {
        struct lingering *lingering = &connections->lingering[i];
        if (lingering->socket == 0)
            continue;
        wait = MILLISECONDS_OF_LINGERING;
        if (!drain(lingering)) {
            close(lingering->socket);
            lingering->socket = 0;
        }
    }
    return wait;
}

void connections_notify(void *cls, struct MHD_Connection *connection, void **context,
                        enum MHD_ConnectionNotificationCode what)
{
    struct connections *connections = cls;
    struct peer *peer = *context;
    int socket =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        linger(connections, socket);
        if (peer != NULL)
            peer->socket = 0;
        return;
    }
    for (peer = connections->peers; peer < connections->peers + MAX_CONNECTIONS; peer++) {
        if (peer->socket == 0) {
            *peer = (struct peer){socket, time(NULL) + REQUEST_SECONDS};
            *context = peer;
            return;
        }
    }
}

void connections_cut_off_the_slow(struct connections *connections)
{
    time_t now = time(NULL);
    for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
        if (connections->peers[i].socket != 0 && connections->peers[i].deadline < now)
            shutdown(connections->peers[i].socket, SHUT_RDWR);
    }
}
