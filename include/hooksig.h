/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * hooksig: decides whether a Drone webhook is genuine.
 *
 * A Drone server signs each system webhook with HTTP Signatures (draft-cavage-http-signatures-10,
 * HMAC-SHA-256 under a shared secret). This library verifies the MAC, the date and the body of a
 * request, and signs as Drone does. It needs no initialisation, no memory allocation, no clock, no
 * global state and no errno. Link with `pkg-config --libs hooksig`, or with libhooksig.a and libc.
 * `make header` generates this file from src/capi.
 *
 * Example: sign a delivery as Drone would, then receive it.
 *
 *     #include <hooksig.h>
 *     #include <stdio.h>
 *     #include <string.h>
 *     #include <time.h>
 *
 *     static hooksig_key key;
 *     static hooksig_replay_entry guard[4096]; // zeros: no delivery is remembered yet
 *
 *     static int receive(const hooksig_request *request, const void *body, size_t body_len)
 *     {
 *         const hooksig_receiver receiver = {.keys = &key, .keys_len = 1, .now = time(NULL),
 *                                            .guard = guard, .guard_len = 4096};
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
 *         hooksig_delivery_headers sent;
 *         if (hooksig_key_init(&key, secret, strlen(secret)) != HOOKSIG_STATUS_OK ||
 *             hooksig_delivery_sign(&key, body, strlen(body), time(NULL), &sent) !=
 *                 HOOKSIG_STATUS_OK)
 *             return 1;
 *         const hooksig_header headers[] = {
 *             {"Date", 4, sent.date, strlen(sent.date)},
 *             {"Digest", 6, sent.digest, strlen(sent.digest)},
 *             {"Signature", 9, sent.signature, strlen(sent.signature)},
 *             {"X-Drone-Event", 13, "user", 4},
 *         };
 *         const hooksig_request request = {"POST", 4, "/hooks", 6, headers, 4};
 *         int answer = receive(&request, body, strlen(body));
 *         hooksig_key_wipe(&key);
 *         printf("%d\n", answer);
 *         return answer == 204 ? 0 : 1;
 *     }
 *
 * Streaming: check the head before reading the body, and hash the body as it arrives, outside the
 * lock. This example uses the key and guard above, <pthread.h>, <sys/socket.h>, and a socket with
 * a receive timeout.
 *
 *     enum { MAX_HEAD = 8192, MAX_BODY = 65536 };
 *     static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; // of the guard
 *
 *     static int serve(int connection) // returns the answer, or 0 to close without one
 *     {
 *         hooksig_receiver receiver = {.keys = &key, .keys_len = 1, .now = time(NULL),
 *                                      .guard = guard, .guard_len = 4096};
 *         hooksig_pending_body pending;
 *         hooksig_received received;
 *         hooksig_status status;
 *         char in[MAX_HEAD + MAX_BODY];
 *         size_t len = 0, head_len, body_len;
 *         ssize_t got;
 *         do {
 *             if (len == MAX_HEAD)
 *                 return 431;
 *             if ((got = recv(connection, in + len, MAX_HEAD - len, 0)) <= 0)
 *                 return 0; // closed, or too slow
 *             len += (size_t)got;
 *             status = hooksig_head_body_len(in, len, &head_len, &body_len);
 *         } while (status == HOOKSIG_STATUS_INCOMPLETE_HEAD);
 *         if (status != HOOKSIG_STATUS_OK)
 *             return 400;
 *         if (memcmp(in, "POST ", 5) != 0)
 *             return 405;
 *         if (body_len > MAX_BODY) // before it is added to anything, or allocated
 *             return 413;
 *         status = hooksig_begin_head(&pending, &receiver, in, head_len);
 *         if (status != HOOKSIG_STATUS_PENDING)
 *             return 401;
 *         const char *body = in + head_len;
 *         len -= head_len; // body bytes that came with the head
 *         if (len > body_len)
 *             len = body_len; // the rest is another request
 *         status = hooksig_pending_body_update(&pending, body, len);
 *         while (status == HOOKSIG_STATUS_PENDING && len < body_len) {
 *             if ((got = recv(connection, in + head_len + len, body_len - len, 0)) <= 0)
 *                 return 0; // the body is short
 *             status = hooksig_pending_body_update(&pending, body + len, (size_t)got);
 *             len += (size_t)got;
 *         }
 *         pthread_mutex_lock(&lock);
 *         receiver.now = time(NULL); // again, under the lock
 *         status = hooksig_pending_body_finish_delivery_head(&pending, &receiver, in, head_len,
 *                                                            body, body_len, &received);
 *         pthread_mutex_unlock(&lock);
 *         if (status != HOOKSIG_STATUS_OK)
 *             return status == HOOKSIG_STATUS_REPLAY_GUARD_FULL ? 503 : 401;
 *         // Genuine and new. Use the body here, not before.
 *         return 204;
 *     }
 *
 * For every function (_X is short for HOOKSIG_STATUS_X):
 *
 * Verdict   HOOKSIG_STATUS_OK (0) means that a request is genuine only if it comes from a
 *           verifying function: hooksig_receive, hooksig_pending_body_receive,
 *           hooksig_pending_body_finish_delivery, hooksig_verify, their _head forms, or
 *           hooksig_pending_body_finish. hooksig_verify and hooksig_pending_body_finish neither
 *           compare X-Drone-Event nor claim the delivery. Do not use a body before the verdict.
 * Answers   204 for _OK; 405 for a method other than POST; 413 or 431 for a body or a head beyond
 *           your limit; 400 for an error of hooksig_head_body_len; 500 for statuses 1 to 9 and 43,
 *           which are faults of the receiver; 503 for _REPLAY_GUARD_FULL; 401 for all others, such
 *           as a missing signature. Send one fixed text with each code, because an attacker learns
 *           from differences. After a refusal, read and discard the rest of the body up to a limit
 *           before closing, because a TCP reset could overtake the answer.
 * Pointers  "x, x_len" is a pointer and its length, in bytes or in array elements. A pointer may
 *           be NULL only if its length is 0 or its text says so. Otherwise it points to as many
 *           aligned and readable (for an output: writable) elements as its length says. Input text
 *           needs no NUL. An invalid pointer other than NULL is not detected.
 * Statuses  The text of a function lists the statuses it returns. Any function may also return:
 *           _NULL_POINTER, _INVALID_LENGTH for an impossible length, and _WRONG_STATE for a handle
 *           that is all zeros, wiped, finished or of another kind.
 * Raw head  A function whose name ends in _head takes head, head_len instead of a hooksig_request:
 *           one HTTP/1.1 (or 1.0) head from the request line up to and including the empty line,
 *           as hooksig_head_body_len finds it. Every line ends in CRLF. The function may also
 *           return _MALFORMED_HEAD. hooksig_head_body_len refuses a chunked body; if you decode
 *           chunks yourself, pass the decoded body.
 * Overlap   An output must not overlap an input or another output. Inputs may overlap one another.
 *           No thread may write to an input during a call.
 * Outputs   They come last, except that a handle comes first. They are written only on success;
 *           _BUFFER_TOO_SMALL also writes the length needed. Text in a caller's buffer gets no
 *           NUL.
 * Memory    Nothing is allocated, and no pointer is kept after the return. A handle (key, policy,
 *           pending body) is caller-allocated, holds no pointers and has a fixed size. Nothing
 *           needs to be freed, but wipe every key, also after an error. Except to initialise it,
 *           do not pass memory that was never written, because it may hold the remains of an
 *           earlier handle.
 * Threads   Functions may be called from several threads at the same time. While one thread
 *           changes an object, no other may use it; unchanged objects, such as keys and policies,
 *           may be shared. Give each thread its own hooksig_receiver. If threads share a guard,
 *           hold a lock around each call that uses it and read the time for now inside the lock,
 *           because times out of order let a delivery be claimed twice. Hash bodies outside the
 *           lock, as in the streaming example.
 * Time      Unix seconds, as time() returns them; hooksig reads no clock.
 * Secrets   No output holds a secret, and no status tells how close a signature was. Comparisons
 *           with values computed under a key take constant time.
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

