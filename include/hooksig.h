/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * hooksig: decides whether a Drone webhook is genuine.
 *
 * A Drone server signs each system webhook with HTTP Signatures (draft-cavage-http-signatures-10,
 * HMAC-SHA-256 under a shared secret). This library verifies that MAC, date and body of a request
 * belong together, and signs as Drone does. It is generated from Rust and needs nothing at run
 * time: no initialisation, no memory allocation, no clock, no global state, no errno.
 *
 * Example: sign a delivery as Drone would, then receive it.
 *
 *     #include <hooksig.h>
 *     #include <stdio.h>
 *     #include <string.h>
 *     #include <time.h>
 *
 *     static hooksig_replay_entry guard[4096]; // zeros: no delivery is remembered yet
 *
 *     static int receive(const hooksig_key *keys, size_t keys_len,
 *                        const hooksig_request *request, const void *body, size_t body_len)
 *     {
 *         hooksig_receiver receiver = {0};
 *         receiver.keys = keys;
 *         receiver.keys_len = keys_len;
 *         receiver.now = (int64_t)time(NULL);
 *         receiver.guard = guard;
 *         receiver.guard_len = 4096;
 *         hooksig_received received;
 *         hooksig_status status = hooksig_receive(&receiver, request, body, body_len, &received);
 *         if (status != HOOKSIG_STATUS_OK)
 *             fprintf(stderr, "refused: %s\n", hooksig_status_text(status));
 *         return status == HOOKSIG_STATUS_OK ? 204 : 401;
 *     }
 *
 *     int main(void)
 *     {
 *         static const char secret[] = "bea26a2221fd8090ea38720fc445eca6";
 *         static const char body[] = "{\"event\":\"user\",\"action\":\"created\"}";
 *         hooksig_key key;
 *         hooksig_delivery_headers sent;
 *         if (hooksig_key_init(&key, secret, strlen(secret)) != HOOKSIG_STATUS_OK ||
 *             hooksig_delivery_sign(&key, body, strlen(body), (int64_t)time(NULL), &sent) !=
 *                 HOOKSIG_STATUS_OK)
 *             return 1;
 *         hooksig_header headers[] = {
 *             {"Date", 4, sent.date, strlen(sent.date)},
 *             {"Digest", 6, sent.digest, strlen(sent.digest)},
 *             {"Signature", 9, sent.signature, strlen(sent.signature)},
 *             {"X-Drone-Event", 13, "user", 4},
 *         };
 *         hooksig_request request = {"POST", 4, "/hooks", 6, headers, 4};
 *         int answer = receive(&key, 1, &request, body, strlen(body));
 *         hooksig_key_wipe(&key);
 *         printf("%d\n", answer);
 *         return answer == 204 ? 0 : 1;
 *     }
 *
 * Streaming: judge the head before the body is there, and keep the body as it comes in.
 *
 *     hooksig_pending_body pending;
 *     hooksig_status status = hooksig_begin(&pending, &receiver, &request);
 *     if (status == HOOKSIG_STATUS_PENDING) {
 *         while ((len = next_piece(body + body_len)) > 0)
 *             body_len += len; // within its bounds, and unread: it is not known to be genuine yet
 *         lock(); // of the guard; the time is read inside it
 *         receiver.now = (int64_t)time(NULL);
 *         status = hooksig_pending_body_receive(&pending, &receiver, &request, body, body_len,
 *                                               &received);
 *         unlock();
 *     }
 *     // status is HOOKSIG_STATUS_OK: genuine and new
 *
 * For every function:
 *
 * Verdict   HOOKSIG_STATUS_OK (0) from hooksig_receive, hooksig_verify, their _head forms,
 *           hooksig_pending_body_receive or hooksig_pending_body_finish, and from no other function,
 *           means that a request is genuine. Do not read a body before that.
 * Pointers  A pointer may be NULL only if its length is 0 or its text says so. Otherwise it points to
 *           as many readable (for an output: writable) and aligned elements as its length says.
 *           Lengths are in bytes, or in elements of an array; no text needs a NUL. Wrong ones give
 *           HOOKSIG_STATUS_NULL_POINTER or HOOKSIG_STATUS_INVALID_LENGTH.
 * Overlap   An output overlaps no input and no other output. Inputs may overlap one another, and
 *           no thread writes to them during a call.
 * Outputs   They come last, except a handle, which comes first. They are written only on success,
 *           except a needed length.
 * Memory    Nothing is allocated, and no pointer is kept after the return. A handle (key, policy,
 *           pending body) is caller-allocated, holds no pointers and has a fixed size. It needs no
 *           release, but wipe a key. A handle that is all zeros, wiped, finished or of another kind
 *           gives HOOKSIG_STATUS_WRONG_STATE. Do not pass memory that was never written: an earlier
 *           handle may still be there.
 * Threads   Functions may be called from several threads at the same time. An object that one of
 *           them changes must not be used by another meanwhile; unchanged objects may be shared.
 * Time      Unix seconds, as time() returns them; hooksig reads no clock.
 * Secrets   No output holds a secret, and no status tells how nearly a signature fitted. Comparisons
 *           with values computed under a key take the same time wherever they differ.
 */


#ifndef HOOKSIG_H
#define HOOKSIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The version of this header, as text and as a number. hooksig_version and hooksig_version_number
// return those of the library.
#define HOOKSIG_VERSION "0.1.0"
#define HOOKSIG_VERSION_NUMBER (HOOKSIG_VERSION_MAJOR * 1000000 + HOOKSIG_VERSION_MINOR * 1000 + HOOKSIG_VERSION_PATCH)

// The compiler warns if the result of such a function is ignored.
#if (defined(__cplusplus) && __cplusplus >= 201703L) || (defined(__STDC_VERSION__) && __STDC_VERSION__ > 201710L)
#define HOOKSIG_MUST_USE [[nodiscard]]
#elif defined(__GNUC__)
#define HOOKSIG_MUST_USE __attribute__((warn_unused_result))
#elif defined(_MSC_VER)
#define HOOKSIG_MUST_USE _Check_return_
#else
#define HOOKSIG_MUST_USE
#endif

