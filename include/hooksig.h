/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * hooksig: decides whether a Drone webhook is genuine.
 *
 * A Drone server signs each system webhook with HTTP Signatures (draft-cavage-http-signatures-10,
 * HMAC-SHA-256 under a shared secret). This library verifies that MAC, date and body of a request
 * belong together, and signs as Drone does. It needs no initialisation, no memory allocation, no
 * clock, no global state and no errno. `make header` generates this file from src/capi.
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
 * Streaming: check the head before the body arrives, and keep the body as it comes in. On a raw
 * socket, hooksig_head_body_len finds the body, and the _head forms take the head as it came.
 *
 *     hooksig_pending_body pending;
 *     hooksig_status status = hooksig_begin(&pending, &receiver, &request);
 *     if (status == HOOKSIG_STATUS_PENDING) {
 *         while ((len = next_piece(body + body_len)) > 0)
 *             body_len += len; // within its bounds, and not read: it may not be genuine
 *         lock(); // the guard
 *         receiver.now = (int64_t)time(NULL);
 *         status = hooksig_pending_body_receive(&pending, &receiver, &request, body, body_len,
 *                                               &received);
 *         unlock();
 *     }
 *     // status is HOOKSIG_STATUS_OK if the delivery is genuine and new
 *
 * For every function (_X is short for HOOKSIG_STATUS_X):
 *
 * Verdict   HOOKSIG_STATUS_OK (0) means that a request is genuine only if it comes from a verifying
 *           function: hooksig_receive, hooksig_verify, hooksig_pending_body_receive, their _head
 *           forms, or hooksig_pending_body_finish. Do not use a body before that.
 * Pointers  A pointer may be NULL only if its length is 0 or its text says so. Otherwise it points
 *           to as many readable (for an output: writable) and aligned elements as its length says.
 *           "x, x_len" is a pointer with its length, in bytes or in elements of an array. No text
 *           needs a NUL. Wrong ones give _NULL_POINTER or _INVALID_LENGTH.
 * Raw head  A function whose name ends in _head takes head, head_len instead of a hooksig_request:
 *           one HTTP/1.1 (or 1.0) head from the request line to the empty line, and nothing after
 *           it; every line ends in CRLF. Its body has any transfer coding removed.
 * Overlap   An output overlaps no input and no other output. Inputs may overlap one another, and
 *           no thread writes to them during a call.
 * Outputs   They come last, except a handle, which comes first. They are written only on success,
 *           except a needed length. Text in a caller's buffer has no NUL.
 * Memory    Nothing is allocated, and no pointer is kept after the return. A handle (key, policy,
 *           pending body) is caller-allocated, holds no pointers and has a fixed size. It needs no
 *           release, but wipe a key. A handle that is all zeros, wiped, finished or of another kind
 *           gives _WRONG_STATE. Do not pass memory that was never written: an earlier handle may
 *           still be there.
 * Threads   Functions may be called from several threads at the same time. An object that one of
 *           them changes must not be used by another meanwhile; unchanged objects may be shared.
 * Time      Unix seconds, as time() returns them; hooksig reads no clock.
 * Secrets   No output holds a secret, and no status tells how close a signature was. Comparisons
 *           with values computed under a key take the same time wherever they differ.
 */


#ifndef HOOKSIG_H
#define HOOKSIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The version of this header. hooksig_version returns that of the library.
#define HOOKSIG_VERSION "0.1.0"
#define HOOKSIG_VERSION_NUMBER (HOOKSIG_VERSION_MAJOR * 1000000 + HOOKSIG_VERSION_MINOR * 1000 + HOOKSIG_VERSION_PATCH)

// Makes the compiler warn if the result of a function is ignored.
#if (defined(__cplusplus) && __cplusplus >= 201703L) || (defined(__STDC_VERSION__) && __STDC_VERSION__ > 201710L)
#define HOOKSIG_MUST_USE [[nodiscard]]
#elif defined(__GNUC__)
#define HOOKSIG_MUST_USE __attribute__((warn_unused_result))
#elif defined(_MSC_VER)
#define HOOKSIG_MUST_USE _Check_return_
#else
#define HOOKSIG_MUST_USE
#endif

// The major part of HOOKSIG_VERSION.
#define HOOKSIG_VERSION_MAJOR 0

// The minor part of HOOKSIG_VERSION.
#define HOOKSIG_VERSION_MINOR 1

// The patch part of HOOKSIG_VERSION.
#define HOOKSIG_VERSION_PATCH 0

// The size of a hooksig_key in 64-bit words, the same on every target: 160 bytes.
#define HOOKSIG_KEY_WORDS 20

// The size of a hooksig_policy in 64-bit words, the same on every target: 224 bytes.
#define HOOKSIG_POLICY_WORDS 28