// Pass this as a time if there is no clock. Date is then not compared with the time, so a delivery
// can be replayed forever. Use a replay guard, which then never forgets.
#define HOOKSIG_NO_CLOCK INT64_MIN
// A time that means never.
#define HOOKSIG_NEVER INT64_MAX
// The length of the tag in a hooksig_verified, in bytes.
#define HOOKSIG_TAG_LEN 32
// The length of the Signature value of a Drone delivery, in bytes without a NUL.
#define HOOKSIG_DELIVERY_SIGNATURE_LEN 119
// The size of a hooksig_pending_body in 64-bit words, the same on every target: 256 bytes.
#define HOOKSIG_PENDING_BODY_WORDS 32
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
// genuine. From any other function it means that the call succeeded.
//
// Numbers never change and are never reused. 1 to 9 and 43: the call is wrong. 10 to 30, 40, 41
// and 45 to 47: the message cannot be read. 31 to 39 and 42: it was read and refused. 18 to 23, 42
// and 47 also report a list or request that the caller wants to sign or require.
//
// Log the number or its name; "Answers" above says what to send. docs/refused.md in the repository
// explains each status.
enum hooksig_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Success. From a verifying function: the request is genuine.
    HOOKSIG_STATUS_OK = 0,
    // A pointer is NULL, and neither its length nor its text allows that.
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
    // The signature follows RFC 9421, which Drone does not use.
    HOOKSIG_STATUS_RFC9421_SIGNATURE = 12,
    // The signature's parameters are not a list of RFC 7235 auth-params, or `headers` has quoted-pairs
    // and, without their backslashes, more than 192 bytes.
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
    // A list of headers holds more than HOOKSIG_MAX_NAMES names, or more than 16 fields of the
    // request repeat one of them.
    HOOKSIG_STATUS_TOO_MANY_NAMES = 20,
    // A list of headers holds (created) or (expires), which cannot be used with HMAC.
    HOOKSIG_STATUS_UNSUPPORTED_NAME = 21,
    // A listed header is not in the request.
    HOOKSIG_STATUS_MISSING_HEADER = 22,
    // A covered value has a control byte other than HTAB, or the method or target has a control
    // byte or a space.
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
    // The body is not a JSON object, its event or action is not a string or is repeated, or a name
    // differs from event or action only in ASCII case.
    HOOKSIG_STATUS_MALFORMED_BODY = 40,
    // A raw head is not the head of an HTTP/1.1 (or 1.0) request.
    HOOKSIG_STATUS_MALFORMED_HEAD = 41,
    // host is covered, and the field appears twice or contradicts an absolute target.
    HOOKSIG_STATUS_HOST_MISMATCH = 42,
    // The delivery was verified under a policy with a larger skew than the guard's guard_max_skew.
    HOOKSIG_STATUS_SKEW_TOO_LARGE = 43,
    // Not a verdict: the head is genuine, and the body is not checked yet. Success of
    // hooksig_begin, hooksig_begin_head and hooksig_pending_body_update, and only theirs.
    HOOKSIG_STATUS_PENDING = 44,
    // The end of the head has not been received yet.
    HOOKSIG_STATUS_INCOMPLETE_HEAD = 45,
    // The length of the body is uncertain: see hooksig_head_body_len.
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

