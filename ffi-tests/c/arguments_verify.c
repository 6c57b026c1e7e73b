/* Wrong arguments to what verifies and receives: at once, or while the body comes in. */
#include "arguments.h"

/* What a verifying function takes, and where it writes. */
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
static struct call genuine(void)
{
    struct call with = {receiver_of(keys, 2, NOW), sent.body, sizeof BODY - 1, &out.at};
    memset(guard, 0, sizeof guard);
    with.receiver.guard = guard;
    with.receiver.guard_len = COUNT(guard);
    return with;
}

/* EXPECT of a call in which one member, or two, are otherwise. */
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

static void keys_of_receiver(verifying *verify)
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

static void policy_of_receiver(verifying *verify)
{
    CALL_DONE("takes a policy", by->policy = &policy);
    CALL(UNEXPECTED_KEY_ID, "heeds the policy", by->policy = &other_key_id);
    CALL(WRONG_STATE, "refuses a zeroed policy", by->policy = &zeroed_policy);
    CALL(WRONG_STATE, "refuses a key for a policy", by->policy = &key_for_policy.policy);
}

static void time_of_receiver(verifying *verify)
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

static void body_of_call(verifying *verify)
{
    CALL(DIGEST_MISMATCH, "refuses a body short by one", with.body_len--);
    CALL(DIGEST_MISMATCH, "takes NULL with 0 for an empty body",
         (with.body = NULL, with.body_len = 0));
    CALL(NULL_POINTER, "refuses NULL for a body with a length", with.body = NULL);
    CALL(INVALID_LENGTH, "refuses a body of SIZE_MAX", with.body_len = SIZE_MAX);
    CALL(INVALID_LENGTH, "refuses a body past PTRDIFF_MAX", with.body_len = TOO_LONG);
}

static void head_of_call(verifying *verify, size_t result_size, hooksig_status success)
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

static void tells_what_it_knows(verifying *verify, const hooksig_verified *known)
{
    CALL_DONE("finds the delivery genuine", (void)0);
    check(known->key_index == 1 && known->date == NOW &&
              known->expires == NOW + HOOKSIG_DEFAULT_MAX_SKEW,
          "%s tells key, date and end", function);
    CALL_DONE("finds the delivery genuine without a clock", by->now = HOOKSIG_NO_CLOCK);
    check(known->date == HOOKSIG_NO_CLOCK && known->expires == HOOKSIG_NEVER,
          "%s tells no date and no end without a clock", function);
}

static void whole_call(verifying *verify)
{
    head_of_call(verify, sizeof(hooksig_verified), HOOKSIG_STATUS_OK);
    body_of_call(verify);
    CALL_DONE("does not look at the guard", (by->guard = NULL, by->guard_len = 1));
    tells_what_it_knows(verify, &out.at.verified);
}

static void headers_to_verify(taking_request *take)
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

static void head_states(taking_head *take)
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

/* Verifying */

static hooksig_status verify_with(const struct call *with)
{
    return hooksig_verify(&with->receiver, &sent.request, with->body, with->body_len,
                          (hooksig_verified *)with->result);
}

static hooksig_status verify_request(const hooksig_request *request)
{
    struct call with = genuine();
    return hooksig_verify(&with.receiver, request, with.body, with.body_len, &out.at.verified);
}

static void verify(void)
{
    whole_call(verify_with);
    headers_to_verify(verify_request);
    EXPECT(NULL_POINTER, "refuses no receiver",
           hooksig_verify(NULL, &sent.request, sent.body, sizeof BODY - 1, &out.at.verified));
}

static hooksig_status verify_head_with(const struct call *with)
{
    return hooksig_verify_head(&with->receiver, sent.head, sent.head_len, with->body,
                               with->body_len, (hooksig_verified *)with->result);
}

static hooksig_status verify_this_head(const char *head, size_t head_len)
{
    struct call with = genuine();
    return hooksig_verify_head(&with.receiver, head, head_len, with.body, with.body_len,
                               &out.at.verified);
}

static void verify_head(void)
{
    whole_call(verify_head_with);
    head_states(verify_this_head);
    EXPECT(NULL_POINTER, "refuses no receiver",
           hooksig_verify_head(NULL, sent.head, sent.head_len, sent.body, sizeof BODY - 1,
                               &out.at.verified));
}

/* Receiving */

