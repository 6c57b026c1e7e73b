/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef HOOKSIG_GO_LIBRARY_H
#define HOOKSIG_GO_LIBRARY_H

#if defined(__has_include)
#if !__has_include(<hooksig.h>)
#error "hooksig.h not found: install hooksig (make install), or run `make lib` in the checkout and build with -tags hooksig_static"
#endif
#endif

#include <hooksig.h>

/* hooksig_verify_fields, then hooksig_delivery_read unless delivery is NULL: one call from Go. */
static inline hooksig_status receive_fields(const hooksig_key *keys, size_t keys_len,
                                            const hooksig_policy *policy, int64_t now,
                                            const char *signature, size_t signature_len,
                                            const char *date, size_t date_len,
                                            const char *digest, size_t digest_len,
                                            const uint8_t *body, size_t body_len,
                                            hooksig_verified *verified, hooksig_delivery *delivery)
{
    hooksig_status status =
        hooksig_verify_fields(keys, keys_len, policy, now, signature, signature_len, date, date_len,
                              digest, digest_len, body, body_len, verified);
    if (status != HOOKSIG_STATUS_OK || delivery == NULL)
        return status;
    return hooksig_delivery_read(body, body_len, NULL, 0, delivery);
}

/* The same for a whole head. */
static inline hooksig_status receive_request(const hooksig_key *keys, size_t keys_len,
                                             const hooksig_policy *policy, int64_t now,
                                             const hooksig_request *request,
                                             const uint8_t *body, size_t body_len,
                                             hooksig_verified *verified, hooksig_delivery *delivery)
{
    hooksig_status status =
        hooksig_verify(keys, keys_len, policy, now, request, body, body_len, verified);
    if (status != HOOKSIG_STATUS_OK || delivery == NULL)
        return status;
    return hooksig_delivery_read(body, body_len, NULL, 0, delivery);
}

/* hooksig_begin for its status alone: whether the body is worth reading. */
static inline hooksig_status check_head(const hooksig_key *keys, size_t keys_len,
                                        const hooksig_policy *policy, int64_t now,
                                        const hooksig_request *request)
{
    hooksig_pending_body pending;
    return hooksig_begin(&pending, keys, keys_len, policy, now, request);
}

#endif
