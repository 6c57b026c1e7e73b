/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Prints the header fields with which a Drone server would send a body now:
 *
 *     sign --secret-file secret body.json > fields
 *     curl -H @fields --data-binary @body.json http://127.0.0.1:8080/
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <hooksig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_SECRET = 4096, MAX_BODY = 16 << 20 };

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "sign: %s: %s\n", what, why);
    exit(2);
}

/* Reads a file without stdio, whose buffer would keep a copy of a secret. */
static size_t read_file(const char *path, uint8_t *out, size_t capacity)
{
    size_t len = 0;
    ssize_t got = -1;
    int file = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY);
    while (file >= 0 && (got = read(file, out + len, capacity - len)) > 0)
        len += (size_t)got;
    if (got < 0 || close(file) != 0 || len == capacity)
        fail(path, "cannot be read, or is too long");
    return len;
}

/* A newline at the end of the file is not part of the secret. */
static hooksig_status make_key_of_file(hooksig_key *key, const char *path)
{
    uint8_t secret[MAX_SECRET];
    size_t len = read_file(path, secret, sizeof secret);
    size_t line = len - (len > 0 && secret[len - 1] == '\n');
    line -= line < len && line > 0 && secret[line - 1] == '\r';
    hooksig_status status = hooksig_key_init(key, secret, line);
    for (volatile uint8_t *at = secret; len > 0; len--)
        *at++ = 0;
    return status;
}

/* The field is not signed; older servers send it with a body that names no event. */
static void print_event(const uint8_t *body, size_t body_len)
{
    hooksig_delivery delivery;
    if (hooksig_delivery_read(body, body_len, &delivery) == HOOKSIG_STATUS_OK &&
        delivery.event != HOOKSIG_EVENT_ABSENT && delivery.event != HOOKSIG_EVENT_UNKNOWN)
        printf("X-Drone-Event: %.*s\n", (int)delivery.event_len,
               (const char *)body + delivery.event_at);
}

static int64_t seconds(const char *text)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0)
        fail(text, "no number of seconds");
    return (int64_t)value;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"secret-file", required_argument, NULL, 's'},
                                            {"date", required_argument, NULL, 'd'},
                                            {NULL, 0, NULL, 0}};
    static uint8_t body[MAX_BODY];
    const char *secret = getenv("DRONE_WEBHOOK_SECRET"), *path = NULL;
    int64_t now = (int64_t)time(NULL);
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 's': path = optarg; break;
        case 'd': now = seconds(optarg); break;
        default: fail("usage", "sign [--secret-file FILE] [--date UNIX] [BODY_FILE]");
        }
    }
    if (argc - optind > 1 || (path == NULL && secret == NULL))
        fail("usage", "give one body, and a --secret-file or DRONE_WEBHOOK_SECRET");

    hooksig_key key;
    hooksig_delivery_headers sent;
    size_t body_len = read_file(optind < argc ? argv[optind] : "-", body, sizeof body);
    hooksig_status status = path != NULL
                                ? make_key_of_file(&key, path)
                                : hooksig_key_init(&key, (const uint8_t *)secret, strlen(secret));
    if (status == HOOKSIG_STATUS_OK)
        status = hooksig_delivery_sign(&key, body, body_len, now, &sent);
    hooksig_key_wipe(&key);
    if (status != HOOKSIG_STATUS_OK)
        fail("not signed", hooksig_status_text(status));
    printf("Date: %s\nDigest: %s\nSignature: %s\nContent-Type: application/json\n", sent.date,
           sent.digest, sent.signature);
    print_event(body, body_len);
    return fflush(stdout) == 0 ? 0 : 1;
}