// The subject of a delivery: the event in its body, such as "user".
enum hooksig_event
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // The body has no event. Older servers send it only in the X-Drone-Event field, which anyone
    // could change on the way.
    HOOKSIG_EVENT_ABSENT = 0,
    HOOKSIG_EVENT_USER = 1,
    HOOKSIG_EVENT_REPO = 2,
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

// The change: the action in the body, such as "created".
enum hooksig_action
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // The body has no action.
    HOOKSIG_ACTION_ABSENT = 0,
    HOOKSIG_ACTION_CREATED = 1,
    HOOKSIG_ACTION_UPDATED = 2,
    HOOKSIG_ACTION_DELETED = 3,
    HOOKSIG_ACTION_ENABLED = 4,
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

// A key: the HMAC-SHA-256 midstates of a secret, not the secret itself. Initialise it with
// hooksig_key_init; it never changes afterwards. You may copy or move it with memcpy. Wipe every
// copy when it is no longer needed.
typedef struct hooksig_key {
    uint64_t opaque[HOOKSIG_KEY_WORDS];
} hooksig_key;

// A receiver's requirements on a signature besides its being valid. Initialise it with
// hooksig_policy_init. Setters copy their arguments.
typedef struct hooksig_policy {
    uint64_t opaque[HOOKSIG_POLICY_WORDS];
} hooksig_policy;

// Memory for one delivery in a replay guard, which refuses a delivery that was accepted before. A
// replay guard is an array of these; an array of zeros, such as a static one, is an empty guard.
// Count the deliveries that arrive within twice the largest skew (ten minutes by default) and use
// twice as many entries: 1200 at one delivery per second. 4096 entries take 192 KiB. A delivery
// has only 64 possible places. A lookup therefore costs the same in a guard of any length, but
// _REPLAY_GUARD_FULL is possible once half the entries are in use. Entries are valid only in a
// guard of the same length. If two deliveries have the same body, Date and key, their tags are
// equal and the second is _REPLAYED.
typedef struct hooksig_replay_entry {
    uint64_t opaque[HOOKSIG_REPLAY_ENTRY_WORDS];
} hooksig_replay_entry;

// The settings of a receiver. Fill it with zeros, then set keys, keys_len and now. To accept each
// delivery once, also set guard and guard_len. All pointers are borrowed only during a call.
typedef struct hooksig_receiver {
    // The accepted keys, such as the old and the new one during a rotation. All are always tried.
    const struct hooksig_key *keys;
    // The number of keys, at least 1.
    size_t keys_len;
    // The policy, or NULL for the default one.
    const struct hooksig_policy *policy;
    // The present time in Unix seconds, or HOOKSIG_NO_CLOCK.
    int64_t now;
    // The replay guard, or NULL with 0 for none. hooksig_replay_claim lists the functions that use
    // it.
    struct hooksig_replay_entry *guard;
    // The number of entries of the guard.
    size_t guard_len;
    // The largest skew, in seconds, of all policies that share the guard. Pass the same value in
    // every call; 0 means HOOKSIG_DEFAULT_MAX_SKEW. The guard remembers a delivery for 2 s longer.
    uint32_t guard_max_skew;
} hooksig_receiver;