/* The guard holds nothing unless a call claimed the delivery. */
static bool guard_is_empty(void)
{
    static const hooksig_replay_entry zeros[COUNT(guard)];
    return memcmp(guard, zeros, sizeof guard) == 0;
}

static void guard_of_receiver(verifying *verify)
{
    CALL(OK, "claims the delivery", (void)0);
    check(!guard_is_empty(), "%s has claimed it", function);
    CALL(REPLAYED, "refuses a replay", must(verify(&with)));
    CALL(OK, "takes no guard", (by->guard = NULL, by->guard_len = 0));
    CALL(OK, "takes no guard twice", (by->guard = NULL, by->guard_len = 0, must(verify(&with))));
    CALL(NULL_POINTER, "refuses a guard NULL with a length", by->guard = NULL);
    CALL(REPLAY_GUARD_FULL, "has no room in a guard of 0", by->guard_len = 0);
    CALL(INVALID_LENGTH, "refuses a guard of SIZE_MAX", by->guard_len = SIZE_MAX);
    CALL(INVALID_LENGTH, "refuses a guard that does not fit into memory",
         by->guard_len = OVERFLOWS(hooksig_replay_entry));
    CALL(OK, "takes a larger skew of the guard", by->guard_max_skew = 3000);
    CALL(SKEW_TOO_LARGE, "refuses a smaller skew of the guard", by->guard_max_skew = 1);
    CALL(DIGEST_MISMATCH, "refuses another body", with.body_len--);
    check(guard_is_empty(), "%s claims nothing that it refuses", function);
}

static void whole_receive(verifying *verify)
{
    head_of_call(verify, sizeof(hooksig_received), HOOKSIG_STATUS_OK);
    body_of_call(verify);
    guard_of_receiver(verify);
    tells_what_it_knows(verify, &out.at.received.verified);
    const hooksig_delivery *delivery = &out.at.received.delivery;
    check(delivery->event == HOOKSIG_EVENT_USER && delivery->action == HOOKSIG_ACTION_CREATED &&
              delivery->event_len == 4 && delivery->event_at == 10,
          "%s tells event and action", function);
}

/* Every field counts; none may name another event. */
static void events_of_request(taking_request *take)
{
    REQUEST(OK, "takes no X-Drone-Event", request.headers_len = 3);
    REQUEST(EVENT_MISMATCH, "refuses another event", headers[3].value = "repo");
    check(guard_is_empty(), "%s claims nothing with another event", function);
    REQUEST(EVENT_MISMATCH, "refuses an event short by one", headers[3].value_len--);
    REQUEST(EVENT_MISMATCH, "refuses an empty event",
            (headers[3].value = NULL, headers[3].value_len = 0));
    hooksig_header twice[] = {sent.headers[0], sent.headers[1], sent.headers[2], sent.headers[3],
                              {"x-drone-event", 13, "repo", 4}};
    REQUEST(EVENT_MISMATCH, "refuses a second event that differs",
            (request.headers = twice, request.headers_len = COUNT(twice)));
    twice[4].value = "user";
    REQUEST(OK, "takes the same event twice",
            (request.headers = twice, request.headers_len = COUNT(twice)));
}

static hooksig_status receive_with(const struct call *with)
{
    return hooksig_receive(&with->receiver, &sent.request, with->body, with->body_len,
                           (hooksig_received *)with->result);
}

static hooksig_status receive_request(const hooksig_request *request)
{
    struct call with = genuine();
    return hooksig_receive(&with.receiver, request, with.body, with.body_len, &out.at.received);
}

/* Signed, and not what Drone sends. */
static void bodies_without_sense(void)
{
    static const char *const bodies[] = {"", "[]", "{\"event\":1}", "not JSON"};
    for (size_t i = 0; i < COUNT(bodies); i++) {
        hooksig_delivery_headers made;
        hooksig_received received;
        struct call with = genuine();
        must(hooksig_delivery_sign(&keys[1], bodies[i], strlen(bodies[i]), NOW, &made));
        hooksig_header headers[] = {{"Date", 4, made.date, HOOKSIG_DATE_LEN},
                                    {"Digest", 6, made.digest, HOOKSIG_DIGEST_FIELD_LEN},
                                    {"Signature", 9, made.signature, HOOKSIG_DELIVERY_SIGNATURE_LEN}};
        hooksig_request request = {NULL, 0, NULL, 0, headers, 3};
        check(hooksig_receive(&with.receiver, &request, bodies[i], strlen(bodies[i]), &received) ==
                      HOOKSIG_STATUS_MALFORMED_BODY &&
                  guard_is_empty(),
              "%s refuses and does not claim a signed body: %s", function, bodies[i]);
    }
}

