/*
 * The binary interface that a program compiled with this header relies on when it meets another
 * build of the library. Numbers and offsets here never change; new ones go to the end.
 * Compiles as C99, as C23 and as C++17.
 */
#include "check.h"

#define STATUSES(X)                                                                               \
    X(OK, 0, "ok")                                                                                \
    X(NULL_POINTER, 1, "null-pointer")                                                            \
    X(INVALID_LENGTH, 2, "invalid-length")                                                        \
    X(WRONG_STATE, 3, "wrong-state")                                                              \
    X(BUFFER_TOO_SMALL, 4, "buffer-too-small")                                                    \
    X(EMPTY_SECRET, 5, "empty-secret")                                                            \
    X(NO_KEYS, 6, "no-keys")                                                                      \
    X(INVALID_KEY_ID, 7, "invalid-key-id")                                                        \
    X(EMPTY_LIST, 8, "empty-list")                                                                \
    X(TIME_OUT_OF_RANGE, 9, "time-out-of-range")                                                  \
    X(MISSING_SIGNATURE, 10, "missing-signature")                                                 \
    X(REPEATED_SIGNATURE, 11, "repeated-signature")                                               \
    X(RFC9421_SIGNATURE, 12, "rfc9421-signature")                                                 \
    X(MALFORMED_PARAMS, 13, "malformed-params")                                                   \
    X(REPEATED_PARAM, 14, "repeated-param")                                                       \
    X(MISSING_PARAM, 15, "missing-param")                                                         \
    X(UNSUPPORTED_ALGORITHM, 16, "unsupported-algorithm")                                         \
    X(MALFORMED_SIGNATURE, 17, "malformed-signature")                                             \
    X(MALFORMED_LIST, 18, "malformed-list")                                                       \
    X(REPEATED_NAME, 19, "repeated-name")                                                         \
    X(TOO_MANY_NAMES, 20, "too-many-names")                                                       \
    X(UNSUPPORTED_NAME, 21, "unsupported-name")                                                   \
    X(MISSING_HEADER, 22, "missing-header")                                                       \
    X(CONTROL_BYTE, 23, "control-byte")                                                           \
    X(MISSING_DATE, 24, "missing-date")                                                           \
    X(REPEATED_DATE, 25, "repeated-date")                                                         \
    X(MALFORMED_DATE, 26, "malformed-date")                                                       \
    X(MISSING_DIGEST, 27, "missing-digest")                                                       \
    X(REPEATED_DIGEST, 28, "repeated-digest")                                                     \
    X(MALFORMED_DIGEST, 29, "malformed-digest")                                                   \
    X(UNSUPPORTED_DIGEST, 30, "unsupported-digest")                                               \
    X(NOT_COVERED, 31, "not-covered")                                                             \
    X(UNEXPECTED_KEY_ID, 32, "unexpected-key-id")                                                 \
    X(DATE_TOO_OLD, 33, "date-too-old")                                                           \
    X(DATE_TOO_NEW, 34, "date-too-new")                                                           \
    X(SIGNATURE_MISMATCH, 35, "signature-mismatch")                                               \
    X(DIGEST_MISMATCH, 36, "digest-mismatch")                                                     \
    X(EVENT_MISMATCH, 37, "event-mismatch")                                                       \
    X(REPLAYED, 38, "replayed")                                                                   \
    X(REPLAY_GUARD_FULL, 39, "replay-guard-full")                                                 \
    X(MALFORMED_BODY, 40, "malformed-body")                                                       \
    X(MALFORMED_HEAD, 41, "malformed-head")                                                       \
    X(HOST_MISMATCH, 42, "host-mismatch")                                                         \
    X(SKEW_TOO_LARGE, 43, "skew-too-large")                                                       \
    X(PENDING, 44, "pending")                                                                     \
    X(INCOMPLETE_HEAD, 45, "incomplete-head")                                                     \
    X(MALFORMED_LENGTH, 46, "malformed-length")                                                   \
    X(SIGNING_STRING_TOO_LONG, 47, "signing-string-too-long")

#define EVENTS(X)                                                                                 \
    X(ABSENT, 0)                                                                                  \
    X(USER, 1)                                                                                    \
    X(REPO, 2)                                                                                    \
    X(BUILD, 3)                                                                                   \
    X(UNKNOWN, 99)

#define ACTIONS(X)                                                                                \
    X(ABSENT, 0)                                                                                  \
    X(CREATED, 1)                                                                                 \
    X(UPDATED, 2)                                                                                 \
    X(DELETED, 3)                                                                                 \
    X(ENABLED, 4)                                                                                 \
    X(DISABLED, 5)                                                                                \
    X(UNKNOWN, 99)