// The facts about a genuine request.
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

// The event and the action of a delivery. To learn whether one is absent, test for _ABSENT, not
// for length 0, because the text may be empty.
//
// event_at and event_len give the text of the event: its position in the body and its length in
// bytes, without the quotes. A text may still contain JSON escapes, which event and action take
// into account. It has no byte below 0x20, but may be any other UTF-8, which can disturb a
// terminal.
typedef struct hooksig_delivery {
    hooksig_event event;
    hooksig_action action;
    size_t event_at;
    size_t event_len;
    size_t action_at;
    size_t action_len;
} hooksig_delivery;

// The header values of a delivery as Drone sends it, each with a NUL. Also send Content-Type:
// application/json, and X-Drone-Event, which is not signed, with the event of
// hooksig_delivery_read.
typedef struct hooksig_delivery_headers {
    char date[HOOKSIG_DATE_LEN + 1];
    char digest[HOOKSIG_DIGEST_FIELD_LEN + 1];
    char signature[HOOKSIG_DELIVERY_SIGNATURE_LEN + 1];
} hooksig_delivery_headers;

// A delivery to sign.
typedef struct hooksig_outgoing {
    const void *body;
    size_t body_len;
    int64_t now;
} hooksig_outgoing;

// One header field of a request, as received. White space around the value may be kept or removed.
// Pass a repeated field as often as it was received, in the same order.
typedef struct hooksig_header {
    // The name; ASCII case does not matter.
    const char *name;
    size_t name_len;
    // The value, which may be any bytes.
    const char *value;
    size_t value_len;
} hooksig_header;

// The head of a request, as an HTTP server provides it. All pointers are borrowed only during a
// call.
typedef struct hooksig_request {
    // The method, such as POST. Used only if a signature covers (request-target), which Drone's do
    // not. Otherwise it may be NULL with 0.
    const char *method;
    size_t method_len;
    // Path and query as received. Used like the method. If it is NULL, a signature over
    // (request-target) is refused with _MISSING_HEADER.
    const char *target;
    size_t target_len;
    // All header fields in the order received.
    const struct hooksig_header *headers;
    size_t headers_len;
} hooksig_request;

// A Drone delivery that is genuine and, if there is a replay guard, new.
typedef struct hooksig_received {
    struct hooksig_verified verified;
    struct hooksig_delivery delivery;
} hooksig_received;

// A request with a genuine head, whose body is not checked yet. hooksig_begin initialises it. It
// is not a verdict.
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

// Returns a stable name for logs and metrics, such as "digest-mismatch", or "unknown-status" for
// an unknown number: static text with a NUL; never NULL. The command-line tool prints the same
// names.
const char *hooksig_status_name(int32_t status);

// Returns one sentence for the operator about any status number: static text with a NUL; never
// NULL.
const char *hooksig_status_text(int32_t status);

// Initialises a key from a secret.
//
// key                 receives the key; its previous contents do not matter
// secret, secret_len  the secret, at least one byte, exactly as the Drone server has it: nothing
//                     is trimmed or decoded, so drop the newline at the end of a file. It is not
//                     kept, but a copy may remain on the stack until the stack is reused
//
// Returns HOOKSIG_STATUS_OK; _EMPTY_SECRET if secret_len is 0 or every byte is NUL, which HMAC
// cannot tell from an empty secret.
HOOKSIG_MUST_USE hooksig_status hooksig_key_init(struct hooksig_key *key, const void *secret,
        size_t secret_len);

// Overwrites a key with zeros. Does nothing if key is NULL.
void hooksig_key_wipe(struct hooksig_key *key);

// Initialises a policy with the defaults, which fit Drone: date and digest must be covered, Date
// must be within 300 s of the clock, algorithm must be hmac-sha256, and any keyId is accepted.
//
// policy  receives the policy; its previous contents do not matter
HOOKSIG_MUST_USE hooksig_status hooksig_policy_init(struct hooksig_policy *policy);

// Sets how far Date may be from the clock, in seconds, in either direction, both ends included.
//
// Risk of a larger value: without a replay guard, a recorded request can be replayed for that long
// after its Date.
HOOKSIG_MUST_USE hooksig_status hooksig_policy_set_max_skew(struct hooksig_policy *policy,
        uint32_t seconds);

