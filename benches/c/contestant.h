/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef CONTESTANT_H
#define CONTESTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What all contestants are given, and the side of the protocol that is asked (src/contestant.rs). */

enum { MAX_HEADERS = 16, MAX_SECRETS = 8, MAX_SKEW = 300 };

typedef struct {
    const char *name, *value;
    size_t name_len, value_len;
} header;

/* A request; names, values and body lie in text. */
typedef struct {
    char *text;
    header headers[MAX_HEADERS];
    size_t headers_len;
    const uint8_t *body;
    size_t body_len;
} delivery;

typedef enum { SIGN, HEAD, VERIFY } kind;

/* An operation. The secrets end with NUL; the last one fits. */
typedef struct {
    kind kind;
    delivery delivery;
    const char *const *secrets;
    size_t secrets_len;
    int64_t now;
} operation;

/* Makes an operation ready; what it gives is handed to each call. */
typedef void *prepare_function(const operation *operation);

/* Does the operation once and says whether it was accepted. */
typedef bool call_function(const operation *operation, void *prepared);

/* Answers questions on standard input until it ends. */
int serve(int argc, char **argv, const char *title, prepare_function *prepare, call_function *call);

/* Memory, or the end of the program. */
void *allocate(size_t size);

#endif