// How far Date may be from the clock by default, in seconds.
#define HOOKSIG_DEFAULT_MAX_SKEW 300

// The longest list for hooksig_policy_require, in bytes.
#define HOOKSIG_REQUIRED_MAX_LEN 128

// The longest keyId for hooksig_policy_expect_key_id, in bytes.
#define HOOKSIG_EXPECTED_KEY_ID_MAX_LEN 64

// The size of a hooksig_replay_entry in 64-bit words, the same on every target: 48 bytes.
#define HOOKSIG_REPLAY_ENTRY_WORDS 6

// Instead of a time: there is no clock. Date is then not compared with the time, and a delivery can
// be replayed forever: use a replay guard, which then never forgets.
#define HOOKSIG_NO_CLOCK INT64_MIN

// Instead of a time: never.
#define HOOKSIG_NEVER INT64_MAX

// The length of the Signature value of a Drone delivery, in bytes without a NUL.
#define HOOKSIG_DELIVERY_SIGNATURE_LEN 119

// The size of a hooksig_pending_body in 64-bit words, the same on every target: 256 bytes.
#define HOOKSIG_PENDING_BODY_WORDS 32

// The length of the tag in a hooksig_verified, in bytes.
#define HOOKSIG_TAG_LEN 32

// The maximum number of names that a signature may cover.
#define HOOKSIG_MAX_NAMES 128

// The maximum length of a signing string, in bytes.
#define HOOKSIG_MAX_SIGNING_STRING_LEN 4096

// The length of a Signature value without keyId and list, in bytes, for hooksig_sign.
#define HOOKSIG_SIGNATURE_BASE_LEN 100

// The length of a Digest value with one SHA-256, in bytes without a NUL.
#define HOOKSIG_DIGEST_FIELD_LEN 52

// The length of an HTTP-date as senders write it (IMF-fixdate), in bytes without a NUL.
#define HOOKSIG_DATE_LEN 29

// The result of a call. HOOKSIG_STATUS_OK (0) from a verifying function means that the request is
// genuine. From any other function it means that the call did its work.
//
// Numbers never change and are never reused. 1 to 9 and 43: the call is wrong. 10 to 30, 40, 41
// and 45 to 47: the message cannot be read. 31 to 39 and 42: it was read, and is refused. 18 to 23, 42
// and 47 also report a list or request that the caller passed to sign or to require.
//
// Log the number or its name. Answer the sender with one fixed text whatever the status, because an
// attacker learns from differences. docs/refused.md in the repository explains each status.
enum hooksig_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Done; from a verifying function: the request is genuine.
    HOOKSIG_STATUS_OK = 0,
    // A pointer is NULL although it may not be, or although its length is not 0.
    HOOKSIG_STATUS_NULL_POINTER = 1,
    // A length is larger than any object can be.
    HOOKSIG_STATUS_INVALID_LENGTH = 2,
    // A handle was not initialised, was wiped, or is finished.
    HOOKSIG_STATUS_WRONG_STATE = 3,
    // An output buffer is too small (the needed length is stored), or a list or keyId is too long
    // for a policy.
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
    // The signature is not canonical, padded base64 of 32 bytes.
    HOOKSIG_STATUS_MALFORMED_SIGNATURE = 17,
    // A list of headers is not a list of header names separated by single spaces.
    HOOKSIG_STATUS_MALFORMED_LIST = 18,
    // A list of headers holds a name twice.
    HOOKSIG_STATUS_REPEATED_NAME = 19,
    // A list of headers holds more than HOOKSIG_MAX_NAMES names.
    HOOKSIG_STATUS_TOO_MANY_NAMES = 20,
    // A list of headers holds (created) or (expires), which cannot be used with HMAC.
    HOOKSIG_STATUS_UNSUPPORTED_NAME = 21,
    // A listed header is not in the request.
    HOOKSIG_STATUS_MISSING_HEADER = 22,
    // A covered value has a control byte other than HTAB, or the method or target one or a space.
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
    // Date is further in the past than the policy allows.
    HOOKSIG_STATUS_DATE_TOO_OLD = 33,
    // Date is further in the future than the policy allows.
    HOOKSIG_STATUS_DATE_TOO_NEW = 34,
    // No key made this signature.
    HOOKSIG_STATUS_SIGNATURE_MISMATCH = 35,
    // The body is not the one that Digest was computed from.
    HOOKSIG_STATUS_DIGEST_MISMATCH = 36,
    // X-Drone-Event contradicts the event in the body.
    HOOKSIG_STATUS_EVENT_MISMATCH = 37,
    // The delivery was accepted before.
    HOOKSIG_STATUS_REPLAYED = 38,
    // The replay guard is full of deliveries that could still be replayed.
    HOOKSIG_STATUS_REPLAY_GUARD_FULL = 39,
    // The body is not a JSON object, its event or action is not a string, or a member read before
    // both are known could be taken for one of them.
    HOOKSIG_STATUS_MALFORMED_BODY = 40,
    // A raw head is not the head of an HTTP/1.1 (or 1.0) request.
    HOOKSIG_STATUS_MALFORMED_HEAD = 41,
    // host is covered, and the field appears twice or contradicts an absolute target.
    HOOKSIG_STATUS_HOST_MISMATCH = 42,
    // The delivery was verified under a policy with a larger skew than the replay guard is for.
    HOOKSIG_STATUS_SKEW_TOO_LARGE = 43,
    // Not a verdict: the head is genuine, and the body is not checked yet. The success of
    // hooksig_begin, hooksig_begin_head and hooksig_pending_body_update, and only theirs.
    HOOKSIG_STATUS_PENDING = 44,
    // The end of the head has not been received yet.
    HOOKSIG_STATUS_INCOMPLETE_HEAD = 45,
    // The length of the body is uncertain; hooksig_head_body_len says when.
    HOOKSIG_STATUS_MALFORMED_LENGTH = 46,
    // The signing string, which is all covered names and values, is longer than
    // HOOKSIG_MAX_SIGNING_STRING_LEN bytes.
    HOOKSIG_STATUS_SIGNING_STRING_TOO_LONG = 47,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum hooksig_status hooksig_status;
