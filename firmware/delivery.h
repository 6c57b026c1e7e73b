/* vectors/deliveries/user-created.http, a recorded delivery, in the image. */
#ifndef DELIVERY_H
#define DELIVERY_H

#include <stdint.h>

enum { DELIVERY_HEAD_LEN = 418, DELIVERY_BODY_LEN = 364, DELIVERY_LEN = 782 };

/* Its Date. */
#define DELIVERY_SENT INT64_C(1795419691)

#define DELIVERY_SECRET "bea26a2221fd8090ea38720fc445eca6"

extern const uint8_t delivery[DELIVERY_LEN];

#endif
