/* The least that verifies a delivery: what it links is what verifying takes. */

#include "delivery.h"

#include <hooksig.h>

int main(void)
{
    hooksig_key key;
    hooksig_pending_body pending;
    hooksig_verified verified;
    return hooksig_key_init(&key, (const uint8_t *)DELIVERY_SECRET, sizeof DELIVERY_SECRET - 1) ||
           hooksig_begin_head(&pending, &key, 1, NULL, DELIVERY_SENT, (const char *)delivery,
                              DELIVERY_HEAD_LEN) ||
           hooksig_pending_body_update(&pending, delivery + DELIVERY_HEAD_LEN, DELIVERY_BODY_LEN) ||
           hooksig_pending_body_finish(&pending, &verified);
}
