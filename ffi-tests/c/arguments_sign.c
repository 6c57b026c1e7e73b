/* Wrong arguments to what signs, and to what reads and writes bodies, digests and dates. */
#include "arguments.h"

/* Deliveries */

/* Whether a word is this part of a body; 0 with 0 where there is none. */
static bool stands_at(const char *body, const char *word, size_t at, size_t len)
{
    return len == strlen(word) && (len == 0 ? at == 0 : memcmp(body + at, word, len) == 0);
}

static void delivery_words(void)
{
#define WORDS(event, action) "{\"event\":\"" event "\",\"action\":\"" action "\"}", event, action
    static const struct {
        const char *body, *event_word, *action_word;
        hooksig_event event;
        hooksig_action action;
    } read[] = {
        {"{}", "", "", HOOKSIG_EVENT_ABSENT, HOOKSIG_ACTION_ABSENT},
        {WORDS("user", "created"), HOOKSIG_EVENT_USER, HOOKSIG_ACTION_CREATED},
        {WORDS("repo", "enabled"), HOOKSIG_EVENT_REPO, HOOKSIG_ACTION_ENABLED},
        {WORDS("repo", "disabled"), HOOKSIG_EVENT_REPO, HOOKSIG_ACTION_DISABLED},
        {WORDS("repo", "deleted"), HOOKSIG_EVENT_REPO, HOOKSIG_ACTION_DELETED},
        {WORDS("build", "updated"), HOOKSIG_EVENT_BUILD, HOOKSIG_ACTION_UPDATED},
        {WORDS("cron", "run"), HOOKSIG_EVENT_UNKNOWN, HOOKSIG_ACTION_UNKNOWN},
    };
    for (size_t i = 0; i < COUNT(read); i++) {
        const char *body = read[i].body;
        hooksig_delivery delivery;
        hooksig_status status = hooksig_delivery_read(body, strlen(body), &delivery);
        check(status == HOOKSIG_STATUS_OK && delivery.event == read[i].event &&
                  delivery.action == read[i].action,
              "hooksig_delivery_read understands %s", body);
        check(stands_at(body, read[i].event_word, delivery.event_at, delivery.event_len),
              "hooksig_delivery_read tells where the event stands in %s", body);
        check(stands_at(body, read[i].action_word, delivery.action_at, delivery.action_len),
              "hooksig_delivery_read tells where the action stands in %s", body);
    }
}

static void delivery_read(void)
{
    hooksig_delivery *delivery = &out.at.delivery;
    handle_size = 0;
    out_size = sizeof *delivery;
#define READ(status, sentence, ...)                                                               \
    EXPECT(status, sentence, hooksig_delivery_read(__VA_ARGS__, delivery))
    READ(OK, "takes a body", OCTETS(BODY));
    READ(NULL_POINTER, "refuses a body NULL with a length", NULL, 1);
    READ(MALFORMED_BODY, "refuses NULL with 0", NULL, 0);
    READ(MALFORMED_BODY, "refuses a bracket", sent.body, 1);
    READ(MALFORMED_BODY, "refuses an event that is a number", OCTETS("{\"event\":1}"));
    READ(MALFORMED_BODY, "refuses an event in capitals", OCTETS("{\"EVENT\":\"user\"}"));
    READ(MALFORMED_BODY, "refuses an event twice",
         OCTETS("{\"event\":\"user\",\"event\":\"user\"}"));
    READ(INVALID_LENGTH, "refuses a body of SIZE_MAX", sent.body, SIZE_MAX);
    EXPECT(NULL_POINTER, "refuses NULL for the result", hooksig_delivery_read(OCTETS(BODY), NULL));
    delivery_words();
}