#else
typedef int32_t hooksig_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The subject of a delivery: the event in its body.
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
// Initialise it with hooksig_key_init; it never changes afterwards. May be copied or moved with
// memcpy. Wipe every copy when it is no longer needed.
typedef struct hooksig_key {
    uint64_t opaque[HOOKSIG_KEY_WORDS];
} hooksig_key;

// A receiver's requirements on a signature, besides its being valid. Initialise it with
// hooksig_policy_init. Setters copy their arguments.
typedef struct hooksig_policy {
    uint64_t opaque[HOOKSIG_POLICY_WORDS];
} hooksig_policy;

// Memory for one delivery in a replay guard, which refuses a delivery that was accepted before.
//
// A replay guard is an array of these that starts as zeros, as a static array does. Use at least
// twice as many entries as deliveries can arrive within twice the largest skew (ten minutes by
// default); 4096 entries take 192 KiB. A delivery has only 64 possible places, so a lookup costs
// the same in a guard of any length. Entries are valid only in a guard of the same length. One
// thread at a time may use a guard: hold a lock around the call, and read the time inside it.
typedef struct hooksig_replay_entry {
    uint64_t opaque[HOOKSIG_REPLAY_ENTRY_WORDS];
} hooksig_replay_entry;

// The settings of a receiver. Set all to zeros, then keys, keys_len and now, and, to accept each
// delivery once, guard and guard_len. All pointers are borrowed only during a call.
//
// Threads may share keys and policy. Give each its own hooksig_receiver, because now differs.
typedef struct hooksig_receiver {
    // The keys, any of which may have made the signature: the old and the new one during a
    // rotation. All are always tried.
    const struct hooksig_key *keys;
    // How many, at least 1.
    size_t keys_len;
    // The policy, or NULL for the default one.
    const struct hooksig_policy *policy;
    // The present time in Unix seconds, or HOOKSIG_NO_CLOCK.
    int64_t now;
    // The replay guard, or NULL with 0 for none. Only hooksig_receive,
    // hooksig_pending_body_receive, their _head forms and hooksig_replay_claim use it.
    struct hooksig_replay_entry *guard;
    // How many entries the guard has.
    size_t guard_len;
    // The largest skew of all policies whose deliveries share the guard, in seconds, the same in
    // every call; 0 is HOOKSIG_DEFAULT_MAX_SKEW. The guard remembers for 2 s longer.
    uint32_t guard_max_skew;
} hooksig_receiver;

// A genuine request: its MAC, date and body belong together.
typedef struct hooksig_verified {
    // The MAC, which identifies the delivery. It is not secret.
    uint8_t tag[HOOKSIG_TAG_LEN];
    // The time in Date, or HOOKSIG_NO_CLOCK without a clock.
    int64_t date;
    // The last second in which this request is accepted, or HOOKSIG_NEVER without a clock.
    int64_t expires;
    // The index of the key that made the signature.
    size_t key_index;
} hooksig_verified;

