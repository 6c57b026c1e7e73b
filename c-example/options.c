/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Reads the options. A secret is kept only as a key. */
#define _POSIX_C_SOURCE 200809L

#include "options.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_SECRET = 4096 };

static void fail_usage(void)
{
    static const char usage[] =
        "usage: receiver [OPTION]...\n"
        "  --secret-file FILE  read a secret from FILE, without a newline at its end; may be\n"
        "                      repeated; default: the variable DRONE_WEBHOOK_SECRET\n"
        "  --listen ADDR       the address to listen on (127.0.0.1)\n"
        "  --port N            the port, 0 for any free one (0)\n"
        "  --max-body BYTES    the longest body (1048576)\n"
        "  --guard N           the number of replay guard entries: twice the deliveries in ten\n"
        "                      minutes (4096)\n";
    fputs(usage, stderr);
    exit(2);
}

void fail(const char *what, const char *why)
{
    fprintf(stderr, "receiver: %s: %s\n", what, why);
    exit(2);
}

static size_t number(const char *text, size_t min, size_t max)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || value < min || value > max)
        fail(text, "not a number, or out of range");
    return (size_t)value;
}

static void add_key(struct options *options, const char *origin, const uint8_t *secret, size_t len)
{
    if (options->keys_len == MAX_KEYS)
        fail(origin, "too many secrets");
    hooksig_status status = hooksig_key_init(&options->keys[options->keys_len], secret, len);
    if (status != HOOKSIG_STATUS_OK)
        fail(origin, hooksig_status_text(status));
    options->keys_len++;
}

/* Reads without stdio, whose buffer would keep a copy of the secret, and wipes its own. */
static void add_key_file(struct options *options, const char *path)
{
    uint8_t secret[MAX_SECRET];
    size_t len = 0;
    ssize_t got = -1;
    int file = open(path, O_RDONLY);
    while (file >= 0 && (got = read(file, secret + len, sizeof secret - len)) > 0)
        len += (size_t)got;
    if (got < 0 || close(file) != 0 || len == sizeof secret)
        fail(path, "cannot be read, or is too long");
    size_t line = len - (len > 0 && secret[len - 1] == '\n');
    line -= line < len && line > 0 && secret[line - 1] == '\r';
    add_key(options, path, secret, line);
    for (volatile uint8_t *at = secret; len > 0; len--)
        *at++ = 0;
}

void options_read(struct options *options, int argc, char **argv)
{
    *options = (struct options){
        .address = "127.0.0.1", .port = "0", .max_body = 1 << 20, .guard_len = 4096};
    static const struct option known[] = {
        {"secret-file", required_argument, NULL, 's'}, {"listen", required_argument, NULL, 'l'},
        {"port", required_argument, NULL, 'p'},        {"max-body", required_argument, NULL, 'm'},
        {"guard", required_argument, NULL, 'g'},       {NULL, 0, NULL, 0}};
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (option) {
        case 's': add_key_file(options, optarg); break;
        case 'l': options->address = optarg; break;
        case 'p': options->port = optarg, number(optarg, 0, 65535); break;
        case 'm': options->max_body = number(optarg, 0, 1 << 30); break;
        case 'g': options->guard_len = number(optarg, 1, 1 << 24); break;
        default: fail_usage();
        }
    }
    if (optind < argc)
        fail_usage();
    const char *secret = getenv("DRONE_WEBHOOK_SECRET");
    if (options->keys_len == 0 && secret == NULL)
        fail("no secret", "give --secret-file or set DRONE_WEBHOOK_SECRET");
    if (options->keys_len == 0)
        add_key(options, "DRONE_WEBHOOK_SECRET", (const uint8_t *)secret, strlen(secret));
}
