/* Measures the stack and instructions of each function of hooksig.h, with the recorded delivery. */

#include "board.h"
#include "delivery.h"
#include "measure.h"

#include <hooksig.h>
#include <string.h>

enum { GUARD_LEN = 16, LONG_BODY_LEN = 64 * 64 };

static const uint8_t *const body = delivery + DELIVERY_HEAD_LEN;
static const char *const head = (const char *)delivery;

static hooksig_key key;
static hooksig_policy policy;
static hooksig_pending_body pending;
static hooksig_verified verified;
static hooksig_received received;
static hooksig_replay_entry guard[GUARD_LEN];
static hooksig_delivery read;
static hooksig_delivery_headers headers;
static hooksig_header fields[3];
static const hooksig_request request = {"POST", 4, "/", 1, fields, 3};
static const hooksig_receiver receiver = {&key, 1, NULL, DELIVERY_SENT, guard, GUARD_LEN, 0};
static const hooksig_receiver receiver_with_policy = {&key, 1, &policy, DELIVERY_SENT, NULL, 0, 0};
static uint8_t long_body[LONG_BODY_LEN];
static char out[256];
static size_t out_len;
static int64_t date;
static volatile int32_t status;

static void key_init(void)
{
    status = hooksig_key_init(&key, (const uint8_t *)DELIVERY_SECRET, sizeof DELIVERY_SECRET - 1);
}

static void policy_init(void)
{
    status = hooksig_policy_init(&policy);
}

static void policy_set_max_skew(void)
{
    status = hooksig_policy_set_max_skew(&policy, 300);
}

static void policy_require(void)
{
    status = hooksig_policy_require(&policy, "date digest", 11);
}

static void policy_expect_key_id(void)
{
    status = hooksig_policy_expect_key_id(&policy, "hmac-key", 8);
}

static void policy_allow_missing_algorithm(void)
{
    status = hooksig_policy_allow_missing_algorithm(&policy, false);
}

static void policy_allow_hs2019(void)
{
    status = hooksig_policy_allow_hs2019(&policy, false);
}

static void delivery_sign(void)
{
    status = hooksig_delivery_sign(&key, body, DELIVERY_BODY_LEN, DELIVERY_SENT, &headers);
}

static void verify(void)
{
    status = hooksig_verify(&receiver, &request, body, DELIVERY_BODY_LEN, &verified);
}

static void verify_head(void)
{
    status = hooksig_verify_head(&receiver, head, DELIVERY_HEAD_LEN, body, DELIVERY_BODY_LEN,
                                 &verified);
}

static void verify_head_policy(void)
{
    status = hooksig_verify_head(&receiver_with_policy, head, DELIVERY_HEAD_LEN, body,
                                 DELIVERY_BODY_LEN, &verified);
}

static void receive(void)
{
    status = hooksig_receive(&receiver, &request, body, DELIVERY_BODY_LEN, &received);
}

static void receive_head(void)
{
    memset(guard, 0, sizeof guard);
    status = hooksig_receive_head(&receiver, head, DELIVERY_HEAD_LEN, body, DELIVERY_BODY_LEN,
                                  &received);
}

static void head_body_len(void)
{
    size_t head_len, body_len;
    status = hooksig_head_body_len(head, DELIVERY_HEAD_LEN, &head_len, &body_len);
}

static void begin(void)
{
    status = hooksig_begin(&pending, &receiver, &request);
}

static void begin_head(void)
{
    status = hooksig_begin_head(&pending, &receiver, head, DELIVERY_HEAD_LEN);
}

static void pending_body_update(void)
{
    status = hooksig_pending_body_update(&pending, body, DELIVERY_BODY_LEN);
}

static void pending_body_finish(void)
{
    status = hooksig_pending_body_finish(&pending, &verified);
}

static void replay_claim(void)
{
    memset(guard, 0, sizeof guard);
    status = hooksig_replay_claim(&receiver, &verified);
}

static void delivery_read(void)
{
    status = hooksig_delivery_read(body, DELIVERY_BODY_LEN, &read);
}

