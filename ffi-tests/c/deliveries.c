/*
 * Recorded deliveries: `deliveries FILE.http...`. Each is verified and understood, refused when it
 * is repeated or changed, and signed again byte for byte.
 */
#include "check.h"

enum { BEHIND = 4 };

/* One recorded request. */
static struct {
    const char *name;
    char *head, *body;
    size_t head_len, body_len;
    int64_t now;
} sent;

static hooksig_key key;
static hooksig_replay_entry guard[16];

/* The length of the head with the empty line that ends it. */
static size_t find_body(const char *request, size_t len)
{
    for (size_t i = BEHIND; i <= len; i++)
        if (memcmp(request + i - BEHIND, "\r\n\r\n", BEHIND) == 0)
            return i;
    give_up("a recorded request has no empty line");
    return 0;
}

/* The value of a field of the head, its name as Go writes it; NULL where it is absent. */
static const char *value_of(const char *name, size_t *len)
{
    char line[64];
    int line_len = snprintf(line, sizeof line, "\r\n%s: ", name);
    for (const char *at = sent.head; at + line_len < sent.head + sent.head_len; at++)
        if (memcmp(at, line, (size_t)line_len) == 0) {
            at += line_len;
            *len = (size_t)((const char *)memchr(at, '\r', sent.head_len) - at);
            return at;
        }
    *len = 0;
    return NULL;
}

static bool is_value_of(const char *name, const char *value)
{
    size_t len;
    const char *sent_value = value_of(name, &len);
    return sent_value != NULL && len == strlen(value) && memcmp(sent_value, value, len) == 0;
}

static bool covers_what_drone_covers(void)
{
    size_t len;
    const char *signature = value_of("Signature", &len), *list = "headers=\"date digest\"";
    for (size_t i = 0; i + strlen(list) <= len; i++)
        if (memcmp(signature + i, list, strlen(list)) == 0)
            return true;
    return false;
}

static void read_delivery(const char *path)
{
    size_t len, date_len;
    char *request = read_file(path, &len);
    sent.name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    sent.head_len = find_body(request, len);
    sent.head = copy_of(request, sent.head_len);
    sent.body_len = len - sent.head_len;
    sent.body = copy_of(request + sent.head_len, sent.body_len);
    free(request);
    const char *date = value_of("Date", &date_len);
    if (hooksig_date_parse(date, date_len, 0, &sent.now) != HOOKSIG_STATUS_OK)
        give_up("a recorded request has no date");
}

static hooksig_status verify(hooksig_verified *verified)
{
    hooksig_receiver receiver = receiver_of(&key, 1, sent.now);
    return hooksig_verify_head(&receiver, sent.head, sent.head_len, sent.body, sent.body_len,
                               verified);
}

static hooksig_receiver guarded_receiver(void)
{
    hooksig_receiver receiver = receiver_of(&key, 1, sent.now);
    receiver.guard = guard;
    receiver.guard_len = COUNT(guard);
    return receiver;
}

static void is_genuine_once(void)
{
    hooksig_verified verified;
    check(verify(&verified) == HOOKSIG_STATUS_OK, "%s is genuine", sent.name);
    check(verified.date == sent.now, "%s tells its date", sent.name);
    hooksig_received received;
    hooksig_receiver receiver = guarded_receiver();
    check(hooksig_receive_head(&receiver, sent.head, sent.head_len, sent.body, sent.body_len,
                               &received) == HOOKSIG_STATUS_OK &&
              memcmp(received.verified.tag, verified.tag, HOOKSIG_TAG_LEN) == 0,
          "%s is received", sent.name);
    check(hooksig_receive_head(&receiver, sent.head, sent.head_len, sent.body, sent.body_len,
                               &received) == HOOKSIG_STATUS_REPLAYED,
          "%s is received once", sent.name);
    check(hooksig_replay_claim(&receiver, &verified) == HOOKSIG_STATUS_REPLAYED,
          "%s is no longer new", sent.name);
}

static void is_refused_when_touched(void)
{
    hooksig_verified verified;
    sent.body[sent.body_len / 2] ^= 1;
    check(verify(&verified) == HOOKSIG_STATUS_DIGEST_MISMATCH, "%s is refused with another body",
          sent.name);
    sent.body[sent.body_len / 2] ^= 1;
    sent.now += HOOKSIG_DEFAULT_MAX_SKEW + 1;
    check(verify(&verified) == HOOKSIG_STATUS_DATE_TOO_OLD, "%s is refused when it is old",
          sent.name);
    sent.now -= HOOKSIG_DEFAULT_MAX_SKEW + 1;
}