static void delivery_sign(void)
{
    const int64_t last = INT64_C(253402300799);
    const uint8_t *body = sent.body;
    hooksig_delivery_headers *headers = &out.at.headers;
    out_size = sizeof *headers;
#define SIGN(status, sentence, ...)                                                               \
    EXPECT(status, sentence, hooksig_delivery_sign(__VA_ARGS__, headers))
    SIGN(OK, "takes a body", keys, OCTETS(BODY), NOW);
    SIGN(OK, "takes NULL with 0 for an empty body", keys, NULL, 0, NOW);
    SIGN(OK, "knows the year 9999", keys, body, 1, last);
    SIGN(TIME_OUT_OF_RANGE, "refuses the year 10000", keys, body, 1, last + 1);
    SIGN(TIME_OUT_OF_RANGE, "survives the last second", keys, body, 1, INT64_MAX);
    SIGN(TIME_OUT_OF_RANGE, "survives the first second", keys, body, 1, INT64_MIN);
    SIGN(NULL_POINTER, "refuses no key", NULL, body, 1, NOW);
    SIGN(WRONG_STATE, "refuses a zeroed key", &zeroed_key, body, 1, NOW);
    SIGN(WRONG_STATE, "refuses a wiped key", &wiped_key, body, 1, NOW);
    SIGN(WRONG_STATE, "refuses a policy for a key", &policy_for_key.key, body, 1, NOW);
    SIGN(NULL_POINTER, "refuses a body NULL with a length", keys, NULL, 1, NOW);
    SIGN(INVALID_LENGTH, "refuses a body of SIZE_MAX", keys, body, SIZE_MAX, NOW);
    EXPECT(NULL_POINTER, "refuses NULL for the result",
           hooksig_delivery_sign(keys, body, 1, NOW, NULL));
}

/* Bodies of several lengths, with the time of each. */
static hooksig_outgoing outgoing[4];

static hooksig_status sign_many(const hooksig_outgoing *deliveries, size_t deliveries_len,
                                size_t headers_len)
{
    return hooksig_delivery_sign_many(&keys[1], deliveries, deliveries_len, out.at.many,
                                      headers_len);
}

/* A call with one delivery changed. */
static hooksig_status sign_changed(size_t at, const void *body, size_t body_len, int64_t now)
{
    hooksig_outgoing changed[COUNT(outgoing)];
    memcpy(changed, outgoing, sizeof changed);
    changed[at].body = body;
    changed[at].body_len = body_len;
    changed[at].now = now;
    return sign_many(changed, COUNT(changed), COUNT(changed));
}

/* The headers in out are those of the first deliveries, signed one by one. */
static bool signed_as_one_by_one(size_t deliveries_len)
{
    for (size_t i = 0; i < deliveries_len; i++) {
        hooksig_delivery_headers one;
        memset(&one, 0xA5, sizeof one);
        if (hooksig_delivery_sign(&keys[1], outgoing[i].body, outgoing[i].body_len,
                                  outgoing[i].now, &one) != HOOKSIG_STATUS_OK ||
            memcmp(&one, &out.at.many[i], sizeof one) != 0)
            return false;
    }
    return true;
}

static void delivery_sign_many(void)
{
    static const uint8_t body[200];
    const size_t all = COUNT(outgoing);
    for (size_t i = 0; i < all; i++)
        outgoing[i] = (hooksig_outgoing){i == 0 ? NULL : body, i * 66, NOW + (int64_t)i};
    for (size_t count = 0; count <= all; count++) {
        out_size = count * sizeof(hooksig_delivery_headers);
        EXPECT(OK, "takes deliveries", sign_many(outgoing, count, count));
        check(signed_as_one_by_one(count), "%s signs %zu as one by one", function, count);
        EXPECT(OK, "takes more headers than it needs", sign_many(outgoing, count, all));
    }
    EXPECT(OK, "takes NULL with 0 deliveries", sign_many(NULL, 0, all));
    EXPECT(OK, "takes NULL with 0 headers for 0 deliveries",
           hooksig_delivery_sign_many(&keys[1], NULL, 0, NULL, 0));
    EXPECT(NULL_POINTER, "refuses NULL deliveries", sign_many(NULL, 1, all));
    EXPECT(NULL_POINTER, "refuses NULL headers",
           hooksig_delivery_sign_many(&keys[1], outgoing, all, NULL, all));
    EXPECT(BUFFER_TOO_SMALL, "refuses NULL with 0 headers",
           hooksig_delivery_sign_many(&keys[1], outgoing, all, NULL, 0));
    EXPECT(BUFFER_TOO_SMALL, "refuses headers short by one", sign_many(outgoing, all, all - 1));
    EXPECT(BUFFER_TOO_SMALL, "refuses 0 headers for one", sign_many(outgoing, 1, 0));
    EXPECT(INVALID_LENGTH, "refuses SIZE_MAX deliveries", sign_many(outgoing, SIZE_MAX, all));
    EXPECT(INVALID_LENGTH, "refuses SIZE_MAX headers", sign_many(outgoing, all, SIZE_MAX));
    EXPECT(INVALID_LENGTH, "refuses more deliveries than fit into memory",
           sign_many(outgoing, OVERFLOWS(hooksig_outgoing), all));
    EXPECT(NULL_POINTER, "refuses no key",
           hooksig_delivery_sign_many(NULL, outgoing, all, out.at.many, all));
    EXPECT(WRONG_STATE, "refuses a zeroed key",
           hooksig_delivery_sign_many(&zeroed_key, outgoing, all, out.at.many, all));
    EXPECT(WRONG_STATE, "refuses a wiped key",
           hooksig_delivery_sign_many(&wiped_key, outgoing, all, out.at.many, all));
    for (size_t i = 0; i < all; i++) {
        EXPECT(NULL_POINTER, "refuses a body NULL with a length", sign_changed(i, NULL, 1, NOW));
        EXPECT(INVALID_LENGTH, "refuses a body of SIZE_MAX", sign_changed(i, body, SIZE_MAX, NOW));
        EXPECT(TIME_OUT_OF_RANGE, "refuses the year 10000",
               sign_changed(i, body, 1, INT64_C(253402300800)));
        EXPECT(TIME_OUT_OF_RANGE, "survives the first second",
               sign_changed(i, body, 1, INT64_MIN));
    }
}