// The version of the header: major. Compare with hooksig_version for that of the library.
#define HOOKSIG_VERSION_MAJOR 0

// The version of the header: minor.
#define HOOKSIG_VERSION_MINOR 1

// The version of the header: patch.
#define HOOKSIG_VERSION_PATCH 0

// The size of a hooksig_key in 64-bit words, the same on every target: 160 bytes.
#define HOOKSIG_KEY_WORDS 20

// The size of a hooksig_policy in 64-bit words, the same on every target: 224 bytes.
#define HOOKSIG_POLICY_WORDS 28

// How far Date may lie from the clock by default, in seconds.
#define HOOKSIG_DEFAULT_MAX_SKEW 300

// The longest list for hooksig_policy_require, in bytes; beyond it HOOKSIG_STATUS_BUFFER_TOO_SMALL.
#define HOOKSIG_REQUIRED_MAX_LEN 128

// The longest keyId for hooksig_policy_expect_key_id, in bytes; beyond it
// HOOKSIG_STATUS_BUFFER_TOO_SMALL.
#define HOOKSIG_EXPECTED_KEY_ID_MAX_LEN 64

// The size of a hooksig_replay_entry in 64-bit words, the same on every target: 48 bytes.
#define HOOKSIG_REPLAY_ENTRY_WORDS 6

// In place of a time: there is no clock. Date is then only signed text, and a delivery can be
// replayed forever: use a replay guard, which then never forgets.
#define HOOKSIG_NO_CLOCK INT64_MIN

// In place of a time: never.
#define HOOKSIG_NEVER INT64_MAX

// The length of the value of the Signature field of a Drone delivery, in bytes without a NUL.
#define HOOKSIG_DELIVERY_SIGNATURE_LEN 119

// The size of a hooksig_pending_body in 64-bit words, the same on every target: 256 bytes.
#define HOOKSIG_PENDING_BODY_WORDS 32

// The length of the tag of a hooksig_verified, in bytes.
#define HOOKSIG_TAG_LEN 32

// The most names that a signature may cover; beyond it HOOKSIG_STATUS_TOO_MANY_NAMES.
#define HOOKSIG_MAX_NAMES 128

// The length of the value of a Signature field apart from keyId and list of names, in bytes: a
// buffer of HOOKSIG_SIGNATURE_BASE_LEN + key_id_len + list_len bytes always suffices.
#define HOOKSIG_SIGNATURE_BASE_LEN 100

// The length of the value of a Digest field with one SHA-256, in bytes without a NUL.
#define HOOKSIG_DIGEST_FIELD_LEN 52

// The length of an HTTP-date as senders write it (IMF-fixdate), in bytes without a NUL.
#define HOOKSIG_DATE_LEN 29

