/* Runs the shared conformance cases of cases.flat (written by vectors/examples/flat.rs). Prints
 * one line per case as `hooksig conform` does: ID TAB valid|invalid TAB REASON. */

#include "board.h"

#include <hooksig.h>
#include <string.h>

/* Enough for every case except those that test sizes. A board may set a smaller size. */
#ifndef ARENA
#define ARENA (128 * 1024)
#endif

enum { MAX_KEYS = 4, MAX_HEADERS = 64, PIECE = 64, FIELD_ROOM = 1024 };

/* The handles have one size, on every target. */
_Static_assert(sizeof(hooksig_key) == 160 && sizeof(hooksig_policy) == 224,
               "sizes of the header's text");
_Static_assert(sizeof(hooksig_pending_body) == 256 && sizeof(hooksig_replay_entry) == 48,
               "sizes of the header's text");

struct text {
    char *octets;
    size_t len;
};

/* The head of a case, after the other texts. */
static char arena[ARENA];
static size_t arena_used;
static bool arena_full;

static hooksig_key keys[MAX_KEYS];
static hooksig_header headers[MAX_HEADERS];

static void give_up(const char *why)
{
    board_print(why);
    board_print("\n");
    board_exit(false);
}

static void read_octets(void *room, size_t len)
{
    if (!board_read(room, len))
        give_up("cases.flat ends too early");
}

static size_t read_len(void)
{
    uint8_t octets[4];
    read_octets(octets, sizeof octets);
    return (size_t)octets[0] | (size_t)octets[1] << 8 | (size_t)octets[2] << 16 |
           (size_t)octets[3] << 24;
}

static void skip(size_t len)
{
    uint8_t piece[PIECE];
    for (; len > PIECE; len -= PIECE)
        read_octets(piece, PIECE);
    read_octets(piece, len);
}

/* Reads a text into the arena, with a NUL at the end. */
static struct text read_text(void)
{
    struct text text = {arena, read_len()};
    if (text.len >= sizeof arena - arena_used) {
        arena_full = true;
        skip(text.len);
        text.len = 0;
        return text;
    }
    text.octets = arena + arena_used;
    read_octets(text.octets, text.len);
    text.octets[text.len] = '\0';
    arena_used += text.len + 1;
    return text;
}

static int64_t number(struct text text)
{
    bool negative = text.len > 0 && text.octets[0] == '-';
    int64_t number = 0;
    for (size_t at = negative; at < text.len; at++)
        number = number * 10 + (text.octets[at] - '0');
    return negative ? -number : number;
}

static size_t read_count(size_t max)
{
    size_t count = (size_t)number(read_text());
    if (count > max)
        give_up("cases.flat has a list that is too long");
    return count;
}

static hooksig_status read_keys(size_t *keys_len)
{
    hooksig_status first = HOOKSIG_STATUS_OK;
    *keys_len = read_count(MAX_KEYS);
    for (size_t index = 0; index < *keys_len; index++) {
        struct text secret = read_text();
        hooksig_status status =
            hooksig_key_init(&keys[index], (const uint8_t *)secret.octets, secret.len);
        if (first == HOOKSIG_STATUS_OK)
            first = status;
    }
    return first;
}

static hooksig_request read_head(void)
{
    struct text method = read_text();
    struct text target = read_text();
    size_t headers_len = read_count(MAX_HEADERS);
    for (size_t index = 0; index < headers_len; index++) {
        struct text name = read_text();
        struct text value = read_text();
        headers[index] = (hooksig_header){name.octets, name.len, value.octets, value.len};
    }
    return (hooksig_request){method.octets, method.len, target.octets,
                             target.len,    headers,    headers_len};
}

static const char *reason(hooksig_status status)
{
    return hooksig_status_name(status);
}