static void receive(void)
{
    whole_receive(receive_with);
    headers_to_verify(receive_request);
    events_of_request(receive_request);
    bodies_without_sense();
    EXPECT(NULL_POINTER, "refuses no receiver",
           hooksig_receive(NULL, &sent.request, sent.body, sizeof BODY - 1, &out.at.received));
}

static hooksig_status receive_head_with(const struct call *with)
{
    return hooksig_receive_head(&with->receiver, sent.head, sent.head_len, with->body,
                                with->body_len, (hooksig_received *)with->result);
}

static hooksig_status receive_this_head(const char *head, size_t head_len)
{
    struct call with = genuine();
    return hooksig_receive_head(&with.receiver, head, head_len, with.body, with.body_len,
                                &out.at.received);
}

static void receive_head(void)
{
    whole_receive(receive_head_with);
    head_states(receive_this_head);
    EXPECT(NULL_POINTER, "refuses no receiver",
           hooksig_receive_head(NULL, sent.head, sent.head_len, sent.body, sizeof BODY - 1,
                                &out.at.received));
}

/* Streaming */

static hooksig_status begin_with(const struct call *with)
{
    return hooksig_begin((hooksig_pending_body *)with->result, &with->receiver, &sent.request);
}

static hooksig_status begin_request(const hooksig_request *request)
{
    struct call with = genuine();
    return hooksig_begin(&out.at.pending, &with.receiver, request);
}

static void begin(void)
{
    head_of_call(begin_with, sizeof(hooksig_pending_body), HOOKSIG_STATUS_PENDING);
    headers_to_verify(begin_request);
    EXPECT(NULL_POINTER, "refuses no receiver",
           hooksig_begin(&out.at.pending, NULL, &sent.request));
}

static hooksig_status begin_head_with(const struct call *with)
{
    return hooksig_begin_head((hooksig_pending_body *)with->result, &with->receiver, sent.head,
                              sent.head_len);
}

static hooksig_status begin_this_head(const char *head, size_t head_len)
{
    struct call with = genuine();
    return hooksig_begin_head(&out.at.pending, &with.receiver, head, head_len);
}

static void begin_head(void)
{
    head_of_call(begin_head_with, sizeof(hooksig_pending_body), HOOKSIG_STATUS_PENDING);
    head_states(begin_this_head);
    EXPECT(NULL_POINTER, "refuses no receiver",
           hooksig_begin_head(&out.at.pending, NULL, sent.head, sent.head_len));
}

static void must_pend(hooksig_status status)
{
    if (status != HOOKSIG_STATUS_PENDING)
        give_up(hooksig_status_text(status));
}

/* A body that waits for its bytes, in the handle. */
static hooksig_pending_body *begun(void)
{
    struct call with = genuine();
    must_pend(hooksig_begin(&handle.at.pending, &with.receiver, &sent.request));
    return &handle.at.pending;
}

/* One that has got all of them. */
static hooksig_pending_body *fed(void)
{
    must_pend(hooksig_pending_body_update(begun(), sent.body, sizeof BODY - 1));
    return &handle.at.pending;
}

static void finished(void)
{
    hooksig_verified verified;
    must(hooksig_pending_body_finish(fed(), &verified));
}

static void pending_body_update(void)
{
    hooksig_pending_body *pending = &handle.at.pending;
    handle_size = sizeof *pending;
    out_size = 0;
#define UPDATE(prepare, status, sentence, ...)                                                    \
    EXPECT_AFTER(prepare, status, sentence, hooksig_pending_body_update(__VA_ARGS__))
    UPDATE(begun(), PENDING, "takes a chunk", pending, sent.body, 1);
    UPDATE(begun(), PENDING, "takes NULL with 0", pending, NULL, 0);
    UPDATE(begun(), NULL_POINTER, "refuses NULL with a length", pending, NULL, 1);
    UPDATE(begun(), NULL_POINTER, "refuses no handle", NULL, sent.body, 1);
    UPDATE(begun(), INVALID_LENGTH, "refuses SIZE_MAX", pending, sent.body, SIZE_MAX);
    UPDATE(memset(pending, 0, sizeof *pending), WRONG_STATE, "refuses a zeroed handle", pending,
           sent.body, 1);
    UPDATE((void)0, WRONG_STATE, "refuses what was not begun", pending, sent.body, 1);
    UPDATE(finished(), WRONG_STATE, "refuses what is finished", pending, sent.body, 1);
    UPDATE(handle.at.key = keys[0], WRONG_STATE, "refuses a key", pending, sent.body, 1);
}