// The event and the action of a delivery. Their texts are given as positions in the body, between
// the quotes: escapes are not resolved. An absent text has length 0.
typedef struct hooksig_delivery {
    // The event.
    hooksig_event event;
    // The action.
    hooksig_action action;
    // The position of the event's text in the body.
    size_t event_at;
    // The length of the event's text in bytes.
    size_t event_len;
    // The position of the action's text in the body.
    size_t action_at;
    // The length of the action's text in bytes.
    size_t action_len;
} hooksig_delivery;

// The header values of a delivery as Drone sends it, each with a NUL. Drone also sends
// X-Drone-Event (the event, not signed) and Content-Type: application/json.
typedef struct hooksig_delivery_headers {
    // The value of Date: HOOKSIG_DATE_LEN characters.
    char date[HOOKSIG_DATE_LEN + 1];
    // The value of Digest: HOOKSIG_DIGEST_FIELD_LEN characters.
    char digest[HOOKSIG_DIGEST_FIELD_LEN + 1];
    // The value of Signature: HOOKSIG_DELIVERY_SIGNATURE_LEN characters.
    char signature[HOOKSIG_DELIVERY_SIGNATURE_LEN + 1];
} hooksig_delivery_headers;

// One header field of a request: name and value as received, no NUL needed.
//
// White space around the value may be left in place. A field that was received more than once
// appears in the array more than once, in the same order.
typedef struct hooksig_header {
    // The name; ASCII case does not matter.
    const char *name;
    // The length of the name.
    size_t name_len;
    // The value: any bytes.
    const char *value;
    // The length of the value.
    size_t value_len;
} hooksig_header;

// The head of a request, as an HTTP server has it. All pointers are borrowed only during a call.
typedef struct hooksig_request {
    // The method, such as POST. Used only if a signature covers (request-target), which Drone's do
    // not; may otherwise be NULL with 0.
    const char *method;
    // The length of the method.
    size_t method_len;
    // Path and query as received; like the method. If NULL, (request-target) is missing.
    const char *target;
    // The length of the target.
    size_t target_len;
    // All header fields in the order received.
    const struct hooksig_header *headers;
    // How many there are.
    size_t headers_len;
} hooksig_request;

// A Drone delivery that is genuine and, if there is a replay guard, new.
typedef struct hooksig_received {
    // Key, date and tag.
    struct hooksig_verified verified;
    // Event and action.
    struct hooksig_delivery delivery;
} hooksig_received;

// A request with a genuine head, whose body is not checked yet. It is not a verdict: only
// hooksig_pending_body_receive and hooksig_pending_body_finish give one. Initialise it with
// hooksig_begin. One thread at a time may use it.
typedef struct hooksig_pending_body {
    uint64_t opaque[HOOKSIG_PENDING_BODY_WORDS];
} hooksig_pending_body;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Returns the version of the library as static text with a NUL, such as "0.1.0"; never NULL.
const char *hooksig_version(void);

// Returns the version of the library as a number, to compare with HOOKSIG_VERSION_NUMBER.
uint32_t hooksig_version_number(void);

// Returns a stable name for logs and metrics, such as "digest-mismatch", as the command line has
// it: static text with a NUL; for a number that is not a status, "unknown-status". Never NULL.
const char *hooksig_status_name(int32_t status);

// Returns one sentence for the operator about any number: static text with a NUL; never NULL.
const char *hooksig_status_text(int32_t status);

// Makes a key from a secret.
//
// key                 receives the key; its previous contents do not matter
// secret, secret_len  the secret, at least one byte, exactly as the Drone server has it: nothing is
//                     trimmed or decoded, so drop the newline at the end of a file. Not kept,
//                     although a copy may remain on the stack until it is overwritten
//
// Returns HOOKSIG_STATUS_OK; _NULL_POINTER, _INVALID_LENGTH; _EMPTY_SECRET if secret_len is 0 or
// every byte is NUL, which HMAC cannot tell from an empty secret.
HOOKSIG_MUST_USE
hooksig_status hooksig_key_init(struct hooksig_key *key,
                                const void *secret,
                                size_t secret_len);

// Overwrites a key with zeros. Does nothing if key is NULL.
void hooksig_key_wipe(struct hooksig_key *key);

// Makes the default policy, which fits what Drone sends: date and digest must be covered, Date must
// be within 300 s of the clock, algorithm must be hmac-sha256, and any keyId is accepted.
//
// policy  receives the policy; its previous contents do not matter
//
// Returns HOOKSIG_STATUS_OK or _NULL_POINTER.
HOOKSIG_MUST_USE hooksig_status hooksig_policy_init(struct hooksig_policy *policy);

// Sets how far Date may be from the clock, in seconds, in either direction, both ends included.
//
// Risk of a larger value: without a replay guard, a recorded request can be replayed for that long
// after its Date.
//
// Returns HOOKSIG_STATUS_OK, _NULL_POINTER or _WRONG_STATE.
HOOKSIG_MUST_USE
hooksig_status hooksig_policy_set_max_skew(struct hooksig_policy *policy,
                                           uint32_t seconds);

