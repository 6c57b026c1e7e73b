/* Wrong arguments to the functions that receive a delivery at once. */
#include "arguments_call.h"

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

/* Signed bodies that are not Drone's. */
static void bodies_without_sense(void)
{
    static const char *const bodies[] = {"", "[]", "{\"event\":1}", "not JSON"};
    for (size_t i = 0; i < COUNT(bodies); i++) {
        hooksig_delivery_headers made;
        hooksig_received received;
        struct call with = genuine();
        must(hooksig_delivery_sign(&keys[1], bodies[i], strlen(bodies[i]), NOW, &made));
        hooksig_header headers[] = {
            {"Date", 4, made.date, HOOKSIG_DATE_LEN},
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

static const struct test tests[] = {
    {"hooksig_receive", receive},
    {"hooksig_receive_head", receive_head},
};

int main(int argc, char **argv)
{
    return run_tests(tests, COUNT(tests), argc, argv);
}