static void a_failed_finish_uses_the_handle_up(void)
{
    static const hooksig_pending_body zeros;
    fill_outputs();
    hooksig_pending_body pending = *begun();
    remember_outputs();
    check(hooksig_pending_body_finish(&pending, &out.at.verified) ==
              HOOKSIG_STATUS_DIGEST_MISMATCH,
          "%s refuses a body that did not come", function);
    check(memcmp(&pending, &zeros, sizeof zeros) == 0, "%s leaves zeros on failure", function);
    check(only_changed(&out, &out_was, 0), "%s tells nothing on failure", function);
}

static void a_null_leaves_the_handle_as_it_is(void)
{
    hooksig_pending_body pending = *fed();
    check(hooksig_pending_body_finish(&pending, NULL) == HOOKSIG_STATUS_NULL_POINTER,
          "%s refuses NULL for the result", function);
    check(hooksig_pending_body_finish(&pending, &out.at.verified) == HOOKSIG_STATUS_OK,
          "%s can be called again after that", function);
}

static void pending_body_finish(void)
{
    hooksig_pending_body *pending = &handle.at.pending;
    hooksig_verified *verified = &out.at.verified;
    handle_size = sizeof *pending;
    out_size = sizeof *verified;
#define FINISH(prepare, status, sentence, ...)                                                    \
    EXPECT_AFTER(prepare, status, sentence, hooksig_pending_body_finish(__VA_ARGS__))
    FINISH(fed(), OK, "gives the verdict", pending, verified);
    FINISH(fed(), NULL_POINTER, "refuses NULL for the result", pending, NULL);
    FINISH(fed(), NULL_POINTER, "refuses no handle", NULL, verified);
    FINISH(memset(pending, 0, sizeof *pending), WRONG_STATE, "refuses a zeroed handle", pending,
           verified);
    FINISH((void)0, WRONG_STATE, "refuses what was not begun", pending, verified);
    FINISH(finished(), WRONG_STATE, "refuses what is finished", pending, verified);
    FINISH(handle.at.key = keys[0], WRONG_STATE, "refuses a key", pending, verified);
    a_failed_finish_uses_the_handle_up();
    a_null_leaves_the_handle_as_it_is();
}

/* Ends what was begun before, by fields or by raw head. */
typedef hooksig_status ending(hooksig_pending_body *pending, const struct call *with);

static hooksig_status end_with(hooksig_pending_body *pending, const struct call *with)
{
    return hooksig_pending_body_receive(pending, &with->receiver, &sent.request, with->body,
                                        with->body_len, (hooksig_received *)with->result);
}

static hooksig_status end_head_with(hooksig_pending_body *pending, const struct call *with)
{
    return hooksig_pending_body_receive_head(pending, &with->receiver, sent.head, sent.head_len,
                                             with->body, with->body_len,
                                             (hooksig_received *)with->result);
}

/* EXPECT of an end after prepare, with a call that differs from the genuine one by change. */
#define END(prepare, status, sentence, change)                                                    \
    do {                                                                                          \
        hooksig_pending_body *handled = &handle.at.pending;                                       \
        struct call with = genuine();                                                             \
        EXPECT_AFTER((prepare, with = genuine(), change), status, sentence, end(handled, &with)); \
    } while (0)