// What became of a call. HOOKSIG_STATUS_OK is 0 and the only success: of a verifying function it
// means that the request is genuine, of any other that it was carried out.
//
// Numbers never change and are never used again. 1 to 9 and 43: the call is wrong. 10 to 30, 40
// and 41: the message cannot be read; 18 to 23 and 42 also of a list or request that the caller gave
// to sign or to require. 31 to 39 and 42: it was read, and is refused.
//
// Log the number or its name. What goes back to the sender should be one fixed text whatever the
// status: an attacker learns from the difference. docs/refused.md in the repository goes through
// all of them: what causes each, and what to do.
enum hooksig_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Done; of a verifying function: the request is genuine.
    HOOKSIG_STATUS_OK = 0,
    // A pointer is NULL where it may not be, or where its length is not 0.
    HOOKSIG_STATUS_NULL_POINTER = 1,
    // A length is larger than any object can be.
    HOOKSIG_STATUS_INVALID_LENGTH = 2,
    // A handle was not made, was wiped, or is used up.
    HOOKSIG_STATUS_WRONG_STATE = 3,
    // An output buffer is too small, and the needed length tells how long it must be; or the room
    // that a policy has for a list or a keyId is too small.
    HOOKSIG_STATUS_BUFFER_TOO_SMALL = 4,
    // The secret has no bytes, or only NUL bytes.
    HOOKSIG_STATUS_EMPTY_SECRET = 5,
    // No key was given.
    HOOKSIG_STATUS_NO_KEYS = 6,
    // The keyId to sign with is empty or holds a quote, a backslash or a control byte.
    HOOKSIG_STATUS_INVALID_KEY_ID = 7,
    // The list of headers to sign or to require is empty.
    HOOKSIG_STATUS_EMPTY_LIST = 8,
    // The time has no HTTP-date: its year is not in 0 to 9999.
    HOOKSIG_STATUS_TIME_OUT_OF_RANGE = 9,
    // There is neither a Signature field nor an Authorization field with the Signature scheme.
    HOOKSIG_STATUS_MISSING_SIGNATURE = 10,
    // There is more than one signature.
    HOOKSIG_STATUS_REPEATED_SIGNATURE = 11,
    // The signature is one of RFC 9421, which Drone does not send.
    HOOKSIG_STATUS_RFC9421_SIGNATURE = 12,
    // The signature's parameters are not a list of RFC 7235 auth-params.
    HOOKSIG_STATUS_MALFORMED_PARAMS = 13,
    // A parameter appears twice.
    HOOKSIG_STATUS_REPEATED_PARAM = 14,
    // keyId, algorithm, headers or signature is absent or empty.
    HOOKSIG_STATUS_MISSING_PARAM = 15,
    // The algorithm is not one that the policy allows.
    HOOKSIG_STATUS_UNSUPPORTED_ALGORITHM = 16,
    // The signature is not the canonical, padded base64 of 32 bytes.
    HOOKSIG_STATUS_MALFORMED_SIGNATURE = 17,
    // A list of headers is not one of header names separated by single spaces.
    HOOKSIG_STATUS_MALFORMED_LIST = 18,
    // A list of headers holds a name twice.
    HOOKSIG_STATUS_REPEATED_NAME = 19,
    // A list of headers holds more than HOOKSIG_MAX_NAMES names.
    HOOKSIG_STATUS_TOO_MANY_NAMES = 20,
    // A list of headers holds (created) or (expires), which cannot be used with HMAC.
    HOOKSIG_STATUS_UNSUPPORTED_NAME = 21,
    // A listed header is not in the request.
    HOOKSIG_STATUS_MISSING_HEADER = 22,
    // A covered header value holds a control byte other than HTAB, or the covered method or target
    // a control byte or a space.
    HOOKSIG_STATUS_CONTROL_BYTE = 23,
    // There is no Date field.
    HOOKSIG_STATUS_MISSING_DATE = 24,
    // There is more than one Date field.
    HOOKSIG_STATUS_REPEATED_DATE = 25,
    // Date is not an HTTP-date.
    HOOKSIG_STATUS_MALFORMED_DATE = 26,
    // There is no Digest field.
    HOOKSIG_STATUS_MISSING_DIGEST = 27,
    // There is more than one Digest field.
    HOOKSIG_STATUS_REPEATED_DIGEST = 28,
    // Digest is not a list of algorithm=value, or its SHA-256 is not canonical base64 of 32 bytes.
    HOOKSIG_STATUS_MALFORMED_DIGEST = 29,
    // Digest has no SHA-256.
    HOOKSIG_STATUS_UNSUPPORTED_DIGEST = 30,
    // A required header is not covered by the signature.
    HOOKSIG_STATUS_NOT_COVERED = 31,
    // keyId is not the one that the policy expects.
    HOOKSIG_STATUS_UNEXPECTED_KEY_ID = 32,
    // Date lies further in the past than the policy allows.
    HOOKSIG_STATUS_DATE_TOO_OLD = 33,
    // Date lies further in the future than the policy allows.
    HOOKSIG_STATUS_DATE_TOO_NEW = 34,
    // No key makes this signature.
    HOOKSIG_STATUS_SIGNATURE_MISMATCH = 35,
    // The body is not the one that Digest was made of.
    HOOKSIG_STATUS_DIGEST_MISMATCH = 36,
    // X-Drone-Event contradicts the event in the body.
    HOOKSIG_STATUS_EVENT_MISMATCH = 37,
    // The delivery was accepted before.
    HOOKSIG_STATUS_REPLAYED = 38,
    // The replay guard is full of deliveries that may still be replayed.
    HOOKSIG_STATUS_REPLAY_GUARD_FULL = 39,
    // The body is not a JSON object, its event or action is not a string, or a member before both
    // are known could be taken for one of them.
    HOOKSIG_STATUS_MALFORMED_BODY = 40,
    // A raw head is not that of an HTTP/1.1 request.
    HOOKSIG_STATUS_MALFORMED_HEAD = 41,
    // host is covered, and the field appears twice, or an absolute target names another host.
    HOOKSIG_STATUS_HOST_MISMATCH = 42,
    // The replay guard is made for a smaller skew than the policy that the delivery was verified
    // under.
    HOOKSIG_STATUS_SKEW_TOO_LARGE = 43,
    // Not a verdict: the head is genuine, and the body is still to be checked. Only hooksig_begin,
    // hooksig_begin_head and hooksig_pending_body_update return it.
    HOOKSIG_STATUS_PENDING = 44,
    // The head of a request has no end yet.
    HOOKSIG_STATUS_INCOMPLETE_HEAD = 45,
    // The end of a body is not certain: Transfer-Encoding, more than one Content-Length, or one that is
    // not a number or does not fit into memory.
    HOOKSIG_STATUS_MALFORMED_LENGTH = 46,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum hooksig_status hooksig_status;
#else
typedef int32_t hooksig_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What a delivery is about: the event in its body.
enum hooksig_event
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // The body has no event: older servers do not send it, and the X-Drone-Event field, which
    // anyone could change on the way, is all there is.
    HOOKSIG_EVENT_ABSENT = 0,
    // user
    HOOKSIG_EVENT_USER = 1,
    // repo
    HOOKSIG_EVENT_REPO = 2,
    // build
    HOOKSIG_EVENT_BUILD = 3,
    // Another one: see the text.
    HOOKSIG_EVENT_UNKNOWN = 99,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum hooksig_event hooksig_event;
#else
typedef int32_t hooksig_event;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What happened: the action in the body.
enum hooksig_action
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // The body has no action.
    HOOKSIG_ACTION_ABSENT = 0,
    // created
    HOOKSIG_ACTION_CREATED = 1,
    // updated
    HOOKSIG_ACTION_UPDATED = 2,
    // deleted
    HOOKSIG_ACTION_DELETED = 3,
    // enabled
    HOOKSIG_ACTION_ENABLED = 4,
    // disabled
    HOOKSIG_ACTION_DISABLED = 5,
    // Another one: see the text.
    HOOKSIG_ACTION_UNKNOWN = 99,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum hooksig_action hooksig_action;
#else
typedef int32_t hooksig_action;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// A key: the HMAC-SHA-256 midstates of a secret, not the secret itself.
//
// Memory of the caller, made by hooksig_key_init. It holds no pointer, so that it may be copied
// or moved with memcpy. Once made it never changes and may be shared between threads. Wipe every
// copy when it is no longer needed.
typedef struct hooksig_key {
    uint64_t opaque[HOOKSIG_KEY_WORDS];
} hooksig_key;

// What a receiver demands of a signature beyond its being right.
//
// Memory of the caller, made by hooksig_policy_init. It holds no pointer: what is set is copied.
// It may be shared between threads while nobody sets anything. Where a function takes a policy,
// NULL is the default one.
typedef struct hooksig_policy {
    uint64_t opaque[HOOKSIG_POLICY_WORDS];
} hooksig_policy;

