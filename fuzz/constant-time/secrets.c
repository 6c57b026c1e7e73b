/* Under valgrind: no branch and no address depends on a secret, a MAC or the hash of a body,
 * except for the one branch on each verdict.
 *
 * Secrets are marked as undefined. Memcheck then reports every branch and every address that
 * depends on one; the program counts those of each call. */
#include <hooksig.h>
#include <stdio.h>
#include <string.h>
#include <valgrind/memcheck.h>

#define NOW INT64_C(1577836800)

static const char body[] = "{\"event\":\"user\",\"action\":\"created\"}";
static unsigned failures;
static unsigned long before;

/* Compares the number of reports since the last call with the expected number. */
static void expect(const char *what, unsigned long expected)
{
    unsigned long reports = VALGRIND_COUNT_ERRORS - before;
    before += reports;
    failures += reports != expected;
    printf("%-44s %lu of %lu\n", what, reports, expected);
}

static void is_public(void *memory, size_t len)
{
    VALGRIND_MAKE_MEM_DEFINED(memory, len);
}

static hooksig_key key_of(const char *text, size_t len)
{
    uint8_t secret[200];
    hooksig_key key;
    memcpy(secret, text, len);
    VALGRIND_MAKE_MEM_UNDEFINED(secret, len);
    hooksig_status status = hooksig_key_init(&key, secret, len);
    failures += status != HOOKSIG_STATUS_OK;
    return key;
}

/* A request with the headers of a delivery. */
struct sent {
    hooksig_delivery_headers values;
    hooksig_header headers[3];
    hooksig_request request;
};

static void sign(struct sent *sent, const hooksig_key *key)
{
    hooksig_status status =
        hooksig_delivery_sign(key, (const uint8_t *)body, strlen(body), NOW, &sent->values);
    expect("a delivery is signed", 0);
    failures += status != HOOKSIG_STATUS_OK;
    /* The signature is part of the request, so it is public. */
    is_public(&sent->values, sizeof sent->values);
    hooksig_header headers[] = {
        {"Date", 4, sent->values.date, strlen(sent->values.date)},
        {"Digest", 6, sent->values.digest, strlen(sent->values.digest)},
        {"Signature", 9, sent->values.signature, strlen(sent->values.signature)},
    };
    memcpy(sent->headers, headers, sizeof headers);
    sent->request = (hooksig_request){"POST", 4, "/", 1, sent->headers, 3};
}

static void verify(const char *what, unsigned long reports, const hooksig_key *keys, size_t count,
                   const struct sent *sent, const uint8_t *bytes, hooksig_status expected)
{
    hooksig_verified verified;
    const hooksig_receiver receiver = {.keys = keys, .keys_len = count, .now = NOW};
    hooksig_status status =
        hooksig_verify(&receiver, &sent->request, bytes, strlen(body), &verified);
    is_public(&status, sizeof status);
    expect(what, reports);
    failures += status != expected;
}

static void verify_in_two_phases(const hooksig_key *key, const struct sent *sent,
                                 const uint8_t *bytes)
{
    hooksig_pending_body pending;
    hooksig_verified verified;
    const hooksig_receiver receiver = {.keys = key, .keys_len = 1, .now = NOW};
    hooksig_status status = hooksig_begin(&pending, &receiver, &sent->request);
    is_public(&status, sizeof status);
    expect("begin", 1);
    failures += status != HOOKSIG_STATUS_PENDING;
    status = hooksig_pending_body_update(&pending, bytes, strlen(body));
    expect("update", 0);
    failures += status != HOOKSIG_STATUS_PENDING;
    status = hooksig_pending_body_finish(&pending, &verified);
    is_public(&status, sizeof status);
    expect("finish", 1);
    failures += status != HOOKSIG_STATUS_OK;
}

int main(void)
{
    static char long_secret[150];
    memset(long_secret, 'k', sizeof long_secret);
    hooksig_key keys[] = {key_of("another", 7), key_of("bea26a2221fd8090ea38720fc445eca6", 32),
                          key_of(long_secret, sizeof long_secret)};
    /* One each, for the check that the secret is not only NUL bytes. */
    expect("keys are made", 3);

    struct sent sent;
    sign(&sent, &keys[1]);
    uint8_t unseen[sizeof body];
    memcpy(unseen, body, sizeof body);
    const uint8_t *plain = (const uint8_t *)body;
    verify("a right signature", 1, &keys[1], 1, &sent, plain, HOOKSIG_STATUS_OK);
    verify("a wrong signature", 1, &keys[0], 1, &sent, plain, HOOKSIG_STATUS_SIGNATURE_MISMATCH);
    verify("the second of three keys", 1, keys, 3, &sent, plain, HOOKSIG_STATUS_OK);

    VALGRIND_MAKE_MEM_UNDEFINED(unseen, strlen(body));
    verify("a right body, its hash unseen too", 2, &keys[1], 1, &sent, unseen, HOOKSIG_STATUS_OK);
    verify_in_two_phases(&keys[1], &sent, unseen);
    is_public(unseen, sizeof unseen);
    unseen[0] = '[';
    VALGRIND_MAKE_MEM_UNDEFINED(unseen, strlen(body));
    verify("a wrong body, its hash unseen too", 2, &keys[1], 1, &sent, unseen,
           HOOKSIG_STATUS_DIGEST_MISMATCH);

    hooksig_key_wipe(&keys[0]);
    expect("a key is wiped", 0);
    if (!RUNNING_ON_VALGRIND)
        fputs("without valgrind this shows nothing\n", stderr);
    return failures != 0 || !RUNNING_ON_VALGRIND;
}