// Sets the headers that a signature must cover, instead of date and digest.
//
// Risk of fewer: without digest, anyone who sees a request can send it with another body and a new
// Digest; without date, anyone can send an old request with a new Date. Both fields must be there
// and right even if they are not covered.
//
// policy          the policy to change
// list, list_len  names separated by single spaces, such as "date digest host"; at most
//                 HOOKSIG_REQUIRED_MAX_LEN bytes
//
// Returns HOOKSIG_STATUS_OK; _NULL_POINTER, _INVALID_LENGTH, _WRONG_STATE; _EMPTY_LIST,
// _MALFORMED_LIST, _REPEATED_NAME, _TOO_MANY_NAMES or _UNSUPPORTED_NAME if it is not a list of
// names; _BUFFER_TOO_SMALL if it is too long. The policy changes only on HOOKSIG_STATUS_OK.
HOOKSIG_MUST_USE
hooksig_status hooksig_policy_require(struct hooksig_policy *policy,
                                      const char *list,
                                      size_t list_len);

// Requires this keyId. By default any is accepted: Drone sends hmac-key, whatever the secret.
//
// policy              the policy to change
// key_id, key_id_len  the keyId, compared byte by byte; at most HOOKSIG_EXPECTED_KEY_ID_MAX_LEN
//                     bytes; NULL with 0 accepts any again
//
// Returns HOOKSIG_STATUS_OK; _NULL_POINTER, _INVALID_LENGTH, _WRONG_STATE; _INVALID_KEY_ID if it is
// empty and not NULL; _BUFFER_TOO_SMALL if it is too long. The policy changes only on
// HOOKSIG_STATUS_OK.
HOOKSIG_MUST_USE
hooksig_status hooksig_policy_expect_key_id(struct hooksig_policy *policy,
                                            const char *key_id,
                                            size_t key_id_len);

// Sets whether a signature without algorithm is taken as HMAC-SHA-256; false by default.
//
// Risk: none for the keys, which alone decide what is computed. It hides a sender that uses another
// algorithm.
//
// Returns HOOKSIG_STATUS_OK, _NULL_POINTER or _WRONG_STATE.
HOOKSIG_MUST_USE
hooksig_status hooksig_policy_allow_missing_algorithm(struct hooksig_policy *policy,
                                                      bool allow);

// Sets whether algorithm="hs2019" (drafts 11 and 12) is taken as HMAC-SHA-256; false by default.
// Risk and status as for hooksig_policy_allow_missing_algorithm.
HOOKSIG_MUST_USE
hooksig_status hooksig_policy_allow_hs2019(struct hooksig_policy *policy,
                                           bool allow);

// Claims a verified delivery, so that it is accepted once. Use it after hooksig_verify,
// hooksig_pending_body_finish, or hooksig_receive and its relatives without a guard; with one, they
// have claimed it already. Claim last, when nothing else can refuse the delivery.
//
// A full guard refuses new deliveries; it never forgets one that could still be replayed. Without a
// clock, entries never become free. A guard serves one process. For several, use a shared store
// that remembers verified->tag for longer than any of them could accept the delivery.
//
// receiver  the settings; only now and the guard's are used. Read the time while holding the lock
//           of the guard, because times out of order let a delivery be claimed twice. Set now to
//           HOOKSIG_NO_CLOCK if the delivery was verified without a clock
// verified  the result of a verifying function
//
// Returns HOOKSIG_STATUS_OK if the delivery is new; _NULL_POINTER, _INVALID_LENGTH; _SKEW_TOO_LARGE
// if it was verified under a policy with a larger skew than guard_max_skew; _REPLAYED if it was
// claimed before; _DATE_TOO_OLD if it expired after its head was verified, as with a slow body;
// _REPLAY_GUARD_FULL, also if there is no guard. The guard changes only on HOOKSIG_STATUS_OK.
HOOKSIG_MUST_USE
hooksig_status hooksig_replay_claim(const struct hooksig_receiver *receiver,
                                    const struct hooksig_verified *verified);

// Reads event and action from a body. Receivers use hooksig_receive instead, which also compares
// the X-Drone-Event fields. A sender finds here the X-Drone-Event value for a body that it signs.
//
// body, body_len  the body; reading stops when both are known
// delivery        receives event and action
//
// Returns HOOKSIG_STATUS_OK; _NULL_POINTER, _INVALID_LENGTH; _MALFORMED_BODY if the part that is
// read is not a JSON object, its event or action is not a string or appears twice, or a name equals
// one of them except for ASCII case.
HOOKSIG_MUST_USE
hooksig_status hooksig_delivery_read(const void *body,
                                     size_t body_len,
                                     struct hooksig_delivery *delivery);

