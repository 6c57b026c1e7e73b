/* Wrong arguments to what verifies: at once, or while the body comes in. */
#include "arguments.h"

/* Verifying */

/* What all verifying functions take, and where they write. */
struct receiver {
    const hooksig_key *keys;
    size_t keys_len;
    const hooksig_policy *policy;
    int64_t now;
    const uint8_t *body;
    size_t body_len;
    void *result;
};

/* A verifying function on the genuine delivery. */
typedef hooksig_status verifying(const struct receiver *by);

/* One that finds the delivery genuine. */
static struct receiver receiver(void)
{
    return (struct receiver){keys, 2, NULL, NOW, sent.body, sizeof BODY - 1, &out.at};
}

/* EXPECT of a receiver in which one member, or two, are otherwise. */
#define RECEIVER(status, sentence, change)                                                        \
    do {                                                                                          \
        struct receiver by = receiver();                                                          \
        change;                                                                                   \
        EXPECT(status, sentence, verify(&by));                                                    \
    } while (0)

static void keys_of_receiver(verifying *verify)
{
    RECEIVER(OK, "takes several keys", (void)0);
    RECEIVER(NULL_POINTER, "refuses no keys with a length", by.keys = NULL);
    RECEIVER(NO_KEYS, "refuses NULL with 0 keys", (by.keys = NULL, by.keys_len = 0));
    RECEIVER(NO_KEYS, "refuses 0 keys", by.keys_len = 0);
    RECEIVER(INVALID_LENGTH, "refuses SIZE_MAX keys", by.keys_len = SIZE_MAX);
    RECEIVER(INVALID_LENGTH, "refuses more keys than fit into memory",
             by.keys_len = OVERFLOWS(hooksig_key));
    RECEIVER(WRONG_STATE, "refuses a zeroed key", (by.keys = &zeroed_key, by.keys_len = 1));
    RECEIVER(WRONG_STATE, "refuses a wiped key", (by.keys = &wiped_key, by.keys_len = 1));
    RECEIVER(WRONG_STATE, "refuses a policy for a key",
             (by.keys = &policy_for_key.key, by.keys_len = 1));
    RECEIVER(WRONG_STATE, "refuses one key of two", by.keys = half_made_keys);
    RECEIVER(SIGNATURE_MISMATCH, "refuses another key", by.keys_len = 1);
}

static void policy_of_receiver(verifying *verify)
{
    RECEIVER(OK, "takes a policy", by.policy = &policy);
    RECEIVER(UNEXPECTED_KEY_ID, "heeds the policy", by.policy = &other_key_id);
    RECEIVER(WRONG_STATE, "refuses a zeroed policy", by.policy = &zeroed_policy);
    RECEIVER(WRONG_STATE, "refuses a key for a policy", by.policy = &key_for_policy.policy);
}

static void time_of_receiver(verifying *verify)
{
    RECEIVER(OK, "needs no clock", by.now = HOOKSIG_NO_CLOCK);
    RECEIVER(OK, "takes the earliest time", by.now = NOW - HOOKSIG_DEFAULT_MAX_SKEW);
    RECEIVER(OK, "takes the latest time", by.now = NOW + HOOKSIG_DEFAULT_MAX_SKEW);
    RECEIVER(DATE_TOO_NEW, "refuses a second before", by.now = NOW - HOOKSIG_DEFAULT_MAX_SKEW - 1);
    RECEIVER(DATE_TOO_OLD, "refuses a second after", by.now = NOW + HOOKSIG_DEFAULT_MAX_SKEW + 1);
    RECEIVER(DATE_TOO_NEW, "survives the first second", by.now = INT64_MIN + 1);
    RECEIVER(DATE_TOO_OLD, "survives the last second", by.now = INT64_MAX);
}

static void body_of_receiver(verifying *verify)
{
    RECEIVER(DIGEST_MISMATCH, "refuses a body short by one", by.body_len--);
    RECEIVER(DIGEST_MISMATCH, "takes NULL with 0 for an empty body",
             (by.body = NULL, by.body_len = 0));
    RECEIVER(NULL_POINTER, "refuses NULL for a body with a length", by.body = NULL);
    RECEIVER(INVALID_LENGTH, "refuses a body of SIZE_MAX", by.body_len = SIZE_MAX);
    RECEIVER(INVALID_LENGTH, "refuses a body past PTRDIFF_MAX", by.body_len = TOO_LONG);
}

static void head_of_receiver(verifying *verify, size_t result_size)
{
    handle_size = 0;
    out_size = result_size;
    keys_of_receiver(verify);
    policy_of_receiver(verify);
    time_of_receiver(verify);
    RECEIVER(NULL_POINTER, "refuses NULL for the result", by.result = NULL);
    RECEIVER(NULL_POINTER, "refuses NULL for the result before it looks at the date",
             (by.result = NULL, by.now = INT64_MAX));
}