/* Texts: each function below writes its text to a buffer. */

typedef hooksig_status writing(char *text, size_t capacity, size_t *text_len);

static void text_states(writing *write, const char *expected, size_t needed)
{
    char *text = out.at.text;
    size_t *text_len = &len.at.len;
    handle_size = 0;
    out_size = needed;
    EXPECT(OK, "needs no more room than it says", write(text, needed, text_len));
    check(len.at.len == needed, "%s tells the length written", function);
    check(memcmp(text, expected, needed) == 0, "%s writes its text", function);
    EXPECT(OK, "writes no more than its text", write(text, sizeof out.at.text, text_len));
    EXPECT(BUFFER_TOO_SMALL, "refuses a buffer short by one", write(text, needed - 1, text_len));
    check(len.at.len == needed, "%s tells the length needed", function);
    EXPECT(BUFFER_TOO_SMALL, "refuses NULL with 0", write(NULL, 0, text_len));
    check(len.at.len == needed, "%s tells the length needed without a buffer", function);
    EXPECT(NULL_POINTER, "refuses NULL with a capacity", write(NULL, needed, text_len));
    EXPECT(NULL_POINTER, "refuses no place for the length", write(text, needed, NULL));
    EXPECT(INVALID_LENGTH, "refuses a capacity of SIZE_MAX", write(text, SIZE_MAX, text_len));
}

/* What signing refuses, each with a text to cover. */
typedef hooksig_status covering(const char *list, size_t list_len);

static void list_states(covering *cover)
{
    size_t names_len;
    const char *names = too_many_names(&names_len);
    out_size = sizeof out.at.text;
    EXPECT(OK, "takes a list", cover(TEXT(LIST)));
    EXPECT(EMPTY_LIST, "refuses an empty list", cover(LIST, 0));
    EXPECT(EMPTY_LIST, "refuses a list NULL with 0", cover(NULL, 0));
    EXPECT(NULL_POINTER, "refuses a list NULL with a length", cover(NULL, 1));
    EXPECT(INVALID_LENGTH, "refuses a list of SIZE_MAX", cover(LIST, SIZE_MAX));
    EXPECT(MALFORMED_LIST, "refuses a list that ends in a space", cover(TEXT("date ")));
    EXPECT(REPEATED_NAME, "refuses a name twice", cover(TEXT("date digest DATE")));
    EXPECT(UNSUPPORTED_NAME, "refuses (expires)", cover(TEXT("date (expires)")));
    EXPECT(MISSING_HEADER, "refuses a header that is not there", cover(TEXT("date host")));
    EXPECT(TOO_MANY_NAMES, "refuses 129 names", cover(names, names_len));
}

static hooksig_status sign_all(const hooksig_key *key, const char *key_id, size_t key_id_len,
                               const hooksig_request *request, const char *list, size_t list_len)
{
    return hooksig_sign(key, key_id, key_id_len, request, list, list_len, out.at.text,
                        sizeof out.at.text, &len.at.len);
}

static hooksig_status sign_to(char *text, size_t capacity, size_t *text_len)
{
    return hooksig_sign(&keys[1], TEXT(KEY_ID), &sent.request, TEXT(LIST), text, capacity,
                        text_len);
}

static hooksig_status sign_list(const char *list, size_t list_len)
{
    return sign_all(keys, TEXT(KEY_ID), &sent.request, list, list_len);
}

static hooksig_status sign_request(const hooksig_request *request)
{
    return sign_all(keys, TEXT(KEY_ID), request, TEXT(LIST));
}

