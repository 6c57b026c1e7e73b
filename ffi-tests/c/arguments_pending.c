/* Wrong arguments to the functions that check a head first, and its body as it comes in. */
#include "arguments_call.h"

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

/* Ends a delivery that was begun by fields or by raw head. */
typedef hooksig_status ending(hooksig_pending_body *pending, const struct call *with);

/* Makes a handle that the function under test can end: begun, or fed. */
static hooksig_pending_body *(*ready)(void);

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

static hooksig_status finish_with(hooksig_pending_body *pending, const struct call *with)
{
    return hooksig_pending_body_finish_delivery(pending, &with->receiver, &sent.request,
                                                with->body, with->body_len,
                                                (hooksig_received *)with->result);
}

static hooksig_status finish_head_with(hooksig_pending_body *pending, const struct call *with)
{
    return hooksig_pending_body_finish_delivery_head(pending, &with->receiver, sent.head,
                                                     sent.head_len, with->body, with->body_len,
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
    END(ready(), OK, "finds the delivery genuine", (void)0);
    END(ready(), NULL_POINTER, "refuses NULL for the result", with.result = NULL);
    END(ready(), NULL_POINTER, "refuses no handle", handled = NULL);
    END(ready(), NULL_POINTER, "refuses NULL for a body with a length", with.body = NULL);
    END(ready(), INVALID_LENGTH, "refuses a body of SIZE_MAX", with.body_len = SIZE_MAX);
    END(ready(), INVALID_LENGTH, "refuses a guard of SIZE_MAX",
        with.receiver.guard_len = SIZE_MAX);
    END(ready(), NULL_POINTER, "refuses a guard NULL with a length", with.receiver.guard = NULL);
    END((void)0, WRONG_STATE, "refuses what was not begun", (void)0);
    END(memset(&handle, 0, sizeof handle), WRONG_STATE, "refuses a zeroed handle", (void)0);
    END(finished(), WRONG_STATE, "refuses what is finished", (void)0);
    END(handle.at.key = keys[0], WRONG_STATE, "refuses a key", (void)0);
}

/* A body that is hashed at the end must not have come in pieces. */
static void refuses_pieces(ending *end)
{
    END(fed(), WRONG_STATE, "refuses a body that came in pieces", (void)0);
    END(must_pend(hooksig_pending_body_update(begun(), sent.body, 5)), WRONG_STATE,
        "refuses a body of which a piece came",
        (with.body = (const char *)with.body + 5, with.body_len -= 5));
    END(must_pend(hooksig_pending_body_update(begun(), NULL, 0)), OK, "takes an empty piece",
        (void)0);
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

static void refuses_other_bodies(ending *end)
{
    REFUSED(begun(), DIGEST_MISMATCH, "refuses a body short by one", with.body_len--);
    REFUSED(begun(), DIGEST_MISMATCH, "refuses an empty body",
            (with.body = NULL, with.body_len = 0));
    char other[sizeof BODY];
    memcpy(other, sent.body, sizeof BODY - 1);
    other[12] ^= 1;
    REFUSED(begun(), DIGEST_MISMATCH, "refuses another body of the same length",
            with.body = other);
}

/* Event and action are read from the start, whatever the pieces were. */
static void refuses_other_pieces(ending *end)
{
    size_t start_len = strlen("{\"event\":\"user\",\"action\":\"created\"");
    END(fed(), OK, "takes the start of the body", with.body_len = start_len);
    REFUSED(fed(), MALFORMED_BODY, "refuses a start without action",
            with.body_len = start_len - 1);
    REFUSED(fed(), MALFORMED_BODY, "refuses no start", (with.body = NULL, with.body_len = 0));
    REFUSED(begun(), DIGEST_MISMATCH, "refuses a body without its pieces", (void)0);
    REFUSED(must_pend(hooksig_pending_body_update(begun(), sent.body, sizeof BODY - 2)),
            DIGEST_MISMATCH, "refuses pieces short by one", (void)0);
    REFUSED(must_pend(hooksig_pending_body_update(fed(), "}", 1)), DIGEST_MISMATCH,
            "refuses a piece too many", (void)0);
}

static void refusals_of_end(ending *end)
{
    REFUSED(ready(), DATE_TOO_OLD, "refuses what is over by now",
            with.receiver.now = NOW + HOOKSIG_DEFAULT_MAX_SKEW + 1);
    REFUSED(ready(), DATE_TOO_OLD, "refuses the last second", with.receiver.now = INT64_MAX);
    REFUSED(ready(), REPLAY_GUARD_FULL, "has no room in a guard of 0",
            with.receiver.guard_len = 0);
    REFUSED(ready(), SKEW_TOO_LARGE, "refuses a smaller skew of the guard",
            with.receiver.guard_max_skew = 1);
    END(ready(), OK, "takes a negative time", with.receiver.now = -1);
    END(ready(), OK, "survives the first second", with.receiver.now = INT64_MIN + 1);
    END(ready(), OK, "takes no clock", with.receiver.now = HOOKSIG_NO_CLOCK);
    END(ready(), OK, "needs no guard", (with.receiver.guard = NULL, with.receiver.guard_len = 0));
    END(ready(), OK, "needs no keys", (with.receiver.keys = NULL, with.receiver.keys_len = 0));
    ready();
    struct call with = genuine();
    must(hooksig_receive(&with.receiver, &sent.request, with.body, with.body_len,
                         &out.at.received));
    check(end(&handle.at.pending, &with) == HOOKSIG_STATUS_REPLAYED, "%s refuses a replay",
          function);
}

static void states_of_end(ending *end)
{
    arguments_of_end(end);
    refusals_of_end(end);
    handle_size = 0;
    done = HOOKSIG_STATUS_OK;
}

static void states_of_whole(ending *end)
{
    handle_size = sizeof(hooksig_pending_body);
    out_size = sizeof(hooksig_received);
    ready = begun;
    refuses_pieces(end);
    refuses_other_bodies(end);
    states_of_end(end);
}

static void states_of_pieces(ending *end)
{
    handle_size = sizeof(hooksig_pending_body);
    out_size = sizeof(hooksig_received);
    ready = fed;
    refuses_other_pieces(end);
    states_of_end(end);
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
    states_of_whole(end_with);
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
    states_of_whole(end_head_with);
    head_states(end_of_head);
}

/* A pending body with all pieces, which is no output of the call under test. */
static hooksig_pending_body all_pieces(void)
{
    struct call with = genuine();
    hooksig_pending_body pending;
    must_pend(hooksig_begin(&pending, &with.receiver, &sent.request));
    must_pend(hooksig_pending_body_update(&pending, with.body, with.body_len));
    return pending;
}

static hooksig_status finish_of_request(const hooksig_request *request)
{
    hooksig_pending_body pending = all_pieces();
    struct call with = genuine();
    return hooksig_pending_body_finish_delivery(&pending, &with.receiver, request, with.body,
                                                with.body_len, &out.at.received);
}

static void pending_body_finish_delivery(void)
{
    states_of_pieces(finish_with);
    request_states(finish_of_request, HOOKSIG_STATUS_OK);
    events_of_request(finish_of_request);
    EXPECT(NULL_POINTER, "refuses no receiver",
           hooksig_pending_body_finish_delivery(&handle.at.pending, NULL, &sent.request, sent.body,
                                                sizeof BODY - 1, &out.at.received));
}

static hooksig_status finish_of_head(const char *head, size_t head_len)
{
    hooksig_pending_body pending = all_pieces();
    struct call with = genuine();
    return hooksig_pending_body_finish_delivery_head(&pending, &with.receiver, head, head_len,
                                                     with.body, with.body_len, &out.at.received);
}

static void pending_body_finish_delivery_head(void)
{
    states_of_pieces(finish_head_with);
    head_states(finish_of_head);
    EXPECT(NULL_POINTER, "refuses no receiver",
           hooksig_pending_body_finish_delivery_head(&handle.at.pending, NULL, sent.head,
                                                     sent.head_len, sent.body, sizeof BODY - 1,
                                                     &out.at.received));
}

static const struct test tests[] = {
    {"hooksig_begin", begin},
    {"hooksig_begin_head", begin_head},
    {"hooksig_pending_body_update", pending_body_update},
    {"hooksig_pending_body_finish", pending_body_finish},
    {"hooksig_pending_body_receive", pending_body_receive},
    {"hooksig_pending_body_receive_head", pending_body_receive_head},
    {"hooksig_pending_body_finish_delivery", pending_body_finish_delivery},
    {"hooksig_pending_body_finish_delivery_head", pending_body_finish_delivery_head},
};

int main(int argc, char **argv)
{
    return run_tests(tests, COUNT(tests), argc, argv);
}