static hooksig_event event_of(const char *name)
{
    return strstr(name, "user-") != NULL    ? HOOKSIG_EVENT_USER
           : strstr(name, "repo-") != NULL  ? HOOKSIG_EVENT_REPO
           : strstr(name, "build-") != NULL ? HOOKSIG_EVENT_BUILD
                                            : HOOKSIG_EVENT_ABSENT;
}

static void is_genuine_in_two_pieces(void)
{
    hooksig_pending_body pending;
    hooksig_verified verified;
    hooksig_receiver receiver = receiver_of(&key, 1, sent.now);
    size_t half = sent.body_len / 2;
    check(hooksig_begin_head(&pending, &receiver, sent.head, sent.head_len) ==
                  HOOKSIG_STATUS_PENDING &&
              hooksig_pending_body_update(&pending, sent.body, half) == HOOKSIG_STATUS_PENDING &&
              hooksig_pending_body_update(&pending, sent.body + half, sent.body_len - half) ==
                  HOOKSIG_STATUS_PENDING,
          "%s is pending in two pieces", sent.name);
    check(hooksig_pending_body_finish(&pending, &verified) == HOOKSIG_STATUS_OK,
          "%s is genuine in two pieces", sent.name);
}

static void is_received_after_its_head(void)
{
    hooksig_pending_body pending;
    hooksig_received received;
    hooksig_receiver receiver = receiver_of(&key, 1, sent.now);
    check(hooksig_begin_head(&pending, &receiver, sent.head, sent.head_len) ==
                  HOOKSIG_STATUS_PENDING &&
              hooksig_pending_body_receive_head(&pending, &receiver, sent.head, sent.head_len,
                                                sent.body, sent.body_len,
                                                &received) == HOOKSIG_STATUS_OK &&
              received.delivery.event == event_of(sent.name),
          "%s is received after its head", sent.name);
}

static hooksig_action action_of(const char *name)
{
    return strstr(name, "-created") != NULL    ? HOOKSIG_ACTION_CREATED
           : strstr(name, "-updated") != NULL  ? HOOKSIG_ACTION_UPDATED
           : strstr(name, "-deleted") != NULL  ? HOOKSIG_ACTION_DELETED
           : strstr(name, "-enabled") != NULL  ? HOOKSIG_ACTION_ENABLED
           : strstr(name, "-disabled") != NULL ? HOOKSIG_ACTION_DISABLED
                                               : HOOKSIG_ACTION_ABSENT;
}

static void is_understood(void)
{
    hooksig_delivery delivery;
    size_t field_len;
    const char *field = value_of("X-Drone-Event", &field_len);
    hooksig_status status = hooksig_delivery_read(sent.body, sent.body_len, &delivery);
    check(status == HOOKSIG_STATUS_OK && delivery.event == event_of(sent.name) &&
              delivery.action == action_of(sent.name),
          "%s is understood", sent.name);
    check(field == NULL || (delivery.event_len == field_len &&
                            memcmp(sent.body + delivery.event_at, field, field_len) == 0),
          "%s tells where its event stands", sent.name);
}

static void is_signed_anew(void)
{
    hooksig_delivery_headers headers;
    hooksig_status status =
        hooksig_delivery_sign(&key, (uint8_t *)sent.body, sent.body_len, sent.now, &headers);
    check(status == HOOKSIG_STATUS_OK && is_value_of("Date", headers.date) &&
              is_value_of("Digest", headers.digest),
          "%s gets the same Date and Digest", sent.name);
    if (covers_what_drone_covers())
        check(is_value_of("Signature", headers.signature), "%s gets the same Signature",
              sent.name);
}

int main(int argc, char **argv)
{
    key = key_of(SECRET);
    for (int i = 1; i < argc; i++) {
        read_delivery(argv[i]);
        is_genuine_once();
        is_refused_when_touched();
        is_genuine_in_two_pieces();
        is_received_after_its_head();
        is_understood();
        is_signed_anew();
        free(sent.head);
        free(sent.body);
    }
    check(argc > 1, "there were deliveries");
    return outcome();
}
