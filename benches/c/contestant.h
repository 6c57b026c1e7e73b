/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef CONTESTANT_H
#define CONTESTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The input of all contestants, and the answering side of the protocol (src/contestant.rs). */

enum { MAX_HEADERS = 16, MAX_SECRETS = 8, MAX_SKEW = 300 };

typedef struct {
    const char *name, *value;
    size_t name_len, value_len;
} header;

/* A request; its names, values and body are in text. */
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

/* Prepares an operation; its result is passed to each call. */
typedef void *prepare_function(const operation *operation);

/* Does the operation once and returns true if it was accepted. */
typedef bool call_function(const operation *operation, void *prepared);

/* Answers questions on standard input until it ends. */
int serve(int argc, char **argv, const char *title, prepare_function *prepare,
          call_function *call);

/* Returns memory, or ends the program. */
void *allocate(size_t size);

#endif
