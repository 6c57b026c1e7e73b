/*
 * A call that verifies or receives the genuine delivery, and the wrong arguments that all of these
 * functions share.
 */
#ifndef ARGUMENTS_CALL_H
#define ARGUMENTS_CALL_H

#include "arguments.h"

/* The inputs of a verifying function, and its outputs. */
struct call {
    hooksig_receiver receiver;
    const void *body;
    size_t body_len;
    void *result;
};

/* A verifying function on the genuine delivery. */
typedef hooksig_status verifying(const struct call *with);

/* The status of success of the function under test. */
static hooksig_status done;

static hooksig_replay_entry guard[2];

/* A call that finds the delivery genuine, and new. */
static inline struct call genuine(void)
{
    struct call with = {receiver_of(keys, 2, NOW), sent.body, sizeof BODY - 1, &out.at};
    memset(guard, 0, sizeof guard);
    with.receiver.guard = guard;
    with.receiver.guard_len = COUNT(guard);
    return with;
}

/* EXPECT of a call with one or two members changed. */
#define CALL_STATUS(status, sentence, change)                                                     \
    do {                                                                                          \
        struct call with = genuine();                                                             \
        hooksig_receiver *by = &with.receiver;                                                    \
        (void)by;                                                                                 \
        change;                                                                                   \
        EXPECT_STATUS_AFTER((void)0, status, sentence, verify(&with));                            \
    } while (0)
#define CALL(status, sentence, change) CALL_STATUS(HOOKSIG_STATUS_##status, sentence, change)
#define CALL_DONE(sentence, change) CALL_STATUS(done, sentence, change)

static inline void keys_of_receiver(verifying *verify)
{
    CALL_DONE("takes several keys", (void)0);
    CALL(NULL_POINTER, "refuses no keys with a length", by->keys = NULL);
    CALL(NO_KEYS, "refuses NULL with 0 keys", (by->keys = NULL, by->keys_len = 0));
    CALL(NO_KEYS, "refuses 0 keys", by->keys_len = 0);
    CALL(NO_KEYS, "refuses a receiver of zeros", memset(by, 0, sizeof *by));
    CALL(INVALID_LENGTH, "refuses SIZE_MAX keys", by->keys_len = SIZE_MAX);
    CALL(INVALID_LENGTH, "refuses more keys than fit into memory",
         by->keys_len = OVERFLOWS(hooksig_key));
    CALL(WRONG_STATE, "refuses a zeroed key", (by->keys = &zeroed_key, by->keys_len = 1));
    CALL(WRONG_STATE, "refuses a wiped key", (by->keys = &wiped_key, by->keys_len = 1));
    CALL(WRONG_STATE, "refuses a policy for a key",
         (by->keys = &policy_for_key.key, by->keys_len = 1));
    CALL(WRONG_STATE, "refuses one key of two", by->keys = half_made_keys);
    CALL(SIGNATURE_MISMATCH, "refuses another key", by->keys_len = 1);
}

static inline void policy_of_receiver(verifying *verify)
{
    CALL_DONE("takes a policy", by->policy = &policy);
    CALL(UNEXPECTED_KEY_ID, "heeds the policy", by->policy = &other_key_id);
    CALL(WRONG_STATE, "refuses a zeroed policy", by->policy = &zeroed_policy);
    CALL(WRONG_STATE, "refuses a key for a policy", by->policy = &key_for_policy.policy);
}

static inline void time_of_receiver(verifying *verify)
{
    CALL_DONE("needs no clock", by->now = HOOKSIG_NO_CLOCK);
    CALL_DONE("takes the earliest time", by->now = NOW - HOOKSIG_DEFAULT_MAX_SKEW);
    CALL_DONE("takes the latest time", by->now = NOW + HOOKSIG_DEFAULT_MAX_SKEW);
    CALL(DATE_TOO_NEW, "refuses a second before", by->now = NOW - HOOKSIG_DEFAULT_MAX_SKEW - 1);
    CALL(DATE_TOO_OLD, "refuses a second after", by->now = NOW + HOOKSIG_DEFAULT_MAX_SKEW + 1);
    CALL(DATE_TOO_NEW, "refuses a time of 0", by->now = 0);
    CALL(DATE_TOO_NEW, "refuses a negative time", by->now = -1);
    CALL(DATE_TOO_NEW, "survives the first second", by->now = INT64_MIN + 1);
    CALL(DATE_TOO_OLD, "survives the last second", by->now = INT64_MAX);
}

static inline void body_of_call(verifying *verify)
{
    CALL(DIGEST_MISMATCH, "refuses a body short by one", with.body_len--);
    CALL(DIGEST_MISMATCH, "takes NULL with 0 for an empty body",
         (with.body = NULL, with.body_len = 0));
    CALL(NULL_POINTER, "refuses NULL for a body with a length", with.body = NULL);
    CALL(INVALID_LENGTH, "refuses a body of SIZE_MAX", with.body_len = SIZE_MAX);
    CALL(INVALID_LENGTH, "refuses a body past PTRDIFF_MAX", with.body_len = TOO_LONG);
}