// Room for one delivery in a replay guard.
//
// A replay guard is an array of these, of any length, that starts as zeros, as a static one does;
// 4096 entries take 192 KiB. It holds no pointer. It should hold twice as many as there are
// deliveries in a window of twice the largest skew (ten minutes by default): each has only 64
// entries to stand in, so that looking up costs the same in any room. The entries are good for
// a guard of the same length alone, which decides where a delivery is looked for. One thread at
// a time may use it: a server with several threads claims under a lock, and reads the time inside it.
typedef struct hooksig_replay_entry {
    uint64_t opaque[HOOKSIG_REPLAY_ENTRY_WORDS];
} hooksig_replay_entry;

// The settings of a receiver. Set it to zeros, then set keys, keys_len, now and, to accept each
// delivery once, guard and guard_len. Everything is borrowed for the length of a call.
//
// Threads may share keys and policy, but each needs a hooksig_receiver of its own: now differs.
typedef struct hooksig_receiver {
    // The keys, any of which may have made the signature. All of them are always tried.
    const struct hooksig_key *keys;
    // How many, at least 1.
    size_t keys_len;
    // The policy, or NULL for the default.
    const struct hooksig_policy *policy;
    // The present time in Unix seconds, or HOOKSIG_NO_CLOCK.
    int64_t now;
    // The replay guard, zeros at first; NULL with 0 for none. Only hooksig_receive and its
    // relatives and hooksig_replay_claim use it.
    struct hooksig_replay_entry *guard;
    // How many entries the guard has.
    size_t guard_len;
    // The largest skew of any policy whose deliveries are claimed in the guard, in seconds; 0 for
    // HOOKSIG_DEFAULT_MAX_SKEW. The same in every call. A delivery is remembered for that long and
    // 2 s more, so that receivers with different policies can share the guard.
    uint32_t guard_max_skew;
} hooksig_receiver;

// A genuine request: MAC, date and body belong together.
typedef struct hooksig_verified {
    // The MAC, which identifies the delivery. Observers of the request know it.
    uint8_t tag[HOOKSIG_TAG_LEN];
    // Date in Unix seconds, or HOOKSIG_NO_CLOCK.
    int64_t date;
    // The last second (Unix) in which this request would be accepted, or HOOKSIG_NEVER without a
    // clock.
    int64_t expires;
    // The index of the key that made the signature.
    size_t key_index;
} hooksig_verified;

// Event and action of a delivery.
//
// Their texts are given as places in the body, as they stand there between their quotes: escapes
// are not resolved. A text that is absent has length 0.
typedef struct hooksig_delivery {
    // The event.
    hooksig_event event;
    // The action.
    hooksig_action action;
    // Where the event's text starts in the body.
    size_t event_at;
    // The length of the event's text in bytes.
    size_t event_len;
    // Where the action's text starts in the body.
    size_t action_at;
    // The length of the action's text in bytes.
    size_t action_len;
} hooksig_delivery;

// The header values of a delivery as Drone sends it, each with a NUL.
//
// Drone also sends X-Drone-Event (the event, not signed) and Content-Type: application/json.
typedef struct hooksig_delivery_headers {
    // The value of Date: HOOKSIG_DATE_LEN characters.
    char date[HOOKSIG_DATE_LEN + 1];
    // The value of Digest: HOOKSIG_DIGEST_FIELD_LEN characters.
    char digest[HOOKSIG_DIGEST_FIELD_LEN + 1];
    // The value of Signature: HOOKSIG_DELIVERY_SIGNATURE_LEN characters.
    char signature[HOOKSIG_DELIVERY_SIGNATURE_LEN + 1];
} hooksig_delivery_headers;

// One header field of a request: name and value as received, lengths in bytes, no NUL needed.
//
// White space around the value need not have been removed. A field that came more than once
// stands in the array more than once, in order.
typedef struct hooksig_header {
    // The name; compared without regard to ASCII case.
    const char *name;
    // The length of the name.
    size_t name_len;
    // The value: any octets.
    const char *value;
    // The length of the value.
    size_t value_len;
} hooksig_header;

// The head of a request, as an HTTP server hands it over. Everything is borrowed for the length
// of a call; nothing is kept.
typedef struct hooksig_request {
    // The method, such as POST. Matters only where a signature covers (request-target), which
    // Drone's do not; may then be NULL with 0.
    const char *method;
    // The length of the method.
    size_t method_len;
    // Path and query as received; like the method. Where it is NULL, (request-target) is a header
    // that is not there.
    const char *target;
    // The length of the target.
    size_t target_len;
    // All header fields in the order received.
    const struct hooksig_header *headers;
    // How many there are.
    size_t headers_len;
} hooksig_request;

// A Drone delivery that is genuine, and new if there is a replay guard.
typedef struct hooksig_received {
    // Key, date and tag.
    struct hooksig_verified verified;
    // Event and action.
    struct hooksig_delivery delivery;
} hooksig_received;

// A request with a genuine head, whose body is still to be checked. Not a verdict: only
// hooksig_pending_body_finish and hooksig_pending_body_receive give one.
//
// Caller-allocated; initialise it with hooksig_begin or hooksig_begin_head. Holds no pointers and
// needs no release. One thread at a time may use it.
typedef struct hooksig_pending_body {
    uint64_t opaque[HOOKSIG_PENDING_BODY_WORDS];
} hooksig_pending_body;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Returns the version of the library as text.
//
// Returns static text with a NUL, such as "0.1.0"; never NULL.
const char *hooksig_version(void);

// Returns the version of the library as a number, to compare with HOOKSIG_VERSION_NUMBER.
uint32_t hooksig_version_number(void);

// A stable word for logs and metrics, such as digest-mismatch; the word of the command line too.
//
// status  any number
//
// Returns static text with a NUL, unknown-status for a number that is no status; never NULL.
const char *hooksig_status_name(int32_t status);