// Signs a body as a Drone server does: Date, Digest, and Signature over both, keyId "hmac-key".
//
// key             the key
// body, body_len  the body; NULL with 0 is an empty body
// now             the present time
// headers         receives the header values
//
// Returns HOOKSIG_STATUS_OK; _NULL_POINTER, _INVALID_LENGTH; _WRONG_STATE if the key was not
// initialised; _TIME_OUT_OF_RANGE.
HOOKSIG_MUST_USE
hooksig_status hooksig_delivery_sign(const struct hooksig_key *key,
                                     const void *body,
                                     size_t body_len,
                                     int64_t now,
                                     struct hooksig_delivery_headers *headers);

// Receives a Drone delivery whose body is in one buffer: verifies signature, policy, date and body,
// reads the event, compares every X-Drone-Event field with it and, if there is a guard, claims the
// delivery, so that it is accepted once.
//
// A server with several threads holds a lock around the call and reads the time for receiver->now
// inside it, because times out of order let a delivery be claimed twice. To hash bodies outside the
// lock, call it without a guard, then hooksig_replay_claim under the lock. Answer any method but
// POST with 405 before the call.
//
// receiver        the settings
// request         the head
// body, body_len  the body as received, before any decompression; NULL with 0 is an empty body
// received        receives key, date, tag, event and action
//
// Returns HOOKSIG_STATUS_OK if and only if the delivery is genuine and, with a guard, new.
// Otherwise a status of hooksig_verify; then of hooksig_delivery_read; _EVENT_MISMATCH if a field
// contradicts the body; then, with a guard, of hooksig_replay_claim. The guard changes only on
// success.
HOOKSIG_MUST_USE
hooksig_status hooksig_receive(const struct hooksig_receiver *receiver,
                               const struct hooksig_request *request,
                               const void *body,
                               size_t body_len,
                               struct hooksig_received *received);

// As hooksig_receive, with a raw head; also returns _MALFORMED_HEAD.
HOOKSIG_MUST_USE
hooksig_status hooksig_receive_head(const struct hooksig_receiver *receiver,
                                    const char *head,
                                    size_t head_len,
                                    const void *body,
                                    size_t body_len,
                                    struct hooksig_received *received);

// Finishes hooksig_begin in the way hooksig_receive finishes: checks the body, reads the event,
// compares the X-Drone-Event fields, and claims the delivery if there is a guard.
//
// pending         the state; wiped, except on _NULL_POINTER, _INVALID_LENGTH and _WRONG_STATE
// receiver        the settings; only now and the guard's are used. Read the time for now while
//                 holding the lock of the guard, not before hooksig_begin
// request         the head that was passed to hooksig_begin
// body, body_len  the whole body, which is hashed here; NULL with 0 is an empty body
// received        receives key, date, tag, event and action
//
// Returns HOOKSIG_STATUS_OK if and only if the delivery is genuine and, with a guard, new.
// Otherwise _NULL_POINTER, _INVALID_LENGTH; _WRONG_STATE if pending was not initialised, is
// finished, or got bytes from hooksig_pending_body_update, which may differ from body;
// _DIGEST_MISMATCH if the body is not the one that was signed; then as hooksig_receive.
HOOKSIG_MUST_USE
hooksig_status hooksig_pending_body_receive(struct hooksig_pending_body *pending,
                                            const struct hooksig_receiver *receiver,
                                            const struct hooksig_request *request,
                                            const void *body,
                                            size_t body_len,
                                            struct hooksig_received *received);

// As hooksig_pending_body_receive, with the raw head that was passed to hooksig_begin_head; also
// returns _MALFORMED_HEAD, which leaves pending as it is.
HOOKSIG_MUST_USE
hooksig_status hooksig_pending_body_receive_head(struct hooksig_pending_body *pending,
                                                 const struct hooksig_receiver *receiver,
                                                 const char *head,
                                                 size_t head_len,
                                                 const void *body,
                                                 size_t body_len,
                                                 struct hooksig_received *received);

