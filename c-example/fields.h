/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Takes the header fields of a request from MHD, in the form of hooksig. */
#ifndef RECEIVER_FIELDS_H
#define RECEIVER_FIELDS_H

#include <hooksig.h>
#include <microhttpd.h>
#include <stdbool.h>

enum { MAX_FIELDS = 100 };

struct fields {
    hooksig_header list[MAX_FIELDS];
    size_t len;
    bool is_malformed; /* a name or a value is malformed; the list ends before it */
};

/* Collects at most MAX_FIELDS. Their texts are valid until the request ends. */
void fields_collect(struct fields *fields, struct MHD_Connection *connection);

/* Returns whether the end of the body is uncertain. MHD takes the first of several lengths, while a
 * proxy in front may take another. It reads a body of an unknown coding to the end of the connection. */
bool fields_have_ambiguous_length(const struct fields *fields, const char *version);

#endif