// One sentence for the operator: what was wrong.
//
// status  any number
//
// Returns static text with a NUL; never NULL.
const char *hooksig_status_text(int32_t status);

// Makes a key from a secret.
//
// key         receives the key; what it held before does not matter
// secret      the bytes of the secret, exactly as the Drone server has them: nothing is trimmed
//             or decoded, and a newline at the end of a file would be part of it; nothing is
//             kept of it but what the key holds, though a copy may stand on the stack until
//             something overwrites it
// secret_len  its length in bytes, at least 1
//
// Returns HOOKSIG_STATUS_OK; _EMPTY_SECRET if secret_len is 0 or every byte is NUL, which HMAC
// cannot tell from none: an empty secret is never "no check"; _NULL_POINTER or _INVALID_LENGTH. On any other
// than HOOKSIG_STATUS_OK key is not written.
HOOKSIG_MUST_USE
hooksig_status hooksig_key_init(struct hooksig_key *key,
                                const void *secret,
                                size_t secret_len);

// Overwrites a key with zeros. It must be made again before its next use.
//
// key  the key, or NULL, which does nothing
void hooksig_key_wipe(struct hooksig_key *key);

// Makes the default policy: covers at least date and digest, Date within 300 s of the clock, any
// keyId, algorithm exactly hmac-sha256. It is what Drone sends, and nothing less.
//
// policy  receives the policy; what it held before does not matter
//
// Returns HOOKSIG_STATUS_OK or _NULL_POINTER.
HOOKSIG_MUST_USE hooksig_status hooksig_policy_init(struct hooksig_policy *policy);

// Sets how far Date may lie from the clock on either side, both ends included.
//
// What a larger one opens: a recorded request can be replayed until so long after its Date where no
// replay guard stands.
//
// policy   the policy to change
// seconds  the distance in seconds
//
// Returns HOOKSIG_STATUS_OK, _NULL_POINTER or _WRONG_STATE.
HOOKSIG_MUST_USE
hooksig_status hooksig_policy_set_max_skew(struct hooksig_policy *policy,
                                           uint32_t seconds);

// Sets the headers that a signature must cover, in place of date and digest.
//
// What fewer open: without digest, anyone who sees one request can send it on with another body
// and the Digest of that; without date, an old one with a new date.
//
// policy    the policy to change
// list      the names separated by single spaces, such as "date digest host"; copied
// list_len  its length in bytes, at most HOOKSIG_REQUIRED_MAX_LEN
//
// Returns HOOKSIG_STATUS_OK; _BUFFER_TOO_SMALL if the list is too long; _EMPTY_LIST, _MALFORMED_LIST,
// _REPEATED_NAME, _TOO_MANY_NAMES or _UNSUPPORTED_NAME if it is not a list of names;
// _NULL_POINTER, _INVALID_LENGTH or _WRONG_STATE. On any other than HOOKSIG_STATUS_OK the policy is unchanged.
HOOKSIG_MUST_USE
hooksig_status hooksig_policy_require(struct hooksig_policy *policy,
                                      const char *list,
                                      size_t list_len);

// Demands a keyId. By default any is taken: Drone always sends hmac-key, whatever the secret.
//
// policy      the policy to change
// key_id      the keyId, compared octet by octet; copied; an empty one, which no signature
//             has, takes any again
// key_id_len  its length in bytes, at most HOOKSIG_EXPECTED_KEY_ID_MAX_LEN
//
// Returns HOOKSIG_STATUS_OK; _BUFFER_TOO_SMALL if it is too long; _NULL_POINTER, _INVALID_LENGTH or
// _WRONG_STATE. On any other than HOOKSIG_STATUS_OK the policy is unchanged.
HOOKSIG_MUST_USE
hooksig_status hooksig_policy_expect_key_id(struct hooksig_policy *policy,
                                            const char *key_id,
                                            size_t key_id_len);

// Takes a signature without an algorithm parameter for HMAC-SHA-256.
//
// What it opens: nothing for these keys, since the key alone decides what is computed; it hides
// a sender that means another algorithm.
//
// policy  the policy to change
// allow   whether to; false by default
//
// Returns HOOKSIG_STATUS_OK, _NULL_POINTER or _WRONG_STATE.
HOOKSIG_MUST_USE
hooksig_status hooksig_policy_allow_missing_algorithm(struct hooksig_policy *policy,
                                                      bool allow);

// Takes algorithm="hs2019" (drafts 11 and 12: as the key says) for HMAC-SHA-256.
//
// What it opens: as for hooksig_policy_allow_missing_algorithm.
//
// policy  the policy to change
// allow   whether to; false by default
//
// Returns HOOKSIG_STATUS_OK, _NULL_POINTER or _WRONG_STATE.
HOOKSIG_MUST_USE
hooksig_status hooksig_policy_allow_hs2019(struct hooksig_policy *policy,
                                           bool allow);

// Claims a verified delivery, so that it is accepted once. Only for deliveries of hooksig_verify,
// hooksig_pending_body_finish, and hooksig_receive without a guard: with one it has claimed its own.
// Claim last, when nothing else can refuse the delivery.
//
// A guard without a free entry refuses rather than forget a delivery that could still be replayed.
// Without a clock no entry ever becomes free again. One guard serves one process. Several processes
// need a store that they share: it remembers verified->tag for longer than any of them could accept
// the delivery.
//
// receiver  the settings; only guard and now are used. Read now while the guard's lock is held: times
//           out of order let a delivery be claimed twice. HOOKSIG_NO_CLOCK if verified without a clock
// verified  from a verifying function
//
// Returns HOOKSIG_STATUS_OK if the delivery is new; _SKEW_TOO_LARGE if it was verified under a policy
// with a larger skew than guard_max_skew; _REPLAYED if it was claimed before; _DATE_TOO_OLD if its
// time has passed since its head was verified, as a body that trickles in can make it;
// _REPLAY_GUARD_FULL, also without a guard; _NULL_POINTER or _INVALID_LENGTH. The guard is changed
// only on HOOKSIG_STATUS_OK.
HOOKSIG_MUST_USE
hooksig_status hooksig_replay_claim(const struct hooksig_receiver *receiver,
                                    const struct hooksig_verified *verified);