static inline void head_of_call(verifying *verify, size_t result_size, hooksig_status success)
{
    handle_size = 0;
    out_size = result_size;
    done = success;
    keys_of_receiver(verify);
    policy_of_receiver(verify);
    time_of_receiver(verify);
    CALL(NULL_POINTER, "refuses NULL for the result", with.result = NULL);
    CALL(NULL_POINTER, "refuses NULL for the result before it looks at the date",
         (with.result = NULL, by->now = INT64_MAX));
}

static inline void tells_what_it_knows(verifying *verify, const hooksig_verified *known)
{
    CALL_DONE("finds the delivery genuine", (void)0);
    check(known->key_index == 1 && known->date == NOW &&
              known->expires == NOW + HOOKSIG_DEFAULT_MAX_SKEW,
          "%s tells key, date and end", function);
    CALL_DONE("finds the delivery genuine without a clock", by->now = HOOKSIG_NO_CLOCK);
    check(known->date == HOOKSIG_NO_CLOCK && known->expires == HOOKSIG_NEVER,
          "%s tells no date and no end without a clock", function);
}

static inline void headers_to_verify(taking_request *take)
{
    request_states(take, done);
    REQUEST(MISSING_SIGNATURE, "refuses NULL with 0 headers",
            (request.headers = NULL, request.headers_len = 0));
    REQUEST(MISSING_SIGNATURE, "refuses two headers of four", request.headers_len = 2);
    REQUEST(MISSING_DIGEST, "refuses a name short by one", header->name_len--);
    REQUEST(MALFORMED_DIGEST, "refuses a value short by one", header->value_len--);
    REQUEST(MISSING_DIGEST, "takes a name NULL with 0",
            (header->name = NULL, header->name_len = 0));
    REQUEST(UNSUPPORTED_DIGEST, "takes a value NULL with 0",
            (header->value = NULL, header->value_len = 0));
}

typedef hooksig_status taking_head(const char *head, size_t head_len);

static inline void head_states(taking_head *take)
{
    char *with_body = (char *)allocate(sent.head_len + 1);
    memcpy(with_body, sent.head, sent.head_len);
    with_body[sent.head_len] = '{';
    EXPECT_STATUS_AFTER((void)0, done, "takes a head", take(sent.head, sent.head_len));
    EXPECT(NULL_POINTER, "refuses NULL with a length", take(NULL, 1));
    EXPECT(MALFORMED_HEAD, "refuses NULL with 0", take(NULL, 0));
    EXPECT(MALFORMED_HEAD, "refuses an empty head", take(sent.head, 0));
    EXPECT(MALFORMED_HEAD, "refuses one byte", take(sent.head, 1));
    EXPECT(MALFORMED_HEAD, "refuses a head short by one", take(sent.head, sent.head_len - 1));
    EXPECT(MALFORMED_HEAD, "refuses a byte of the body", take(with_body, sent.head_len + 1));
    EXPECT(INVALID_LENGTH, "refuses a head of SIZE_MAX", take(sent.head, SIZE_MAX));
    EXPECT(INVALID_LENGTH, "refuses a head past PTRDIFF_MAX", take(sent.head, TOO_LONG));
    free(with_body);
}

/* The guard holds nothing unless a call claimed the delivery. */
static inline bool guard_is_empty(void)
{
    static const hooksig_replay_entry zeros[COUNT(guard)];
    return memcmp(guard, zeros, sizeof guard) == 0;
}

/* Every field counts; none may name another event. */
static inline void events_of_request(taking_request *take)
{
    REQUEST(OK, "takes no X-Drone-Event", request.headers_len = 3);
    REQUEST(EVENT_MISMATCH, "refuses another event", headers[3].value = "repo");
    check(guard_is_empty(), "%s claims nothing with another event", function);
    REQUEST(EVENT_MISMATCH, "refuses an event short by one", headers[3].value_len--);
    REQUEST(EVENT_MISMATCH, "refuses an empty event",
            (headers[3].value = NULL, headers[3].value_len = 0));
    hooksig_header twice[] = {sent.headers[0],
                              sent.headers[1],
                              sent.headers[2],
                              sent.headers[3],
                              {"x-drone-event", 13, "repo", 4}};
    REQUEST(EVENT_MISMATCH, "refuses a second event that differs",
            (request.headers = twice, request.headers_len = COUNT(twice)));
    twice[4].value = "user";
    REQUEST(OK, "takes the same event twice",
            (request.headers = twice, request.headers_len = COUNT(twice)));
}

#endif