// Sets the headers that a signature must cover, instead of date and digest.
//
// Risk of a list without digest: anyone who sees a request can send it with another body and a new
// Digest. Without date, anyone can send an old request with a new Date. Both fields must be
// present and valid even if they are not covered.
//
// policy          the policy to change
// list, list_len  names separated by single spaces, such as "date digest host"; at most
//                 HOOKSIG_REQUIRED_MAX_LEN bytes
//
// Returns HOOKSIG_STATUS_OK; _EMPTY_LIST, _MALFORMED_LIST, _REPEATED_NAME, _TOO_MANY_NAMES or
// _UNSUPPORTED_NAME if it is no list of supported names; _BUFFER_TOO_SMALL if it is too long. The
// policy changes only on HOOKSIG_STATUS_OK.
HOOKSIG_MUST_USE hooksig_status hooksig_policy_require(struct hooksig_policy *policy,
        const char *list, size_t list_len);

// Requires this keyId. By default any is accepted, because Drone sends hmac-key for every secret.
//
// policy              the policy to change
// key_id, key_id_len  the keyId, compared byte by byte; at most HOOKSIG_EXPECTED_KEY_ID_MAX_LEN
//                     bytes; NULL with 0 accepts any again
//
// Returns HOOKSIG_STATUS_OK; _INVALID_KEY_ID if it is empty and not NULL; _BUFFER_TOO_SMALL if it
// is too long. The policy changes only on HOOKSIG_STATUS_OK.
HOOKSIG_MUST_USE hooksig_status hooksig_policy_expect_key_id(struct hooksig_policy *policy,
        const char *key_id, size_t key_id_len);

// Sets whether a signature without algorithm is accepted as HMAC-SHA-256; false by default.
//
// This does not weaken verification, because HMAC-SHA-256 is computed in any case. A sender that
// uses another algorithm is then refused with _SIGNATURE_MISMATCH.
HOOKSIG_MUST_USE hooksig_status hooksig_policy_allow_missing_algorithm(
        struct hooksig_policy *policy, bool allow);

// Sets whether algorithm="hs2019" (drafts 11 and 12) is accepted as HMAC-SHA-256; false by
// default. See hooksig_policy_allow_missing_algorithm for the effect.
HOOKSIG_MUST_USE hooksig_status hooksig_policy_allow_hs2019(struct hooksig_policy *policy,
        bool allow);

// Claims a verified delivery, so that it is accepted once. Call it after hooksig_verify or
// hooksig_pending_body_finish. hooksig_receive, hooksig_pending_body_receive,
// hooksig_pending_body_finish_delivery and their _head forms claim the delivery themselves if they
// get a guard. Claim last, when nothing else can refuse the delivery.
//
// A full guard refuses new deliveries; it never forgets one that could still be replayed. Without
// a clock, entries never become free. A guard serves one process. For several, use a shared store
// that remembers verified->tag for longer than any of them could accept the delivery.
//
// receiver  the settings; only now and the guard's are used. now is HOOKSIG_NO_CLOCK if the
//           delivery was verified without a clock
// verified  the result of a verifying function
//
// Returns HOOKSIG_STATUS_OK if the delivery is new; _SKEW_TOO_LARGE if it was verified under a
// policy with a larger skew than guard_max_skew; _REPLAYED if it was claimed before; _DATE_TOO_OLD
// if it expired after its head was verified, for example while a slow body arrived;
// _REPLAY_GUARD_FULL, also if there is no guard. The guard changes only on HOOKSIG_STATUS_OK.
HOOKSIG_MUST_USE hooksig_status hooksig_replay_claim(const struct hooksig_receiver *receiver,
        const struct hooksig_verified *verified);

// Reads the event and action from a body, for a sender. A receiver uses hooksig_receive or
// hooksig_pending_body_finish_delivery, which also compare X-Drone-Event, because anyone can
// change that.
//
// body, body_len  the body, or enough of its beginning to contain both; reading stops when both
//                 are known
// delivery        receives the event and action
//
// Returns HOOKSIG_STATUS_OK; _MALFORMED_BODY, also if the text ends before both are known.
HOOKSIG_MUST_USE hooksig_status hooksig_delivery_read(const void *body, size_t body_len,
        struct hooksig_delivery *delivery);

// Signs a body as a Drone server does: Date, Digest, and a Signature over both with keyId
// "hmac-key".
//
// key             the key
// body, body_len  the body; NULL with 0 is an empty body
// now             the present time
// headers         receives the header values
//
// Returns HOOKSIG_STATUS_OK or _TIME_OUT_OF_RANGE.
HOOKSIG_MUST_USE hooksig_status hooksig_delivery_sign(const struct hooksig_key *key,
        const void *body, size_t body_len, int64_t now, struct hooksig_delivery_headers *headers);

