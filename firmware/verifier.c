/* The smallest verifier, to measure the cost of verifying. */

#include "delivery.h"

#include <hooksig.h>

int main(void)
{
    hooksig_key key;
    hooksig_pending_body pending;
    hooksig_verified verified;
    const hooksig_receiver receiver = {.keys = &key, .keys_len = 1, .now = DELIVERY_SENT};
    return hooksig_key_init(&key, DELIVERY_SECRET, sizeof DELIVERY_SECRET - 1) ||
           hooksig_begin_head(&pending, &receiver, (const char *)delivery, DELIVERY_HEAD_LEN) !=
               HOOKSIG_STATUS_PENDING ||
           hooksig_pending_body_update(&pending, delivery + DELIVERY_HEAD_LEN,
                                       DELIVERY_BODY_LEN) != HOOKSIG_STATUS_PENDING ||
           hooksig_pending_body_finish(&pending, &verified);
}
