/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The header fields of a request, as MHD read them and as hooksig takes them. */
#ifndef RECEIVER_FIELDS_H
#define RECEIVER_FIELDS_H

#include <hooksig.h>
#include <microhttpd.h>
#include <stdbool.h>

enum { MAX_FIELDS = 100 };

struct fields {
    hooksig_header list[MAX_FIELDS];
    size_t len;
    bool is_malformed; /* a name or a value is, and the list ends before it */
};

/* Collects at most MAX_FIELDS. Their texts are valid until the request ends. */
void fields_collect(struct fields *fields, struct MHD_Connection *connection);

/* MHD takes the first length; a proxy in front may take another, and see another end of the body.
 * It reads a body of an unknown coding to the end of the connection. */
bool fields_have_ambiguous_length(const struct fields *fields, const char *version);

#endif
