/*
 * Shared by the tests of wrong arguments. Each exported function gets every kind of them. It must
 * return a documented status, write only as the header says, and never read past an end
 * (valgrind checks that).
 */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include "check.h"

/* Outputs, with bytes around them that no call may touch */

/* Memory that a call may write to, between bytes that it may not. */
struct guarded {
    uint8_t before[64];
    union {
        hooksig_key key;
        hooksig_policy policy;
        hooksig_pending_body pending;
        hooksig_verified verified;
        hooksig_delivery delivery;
        hooksig_received received;
        hooksig_delivery_headers headers, many[4];
        hooksig_replay_entry guard[2];
        char text[512];
        int64_t time;
        size_t len;
    } at;
    uint8_t after[64];
};

/* A handle that a call changes, its output, and the length of that. */
static struct guarded handle, out, len;
static struct guarded handle_was, out_was, len_was;

/* How much of handle and out the call under test writes at most. */
static size_t handle_size, out_size;

/* The function under test. */
static const char *function;

/*
 * Makes the call, and expects the status. Before it, every output is filled with a pattern, and
 * prepare, a statement, is run. After it, only the changes that the header allows may be there.
 */
#define EXPECT_STATUS_AFTER(prepare, status, sentence, call)                                      \
    do {                                                                                          \
        fill_outputs();                                                                           \
        prepare;                                                                                  \
        remember_outputs();                                                                       \
        judge(status, sentence, (call));                                                          \
    } while (0)