static hooksig_status sign_as(const char *key_id, size_t key_id_len)
{
    return sign_all(keys, key_id, key_id_len, &sent.request, TEXT(LIST));
}

static hooksig_status sign_with(const hooksig_key *key)
{
    return sign_all(key, TEXT(KEY_ID), &sent.request, TEXT(LIST));
}

/* A control byte in the second of two covered values, or a byte too much: the first was already read. */
static void covered_values(taking_request *take)
{
    static char value[HOOKSIG_MAX_SIGNING_STRING_LEN];
    memset(value, 'a', sizeof value);
    REQUEST(CONTROL_BYTE, "refuses a control byte",
            (header->value = "SHA\n256", header->value_len = 7));
    REQUEST(SIGNING_STRING_TOO_LONG, "refuses a string that is too long",
            (header->value = value, header->value_len = sizeof value));
}

static void sign(void)
{
    text_states(sign_to, sent.signature, HOOKSIG_DELIVERY_SIGNATURE_LEN);
    check(HOOKSIG_SIGNATURE_BASE_LEN + sizeof KEY_ID + sizeof LIST - 2 >=
              HOOKSIG_DELIVERY_SIGNATURE_LEN,
          "%s fits into HOOKSIG_SIGNATURE_BASE_LEN and its texts", function);
    list_states(sign_list);
    request_states(sign_request, HOOKSIG_STATUS_OK);
    covered_values(sign_request);
    EXPECT(INVALID_KEY_ID, "refuses an empty keyId", sign_as(KEY_ID, 0));
    EXPECT(INVALID_KEY_ID, "refuses a keyId NULL with 0", sign_as(NULL, 0));
    EXPECT(NULL_POINTER, "refuses a keyId NULL with a length", sign_as(NULL, 1));
    EXPECT(INVALID_LENGTH, "refuses a keyId of SIZE_MAX", sign_as(KEY_ID, SIZE_MAX));
    EXPECT(INVALID_KEY_ID, "refuses a quote in the keyId", sign_as(TEXT("a\"")));
    EXPECT(NULL_POINTER, "refuses no key", sign_with(NULL));
    EXPECT(WRONG_STATE, "refuses a zeroed key", sign_with(&zeroed_key));
    EXPECT(WRONG_STATE, "refuses a wiped key", sign_with(&wiped_key));
    EXPECT(WRONG_STATE, "refuses a policy for a key", sign_with(&policy_for_key.key));
}

static hooksig_status string_to(char *text, size_t capacity, size_t *text_len)
{
    return hooksig_signing_string(&sent.request, TEXT(LIST), text, capacity, text_len);
}

static hooksig_status string_of_list(const char *list, size_t list_len)
{
    return hooksig_signing_string(&sent.request, list, list_len, out.at.text, sizeof out.at.text,
                                  &len.at.len);
}

static hooksig_status string_of_request(const hooksig_request *request)
{
    return hooksig_signing_string(request, TEXT(LIST), out.at.text, sizeof out.at.text,
                                  &len.at.len);
}

static hooksig_status string_of_target(const hooksig_request *request)
{
    return hooksig_signing_string(request, TEXT("(request-target)"), out.at.text,
                                  sizeof out.at.text, &len.at.len);
}

static void targets(taking_request *take)
{
    REQUEST(OK, "writes a target", (void)0);
    check(len.at.len == strlen("(request-target): post /"), "%s writes all of it", function);
    REQUEST(OK, "writes an empty target", request.target_len = 0);
    check(len.at.len == strlen("(request-target): post "), "%s writes nothing for it", function);
    REQUEST(MISSING_HEADER, "finds no target that is NULL",
            (request.target = NULL, request.target_len = 0));
}

static void signing_string(void)
{
    char expected[128];
    int needed =
        snprintf(expected, sizeof expected, "date: %.29s\ndigest: %.52s", sent.date, sent.digest);
    text_states(string_to, expected, (size_t)needed);
    list_states(string_of_list);
    request_states(string_of_request, HOOKSIG_STATUS_OK);
    covered_values(string_of_request);
    targets(string_of_target);
}

static hooksig_status digest_to(char *text, size_t capacity, size_t *text_len)
{
    return hooksig_digest_field(OCTETS(BODY), text, capacity, text_len);
}

static hooksig_status digest_of(const uint8_t *body, size_t body_len)
{
    return hooksig_digest_field(body, body_len, out.at.text, sizeof out.at.text, &len.at.len);
}