// Reads event and action from a body. Not for a receiver: hooksig_receive reads them and compares the
// fields. A sender reads here the value of the X-Drone-Event field of a body that it signs.
//
// Reads without allocation and stops when both are known.
//
// body      the body
// body_len  its length in bytes
// delivery  receives event and action
//
// Returns HOOKSIG_STATUS_OK; _MALFORMED_BODY if the body, as far as it is read, is not a JSON object,
// its event or action is not a string or appears twice, or a name equals one of them but for ASCII
// case; _NULL_POINTER or _INVALID_LENGTH.
HOOKSIG_MUST_USE
hooksig_status hooksig_delivery_read(const void *body,
                                     size_t body_len,
                                     struct hooksig_delivery *delivery);

// Signs a body as a Drone server does: Date, Digest and Signature over both, keyId "hmac-key".
//
// key       the key; not changed
// body      the body; NULL with 0 is an empty one
// body_len  its length in bytes
// now       the present time in Unix seconds
// headers   receives the header values
//
// Returns HOOKSIG_STATUS_OK; _TIME_OUT_OF_RANGE; _NULL_POINTER, _INVALID_LENGTH, or _WRONG_STATE if
// the key was not made. On any other than HOOKSIG_STATUS_OK headers is not written.
HOOKSIG_MUST_USE
hooksig_status hooksig_delivery_sign(const struct hooksig_key *key,
                                     const void *body,
                                     size_t body_len,
                                     int64_t now,
                                     struct hooksig_delivery_headers *headers);

// Receives a Drone delivery whose body is in one buffer. Verifies signature, policy, date and body,
// reads the event, compares every X-Drone-Event field with it and, if there is a guard, claims the
// delivery, so that it is accepted once.
//
// A server with several threads holds a lock around the call, and reads the time for receiver->now
// inside it: times out of order let a delivery be claimed twice. To hash bodies outside the lock, call it
// without a guard, then hooksig_replay_claim under the lock. A server answers anything but POST with
// 405 before the call.
//
// receiver  the settings
// request   the head
// body      the body as received, before any decompression; NULL with 0 is an empty one
// body_len  its length in bytes
// received  receives key, date, tag, event and action
//
// Returns HOOKSIG_STATUS_OK if and only if the delivery is genuine and, with a guard, new. Otherwise
// a status of hooksig_verify, then of hooksig_delivery_read, _EVENT_MISMATCH if a field contradicts
// the body, then a status of hooksig_replay_claim. The guard is changed only on HOOKSIG_STATUS_OK.
HOOKSIG_MUST_USE
hooksig_status hooksig_receive(const struct hooksig_receiver *receiver,
                               const struct hooksig_request *request,
                               const void *body,
                               size_t body_len,
                               struct hooksig_received *received);

// As hooksig_receive, with one raw HTTP/1.1 head as for hooksig_verify_head.
//
// receiver  the settings
// head      the head and nothing after it; every line ends in CRLF
// head_len  its length in bytes
// body      the body, with any transfer coding removed; NULL with 0 is an empty one
// body_len  its length in bytes
// received  receives key, date, tag, event and action
//
// Returns a status of hooksig_receive, or HOOKSIG_STATUS_MALFORMED_HEAD.
HOOKSIG_MUST_USE
hooksig_status hooksig_receive_head(const struct hooksig_receiver *receiver,
                                    const char *head,
                                    size_t head_len,
                                    const void *body,
                                    size_t body_len,
                                    struct hooksig_received *received);

// Ends hooksig_begin as hooksig_receive ends: gives the verdict, reads the event, compares the
// fields, and claims the delivery.
//
// pending   the state; wiped if it was initialised and the other arguments can be used
// receiver  the settings; only guard and now are used. Set now to the time at which the guard's lock
//           is held, not to that of hooksig_begin
// request   the head that was given to hooksig_begin
// body      the whole body, which is hashed here; NULL with 0 is an empty one
// body_len  its length in bytes
// received  receives key, date, tag, event and action
//
// Returns HOOKSIG_STATUS_OK if and only if the delivery is genuine and, with a guard, new;
// _NULL_POINTER, _INVALID_LENGTH; _WRONG_STATE if pending was not initialised, is finished, or
// got bytes from hooksig_pending_body_update, which need not be those of body; _DIGEST_MISMATCH if the
// body is not the one that was signed; then as hooksig_receive.
HOOKSIG_MUST_USE
hooksig_status hooksig_pending_body_receive(struct hooksig_pending_body *pending,
                                            const struct hooksig_receiver *receiver,
                                            const struct hooksig_request *request,
                                            const void *body,
                                            size_t body_len,
                                            struct hooksig_received *received);

// As hooksig_pending_body_receive, with the raw head that was given to hooksig_begin_head.
//
// pending   the state; wiped if it was initialised and the other arguments can be used
// receiver  the settings; only guard and now are used, as in hooksig_pending_body_receive
// head      the head
// head_len  its length in bytes
// body      the whole body, as in hooksig_pending_body_receive
// body_len  its length in bytes
// received  receives key, date, tag, event and action
//
// Returns a status of hooksig_pending_body_receive, or HOOKSIG_STATUS_MALFORMED_HEAD.
HOOKSIG_MUST_USE
hooksig_status hooksig_pending_body_receive_head(struct hooksig_pending_body *pending,
                                                 const struct hooksig_receiver *receiver,
                                                 const char *head,
                                                 size_t head_len,
                                                 const void *body,
                                                 size_t body_len,
                                                 struct hooksig_received *received);