// Checks the head of a request before the body arrives: parameters, policy, date, then the MAC.
// Nothing is hashed for a malformed or stale request.
//
// Then keep the whole body, without reading it, and call hooksig_pending_body_receive. For a body
// that is not kept in memory, call hooksig_pending_body_update for each piece, then
// hooksig_pending_body_finish.
//
// pending   receives the state; its previous contents do not matter
// receiver  the settings; the guard is not used
// request   the head
//
// Returns HOOKSIG_STATUS_PENDING if the head is genuine, which is not a verdict; never
// HOOKSIG_STATUS_OK. Otherwise, in the order of these groups, and within a group whichever applies
// first: _NULL_POINTER, _INVALID_LENGTH, _WRONG_STATE if a key or the policy was not initialised,
// _NO_KEYS; _MISSING_SIGNATURE, _REPEATED_SIGNATURE; _MALFORMED_PARAMS, _RFC9421_SIGNATURE,
// _REPEATED_PARAM, _MISSING_PARAM; _UNSUPPORTED_NAME, _MALFORMED_LIST, _REPEATED_NAME,
// _TOO_MANY_NAMES; _UNSUPPORTED_ALGORITHM, _MISSING_PARAM if it is the algorithm;
// _UNEXPECTED_KEY_ID; _NOT_COVERED; _MALFORMED_SIGNATURE; _MISSING_DATE, _REPEATED_DATE,
// _MALFORMED_DATE, _DATE_TOO_OLD, _DATE_TOO_NEW; _MISSING_DIGEST, _REPEATED_DIGEST,
// _MALFORMED_DIGEST, _UNSUPPORTED_DIGEST, _DIGEST_MISMATCH if Digest contradicts itself;
// _MISSING_HEADER, _CONTROL_BYTE, _HOST_MISMATCH; _SIGNING_STRING_TOO_LONG; _SIGNATURE_MISMATCH.
// pending is written only on HOOKSIG_STATUS_PENDING.
HOOKSIG_MUST_USE
hooksig_status hooksig_begin(struct hooksig_pending_body *pending,
                             const struct hooksig_receiver *receiver,
                             const struct hooksig_request *request);

// As hooksig_begin, with a raw head; also returns _MALFORMED_HEAD.
HOOKSIG_MUST_USE
hooksig_status hooksig_begin_head(struct hooksig_pending_body *pending,
                                  const struct hooksig_receiver *receiver,
                                  const char *head,
                                  size_t head_len);

// Hashes the next piece of a body that is not kept in memory. Pieces may have any size.
//
// pending           the state
// chunk, chunk_len  the next bytes as received; NULL with 0 is an empty piece
//
// Returns HOOKSIG_STATUS_PENDING; _NULL_POINTER, _INVALID_LENGTH; _WRONG_STATE if pending was not
// initialised or is finished.
HOOKSIG_MUST_USE
hooksig_status hooksig_pending_body_update(struct hooksig_pending_body *pending,
                                           const void *chunk,
                                           size_t chunk_len);

// Gives the verdict after the whole body was hashed in pieces. Reads no event and claims nothing:
// for a Drone delivery prefer hooksig_pending_body_receive.
//
// pending   the state; wiped, except on _NULL_POINTER and _WRONG_STATE
// verified  receives key, date and tag
//
// Returns HOOKSIG_STATUS_OK if and only if the request is genuine; _NULL_POINTER; _WRONG_STATE if
// pending was not initialised or is finished; _DIGEST_MISMATCH if the body is not the one that was
// signed.
HOOKSIG_MUST_USE
hooksig_status hooksig_pending_body_finish(struct hooksig_pending_body *pending,
                                           struct hooksig_verified *verified);

// Verifies a request whose body is in one buffer: signature, policy, date and body. For a Drone
// delivery prefer hooksig_receive, which also reads the event and refuses a replay.
//
// receiver        the settings; the guard is not used
// request         the head
// body, body_len  the body as received, before any decompression; NULL with 0 is an empty body
// verified        receives key, date and tag
//
// Returns HOOKSIG_STATUS_OK if and only if the request is genuine. Otherwise an error of
// hooksig_begin, or _DIGEST_MISMATCH if the body is not the one that was signed.
HOOKSIG_MUST_USE
hooksig_status hooksig_verify(const struct hooksig_receiver *receiver,
                              const struct hooksig_request *request,
                              const void *body,
                              size_t body_len,
                              struct hooksig_verified *verified);

// As hooksig_verify, with a raw head; also returns _MALFORMED_HEAD.
HOOKSIG_MUST_USE
hooksig_status hooksig_verify_head(const struct hooksig_receiver *receiver,
                                   const char *head,
                                   size_t head_len,
                                   const void *body,
                                   size_t body_len,
                                   struct hooksig_verified *verified);

// Finds the end of a raw HTTP/1.1 (or 1.0) head and the length of the body after it.
//
// received, received_len  the bytes received so far, from the request line; may include body bytes
// head_len                receives the length of the head and its empty line; the body follows
// body_len                receives Content-Length, or 0 without that field
//
// Returns HOOKSIG_STATUS_OK, which is not a verdict; _NULL_POINTER, _INVALID_LENGTH;
// _INCOMPLETE_HEAD if the empty line has not arrived yet: receive more, up to a limit of yours;
// _MALFORMED_HEAD; _MALFORMED_LENGTH if there is a Transfer-Encoding field, more than one
// Content-Length, or one that is not a number or does not fit into memory: answer with 400 or 411
// and close the connection, because the start of the next request is uncertain.
HOOKSIG_MUST_USE
hooksig_status hooksig_head_body_len(const char *received,
                                     size_t received_len,
                                     size_t *head_len,
                                     size_t *body_len);

