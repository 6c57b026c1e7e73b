/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The C core as a receiver of raw heads, for the suite of attacks: verify SECRET_FILE...
 *
 * Standard input holds requests: two lengths (8 bytes each, least significant first), the head, the
 * body. For each, the name of its status is written to standard output, on a line.
 */
#include <hooksig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_KEYS = 16, MAX_SECRET = 4096, GUARD_LEN = 4096 };

static hooksig_key keys[MAX_KEYS];
static size_t keys_len;
static hooksig_replay_entry guard[GUARD_LEN];

static void add_key(const char *path)
{
    uint8_t secret[MAX_SECRET];
    FILE *file = fopen(path, "rb");
    size_t len = file == NULL ? 0 : fread(secret, 1, sizeof secret, file);
    if (file != NULL)
        fclose(file);
    hooksig_status status = hooksig_key_init(&keys[keys_len++], secret, len);
    if (status != HOOKSIG_STATUS_OK) {
        fprintf(stderr, "%s: %s\n", path, hooksig_status_text(status));
        exit(2);
    }
}

static uint8_t *read_bytes(size_t len)
{
    uint8_t *bytes = malloc(len + 1); /* so that an empty one is not NULL */
    if (bytes == NULL || fread(bytes, 1, len, stdin) != len)
        exit(1);
    return bytes;
}

static hooksig_status receive(const uint8_t *head, size_t head_len, const uint8_t *body,
                              size_t body_len)
{
    hooksig_received received;
    const hooksig_receiver receiver = {.keys = keys,
                                       .keys_len = keys_len,
                                       .now = (int64_t)time(NULL),
                                       .guard = guard,
                                       .guard_len = GUARD_LEN};
    return hooksig_receive_head(&receiver, (const char *)head, head_len, body, body_len,
                                &received);
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc - 1 > MAX_KEYS)
        return 2;
    for (int i = 1; i < argc; i++)
        add_key(argv[i]);
    for (uint8_t lengths[16]; fread(lengths, sizeof lengths, 1, stdin) == 1;) {
        size_t head_len = 0, body_len = 0;
        for (int i = 7; i >= 0; i--) {
            head_len = head_len << 8 | lengths[i];
            body_len = body_len << 8 | lengths[8 + i];
        }
        uint8_t *head = read_bytes(head_len), *body = read_bytes(body_len);
        puts(hooksig_status_name(receive(head, head_len, body, body_len)));
        fflush(stdout);
        free(head);
        free(body);
    }
    return 0;
}
