/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Reads header fields more strictly than MHD does. */
#define _POSIX_C_SOURCE 200809L

#include "fields.h"

#include <string.h>
#include <strings.h>

/* Returns whether all bytes can be part of a field's name (RFC 9110, section 5.6.2). */
static bool is_token(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] <= ' ' || text[i] > '~' || strchr("\"(),/:;<=>?@[\\]{}", text[i]) != NULL)
            return false;
    }
    return len > 0;
}

static bool has_control_byte(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];
        if ((byte < ' ' && byte != '\t') || byte == 0x7f)
            return true;
    }
    return false;
}

/* Returns whether a field took more than one line. Before 0.9.76, MHD appends a continuation line to
 * the *name* and moves that elsewhere; later versions refuse it themselves. */
static bool is_folded(const char *name, size_t name_len, const char *value)
{
#if MHD_VERSION < 0x00097600
    while (value[-1] == ' ' || value[-1] == '\t')
        value--;
    return value != name + name_len + 1; /* one for the colon */
#else
    (void)name, (void)name_len, (void)value;
    return false;
#endif
}

static enum MHD_Result collect(void *cls, enum MHD_ValueKind kind, const char *name,
                               size_t name_len, const char *value, size_t value_len)
{
    struct fields *fields = cls;
    (void)kind;
    if (!is_token(name, name_len) || has_control_byte(value, value_len) ||
        is_folded(name, name_len, value))
        fields->is_malformed = true;
    if (fields->is_malformed || fields->len == MAX_FIELDS)
        return MHD_NO;
    fields->list[fields->len++] = (hooksig_header){name, name_len, value, value_len};
    return MHD_YES;
}

void fields_collect(struct fields *fields, struct MHD_Connection *connection)
{
    fields->len = 0;
    fields->is_malformed = false;
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, collect, fields);
}

bool fields_have_ambiguous_length(const struct fields *fields, const char *version)
{
    unsigned lengths = 0;
    for (const hooksig_header *field = fields->list; field < fields->list + fields->len; field++) {
        bool is_coding = strcasecmp(field->name, "Transfer-Encoding") == 0;
        if (is_coding &&
            (strcmp(version, "HTTP/1.1") != 0 || strcasecmp(field->value, "chunked") != 0))
            return true;
        lengths += is_coding || strcasecmp(field->name, "Content-Length") == 0;
    }
    return lengths > 1;
}