// Signs many deliveries, each as hooksig_delivery_sign does. On a processor with SHA instructions,
// a delivery takes about 0.6 of the time of that function. Bodies may have any lengths.
//
// key                         the key
// deliveries, deliveries_len  the bodies and times; with 0 nothing is signed
// headers, headers_len        receives the header values, in the same order; at least
//                             deliveries_len elements
//
// Returns HOOKSIG_STATUS_OK; _BUFFER_TOO_SMALL if headers_len is less than deliveries_len;
// _TIME_OUT_OF_RANGE if one of the times is.
HOOKSIG_MUST_USE hooksig_status hooksig_delivery_sign_many(const struct hooksig_key *key,
        const struct hooksig_outgoing *deliveries, size_t deliveries_len,
        struct hooksig_delivery_headers *headers, size_t headers_len);

// Receives a Drone delivery whose body is in one buffer: verifies signature, policy, date and
// body, reads the event, compares every X-Drone-Event field with it and, if there is a guard,
// claims the delivery, so that it is accepted once.
//
// receiver        the settings
// request         the head
// body, body_len  the body as received, before any decompression; NULL with 0 is an empty body
// received        receives the key, date, tag, event and action
//
// Returns HOOKSIG_STATUS_OK if and only if the delivery is genuine and, with a guard, new.
// Otherwise, in this order, a status of hooksig_verify; of hooksig_delivery_read; _EVENT_MISMATCH
// if a field contradicts the body; with a guard, a status of hooksig_replay_claim. The guard
// changes only on success.
HOOKSIG_MUST_USE hooksig_status hooksig_receive(const struct hooksig_receiver *receiver,
        const struct hooksig_request *request, const void *body, size_t body_len,
        struct hooksig_received *received);

// As hooksig_receive, with a raw head.
HOOKSIG_MUST_USE hooksig_status hooksig_receive_head(const struct hooksig_receiver *receiver,
        const char *head, size_t head_len, const void *body, size_t body_len,
        struct hooksig_received *received);

// Does the rest of hooksig_receive after hooksig_begin: checks the body, reads the event, compares
// the X-Drone-Event fields, and claims the delivery if there is a guard.
//
// pending         the state; wiped, except on _NULL_POINTER, _INVALID_LENGTH, _MALFORMED_HEAD and
//                 _WRONG_STATE
// receiver        the settings; only now and the guard's are used. Without a guard, now is not
//                 used either; hooksig_replay_claim then checks whether the date has expired
// request         the head that hooksig_begin got. Another head is not detected, and makes the
//                 comparison of the event worthless
// body, body_len  the whole body, which is hashed here; NULL with 0 is an empty body
// received        receives the key, date, tag, event and action
//
// Returns HOOKSIG_STATUS_OK if and only if the delivery is genuine and, with a guard, new.
// Otherwise _WRONG_STATE, also if hooksig_pending_body_update hashed bytes before;
// _DIGEST_MISMATCH if the body is not the one that was signed; then as hooksig_receive.
HOOKSIG_MUST_USE hooksig_status hooksig_pending_body_receive(struct hooksig_pending_body *pending,
        const struct hooksig_receiver *receiver, const struct hooksig_request *request,
        const void *body, size_t body_len, struct hooksig_received *received);

// As hooksig_pending_body_receive, with the raw head that hooksig_begin_head got.
HOOKSIG_MUST_USE hooksig_status hooksig_pending_body_receive_head(
        struct hooksig_pending_body *pending, const struct hooksig_receiver *receiver,
        const char *head, size_t head_len, const void *body, size_t body_len,
        struct hooksig_received *received);

// Does the same as hooksig_pending_body_receive, for a body that hooksig_pending_body_update has
// hashed.
//
// pending, receiver, request  as for hooksig_pending_body_receive
// start, start_len            the body, or enough of its beginning to contain event and action.
//                             Pass the bytes that were hashed, because others are not detected
// received                    receives the key, date, tag, event and action; positions are
//                             relative to start
//
// Returns the statuses of hooksig_pending_body_receive, without _WRONG_STATE for hashed bytes;
// _MALFORMED_BODY also if start ends before both are known.
HOOKSIG_MUST_USE hooksig_status hooksig_pending_body_finish_delivery(
        struct hooksig_pending_body *pending, const struct hooksig_receiver *receiver,
        const struct hooksig_request *request, const void *start, size_t start_len,
        struct hooksig_received *received);

// As hooksig_pending_body_finish_delivery, with the raw head that hooksig_begin_head got.
HOOKSIG_MUST_USE hooksig_status hooksig_pending_body_finish_delivery_head(
        struct hooksig_pending_body *pending, const struct hooksig_receiver *receiver,
        const char *head, size_t head_len, const void *start, size_t start_len,
        struct hooksig_received *received);

