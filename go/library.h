/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef HOOKSIG_GO_LIBRARY_H
#define HOOKSIG_GO_LIBRARY_H

#if defined(__has_include)
#if !__has_include(<hooksig.h>)
#error "hooksig.h not found: for -tags hooksig_cgo install hooksig (make install), for -tags hooksig_static run `make lib` in the checkout, or build without tags: then the package is pure Go"
#endif
#endif

#include <hooksig.h>

/* The settings of a receiver without a guard: Go's own stores claim. */
static inline hooksig_receiver settings(const hooksig_key *keys, size_t keys_len,
                                        const hooksig_policy *policy, int64_t now)
{
    hooksig_receiver receiver = {keys, keys_len, policy, now, NULL, 0, 0};
    return receiver;
}

/* hooksig_receive, or hooksig_verify if delivery is NULL: one call from Go. */
static inline hooksig_status receive_request(const hooksig_key *keys, size_t keys_len,
                                             const hooksig_policy *policy, int64_t now,
                                             const hooksig_request *request,
                                             const void *body, size_t body_len,
                                             hooksig_verified *verified, hooksig_delivery *delivery)
{
    hooksig_receiver receiver = settings(keys, keys_len, policy, now);
    hooksig_received received;
    if (delivery == NULL)
        return hooksig_verify(&receiver, request, body, body_len, verified);
    hooksig_status status = hooksig_receive(&receiver, request, body, body_len, &received);
    if (status == HOOKSIG_STATUS_OK) {
        *verified = received.verified;
        *delivery = received.delivery;
    }
    return status;
}

/* The same for the three fields that Drone signs with. */
static inline hooksig_status receive_fields(const hooksig_key *keys, size_t keys_len,
                                            const hooksig_policy *policy, int64_t now,
                                            const char *signature, size_t signature_len,
                                            const char *date, size_t date_len,
                                            const char *digest, size_t digest_len,
                                            const void *body, size_t body_len,
                                            hooksig_verified *verified, hooksig_delivery *delivery)
{
    const hooksig_header headers[] = {{"Signature", 9, signature, signature_len},
                                      {"Date", 4, date, date_len},
                                      {"Digest", 6, digest, digest_len}};
    const hooksig_request request = {NULL, 0, NULL, 0, headers, 3};
    return receive_request(keys, keys_len, policy, now, &request, body, body_len, verified,
                           delivery);
}

/* hooksig_begin for its status: HOOKSIG_STATUS_OK if the body is worth reading. */
static inline hooksig_status check_head(const hooksig_key *keys, size_t keys_len,
                                        const hooksig_policy *policy, int64_t now,
                                        const hooksig_request *request)
{
    hooksig_pending_body pending;
    hooksig_receiver receiver = settings(keys, keys_len, policy, now);
    hooksig_status status = hooksig_begin(&pending, &receiver, request);
    return status == HOOKSIG_STATUS_PENDING ? HOOKSIG_STATUS_OK : status;
}

#endif
