/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "contestant.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_OPERATIONS = 32, MAX_LINE = 256 };

typedef struct {
    char text[MAX_LINE];
    operation operation;
    void *prepared;
} entry;

static entry entries[MAX_OPERATIONS];
static size_t entries_len;
static char *secrets_text;
static const char *secrets[MAX_SECRETS];
static size_t secrets_len;

__attribute__((noreturn)) static void give_up(const char *reason)
{
    fprintf(stderr, "%s\n", reason);
    exit(EXIT_FAILURE);
}

void *allocate(size_t size)
{
    void *memory = calloc(1, size);
    if (memory == NULL)
        give_up("there is no memory");
    return memory;
}

/* Returns a file of the folder, with a NUL at the end. */
static char *read_file(const char *folder, const char *name, const char *suffix, size_t *len)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s%s", folder, name, suffix) >= (int)sizeof path)
        give_up("the path is too long");
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        give_up("a file cannot be opened");
    *len = (size_t)ftell(file);
    rewind(file);
    char *text = (char *)allocate(*len + 1);
    if (fread(text, 1, *len, file) != *len)
        give_up("a file cannot be read");
    fclose(file);
    return text;
}

static void read_secrets(const char *folder)
{
    size_t len;
    char *rest;
    secrets_text = read_file(folder, "secrets", "", &len);
    for (char *line = strtok_r(secrets_text, "\n", &rest);
         line != NULL && secrets_len < MAX_SECRETS; line = strtok_r(NULL, "\n", &rest))
        secrets[secrets_len++] = line;
}

/* Splits a request into fields and body; names and values end with NUL. */
static void read_delivery(const char *folder, const char *name, delivery *read)
{
    size_t len;
    read->text = read_file(folder, name, ".http", &len);
    char *line = strstr(read->text, "\r\n");
    if (line == NULL)
        give_up("the delivery is no request");
    line += 2;
    while (*line != '\r' && read->headers_len < MAX_HEADERS) {
        char *colon = strchr(line, ':'), *end = strstr(line, "\r\n");
        if (colon == NULL || end == NULL)
            give_up("the delivery is no request");
        *colon = *end = '\0';
        read->headers[read->headers_len++] =
            (header){line, colon + 2, (size_t)(colon - line), (size_t)(end - colon - 2)};
        line = end + 2;
    }
    read->body = (const uint8_t *)line + 2;
    read->body_len = (size_t)(read->text + len - line - 2);
}

/* Finds an operation, or prepares it. */
static entry *find(const char *folder, int64_t now, const char *text, prepare_function *prepare)
{
    for (size_t i = 0; i < entries_len; i++)
        if (strcmp(entries[i].text, text) == 0)
            return &entries[i];
    if (entries_len == MAX_OPERATIONS)
        give_up("there are too many operations");
    entry *made = &entries[entries_len++];
    snprintf(made->text, sizeof made->text, "%s", text);
    char words[MAX_LINE], *rest;
    snprintf(words, sizeof words, "%s", text);
    const char *word = strtok_r(words, " ", &rest), *name = strtok_r(NULL, " ", &rest);
    size_t known = name == NULL ? 0 : strtoul(rest, NULL, 10);
    if (known == 0 || known > secrets_len)
        give_up("the operation is not known");
    operation *operation = &made->operation;
    operation->kind = *word == 's' ? SIGN : *word == 'h' ? HEAD : VERIFY;
    operation->secrets = secrets + secrets_len - known;
    operation->secrets_len = known;
    operation->now = now;
    read_delivery(folder, name, &operation->delivery);
    made->prepared = prepare(&made->operation);
    return made;
}

static int64_t nanoseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Not inlined, so that callgrind finds it. */
__attribute__((noinline)) static bool repeat_counted(entry *entry, call_function *call, long calls)
{
    bool accepted = true;
    while (calls-- > 0)
        accepted = call(&entry->operation, entry->prepared) && accepted;
    return accepted;
}

/* Times calls after a few that warm the caches. */
static void answer(entry *entry, call_function *call, long calls)
{
    for (long i = 0; i <= calls / 8; i++)
        (void)call(&entry->operation, entry->prepared);
    int64_t start = nanoseconds();
    bool accepted = repeat_counted(entry, call, calls);
    int64_t took = nanoseconds() - start;
    printf("%s %" PRId64 "\n", accepted ? "accepted" : "refused", took);
}

int serve(int argc, char **argv, const char *title, prepare_function *prepare, call_function *call)
{
    char line[MAX_LINE];
    if (argc < 3)
        give_up("usage: CONTESTANT FOLDER UNIX_TIME");
    const char *folder = argv[argc - 2];
    int64_t now = strtoll(argv[argc - 1], NULL, 10);
    read_secrets(folder);
    printf("%s\n", title);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *count = strrchr(line, ' ');
        if (count == NULL)
            give_up("a question has two parts");
        *count = '\0';
        answer(find(folder, now, line, prepare), call, strtol(count + 1, NULL, 10));
        fflush(stdout);
    }
    return EXIT_SUCCESS;
}