// Checks the head of a request before the body arrives: parameters, policy, date, then the MAC.
// Nothing is hashed for a malformed or stale request.
//
// Then receive the body, without interpreting it. If it is in one buffer, get the verdict on a
// delivery from hooksig_pending_body_receive. If it comes in pieces, pass each to
// hooksig_pending_body_update and get the verdict from hooksig_pending_body_finish_delivery. Both
// compare X-Drone-Event and claim the delivery; hooksig_pending_body_finish does neither.
//
// pending   receives the state; its previous contents do not matter
// receiver  the settings; the guard is not used
// request   the head
//
// Returns HOOKSIG_STATUS_PENDING, which is not a verdict, if the head is genuine; never
// HOOKSIG_STATUS_OK. Errors are checked in the order of these groups, and the first in a group to
// be found is returned: _NULL_POINTER, _INVALID_LENGTH, _WRONG_STATE, _NO_KEYS;
// _MISSING_SIGNATURE, _REPEATED_SIGNATURE; _MALFORMED_PARAMS, _RFC9421_SIGNATURE, _REPEATED_PARAM,
// _MISSING_PARAM; _UNSUPPORTED_NAME, _MALFORMED_LIST, _REPEATED_NAME, _TOO_MANY_NAMES;
// _UNSUPPORTED_ALGORITHM, or _MISSING_PARAM if algorithm is absent; _UNEXPECTED_KEY_ID;
// _NOT_COVERED; _MALFORMED_SIGNATURE; _MISSING_DATE, _REPEATED_DATE, _MALFORMED_DATE,
// _DATE_TOO_OLD, _DATE_TOO_NEW; _MISSING_DIGEST, _REPEATED_DIGEST, _MALFORMED_DIGEST,
// _UNSUPPORTED_DIGEST, _DIGEST_MISMATCH if Digest has two different SHA-256 values;
// _TOO_MANY_NAMES if more than 16 fields repeat a covered header; _MISSING_HEADER,
// _CONTROL_BYTE, _HOST_MISMATCH; _SIGNING_STRING_TOO_LONG; _SIGNATURE_MISMATCH. pending is written
// only on HOOKSIG_STATUS_PENDING.
HOOKSIG_MUST_USE hooksig_status hooksig_begin(struct hooksig_pending_body *pending,
        const struct hooksig_receiver *receiver, const struct hooksig_request *request);

// As hooksig_begin, with a raw head: head_len bytes, as hooksig_head_body_len found them.
HOOKSIG_MUST_USE hooksig_status hooksig_begin_head(struct hooksig_pending_body *pending,
        const struct hooksig_receiver *receiver, const char *head, size_t head_len);

// Hashes the next piece of a body. Pieces may have any size. After the last one, get the verdict
// from hooksig_pending_body_finish_delivery.
//
// pending           the state
// chunk, chunk_len  the next bytes as received; NULL with 0 is an empty piece
//
// Returns HOOKSIG_STATUS_PENDING.
HOOKSIG_MUST_USE hooksig_status hooksig_pending_body_update(struct hooksig_pending_body *pending,
        const void *chunk, size_t chunk_len);

// Gives the verdict on a signed request that is not a Drone delivery, after its body was hashed in
// pieces. For a delivery use hooksig_pending_body_finish_delivery, because this function accepts a
// changed X-Drone-Event and a replay.
//
// pending   the state; wiped, except on _NULL_POINTER and _WRONG_STATE
// verified  receives the key, date and tag
//
// Returns HOOKSIG_STATUS_OK if and only if the request is genuine; _DIGEST_MISMATCH if the body is
// not the one that was signed.
HOOKSIG_MUST_USE hooksig_status hooksig_pending_body_finish(struct hooksig_pending_body *pending,
        struct hooksig_verified *verified);

// Verifies a request whose body is in one buffer: signature, policy, date and body. For a Drone
// delivery prefer hooksig_receive, which also compares the event and refuses a replay. If the MAC
// is wrong, at most as many blocks of the body were hashed as the MAC has.
//
// receiver, request, body, body_len  as for hooksig_receive; the guard is not used
// verified                           receives the key, date and tag
//
// Returns HOOKSIG_STATUS_OK if and only if the request is genuine. Otherwise an error of
// hooksig_begin, or _DIGEST_MISMATCH if the body is not the one that was signed.
HOOKSIG_MUST_USE hooksig_status hooksig_verify(const struct hooksig_receiver *receiver,
        const struct hooksig_request *request, const void *body, size_t body_len,
        struct hooksig_verified *verified);

// As hooksig_verify, with a raw head.
HOOKSIG_MUST_USE hooksig_status hooksig_verify_head(const struct hooksig_receiver *receiver,
        const char *head, size_t head_len, const void *body, size_t body_len,
        struct hooksig_verified *verified);