/* Passes the body in pieces of all sizes up to PIECE, and skips the rest after a refusal. */
static hooksig_status read_body(hooksig_pending_body *pending, hooksig_status status)
{
    static size_t size = 0;
    size_t left = read_len();
    while (status == HOOKSIG_STATUS_PENDING && left > 0) {
        uint8_t piece[PIECE];
        size = size % PIECE + 1;
        size_t len = left < size ? left : size;
        read_octets(piece, len);
        left -= len;
        status = hooksig_pending_body_update(pending, piece, len);
    }
    skip(left);
    return status;
}

static const char *verify(void)
{
    size_t keys_len;
    hooksig_status status = read_keys(&keys_len);
    struct text now_text = read_text();
    struct text matched = read_text();
    int64_t now = now_text.len == 0 ? HOOKSIG_NO_CLOCK : number(now_text);
    hooksig_request request = read_head();
    hooksig_pending_body pending;
    hooksig_verified verified = {0};
    const hooksig_receiver receiver = {.keys = keys, .keys_len = keys_len, .now = now};
    if (status == HOOKSIG_STATUS_OK && !arena_full)
        status = hooksig_begin(&pending, &receiver, &request);
    status = read_body(&pending, arena_full ? HOOKSIG_STATUS_INVALID_LENGTH : status);
    if (status == HOOKSIG_STATUS_PENDING)
        status = hooksig_pending_body_finish(&pending, &verified);
    if (status != HOOKSIG_STATUS_OK || matched.len == 0)
        return reason(status);
    return verified.key_index == (size_t)number(matched) ? "ok" : "other-key";
}

static bool same(const char *octets, size_t len, struct text expected)
{
    return len == expected.len && memcmp(octets, expected.octets, len) == 0;
}

/* Checks the field; its signature comes after the last quote but two. */
static bool has_signature(const char *field, size_t len, struct text signature)
{
    static const char before[] = "\",algorithm=\"hmac-sha256\",signature=\"";
    for (size_t at = 0; at + sizeof before - 1 + signature.len < len; at++) {
        if (memcmp(field + at, before, sizeof before - 1) == 0)
            return same(field + at + sizeof before - 1, signature.len, signature);
    }
    return false;
}

static const char *sign(void)
{
    static char field[FIELD_ROOM], string[HOOKSIG_MAX_SIGNING_STRING_LEN];
    size_t keys_len, field_len, string_len;
    hooksig_status status = read_keys(&keys_len);
    struct text key_id = read_text();
    struct text list = read_text();
    hooksig_request request = read_head();
    struct text expected_string = read_text();
    struct text signature = read_text();
    if (status == HOOKSIG_STATUS_OK)
        status = hooksig_sign(&keys[0], key_id.octets, key_id.len, &request, list.octets, list.len,
                              field, sizeof field, &field_len);
    if (status == HOOKSIG_STATUS_OK)
        status = hooksig_signing_string(&request, list.octets, list.len, string, sizeof string,
                                        &string_len);
    if (status != HOOKSIG_STATUS_OK || signature.len == 0)
        return reason(status);
    bool as_expected =
        same(string, string_len, expected_string) && has_signature(field, field_len, signature);
    return as_expected ? "ok" : "other-bytes";
}

/* Runs the next case; returns false after the last. */
static bool run_case(void)
{
    arena_used = 0;
    arena_full = false;
    struct text kind = read_text();
    if (strcmp(kind.octets, "end") == 0)
        return false;
    struct text id = read_text();
    const char *got = strcmp(kind.octets, "verify") == 0 ? verify() : sign();
    board_print(id.octets);
    if (arena_full)
        board_print("\tskipped\tdoes-not-fit");
    else
        board_print(strcmp(got, "ok") == 0 ? "\tvalid\t" : "\tinvalid\t");
    if (!arena_full)
        board_print(got);
    board_print("\n");
    return true;
}

int main(void)
{
    if (!board_open("cases.flat"))
        give_up("cases.flat is not there");
    while (run_case()) {}
    return 0;
}