/* Returns the number listed above, or -1 for any other. -Wswitch finds missing ones. */
static int32_t number_of_status(enum hooksig_status status)
{
    switch (status) {
#define NUMBER(name, number, word)                                                                \
    case HOOKSIG_STATUS_##name: return number;
        STATUSES(NUMBER)
#undef NUMBER
    }
    return -1;
}

static int32_t number_of_event(enum hooksig_event event)
{
    switch (event) {
#define NUMBER(name, number)                                                                      \
    case HOOKSIG_EVENT_##name: return number;
        EVENTS(NUMBER)
#undef NUMBER
    }
    return -1;
}

static int32_t number_of_action(enum hooksig_action action)
{
    switch (action) {
#define NUMBER(name, number)                                                                      \
    case HOOKSIG_ACTION_##name: return number;
        ACTIONS(NUMBER)
#undef NUMBER
    }
    return -1;
}

static void numbers_are_what_they_were(void)
{
#define STATUS(name, number, word)                                                                \
    check(number_of_status(HOOKSIG_STATUS_##name) == HOOKSIG_STATUS_##name &&                     \
              strcmp(hooksig_status_name(number), word) == 0,                                     \
          "HOOKSIG_STATUS_" #name " is %d, " word, number);
    STATUSES(STATUS)
#define EVENT(name, number)                                                                       \
    check(number_of_event(HOOKSIG_EVENT_##name) == HOOKSIG_EVENT_##name,                          \
          "HOOKSIG_EVENT_" #name " is %d", number);
    EVENTS(EVENT)
#define ACTION(name, number)                                                                      \
    check(number_of_action(HOOKSIG_ACTION_##name) == HOOKSIG_ACTION_##name,                       \
          "HOOKSIG_ACTION_" #name " is %d", number);
    ACTIONS(ACTION)
}

static void every_status_has_its_own_sentence(void)
{
    static const int32_t numbers[] = {
#define NUMBER(name, number, word) number,
        STATUSES(NUMBER)
#undef NUMBER
    };
    for (size_t i = 0; i < COUNT(numbers); i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(hooksig_status_text(numbers[i]), hooksig_status_text(numbers[j])) == 0)
                check(false, "%d and %d have one sentence", (int)numbers[i], (int)numbers[j]);
    for (size_t i = 0; i < COUNT(numbers); i++)
        if (strcmp(hooksig_status_text(numbers[i]), hooksig_status_name(numbers[i])) == 0)
            check(false, "%d has its name for a sentence", (int)numbers[i]);
    check(COUNT(numbers) == 48, "there are 48 statuses");
}

static bool is_listed(int32_t number)
{
#define IS(name, listed, word) || number == listed
    return false STATUSES(IS);
}

static void no_other_number_is_a_status(void)
{
    int32_t unlisted = 0;
    for (int32_t number = -1000; number <= 1000; number++)
        if (!is_listed(number) && strcmp(hooksig_status_name(number), "unknown-status") != 0)
            unlisted++;
    check(unlisted == 0, "the library has no status that is not listed here");
}

/* A struct with a type after one byte, to find its alignment. */
#define ALIGNMENT_OF(type)                                                                        \
    struct behind_octet_##type {                                                                  \
        char octet;                                                                               \
        type value;                                                                               \
    }
ALIGNMENT_OF(hooksig_key);
ALIGNMENT_OF(hooksig_policy);
ALIGNMENT_OF(hooksig_pending_body);
ALIGNMENT_OF(hooksig_replay_entry);
ALIGNMENT_OF(hooksig_verified);
ALIGNMENT_OF(hooksig_delivery);
ALIGNMENT_OF(hooksig_delivery_headers);
ALIGNMENT_OF(hooksig_header);
ALIGNMENT_OF(hooksig_request);
ALIGNMENT_OF(hooksig_receiver);
ALIGNMENT_OF(hooksig_received);

#define SIZE(type, size, alignment)                                                               \
    check(sizeof(type) == (size) && offsetof(struct behind_octet_##type, value) == (alignment),   \
          #type " has %d octets, aligned to %d", (int)(size), (int)(alignment))
#define PLACE(type, member, place)                                                                \
    check(offsetof(type, member) == (place), #type "." #member " is at %d", (int)(place))

/* A pointer or a size_t, and a 64-bit integer. */
enum { WORD = sizeof(size_t), WIDE = offsetof(struct behind_octet_hooksig_key, value) };

static void handles_have_the_sizes_that_they_had(void)
{
    SIZE(hooksig_key, 160, WIDE);
    SIZE(hooksig_policy, 224, WIDE);
    SIZE(hooksig_pending_body, 256, WIDE);
    SIZE(hooksig_replay_entry, 48, WIDE);
    check(WIDE == 8 || WORD == 4, "a 64-bit integer is aligned to 8 on a 64-bit machine");
}

static void structs_have_the_places_that_they_had(void)
{
    SIZE(hooksig_verified, 48 + WIDE, WIDE);
    PLACE(hooksig_verified, tag, 0);
    PLACE(hooksig_verified, date, 32);
    PLACE(hooksig_verified, expires, 40);
    PLACE(hooksig_verified, key_index, 48);
    SIZE(hooksig_delivery, 8 + 4 * WORD, WORD);
    PLACE(hooksig_delivery, event, 0);
    PLACE(hooksig_delivery, action, 4);
    PLACE(hooksig_delivery, event_at, 8);
    PLACE(hooksig_delivery, event_len, 8 + WORD);
    PLACE(hooksig_delivery, action_at, 8 + 2 * WORD);
    PLACE(hooksig_delivery, action_len, 8 + 3 * WORD);
    SIZE(hooksig_received, 56 + 8 + 4 * WORD - (WIDE == 4) * 4, WIDE);
    PLACE(hooksig_received, verified, 0);
    PLACE(hooksig_received, delivery, 48 + WIDE);
    SIZE(hooksig_delivery_headers, 203, 1);
    PLACE(hooksig_delivery_headers, date, 0);
    PLACE(hooksig_delivery_headers, digest, 30);
    PLACE(hooksig_delivery_headers, signature, 83);
}

static void views_have_the_places_that_they_had(void)
{
    SIZE(hooksig_header, 4 * WORD, WORD);
    PLACE(hooksig_header, name, 0);
    PLACE(hooksig_header, name_len, WORD);
    PLACE(hooksig_header, value, 2 * WORD);
    PLACE(hooksig_header, value_len, 3 * WORD);
    SIZE(hooksig_request, 6 * WORD, WORD);
    PLACE(hooksig_request, method, 0);
    PLACE(hooksig_request, method_len, WORD);
    PLACE(hooksig_request, target, 2 * WORD);
    PLACE(hooksig_request, target_len, 3 * WORD);
    PLACE(hooksig_request, headers, 4 * WORD);
    PLACE(hooksig_request, headers_len, 5 * WORD);
}

static void a_receiver_has_the_places_that_it_had(void)
{
    const int now = (3 * WORD + WIDE - 1) / WIDE * WIDE;
    PLACE(hooksig_receiver, keys, 0);
    PLACE(hooksig_receiver, keys_len, WORD);
    PLACE(hooksig_receiver, policy, 2 * WORD);
    PLACE(hooksig_receiver, now, now);
    PLACE(hooksig_receiver, guard, now + 8);
    PLACE(hooksig_receiver, guard_len, now + 8 + WORD);
    PLACE(hooksig_receiver, guard_max_skew, now + 8 + 2 * WORD);
    check(WORD == 4 || sizeof(hooksig_receiver) == 56, "a hooksig_receiver has 56 octets");
}

/* The functions and their parameters; another type would not compile. */
#define TAKES(function, result, ...)                                                              \
    do {                                                                                          \
        result (*same)(__VA_ARGS__) = function;                                                   \
        check(same != NULL, #function " takes what it took");                                     \
    } while (0)
#define GIVES_STATUS(function, ...) TAKES(function, hooksig_status, __VA_ARGS__)

#define HEAD const char *, size_t
#define BODY const void *, size_t
#define FILLED char *, size_t, size_t *

static void functions_take_what_they_took(void)
{
    TAKES(hooksig_version, const char *, void);
    TAKES(hooksig_version_number, uint32_t, void);
    TAKES(hooksig_status_name, const char *, int32_t);
    TAKES(hooksig_status_text, const char *, int32_t);
    TAKES(hooksig_key_wipe, void, hooksig_key *);
    GIVES_STATUS(hooksig_key_init, hooksig_key *, BODY);
    GIVES_STATUS(hooksig_policy_init, hooksig_policy *);
    GIVES_STATUS(hooksig_policy_set_max_skew, hooksig_policy *, uint32_t);
    GIVES_STATUS(hooksig_policy_require, hooksig_policy *, HEAD);
    GIVES_STATUS(hooksig_policy_expect_key_id, hooksig_policy *, HEAD);
    GIVES_STATUS(hooksig_policy_allow_missing_algorithm, hooksig_policy *, bool);
    GIVES_STATUS(hooksig_policy_allow_hs2019, hooksig_policy *, bool);
    GIVES_STATUS(hooksig_receive, const hooksig_receiver *, const hooksig_request *, BODY,
                 hooksig_received *);
    GIVES_STATUS(hooksig_receive_head, const hooksig_receiver *, HEAD, BODY, hooksig_received *);
    GIVES_STATUS(hooksig_begin, hooksig_pending_body *, const hooksig_receiver *,
                 const hooksig_request *);
    GIVES_STATUS(hooksig_begin_head, hooksig_pending_body *, const hooksig_receiver *, HEAD);
    GIVES_STATUS(hooksig_pending_body_update, hooksig_pending_body *, BODY);
    GIVES_STATUS(hooksig_pending_body_finish, hooksig_pending_body *, hooksig_verified *);
    GIVES_STATUS(hooksig_pending_body_receive, hooksig_pending_body *, const hooksig_receiver *,
                 const hooksig_request *, BODY, hooksig_received *);
    GIVES_STATUS(hooksig_pending_body_receive_head, hooksig_pending_body *,
                 const hooksig_receiver *, HEAD, BODY, hooksig_received *);
    GIVES_STATUS(hooksig_pending_body_finish_delivery, hooksig_pending_body *,
                 const hooksig_receiver *, const hooksig_request *, BODY, hooksig_received *);
    GIVES_STATUS(hooksig_pending_body_finish_delivery_head, hooksig_pending_body *,
                 const hooksig_receiver *, HEAD, BODY, hooksig_received *);
    GIVES_STATUS(hooksig_verify, const hooksig_receiver *, const hooksig_request *, BODY,
                 hooksig_verified *);
    GIVES_STATUS(hooksig_verify_head, const hooksig_receiver *, HEAD, BODY, hooksig_verified *);
    GIVES_STATUS(hooksig_head_body_len, HEAD, size_t *, size_t *);
    GIVES_STATUS(hooksig_replay_claim, const hooksig_receiver *, const hooksig_verified *);
    GIVES_STATUS(hooksig_delivery_read, BODY, hooksig_delivery *);
    GIVES_STATUS(hooksig_delivery_sign, const hooksig_key *, BODY, int64_t,
                 hooksig_delivery_headers *);
    GIVES_STATUS(hooksig_delivery_sign_many, const hooksig_key *, const hooksig_outgoing *, size_t,
                 hooksig_delivery_headers *, size_t);
    GIVES_STATUS(hooksig_sign, const hooksig_key *, HEAD, const hooksig_request *, HEAD, FILLED);
    GIVES_STATUS(hooksig_signing_string, const hooksig_request *, HEAD, FILLED);
    GIVES_STATUS(hooksig_digest_field, BODY, FILLED);
    GIVES_STATUS(hooksig_date_format, int64_t, FILLED);
    GIVES_STATUS(hooksig_date_parse, HEAD, int64_t, int64_t *);
}

#define VALUE(macro, value) check((macro) == (value), #macro " is " #value)

static void macros_have_the_values_that_they_had(void)
{
    VALUE(HOOKSIG_KEY_WORDS, 20);
    VALUE(HOOKSIG_POLICY_WORDS, 28);
    VALUE(HOOKSIG_PENDING_BODY_WORDS, 32);
    VALUE(HOOKSIG_REPLAY_ENTRY_WORDS, 6);
    VALUE(HOOKSIG_DEFAULT_MAX_SKEW, 300);
    VALUE(HOOKSIG_REQUIRED_MAX_LEN, 128);
    VALUE(HOOKSIG_EXPECTED_KEY_ID_MAX_LEN, 64);
    VALUE(HOOKSIG_TAG_LEN, 32);
    VALUE(HOOKSIG_MAX_NAMES, 128);
    VALUE(HOOKSIG_MAX_SIGNING_STRING_LEN, 4096);
    VALUE(HOOKSIG_NO_CLOCK, INT64_MIN);
    VALUE(HOOKSIG_NEVER, INT64_MAX);
    VALUE(HOOKSIG_DELIVERY_SIGNATURE_LEN, 119);
    VALUE(HOOKSIG_SIGNATURE_BASE_LEN, 100);
    VALUE(HOOKSIG_DIGEST_FIELD_LEN, 52);
    VALUE(HOOKSIG_DATE_LEN, 29);
}

static void enumerations_have_four_octets(void)
{
    check(sizeof(hooksig_status) == 4, "a hooksig_status has four octets");
    check(sizeof(hooksig_event) == 4, "a hooksig_event has four octets");
    check(sizeof(hooksig_action) == 4, "a hooksig_action has four octets");
}

int main(void)
{
    numbers_are_what_they_were();
    every_status_has_its_own_sentence();
    no_other_number_is_a_status();
    handles_have_the_sizes_that_they_had();
    structs_have_the_places_that_they_had();
    views_have_the_places_that_they_had();
    a_receiver_has_the_places_that_it_had();
    functions_take_what_they_took();
    macros_have_the_values_that_they_had();
    enumerations_have_four_octets();
    return outcome();
}