static void sign(void)
{
    status =
        hooksig_sign(&key, "hmac-key", 8, &request, "date digest", 11, out, sizeof out, &out_len);
}

static void signing_string(void)
{
    status = hooksig_signing_string(&request, "date digest", 11, out, sizeof out, &out_len);
}

static void digest_field(void)
{
    status = hooksig_digest_field(body, DELIVERY_BODY_LEN, out, sizeof out, &out_len);
}

static void date_format(void)
{
    status = hooksig_date_format(DELIVERY_SENT, out, sizeof out, &out_len);
}

static void date_parse(void)
{
    status = hooksig_date_parse(headers.date, sizeof headers.date - 1, DELIVERY_SENT, &date);
}

static void status_name(void)
{
    status = (uint8_t)*hooksig_status_name(HOOKSIG_STATUS_MALFORMED_HEAD);
}

static void status_text(void)
{
    status = (uint8_t)*hooksig_status_text(HOOKSIG_STATUS_MALFORMED_HEAD);
}

static void key_wipe(void)
{
    hooksig_key_wipe(&key);
}

static void update_one_block(void)
{
    status = hooksig_pending_body_update(&pending, long_body, 64);
}

static void update_long_body(void)
{
    status = hooksig_pending_body_update(&pending, long_body, sizeof long_body);
}

static void collect_fields(void)
{
    fields[0] = (hooksig_header){"Date", 4, headers.date, sizeof headers.date - 1};
    fields[1] = (hooksig_header){"Digest", 6, headers.digest, sizeof headers.digest - 1};
    fields[2] = (hooksig_header){"Signature", 9, headers.signature, sizeof headers.signature - 1};
}

/* A refused call would do less. */
static void expect_ok(const char *name, void (*call)(void))
{
    report(name, call);
    if (status != HOOKSIG_STATUS_OK && status != HOOKSIG_STATUS_PENDING) {
        board_print("refused: ");
        board_print(hooksig_status_text(status));
        board_print("\n");
        board_exit(false);
    }
}

int main(void)
{
    expect_ok("hooksig_key_init", key_init);
    expect_ok("hooksig_policy_init", policy_init);
    expect_ok("hooksig_policy_set_max_skew", policy_set_max_skew);
    expect_ok("hooksig_policy_require", policy_require);
    expect_ok("hooksig_policy_expect_key_id", policy_expect_key_id);
    expect_ok("hooksig_policy_allow_missing_algorithm", policy_allow_missing_algorithm);
    expect_ok("hooksig_policy_allow_hs2019", policy_allow_hs2019);
    expect_ok("hooksig_delivery_sign", delivery_sign);
    collect_fields();
    expect_ok("hooksig_verify", verify);
    expect_ok("hooksig_verify_head", verify_head);
    expect_ok("hooksig_verify_head with a policy", verify_head_policy);
    expect_ok("hooksig_receive", receive);
    expect_ok("hooksig_receive_head", receive_head);
    expect_ok("hooksig_head_body_len", head_body_len);
    expect_ok("hooksig_begin", begin);
    expect_ok("hooksig_begin_head", begin_head);
    expect_ok("hooksig_pending_body_update", pending_body_update);
    expect_ok("hooksig_pending_body_finish", pending_body_finish);
    expect_ok("hooksig_replay_claim", replay_claim);
    expect_ok("hooksig_delivery_read", delivery_read);
    expect_ok("hooksig_sign", sign);
    expect_ok("hooksig_signing_string", signing_string);
    expect_ok("hooksig_digest_field", digest_field);
    expect_ok("hooksig_date_format", date_format);
    expect_ok("hooksig_date_parse", date_parse);
    report("hooksig_status_name", status_name);
    report("hooksig_status_text", status_text);
    begin_head();
    expect_ok("64 bytes of body", update_one_block);
    expect_ok("4096 bytes of body", update_long_body);
    report("hooksig_key_wipe", key_wipe);
    return 0;
}