// Checks the head of a request before its body is there: parameters, policy, date, then the MAC.
// Nothing is hashed for a request that is malformed or stale.
//
// Then keep the whole body, unread, and call hooksig_pending_body_receive. Or hash a body that is not
// kept in memory: hooksig_pending_body_update for each piece, then hooksig_pending_body_finish.
//
// pending   receives the state; its previous contents do not matter
// receiver  the settings; the guard is not used
// request   the head
//
// Returns HOOKSIG_STATUS_PENDING, which is not a verdict: the head is genuine. Never
// HOOKSIG_STATUS_OK. Otherwise one of these, in the order of the groups, and within a group the
// first that applies: _NULL_POINTER, _INVALID_LENGTH, _WRONG_STATE if a key or the policy was not
// initialised, _NO_KEYS; _MISSING_SIGNATURE, _REPEATED_SIGNATURE; _MALFORMED_PARAMS,
// _RFC9421_SIGNATURE, _REPEATED_PARAM, _MISSING_PARAM; _UNSUPPORTED_NAME, _MALFORMED_LIST,
// _REPEATED_NAME, _TOO_MANY_NAMES; _UNSUPPORTED_ALGORITHM, _MISSING_PARAM if it is the algorithm;
// _UNEXPECTED_KEY_ID; _NOT_COVERED; _MALFORMED_SIGNATURE; _MISSING_DATE, _REPEATED_DATE,
// _MALFORMED_DATE, _DATE_TOO_OLD, _DATE_TOO_NEW; _MISSING_DIGEST, _REPEATED_DIGEST,
// _MALFORMED_DIGEST, _UNSUPPORTED_DIGEST, _DIGEST_MISMATCH if Digest contradicts itself;
// _MISSING_HEADER, _CONTROL_BYTE, _HOST_MISMATCH; _SIGNATURE_MISMATCH. pending is written only on
// HOOKSIG_STATUS_PENDING.
HOOKSIG_MUST_USE
hooksig_status hooksig_begin(struct hooksig_pending_body *pending,
                             const struct hooksig_receiver *receiver,
                             const struct hooksig_request *request);

// As hooksig_begin, with one raw HTTP/1.1 head as for hooksig_verify_head.
//
// pending   receives the state; its previous contents do not matter
// receiver  the settings; the guard is not used
// head      the head and nothing after it; every line ends in CRLF
// head_len  its length in bytes
//
// Returns a status of hooksig_begin, or HOOKSIG_STATUS_MALFORMED_HEAD.
HOOKSIG_MUST_USE
hooksig_status hooksig_begin_head(struct hooksig_pending_body *pending,
                                  const struct hooksig_receiver *receiver,
                                  const char *head,
                                  size_t head_len);

// Hashes the next bytes of the body, as received, in pieces of any size. After the last one call
// hooksig_pending_body_finish.
//
// pending    the state
// chunk      the bytes; NULL with 0 is an empty piece
// chunk_len  how many
//
// Returns HOOKSIG_STATUS_PENDING; _NULL_POINTER, _INVALID_LENGTH, or _WRONG_STATE if pending was not
// initialised or is finished.
HOOKSIG_MUST_USE
hooksig_status hooksig_pending_body_update(struct hooksig_pending_body *pending,
                                           const void *chunk,
                                           size_t chunk_len);

// Gives the verdict once the whole body was given in pieces. It reads no event: for a Drone delivery
// use hooksig_pending_body_receive. A pending body that is dropped instead needs no call.
//
// pending   the state; wiped if it was initialised and no pointer is NULL
// verified  receives key, date and tag
//
// Returns HOOKSIG_STATUS_OK if and only if the request is genuine; _DIGEST_MISMATCH if the body is not
// the one that was signed; _NULL_POINTER; _WRONG_STATE if pending was not initialised or is finished.
HOOKSIG_MUST_USE
hooksig_status hooksig_pending_body_finish(struct hooksig_pending_body *pending,
                                           struct hooksig_verified *verified);

// Verifies a request whose body is in one buffer: signature, policy, date and body. For a Drone
// delivery prefer hooksig_receive, which also reads the event and refuses a replay.
//
// receiver  the settings; the guard is not used
// request   the head
// body      the body as received, before any decompression; NULL with 0 is an empty one
// body_len  its length in bytes
// verified  receives key, date and tag
//
// Returns HOOKSIG_STATUS_OK if and only if the request is genuine. Otherwise a status of
// hooksig_begin, or _DIGEST_MISMATCH if the body is not the one that was signed.
HOOKSIG_MUST_USE
hooksig_status hooksig_verify(const struct hooksig_receiver *receiver,
                              const struct hooksig_request *request,
                              const void *body,
                              size_t body_len,
                              struct hooksig_verified *verified);

// As hooksig_verify, with the head as one raw HTTP/1.1 (or 1.0) head, from the request line to the
// empty line.
//
// receiver  the settings; the guard is not used
// head      the head and nothing after it; every line ends in CRLF
// head_len  its length in bytes
// body      the body, with any transfer coding removed; NULL with 0 is an empty one
// body_len  its length in bytes
// verified  receives key, date and tag
//
// Returns a status of hooksig_verify, or HOOKSIG_STATUS_MALFORMED_HEAD.
HOOKSIG_MUST_USE
hooksig_status hooksig_verify_head(const struct hooksig_receiver *receiver,
                                   const char *head,
                                   size_t head_len,
                                   const void *body,
                                   size_t body_len,
                                   struct hooksig_verified *verified);

// Finds the end of a raw HTTP/1.1 (or 1.0) head and the length of the body after it.
//
// received      the bytes received so far, from the request line; may contain some of the body
// received_len  how many
// head_len      receives the length of the head, with its empty line; the body begins there
// body_len      receives the length of the body: Content-Length, or 0 without that field
//
// Returns HOOKSIG_STATUS_OK, which is not a verdict; _INCOMPLETE_HEAD if the empty line has not come
// yet: receive more, up to a limit of yours; _MALFORMED_HEAD; _MALFORMED_LENGTH if there is a
// Transfer-Encoding field, more than one Content-Length, or one that is not a number or does not fit
// into memory: answer with 400 or 411 and close the connection, because nobody can tell where
// the next request begins; _NULL_POINTER or _INVALID_LENGTH.
HOOKSIG_MUST_USE
hooksig_status hooksig_head_body_len(const char *received,
                                     size_t received_len,
                                     size_t *head_len,
                                     size_t *body_len);