static void digest_field(void)
{
    text_states(digest_to, sent.digest, HOOKSIG_DIGEST_FIELD_LEN);
    EXPECT(OK, "takes NULL with 0 for an empty body", digest_of(NULL, 0));
    EXPECT(NULL_POINTER, "refuses a body NULL with a length", digest_of(NULL, 1));
    EXPECT(INVALID_LENGTH, "refuses a body of SIZE_MAX", digest_of(sent.body, SIZE_MAX));
}

static hooksig_status date_to(char *text, size_t capacity, size_t *text_len)
{
    return hooksig_date_format(NOW, text, capacity, text_len);
}

static hooksig_status date_of(int64_t unix_seconds)
{
    return hooksig_date_format(unix_seconds, out.at.text, sizeof out.at.text, &len.at.len);
}

static void date_format(void)
{
    text_states(date_to, sent.date, HOOKSIG_DATE_LEN);
    EXPECT(OK, "knows the year 0", date_of(INT64_C(-62167219200)));
    EXPECT(TIME_OUT_OF_RANGE, "refuses the year before", date_of(INT64_C(-62167219201)));
    EXPECT(OK, "knows the year 9999", date_of(INT64_C(253402300799)));
    EXPECT(TIME_OUT_OF_RANGE, "refuses the year 10000", date_of(INT64_C(253402300800)));
    EXPECT(TIME_OUT_OF_RANGE, "survives the first second", date_of(INT64_MIN));
    EXPECT(TIME_OUT_OF_RANGE, "survives the last second", date_of(INT64_MAX));
}

/* In seconds, from 1994 to 2094. */
#define A_HUNDRED_YEARS INT64_C(3155760000)
#define TWO_DIGITS "Sunday, 06-Nov-94 08:49:37 GMT"

/* A two-digit year with the clock at either end of time: any status, and no crash. */
static void two_digits_at_the_ends_of_time(void)
{
    const int64_t ends[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX - 1, INT64_MAX};
    for (size_t i = 0; i < COUNT(ends); i++) {
        hooksig_status status = hooksig_date_parse(TEXT(TWO_DIGITS), ends[i], &out.at.time);
        check(status == HOOKSIG_STATUS_OK || status == HOOKSIG_STATUS_MALFORMED_DATE,
              "%s survives the time %" PRId64, function, ends[i]);
    }
}

static void date_parse(void)
{
    int64_t *unix_seconds = &out.at.time;
    out_size = sizeof *unix_seconds;
#define PARSE(status, sentence, ...)                                                              \
    EXPECT(status, sentence, hooksig_date_parse(__VA_ARGS__, unix_seconds))
    PARSE(OK, "takes a date", sent.date, HOOKSIG_DATE_LEN, NOW);
    check(*unix_seconds == NOW, "%s tells the time", function);
    PARSE(OK, "takes a year of two digits", TEXT(TWO_DIGITS), NOW);
    check(*unix_seconds == INT64_C(784111777), "%s tells the year 1994", function);
    PARSE(OK, "takes it a hundred years later", TEXT(TWO_DIGITS), NOW + A_HUNDRED_YEARS);
    check(*unix_seconds == INT64_C(784111777) + A_HUNDRED_YEARS, "%s tells the year 2094",
          function);
    PARSE(MALFORMED_DATE, "refuses a date short by one", sent.date, HOOKSIG_DATE_LEN - 1, NOW);
    PARSE(MALFORMED_DATE, "refuses an empty date", sent.date, 0, NOW);
    PARSE(MALFORMED_DATE, "refuses NULL with 0", NULL, 0, NOW);
    PARSE(NULL_POINTER, "refuses NULL with a length", NULL, 1, NOW);
    PARSE(INVALID_LENGTH, "refuses a date of SIZE_MAX", sent.date, SIZE_MAX, NOW);
    EXPECT(NULL_POINTER, "refuses NULL for the result",
           hooksig_date_parse(sent.date, HOOKSIG_DATE_LEN, NOW, NULL));
    two_digits_at_the_ends_of_time();
}

static const struct test tests[] = {
    {"hooksig_delivery_read", delivery_read},
    {"hooksig_delivery_sign", delivery_sign},
    {"hooksig_delivery_sign_many", delivery_sign_many},
    {"hooksig_sign", sign},
    {"hooksig_signing_string", signing_string},
    {"hooksig_digest_field", digest_field},
    {"hooksig_date_format", date_format},
    {"hooksig_date_parse", date_parse},
};

int main(int argc, char **argv)
{
    return run_tests(tests, COUNT(tests), argc, argv);
}