// Finds the end of a raw HTTP/1.1 (or 1.0) head and the length of the body after it.
//
// received, received_len  the bytes received so far, from the request line on; may include body
//                         bytes
// head_len                receives the length of the head and its empty line; the body follows
// body_len                receives Content-Length, or 0 without that field; at most PTRDIFF_MAX.
//                         Compare it with a limit before you add to it or allocate
//
// Returns HOOKSIG_STATUS_OK, which is not a verdict; _INCOMPLETE_HEAD if CR LF CR LF has not
// arrived yet; _MALFORMED_HEAD; _MALFORMED_LENGTH if there is a Transfer-Encoding field, more than
// one Content-Length, or one that is not a number or does not fit into memory.
//
// On _INCOMPLETE_HEAD receive more and call again, or refuse the head if the input ends or your
// buffer is full. Nothing else was checked yet, each call searches from the start, and a head with
// bare LF stays incomplete. After any other error close the connection, because the start of the
// next request is uncertain.
HOOKSIG_MUST_USE hooksig_status hooksig_head_body_len(const char *received, size_t received_len,
        size_t *head_len, size_t *body_len);

// Writes the value of a request's Signature field, with the parameters in Drone's order. For an
// Authorization field, put "Signature " before it. For a whole Drone delivery see
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
// Returns HOOKSIG_STATUS_OK; _INVALID_KEY_ID; _EMPTY_LIST, _TOO_MANY_NAMES, _MALFORMED_LIST,
// _REPEATED_NAME or _UNSUPPORTED_NAME if the list cannot be signed; _MISSING_HEADER if a name is
// not in the request; _CONTROL_BYTE; _HOST_MISMATCH; _SIGNING_STRING_TOO_LONG, because no receiver
// would accept the signature; _BUFFER_TOO_SMALL.
HOOKSIG_MUST_USE hooksig_status hooksig_sign(const struct hooksig_key *key, const char *key_id,
        size_t key_id_len, const struct hooksig_request *request, const char *list, size_t list_len,
        char *out, size_t out_capacity, size_t *out_len);

// Writes the signing string of a request (draft 10, section 2.3): for each name of the list a line
// "name: value", joined by LF. Use it for diagnostics or for other algorithms; hooksig_sign does
// not need it.
//
// request, list, list_len  as for hooksig_sign
// out, out_capacity        the buffer; NULL with 0 asks for the length, which is at most
//                          HOOKSIG_MAX_SIGNING_STRING_LEN
// out_len                  receives the length written, or the length needed on _BUFFER_TOO_SMALL
//
// Returns the statuses of hooksig_sign, except those about key and keyId.
HOOKSIG_MUST_USE hooksig_status hooksig_signing_string(const struct hooksig_request *request,
        const char *list, size_t list_len, char *out, size_t out_capacity, size_t *out_len);

// Writes the value of the Digest field for a body: "SHA-256=" and base64.
//
// body, body_len     the body; NULL with 0 is an empty body
// out, out_capacity  the buffer, of at least HOOKSIG_DIGEST_FIELD_LEN bytes
// out_len            receives HOOKSIG_DIGEST_FIELD_LEN, also on _BUFFER_TOO_SMALL
//
// Returns HOOKSIG_STATUS_OK or _BUFFER_TOO_SMALL.
HOOKSIG_MUST_USE hooksig_status hooksig_digest_field(const void *body, size_t body_len, char *out,
        size_t out_capacity, size_t *out_len);

// Writes a time as an HTTP-date, such as "Sun, 06 Nov 1994 08:49:37 GMT".
//
// unix_seconds       the time
// out, out_capacity  the buffer, of at least HOOKSIG_DATE_LEN bytes
// out_len            receives HOOKSIG_DATE_LEN, also on _BUFFER_TOO_SMALL
//
// Returns HOOKSIG_STATUS_OK, _TIME_OUT_OF_RANGE or _BUFFER_TOO_SMALL.
HOOKSIG_MUST_USE hooksig_status hooksig_date_format(int64_t unix_seconds, char *out,
        size_t out_capacity, size_t *out_len);

// Parses an HTTP-date in any of its three forms (RFC 9110, section 5.6.7).
//
// date, date_len  the text; letters are case-sensitive; the weekday need not fit the date
// now             the present time, not HOOKSIG_NO_CLOCK; decides the century of a two-digit year
// unix_seconds    receives the time
//
// Returns HOOKSIG_STATUS_OK or _MALFORMED_DATE.
HOOKSIG_MUST_USE hooksig_status hooksig_date_parse(const char *date, size_t date_len, int64_t now,
        int64_t *unix_seconds);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* HOOKSIG_H */