// Writes the value of the Signature field of a request: text without a NUL, its parameters in the
// order in which Drone writes them. Authorization takes the same after "Signature ".
//
// The body is covered only through a Digest field (hooksig_digest_field) that is in the request and
// in the list; a receiver for Drone demands "date digest". For a whole Drone delivery see
// hooksig_delivery_sign.
//
// key           the key; not changed
// key_id        names the key to the receiver; without quotes, backslashes and control bytes
// key_id_len    its length in bytes, at least 1
// request       the head; read only, nothing is kept
// list          the names to cover separated by single spaces, such as "date digest"
// list_len      its length in bytes
// out           room for out_capacity bytes; must not overlap the inputs
// out_capacity  HOOKSIG_SIGNATURE_BASE_LEN + key_id_len + list_len always suffices
// out_len       receives the length written, or the length needed on HOOKSIG_STATUS_BUFFER_TOO_SMALL
//
// Returns HOOKSIG_STATUS_OK; _INVALID_KEY_ID; _EMPTY_LIST, _TOO_MANY_NAMES, _MALFORMED_LIST,
// _REPEATED_NAME or _UNSUPPORTED_NAME if the list cannot be signed; _MISSING_HEADER if a name is not in
// the request; _CONTROL_BYTE if a covered value, the method or the target holds one;
// _BUFFER_TOO_SMALL; _NULL_POINTER, _INVALID_LENGTH, or _WRONG_STATE if the key was not made. On any
// other than HOOKSIG_STATUS_OK nothing is written to out.
HOOKSIG_MUST_USE
hooksig_status hooksig_sign(const struct hooksig_key *key,
                            const char *key_id,
                            size_t key_id_len,
                            const struct hooksig_request *request,
                            const char *list,
                            size_t list_len,
                            char *out,
                            size_t out_capacity,
                            size_t *out_len);

// Writes the signing string of a request (draft 10, section 2.3), for diagnostics and for other
// algorithms; signing and verifying do not need it.
//
// For each name of the list a line "name: value", joined by LF and without one at the end.
//
// request       the head; read only, nothing is kept
// list          the names to cover separated by single spaces
// list_len      its length in bytes
// out           room for out_capacity bytes; receives octets without a NUL; must not overlap the inputs
// out_capacity  how many; a first call with NULL and 0 tells how many are needed
// out_len       receives the length written, or the length needed on HOOKSIG_STATUS_BUFFER_TOO_SMALL
//
// Returns HOOKSIG_STATUS_OK; _EMPTY_LIST, _TOO_MANY_NAMES, _MALFORMED_LIST, _REPEATED_NAME or
// _UNSUPPORTED_NAME if the list cannot be signed; _MISSING_HEADER; _CONTROL_BYTE; _BUFFER_TOO_SMALL;
// _NULL_POINTER or _INVALID_LENGTH. On any other than HOOKSIG_STATUS_OK nothing is written to out.
HOOKSIG_MUST_USE
hooksig_status hooksig_signing_string(const struct hooksig_request *request,
                                      const char *list,
                                      size_t list_len,
                                      char *out,
                                      size_t out_capacity,
                                      size_t *out_len);

// Writes the value of the Digest field for a body: "SHA-256=" and base64, without a NUL.
//
// body          the body; NULL with 0 is an empty one
// body_len      its length in bytes
// out           room for out_capacity bytes; must not overlap the body
// out_capacity  at least HOOKSIG_DIGEST_FIELD_LEN
// out_len       receives HOOKSIG_DIGEST_FIELD_LEN, written or needed
//
// Returns HOOKSIG_STATUS_OK, _BUFFER_TOO_SMALL, _NULL_POINTER or _INVALID_LENGTH. On any other than
// HOOKSIG_STATUS_OK nothing is written to out.
HOOKSIG_MUST_USE
hooksig_status hooksig_digest_field(const void *body,
                                    size_t body_len,
                                    char *out,
                                    size_t out_capacity,
                                    size_t *out_len);

// Writes a time as an HTTP-date, such as "Sun, 06 Nov 1994 08:49:37 GMT", without a NUL.
//
// unix_seconds  the time
// out           room for out_capacity bytes
// out_capacity  at least HOOKSIG_DATE_LEN
// out_len       receives HOOKSIG_DATE_LEN, written or needed
//
// Returns HOOKSIG_STATUS_OK, _TIME_OUT_OF_RANGE, _BUFFER_TOO_SMALL, _NULL_POINTER or _INVALID_LENGTH.
// On any other than HOOKSIG_STATUS_OK nothing is written to out.
HOOKSIG_MUST_USE
hooksig_status hooksig_date_format(int64_t unix_seconds,
                                   char *out,
                                   size_t out_capacity,
                                   size_t *out_len);

// Reads an HTTP-date in any of its three forms (RFC 9110, section 5.6.7).
//
// date          the text; letters are case-sensitive; the weekday need not be the date's
// date_len      its length in bytes
// now           the present time in Unix seconds; it tells the century of a two-digit year, and
//               nothing else; HOOKSIG_NO_CLOCK is no time here
// unix_seconds  receives the time
//
// Returns HOOKSIG_STATUS_OK, _MALFORMED_DATE, _NULL_POINTER or _INVALID_LENGTH. On any other than
// HOOKSIG_STATUS_OK unix_seconds is not written.
HOOKSIG_MUST_USE
hooksig_status hooksig_date_parse(const char *date,
                                  size_t date_len,
                                  int64_t now,
                                  int64_t *unix_seconds);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* HOOKSIG_H */