static void arguments_of_end(ending *end)
{
    END(begun(), OK, "hashes the whole body", (void)0);
    END(fed(), WRONG_STATE, "refuses a body that came in pieces", (void)0);
    END(must_pend(hooksig_pending_body_update(begun(), sent.body, 5)), WRONG_STATE,
        "refuses a body of which a piece came", (with.body = (const char *)with.body + 5, with.body_len -= 5));
    END(must_pend(hooksig_pending_body_update(begun(), NULL, 0)), OK, "takes an empty piece", (void)0);
    END(begun(), NULL_POINTER, "refuses NULL for the result", with.result = NULL);
    END(begun(), NULL_POINTER, "refuses no handle", handled = NULL);
    END(begun(), NULL_POINTER, "refuses NULL for a body with a length", with.body = NULL);
    END(begun(), INVALID_LENGTH, "refuses a body of SIZE_MAX", with.body_len = SIZE_MAX);
    END(begun(), INVALID_LENGTH, "refuses a guard of SIZE_MAX", with.receiver.guard_len = SIZE_MAX);
    END(begun(), NULL_POINTER, "refuses a guard NULL with a length", with.receiver.guard = NULL);
    END((void)0, WRONG_STATE, "refuses what was not begun", (void)0);
    END(memset(&handle, 0, sizeof handle), WRONG_STATE, "refuses a zeroed handle", (void)0);
    END(finished(), WRONG_STATE, "refuses what is finished", (void)0);
    END(handle.at.key = keys[0], WRONG_STATE, "refuses a key", (void)0);
}

/* A refused delivery wipes the handle, which judge must not take for a write out of place. */
#define REFUSED(prepare, status, sentence, change)                                                \
    do {                                                                                          \
        struct call with = genuine();                                                             \
        fill_outputs();                                                                           \
        prepare;                                                                                  \
        with = genuine();                                                                         \
        change;                                                                                   \
        remember_outputs();                                                                       \
        hooksig_status status_is = end(&handle.at.pending, &with);                                \
        check(status_is == HOOKSIG_STATUS_##status && only_changed(&out, &out_was, 0) &&          \
                  guard_is_empty(),                                                               \
              "%s %s: %s", function, sentence, hooksig_status_name(status_is));                   \
        check(end(&handle.at.pending, &with) == HOOKSIG_STATUS_WRONG_STATE,                       \
              "%s refuses the handle after that", function);                                      \
    } while (0)

static void refusals_of_end(ending *end)
{
    REFUSED(begun(), DIGEST_MISMATCH, "refuses a body short by one", with.body_len--);
    REFUSED(begun(), DIGEST_MISMATCH, "refuses an empty body",
            (with.body = NULL, with.body_len = 0));
    char other[sizeof BODY];
    memcpy(other, sent.body, sizeof BODY - 1);
    other[12] ^= 1;
    REFUSED(begun(), DIGEST_MISMATCH, "refuses another body of the same length", with.body = other);
    REFUSED(begun(), DATE_TOO_OLD, "refuses what is over by now",
            with.receiver.now = NOW + HOOKSIG_DEFAULT_MAX_SKEW + 1);
    END(begun(), OK, "needs no guard", (with.receiver.guard = NULL, with.receiver.guard_len = 0));
    END(begun(), OK, "needs no keys", (with.receiver.keys = NULL, with.receiver.keys_len = 0));
    begun();
    struct call with = genuine();
    must(hooksig_receive(&with.receiver, &sent.request, with.body, with.body_len,
                         &out.at.received));
    check(end(&handle.at.pending, &with) == HOOKSIG_STATUS_REPLAYED, "%s refuses a replay",
          function);
}

static void states_of_end(ending *end)
{
    handle_size = sizeof(hooksig_pending_body);
    out_size = sizeof(hooksig_received);
    arguments_of_end(end);
    refusals_of_end(end);
}

static hooksig_status end_of_request(const hooksig_request *request)
{
    struct call with = genuine();
    hooksig_pending_body pending;
    must_pend(hooksig_begin(&pending, &with.receiver, &sent.request));
    return hooksig_pending_body_receive(&pending, &with.receiver, request, with.body,
                                        with.body_len, &out.at.received);
}

static void pending_body_receive(void)
{
    states_of_end(end_with);
    handle_size = 0;
    request_states(end_of_request, HOOKSIG_STATUS_OK);
    events_of_request(end_of_request);
    EXPECT(NULL_POINTER, "refuses no receiver",
           hooksig_pending_body_receive(&handle.at.pending, NULL, &sent.request, sent.body,
                                        sizeof BODY - 1, &out.at.received));
}

static hooksig_status end_of_head(const char *head, size_t head_len)
{
    struct call with = genuine();
    hooksig_pending_body pending;
    must_pend(hooksig_begin(&pending, &with.receiver, &sent.request));
    return hooksig_pending_body_receive_head(&pending, &with.receiver, head, head_len, with.body,
                                             with.body_len, &out.at.received);
}