#define EXPECT_AFTER(prepare, status, sentence, call)                                             \
    EXPECT_STATUS_AFTER(prepare, HOOKSIG_STATUS_##status, sentence, call)
#define EXPECT(status, sentence, call) EXPECT_AFTER((void)0, status, sentence, call)

static inline void fill_outputs(void)
{
    memset(&handle, 0xA5, sizeof handle);
    memset(&out, 0xA5, sizeof out);
    memset(&len, 0xA5, sizeof len);
}

static inline void remember_outputs(void)
{
    memcpy(&handle_was, &handle, sizeof handle);
    memcpy(&out_was, &out, sizeof out);
    memcpy(&len_was, &len, sizeof len);
}

/* Whether nothing changed but the first size bytes between the guards. */
static inline bool only_changed(const struct guarded *is, const struct guarded *was, size_t size)
{
    const uint8_t *is_octets = (const uint8_t *)is, *was_octets = (const uint8_t *)was;
    size_t from = offsetof(struct guarded, at), to = from + size;
    return memcmp(is_octets, was_octets, from) == 0 &&
           memcmp(is_octets + to, was_octets + to, sizeof *is - to) == 0;
}

static inline void judge(hooksig_status expected, const char *sentence, hooksig_status status)
{
    bool done = status == HOOKSIG_STATUS_OK || status == HOOKSIG_STATUS_PENDING;
    bool has_length = done || status == HOOKSIG_STATUS_BUFFER_TOO_SMALL;
    bool kept = only_changed(&handle, &handle_was, done ? handle_size : 0) &&
                only_changed(&out, &out_was, done ? out_size : 0) &&
                only_changed(&len, &len_was, has_length ? sizeof len.at.len : 0);
    check(status == expected && kept, "%s %s: %s%s", function, sentence,
          hooksig_status_name(status), kept ? "" : ", but memory was written");
}

/* Arguments */

#define NOW INT64_C(1577836800)
#define BODY "{\"event\":\"user\",\"action\":\"created\",\"user\":{\"login\":\"octocat\"}}"
#define LIST "date digest"
#define KEY_ID "hmac-key"

/* Lengths that no object has; the others overflow when they are multiplied by a size. */
#define TOO_LONG ((size_t)PTRDIFF_MAX + 1)
#define OVERFLOWS(type) (SIZE_MAX / sizeof(type) + 1)

/* A delivery that is genuine at NOW, every part in memory of just its size. */
static struct {
    const uint8_t *body;
    const char *date, *digest, *signature;
    hooksig_header headers[4];
    hooksig_request request;
    char *head;
    size_t head_len;
} sent;

/* Keys and policies in each state. */
static hooksig_key keys[2], half_made_keys[2], zeroed_key, wiped_key;
static hooksig_policy policy, zeroed_policy, other_key_id;
static union {
    hooksig_key key;
    hooksig_policy policy;
} policy_for_key, key_for_policy;

static inline void must(hooksig_status status)
{
    if (status != HOOKSIG_STATUS_OK)
        give_up(hooksig_status_text(status));
}

static inline void make_handles(void)
{
    memset(&zeroed_key, 0, sizeof zeroed_key);
    memset(&zeroed_policy, 0, sizeof zeroed_policy);
    keys[0] = key_of("another secret");
    keys[1] = key_of(SECRET);
    half_made_keys[0] = keys[1];
    wiped_key = keys[1];
    hooksig_key_wipe(&wiped_key);
    must(hooksig_policy_init(&policy));
    other_key_id = policy;
    must(hooksig_policy_expect_key_id(&other_key_id, TEXT("another")));
    policy_for_key.policy = policy;
    key_for_policy.key = keys[1];
}

static inline void make_head(void)
{
    const char *format = "POST / HTTP/1.1\r\n"
                         "Date: %.29s\r\nDigest: %.52s\r\nSignature: %.119s\r\n"
                         "X-Drone-Event: user\r\n\r\n";
    char head[512];
    int head_len = snprintf(head, sizeof head, format, sent.date, sent.digest, sent.signature);
    sent.head_len = (size_t)head_len;
    sent.head = copy_of(head, sent.head_len);
}

static inline void make_delivery(void)
{
    hooksig_delivery_headers made;
    must(hooksig_delivery_sign(&keys[1], OCTETS(BODY), NOW, &made));
    sent.body = (uint8_t *)copy_of(TEXT(BODY));
    sent.date = copy_of(made.date, HOOKSIG_DATE_LEN);
    sent.digest = copy_of(made.digest, HOOKSIG_DIGEST_FIELD_LEN);
    sent.signature = copy_of(made.signature, HOOKSIG_DELIVERY_SIGNATURE_LEN);
    sent.headers[0] = (hooksig_header){"Date", 4, sent.date, HOOKSIG_DATE_LEN};
    sent.headers[1] = (hooksig_header){"Digest", 6, sent.digest, HOOKSIG_DIGEST_FIELD_LEN};
    sent.headers[2] =
        (hooksig_header){"Signature", 9, sent.signature, HOOKSIG_DELIVERY_SIGNATURE_LEN};
    sent.headers[3] = (hooksig_header){"X-Drone-Event", 13, "user", 4};
    sent.request = (hooksig_request){"POST", 4, "/", 1, sent.headers, 4};
    make_head();
}

/* "aa ab ac ...", one name more than there may be. */
static inline const char *too_many_names(size_t *list_len)
{
    static char list[3 * (HOOKSIG_MAX_NAMES + 1)];
    for (int i = 0; i <= HOOKSIG_MAX_NAMES; i++) {
        list[3 * i] = (char)('a' + i / 26);
        list[3 * i + 1] = (char)('a' + i % 26);
        list[3 * i + 2] = ' ';
    }
    *list_len = sizeof list - 1;
    return list;
}

/* A function that takes a request as an array. */
typedef hooksig_status taking_request(const hooksig_request *request);

/* EXPECT of a copy of the request, and of its second header, with a change. */
#define REQUEST_STATUS(status, sentence, change)                                                  \
    do {                                                                                          \
        hooksig_header headers[] = {sent.headers[0], sent.headers[1], sent.headers[2],            \
                                    sent.headers[3]};                                             \
        hooksig_header *header = &headers[1];                                                     \
        hooksig_request request = sent.request;                                                   \
        request.headers = headers;                                                                \
        (void)header;                                                                             \
        change;                                                                                   \
        EXPECT_STATUS_AFTER((void)0, status, sentence, take(&request));                           \
    } while (0)
#define REQUEST(status, sentence, change) REQUEST_STATUS(HOOKSIG_STATUS_##status, sentence, change)

/* done is the status of success. */
static inline void request_states(taking_request *take, hooksig_status done)
{
    REQUEST_STATUS(done, "takes a request", (void)0);
    REQUEST_STATUS(done, "takes a method NULL with 0",
                   (request.method = NULL, request.method_len = 0));
    REQUEST_STATUS(done, "takes a target NULL with 0",
                   (request.target = NULL, request.target_len = 0));
    EXPECT(NULL_POINTER, "refuses no request", take(NULL));
    REQUEST(NULL_POINTER, "refuses no headers with a length", request.headers = NULL);
    REQUEST(INVALID_LENGTH, "refuses SIZE_MAX headers", request.headers_len = SIZE_MAX);
    REQUEST(INVALID_LENGTH, "refuses more headers than fit into memory",
            request.headers_len = OVERFLOWS(hooksig_header));
    REQUEST(NULL_POINTER, "refuses a name NULL with a length", header->name = NULL);
    REQUEST(NULL_POINTER, "refuses a value NULL with a length", header->value = NULL);
    REQUEST(INVALID_LENGTH, "refuses a name of SIZE_MAX", header->name_len = SIZE_MAX);
    REQUEST(INVALID_LENGTH, "refuses a value of SIZE_MAX", header->value_len = SIZE_MAX);
    REQUEST(NULL_POINTER, "refuses name and value NULL with lengths",
            header->name = header->value = NULL);
    REQUEST(NULL_POINTER, "refuses two names NULL with lengths",
            headers[0].name = header->name = NULL);
    REQUEST(NULL_POINTER, "refuses two values NULL with lengths",
            headers[0].value = header->value = NULL);
    REQUEST(INVALID_LENGTH, "refuses name and value of SIZE_MAX",
            header->name_len = header->value_len = SIZE_MAX);
    REQUEST(NULL_POINTER, "names NULL before SIZE_MAX, in one header",
            (header->name = NULL, header->name_len = SIZE_MAX));
    REQUEST(NULL_POINTER, "names NULL before SIZE_MAX, in two headers",
            (headers[0].value_len = SIZE_MAX, header->name = NULL));
    REQUEST(INVALID_LENGTH, "refuses two values of SIZE_MAX",
            headers[0].value_len = header->value_len = SIZE_MAX);
    REQUEST(NULL_POINTER, "refuses a method NULL with a length", request.method = NULL);
    REQUEST(NULL_POINTER, "refuses a target NULL with a length", request.target = NULL);
    REQUEST(INVALID_LENGTH, "refuses a method of SIZE_MAX", request.method_len = SIZE_MAX);
    REQUEST(INVALID_LENGTH, "refuses a target of SIZE_MAX", request.target_len = SIZE_MAX);
}

/* A program of tests */

struct test {
    const char *function;
    void (*run)(void);
};

/* Runs the tests; with --list, prints the functions that they are of instead. */
static inline int run_tests(const struct test *tests, size_t count, int argc, char **argv)
{
    bool list = argc == 2 && strcmp(argv[1], "--list") == 0;
    make_handles();
    make_delivery();
    for (size_t i = 0; i < count; i++) {
        function = tests[i].function;
        handle_size = out_size = 0;
        if (list)
            puts(function);
        else
            tests[i].run();
    }
    return outcome();
}

#endif
