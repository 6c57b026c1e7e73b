/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The log of the receiver. */
#define _POSIX_C_SOURCE 200809L

#include "log.h"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { LOGGED_BYTES = 40 }; /* of an event, and of an action */

/* Escapes a sender's text for the log, so that nobody can forge a line. */
static void escape(char out[4 * LOGGED_BYTES + 1], struct untrusted from)
{
    out += sprintf(out, from.len == 0 ? "-" : "");
    for (size_t i = 0; i < from.len && i < LOGGED_BYTES; i++) {
        bool is_plain = from.text[i] > ' ' && from.text[i] < 0x7f && from.text[i] != '\\';
        out += sprintf(out, is_plain ? "%c" : "\\x%02x", from.text[i]);
    }
}

/* Returns whether a line can be written at once. A log that nobody reads must not stall deliveries. */
static bool is_log_ready(void)
{
    struct pollfd log = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&log, 1, 0) == 1 && (log.revents & POLLOUT) != 0;
}

void log_tell_lost_lines(struct log *log)
{
    if (log->lost_lines > 0 && is_log_ready()) {
        fprintf(stderr, "receiver: %llu lines were lost: nobody read those before\n",
                log->lost_lines);
        log->lost_lines = 0;
    }
}

static void write_origin(const struct sockaddr *peer)
{
    char now[32] = "-", host[64] = "-", port[8] = "-";
    time_t seconds = time(NULL);
    struct tm utc;
    if (gmtime_r(&seconds, &utc) != NULL)
        strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", &utc);
    bool is_v6 = peer->sa_family == AF_INET6;
    getnameinfo(peer, is_v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in), host,
                sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    fprintf(stderr, is_v6 ? "%s [%s]:%s " : "%s %s:%s ", now, host, port);
}

void log_write(struct log *log, const struct line *line)
{
    log_tell_lost_lines(log);
    if (log->lost_lines > 0 || !is_log_ready()) {
        log->lost_lines++;
        return;
    }
    char event[4 * LOGGED_BYTES + 1], action[4 * LOGGED_BYTES + 1], key[24] = "-";
    escape(event, line->event);
    escape(action, line->action);
    if (line->has_key)
        snprintf(key, sizeof key, "%zu", line->key_index);
    write_origin(line->peer);
    fprintf(stderr, "%s %s %s:%s key=%s\n", line->verdict, line->reason, event, action, key);
}
