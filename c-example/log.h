/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The log: a line on standard error for each request. If it is not read, lines are counted instead. */
#ifndef RECEIVER_LOG_H
#define RECEIVER_LOG_H

#include <hooksig.h>
#include <stdbool.h>
#include <sys/socket.h>

/* All zeros is empty. */
struct log {
    unsigned long long lost_lines; /* since it was last read */
};

/* Text of a sender, which is escaped. */
struct untrusted {
    const uint8_t *text;
    size_t len;
};

struct line {
    const struct sockaddr *peer;
    const char *verdict, *reason;
    struct untrusted event, action;
    bool has_key;
    size_t key_index;
};

void log_write(struct log *log, const struct line *line);

/* Writes the number of lost lines once the log is read again. */
void log_tell_lost_lines(struct log *log);

#endif