// Writes the value of a request's Signature field, with the parameters in Drone's order.
// Authorization takes the same value after "Signature ". For a whole Drone delivery see
// hooksig_delivery_sign.
//
// The body is covered only if the list has digest and the request a Digest field
// (hooksig_digest_field). Receivers for Drone require "date digest".
//
// key                 the key
// key_id, key_id_len  the key's name; at least one byte; no quotes, backslashes, control bytes
// request             the head
// list, list_len      the names to cover, separated by single spaces, such as "date digest"
// out, out_capacity   the buffer; HOOKSIG_SIGNATURE_BASE_LEN + key_id_len + list_len bytes suffice
// out_len             receives the length written, or the length needed on _BUFFER_TOO_SMALL
//
// Returns HOOKSIG_STATUS_OK; _NULL_POINTER, _INVALID_LENGTH; _WRONG_STATE if the key was not
// initialised; _INVALID_KEY_ID; _EMPTY_LIST, _TOO_MANY_NAMES, _MALFORMED_LIST, _REPEATED_NAME or
// _UNSUPPORTED_NAME if the list cannot be signed; _MISSING_HEADER if a name is not in the request;
// _CONTROL_BYTE if a covered value, the method or the target has one; _HOST_MISMATCH;
// _SIGNING_STRING_TOO_LONG, since no receiver could accept the signature; _BUFFER_TOO_SMALL.
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

// Writes the signing string of a request (draft 10, section 2.3): for each name of the list a line
// "name: value", joined by LF. For diagnostics and other algorithms; hooksig_sign does not need it.
//
// request, list, list_len  as for hooksig_sign
// out, out_capacity        the buffer; NULL with 0 asks for the length, which is at most
//                          HOOKSIG_MAX_SIGNING_STRING_LEN
// out_len                  receives the length written, or the length needed on _BUFFER_TOO_SMALL
//
// Returns a status of hooksig_sign, except those about key and keyId.
HOOKSIG_MUST_USE
hooksig_status hooksig_signing_string(const struct hooksig_request *request,
                                      const char *list,
                                      size_t list_len,
                                      char *out,
                                      size_t out_capacity,
                                      size_t *out_len);

// Writes the value of the Digest field for a body: "SHA-256=" and base64.
//
// body, body_len     the body; NULL with 0 is an empty body
// out, out_capacity  the buffer, of at least HOOKSIG_DIGEST_FIELD_LEN bytes
// out_len            receives HOOKSIG_DIGEST_FIELD_LEN, also on _BUFFER_TOO_SMALL
//
// Returns HOOKSIG_STATUS_OK; _NULL_POINTER, _INVALID_LENGTH; _BUFFER_TOO_SMALL.
HOOKSIG_MUST_USE
hooksig_status hooksig_digest_field(const void *body,
                                    size_t body_len,
                                    char *out,
                                    size_t out_capacity,
                                    size_t *out_len);

// Writes a time as an HTTP-date, such as "Sun, 06 Nov 1994 08:49:37 GMT".
//
// unix_seconds       the time
// out, out_capacity  the buffer, of at least HOOKSIG_DATE_LEN bytes
// out_len            receives HOOKSIG_DATE_LEN, also on _BUFFER_TOO_SMALL
//
// Returns HOOKSIG_STATUS_OK; _NULL_POINTER, _INVALID_LENGTH; _TIME_OUT_OF_RANGE; _BUFFER_TOO_SMALL.
HOOKSIG_MUST_USE
hooksig_status hooksig_date_format(int64_t unix_seconds,
                                   char *out,
                                   size_t out_capacity,
                                   size_t *out_len);

// Parses an HTTP-date in any of its three forms (RFC 9110, section 5.6.7).
//
// date, date_len  the text; letters are case-sensitive; the weekday need not fit the date
// now             the present time, not HOOKSIG_NO_CLOCK; decides the century of a two-digit year
// unix_seconds    receives the time
//
// Returns HOOKSIG_STATUS_OK; _NULL_POINTER, _INVALID_LENGTH; _MALFORMED_DATE.
HOOKSIG_MUST_USE
hooksig_status hooksig_date_parse(const char *date,
                                  size_t date_len,
                                  int64_t now,
                                  int64_t *unix_seconds);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* HOOKSIG_H */
