/* Shared by the test programs: a line per test, test data, and files. */
#ifndef CHECK_H
#define CHECK_H

#include <hooksig.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The secret of the recorded deliveries. */
#define SECRET "bea26a2221fd8090ea38720fc445eca6"

/* A literal as pointer and length. */
#define TEXT(literal) (literal), (sizeof(literal) - 1)
#define OCTETS(literal) ((const uint8_t *)(literal)), (sizeof(literal) - 1)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int failures;

/* Prints a sentence, and whether it holds. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static inline void
check(bool holds, const char *sentence, ...)
{
    va_list values;
    va_start(values, sentence);
    printf("%s ", holds ? "ok  " : "FAIL");
    vprintf(sentence, values);
    printf("\n");
    va_end(values);
    if (!holds)
        failures++;
}

/* What main returns. */
static inline int outcome(void)
{
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Ends the program: the test itself cannot go on. */
static inline void give_up(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(2);
}

static inline void *allocate(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);
    if (memory == NULL)
        give_up("out of memory");
    return memory;
}

/* A copy in memory of just that size, so that valgrind sees what reads past its end. */
static inline char *copy_of(const char *start, size_t len)
{
    char *copy = (char *)allocate(len);
    memcpy(copy, start, len);
    return copy;
}

static inline hooksig_key key_of(const char *secret)
{
    hooksig_key key;
    if (hooksig_key_init(&key, (const uint8_t *)secret, strlen(secret)) != HOOKSIG_STATUS_OK)
        give_up("the secret cannot be used");
    return key;
}

/* A receiver without a guard. */
static inline hooksig_receiver receiver_of(const hooksig_key *keys, size_t keys_len, int64_t now)
{
    hooksig_receiver receiver;
    memset(&receiver, 0, sizeof receiver);
    receiver.keys = keys;
    receiver.keys_len = keys_len;
    receiver.now = now;
    return receiver;
}

/* The whole of a file; *len receives its length. */
static inline char *read_file(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        give_up(path);
    long size = ftell(file);
    if (size < 0)
        give_up(path);
    rewind(file);
    char *content = (char *)allocate((size_t)size);
    *len = fread(content, 1, (size_t)size, file);
    if (*len != (size_t)size)
        give_up(path);
    fclose(file);
    return content;
}

#endif
