/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The options of the command line. */
#ifndef RECEIVER_OPTIONS_H
#define RECEIVER_OPTIONS_H

#include <hooksig.h>

enum { MAX_KEYS = 16 };

struct options {
    hooksig_key keys[MAX_KEYS];
    size_t keys_len;
    const char *address, *port;
    size_t max_body, guard_len;
};

/* Reads options and secrets. Prints the fault and exits with 2 if one is wrong. */
void options_read(struct options *options, int argc, char **argv);

/* Prints "receiver: what: why" and exits with 2. */
void fail(const char *what, const char *why);

#endif