static void whole_receiver(verifying *verify)
{
    head_of_receiver(verify, sizeof(hooksig_verified));
    body_of_receiver(verify);
    RECEIVER(OK, "finds the delivery genuine", (void)0);
    check(out.at.verified.key_index == 1 && out.at.verified.date == NOW &&
              out.at.verified.expires == NOW + HOOKSIG_DEFAULT_MAX_SKEW,
          "%s tells key, date and end", function);
    RECEIVER(OK, "finds the delivery genuine without a clock", by.now = HOOKSIG_NO_CLOCK);
    check(out.at.verified.date == HOOKSIG_NO_CLOCK && out.at.verified.expires == HOOKSIG_NEVER,
          "%s tells no date and no end without a clock", function);
}

static void headers_to_verify(taking_request *take)
{
    request_states(take);
    REQUEST(MISSING_SIGNATURE, "refuses NULL with 0 headers",
            (request.headers = NULL, request.headers_len = 0));
    REQUEST(MISSING_SIGNATURE, "refuses two headers of three", request.headers_len--);
    REQUEST(MISSING_DIGEST, "refuses a name short by one", header->name_len--);
    REQUEST(MALFORMED_DIGEST, "refuses a value short by one", header->value_len--);
    REQUEST(MISSING_DIGEST, "takes a name NULL with 0",
            (header->name = NULL, header->name_len = 0));
    REQUEST(UNSUPPORTED_DIGEST, "takes a value NULL with 0",
            (header->value = NULL, header->value_len = 0));
}

static hooksig_status verify_by(const struct receiver *by)
{
    return hooksig_verify(by->keys, by->keys_len, by->policy, by->now, &sent.request, by->body,
                          by->body_len, (hooksig_verified *)by->result);
}

static hooksig_status verify_request(const hooksig_request *request)
{
    return hooksig_verify(keys, 2, NULL, NOW, request, sent.body, sizeof BODY - 1,
                          &out.at.verified);
}

static void verify(void)
{
    whole_receiver(verify_by);
    headers_to_verify(verify_request);
}

static hooksig_status verify_head_by(const struct receiver *by)
{
    return hooksig_verify_head(by->keys, by->keys_len, by->policy, by->now, sent.head,
                               sent.head_len, by->body, by->body_len,
                               (hooksig_verified *)by->result);
}

static hooksig_status verify_this_head(const char *head, size_t head_len)
{
    return hooksig_verify_head(keys, 2, NULL, NOW, head, head_len, sent.body, sizeof BODY - 1,
                               &out.at.verified);
}

typedef hooksig_status taking_head(const char *head, size_t head_len);

static void head_states(taking_head *take)
{
    char *with_body = (char *)allocate(sent.head_len + 1);
    memcpy(with_body, sent.head, sent.head_len);
    with_body[sent.head_len] = '{';
    EXPECT(OK, "takes a head", take(sent.head, sent.head_len));
    EXPECT(NULL_POINTER, "refuses NULL with a length", take(NULL, 1));
    EXPECT(MALFORMED_HEAD, "refuses NULL with 0", take(NULL, 0));
    EXPECT(MALFORMED_HEAD, "refuses an empty head", take(sent.head, 0));
    EXPECT(MALFORMED_HEAD, "refuses one octet", take(sent.head, 1));
    EXPECT(MALFORMED_HEAD, "refuses a head short by one", take(sent.head, sent.head_len - 1));
    EXPECT(MALFORMED_HEAD, "refuses an octet of the body", take(with_body, sent.head_len + 1));
    EXPECT(INVALID_LENGTH, "refuses a head of SIZE_MAX", take(sent.head, SIZE_MAX));
    EXPECT(INVALID_LENGTH, "refuses a head past PTRDIFF_MAX", take(sent.head, TOO_LONG));
    free(with_body);
}

static void verify_head(void)
{
    whole_receiver(verify_head_by);
    head_states(verify_this_head);
}

static hooksig_status verify_fields_by(const struct receiver *by)
{
    return hooksig_verify_fields(by->keys, by->keys_len, by->policy, by->now, sent.signature,
                                 HOOKSIG_DELIVERY_SIGNATURE_LEN, sent.date, HOOKSIG_DATE_LEN,
                                 sent.digest, HOOKSIG_DIGEST_FIELD_LEN, by->body, by->body_len,
                                 (hooksig_verified *)by->result);
}

static hooksig_status verify_these_fields(const hooksig_header *signature,
                                          const hooksig_header *date, const hooksig_header *digest)
{
    return hooksig_verify_fields(keys, 2, NULL, NOW, signature->value, signature->value_len,
                                 date->value, date->value_len, digest->value, digest->value_len,
                                 sent.body, sizeof BODY - 1, &out.at.verified);
}

/* EXPECT of the three fields with a change. */
#define FIELDS(status, sentence, change)                                                          \
    do {                                                                                          \
        hooksig_header date = sent.headers[0], digest = sent.headers[1];                          \
        hooksig_header signature = sent.headers[2];                                               \
        change;                                                                                   \
        EXPECT(status, sentence, verify_these_fields(&signature, &date, &digest));                \
    } while (0)

