/* The same as verifier.c, for a head that the HTTP server has already parsed. */

#include "delivery.h"

#include <hooksig.h>

int main(void)
{
    static const hooksig_header fields[] = {
        {"Date", 4, "Mon, 23 Nov 2026 07:41:31 GMT", 29},
        {"Digest", 6, "SHA-256=TfT2n+FS8GoaRJNruv8v+vvRFP2YkLnJAe37fFQqP0I=", 52},
        {"Signature", 9,
         "keyId=\"hmac-key\",algorithm=\"hmac-sha256\",signature=\"P8779Cd0fdnp4k29alT+"
         "tPWSdsKQEXheQAYZqobl8Lo=\",headers=\"date digest\"",
         119},
    };
    static const hooksig_request request = {"POST", 4, "/", 1, fields, 3};
    hooksig_key key;
    hooksig_pending_body pending;
    hooksig_verified verified;
    const hooksig_receiver receiver = {.keys = &key, .keys_len = 1, .now = DELIVERY_SENT};
    return hooksig_key_init(&key, DELIVERY_SECRET, sizeof DELIVERY_SECRET - 1) ||
           hooksig_begin(&pending, &receiver, &request) != HOOKSIG_STATUS_PENDING ||
           hooksig_pending_body_update(&pending, delivery + DELIVERY_HEAD_LEN,
                                       DELIVERY_BODY_LEN) != HOOKSIG_STATUS_PENDING ||
           hooksig_pending_body_finish(&pending, &verified);
}
