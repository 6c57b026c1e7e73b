/*
 * Many threads, one key and one policy: `threads ROUNDS`. Constant objects may be shared; outputs
 * belong to one thread.
 */
#include "check.h"

#include <pthread.h>

#define NOW INT64_C(1577836800)
enum { THREADS = 8 };

static hooksig_key key;
static hooksig_policy policy;
static hooksig_header headers[3];
static const hooksig_request request = {"POST", 4, "/", 1, headers, COUNT(headers)};
/* Long enough to be hashed in lanes. */
static const char body[256] = "{\"event\":\"user\",\"action\":\"created\"}";
static long rounds;

static hooksig_status verify_at_once(size_t body_len)
{
    hooksig_verified verified;
    hooksig_receiver receiver = receiver_of(&key, 1, NOW);
    receiver.policy = &policy;
    return hooksig_verify(&receiver, &request, body, body_len, &verified);
}

static hooksig_status verify_in_chunks(size_t body_len)
{
    hooksig_pending_body pending;
    hooksig_verified verified;
    hooksig_receiver receiver = receiver_of(&key, 1, NOW);
    receiver.policy = &policy;
    hooksig_status status = hooksig_begin(&pending, &receiver, &request);
    for (size_t i = 0; i < body_len && status == HOOKSIG_STATUS_PENDING; i++)
        status = hooksig_pending_body_update(&pending, body + i, 1);
    return status == HOOKSIG_STATUS_PENDING ? hooksig_pending_body_finish(&pending, &verified)
                                            : status;
}

/* Counts the wrong verdicts of a thread. */
static void *verify_often(void *wrong)
{
    size_t len = sizeof body - 1;
    for (long i = 0; i < rounds; i++)
        *(long *)wrong += (verify_at_once(len) != HOOKSIG_STATUS_OK) +
                          (verify_at_once(len - 1) != HOOKSIG_STATUS_DIGEST_MISMATCH) +
                          (verify_in_chunks(len) != HOOKSIG_STATUS_OK) +
                          (verify_in_chunks(len - 1) != HOOKSIG_STATUS_DIGEST_MISMATCH);
    return NULL;
}

static void make_shared(hooksig_delivery_headers *sent)
{
    key = key_of(SECRET);
    if (hooksig_policy_init(&policy) != HOOKSIG_STATUS_OK ||
        hooksig_policy_expect_key_id(&policy, TEXT("hmac-key")) != HOOKSIG_STATUS_OK ||
        hooksig_delivery_sign(&key, OCTETS(body), NOW, sent) != HOOKSIG_STATUS_OK)
        give_up("nothing to verify");
    headers[0] = (hooksig_header){"Date", 4, sent->date, HOOKSIG_DATE_LEN};
    headers[1] = (hooksig_header){"Digest", 6, sent->digest, HOOKSIG_DIGEST_FIELD_LEN};
    headers[2] = (hooksig_header){"Signature", 9, sent->signature, HOOKSIG_DELIVERY_SIGNATURE_LEN};
}

int main(int argc, char **argv)
{
    static hooksig_delivery_headers sent;
    pthread_t threads[THREADS];
    long wrong[THREADS] = {0};
    rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 1000;
    make_shared(&sent);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, verify_often, &wrong[i]) != 0)
            give_up("no thread");
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        check(wrong[i] == 0, "thread %d got the right verdict %ld times", i, 4 * rounds);
    }
    return outcome();
}