static void pending_body_receive_head(void)
{
    states_of_end(end_head_with);
    handle_size = 0;
    done = HOOKSIG_STATUS_OK;
    head_states(end_of_head);
}

/* Raw heads */

static void lengths_of_bodies(void)
{
    static const struct {
        hooksig_status status;
        size_t body_len;
        const char *fields;
    } cases[] = {
        {HOOKSIG_STATUS_OK, 0, ""},
        {HOOKSIG_STATUS_OK, 0, "Content-Length: 0\r\n"},
        {HOOKSIG_STATUS_OK, 358, "Host: a\r\ncontent-length:\t 358 \r\n"},
        {HOOKSIG_STATUS_OK, 7, "Content-Length: 0007\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length:\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: +1\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: -1\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 0x10\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 1 1\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 5, 5\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 5\r\nContent-Length: 5\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 5\r\nCONTENT-LENGTH: 6\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 18446744073709551615\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 18446744073709551616\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 99999999999999999999999999\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Transfer-Encoding: chunked\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Transfer-Encoding: identity\r\n"},
        {HOOKSIG_STATUS_MALFORMED_LENGTH, 0, "Content-Length: 5\r\ntransfer-encoding:\r\n"},
        {HOOKSIG_STATUS_MALFORMED_HEAD, 0, "Content-Length : 5\r\n"},
        {HOOKSIG_STATUS_MALFORMED_HEAD, 0, " Content-Length: 5\r\n"},
        {HOOKSIG_STATUS_MALFORMED_HEAD, 0, "Content-Length: 5\nX: y\r\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[256];
        size_t head_len = 1, body_len = 1;
        int text_len = snprintf(text, sizeof text, "POST / HTTP/1.1\r\n%s\r\n{}", cases[i].fields);
        char *received = copy_of(text, (size_t)text_len);
        hooksig_status status =
            hooksig_head_body_len(received, (size_t)text_len, &head_len, &body_len);
        bool lengths_are_right = status == HOOKSIG_STATUS_OK
                                     ? head_len == (size_t)text_len - 2 && body_len == cases[i].body_len
                                     : head_len == 1 && body_len == 1;
        check(status == cases[i].status && lengths_are_right, "%s, head %zu: %s", function, i,
              hooksig_status_name(status));
        free(received);
    }
}

static void head_body_len(void)
{
    size_t *head_len = &out.at.len, *body_len = &len.at.len;
    handle_size = 0;
    out_size = sizeof(size_t);
#define LENGTH(status, sentence, ...)                                                             \
    EXPECT(status, sentence, hooksig_head_body_len(__VA_ARGS__))
    LENGTH(OK, "takes a head", sent.head, sent.head_len, head_len, body_len);
    LENGTH(INCOMPLETE_HEAD, "waits for the end", sent.head, sent.head_len - 1, head_len, body_len);
    LENGTH(INCOMPLETE_HEAD, "waits for the first byte", NULL, 0, head_len, body_len);
    LENGTH(NULL_POINTER, "refuses NULL with a length", NULL, 1, head_len, body_len);
    LENGTH(NULL_POINTER, "refuses NULL for the head's length", sent.head, sent.head_len, NULL,
           body_len);
    LENGTH(NULL_POINTER, "refuses NULL for the body's length", sent.head, sent.head_len, head_len,
           NULL);
    LENGTH(MALFORMED_HEAD, "refuses an empty line alone", TEXT("\r\n\r\n"), head_len, body_len);
    LENGTH(INVALID_LENGTH, "refuses SIZE_MAX", sent.head, SIZE_MAX, head_len, body_len);
    lengths_of_bodies();
}

static const struct test tests[] = {
    {"hooksig_verify", verify},
    {"hooksig_verify_head", verify_head},
    {"hooksig_receive", receive},
    {"hooksig_receive_head", receive_head},
    {"hooksig_begin", begin},
    {"hooksig_begin_head", begin_head},
    {"hooksig_pending_body_update", pending_body_update},
    {"hooksig_pending_body_finish", pending_body_finish},
    {"hooksig_pending_body_receive", pending_body_receive},
    {"hooksig_pending_body_receive_head", pending_body_receive_head},
    {"hooksig_head_body_len", head_body_len},
};

int main(int argc, char **argv)
{
    return run_tests(tests, COUNT(tests), argc, argv);
}