/* A genuine signature that covers more than the three fields can show. */
static void covered_elsewhere(hooksig_status expected, const char *list, const char *sentence)
{
    static const char text[] = "ci.example";
    hooksig_header host = {"Host", 4, text, sizeof text - 1};
    hooksig_header headers[] = {sent.headers[0], sent.headers[1], host};
    hooksig_request request = {"POST", 4, "/", 1, headers, COUNT(headers)};
    char value[256];
    hooksig_header signature = {"Signature", 9, value, 0};
    must(hooksig_sign(&keys[1], TEXT(KEY_ID), &request, list, strlen(list), value, sizeof value,
                      &signature.value_len));
    hooksig_status status = verify_these_fields(&signature, &headers[0], &headers[1]);
    check(status == expected, "%s %s: %s", function, sentence, hooksig_status_name(status));
}

static void verify_fields(void)
{
    whole_receiver(verify_fields_by);
    covered_elsewhere(HOOKSIG_STATUS_OK, "digest date", "takes another order");
    covered_elsewhere(HOOKSIG_STATUS_MISSING_HEADER, "date digest host", "refuses another header");
    covered_elsewhere(HOOKSIG_STATUS_MISSING_HEADER, "date digest (request-target)",
                      "refuses a request-target");
    FIELDS(NULL_POINTER, "refuses a Signature NULL with a length", signature.value = NULL);
    FIELDS(NULL_POINTER, "refuses a Date NULL with a length", date.value = NULL);
    FIELDS(NULL_POINTER, "refuses a Digest NULL with a length", digest.value = NULL);
    FIELDS(MISSING_PARAM, "takes a Signature NULL with 0",
           (signature.value = NULL, signature.value_len = 0));
    FIELDS(MALFORMED_DATE, "takes a Date NULL with 0", (date.value = NULL, date.value_len = 0));
    FIELDS(UNSUPPORTED_DIGEST, "takes a Digest NULL with 0",
           (digest.value = NULL, digest.value_len = 0));
    FIELDS(MALFORMED_PARAMS, "refuses a Signature short by one", signature.value_len--);
    FIELDS(MALFORMED_DATE, "refuses a Date short by one", date.value_len--);
    FIELDS(MALFORMED_DIGEST, "refuses a Digest short by one", digest.value_len--);
    FIELDS(INVALID_LENGTH, "refuses a Signature of SIZE_MAX", signature.value_len = SIZE_MAX);
    FIELDS(INVALID_LENGTH, "refuses a Date of SIZE_MAX", date.value_len = SIZE_MAX);
    FIELDS(INVALID_LENGTH, "refuses a Digest of SIZE_MAX", digest.value_len = SIZE_MAX);
}

/* Streaming */

static hooksig_status begin_by(const struct receiver *by)
{
    return hooksig_begin((hooksig_pending_body *)by->result, by->keys, by->keys_len, by->policy,
                         by->now, &sent.request);
}

static hooksig_status begin_request(const hooksig_request *request)
{
    return hooksig_begin(&out.at.pending, keys, 2, NULL, NOW, request);
}

static void begin(void)
{
    head_of_receiver(begin_by, sizeof(hooksig_pending_body));
    headers_to_verify(begin_request);
}

static hooksig_status begin_head_by(const struct receiver *by)
{
    return hooksig_begin_head((hooksig_pending_body *)by->result, by->keys, by->keys_len,
                              by->policy, by->now, sent.head, sent.head_len);
}

static hooksig_status begin_this_head(const char *head, size_t head_len)
{
    return hooksig_begin_head(&out.at.pending, keys, 2, NULL, NOW, head, head_len);
}

static void begin_head(void)
{
    head_of_receiver(begin_head_by, sizeof(hooksig_pending_body));
    head_states(begin_this_head);
}

/* A body that waits for its octets, in the handle. */
static hooksig_pending_body *begun(void)
{
    must(hooksig_begin(&handle.at.pending, keys, 2, NULL, NOW, &sent.request));
    return &handle.at.pending;
}

/* One that has got all of them. */
static hooksig_pending_body *fed(void)
{
    must(hooksig_pending_body_update(begun(), sent.body, sizeof BODY - 1));
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
    UPDATE(begun(), OK, "takes a chunk", pending, sent.body, 1);
    UPDATE(begun(), OK, "takes NULL with 0", pending, NULL, 0);
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

static const struct test tests[] = {
    {"hooksig_verify", verify},
    {"hooksig_verify_head", verify_head},
    {"hooksig_verify_fields", verify_fields},
    {"hooksig_begin", begin},
    {"hooksig_begin_head", begin_head},
    {"hooksig_pending_body_update", pending_body_update},
    {"hooksig_pending_body_finish", pending_body_finish},
};

int main(int argc, char **argv)
{
    return run_tests(tests, COUNT(tests), argc, argv);
}
