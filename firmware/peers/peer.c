/* Measures the stack and instructions of a peer for the bytes that verifying the recorded
 * delivery hashes. */

#include "../board.h"
#include "../delivery.h"
#include "../measure.h"
#include "peer.h"

#include <string.h>

enum { SIGNING_STRING_LEN = 96, LONG_BODY_LEN = 64 * 64 };

static const char SIGNING_STRING[] =
    "date: Mon, 23 Nov 2026 07:41:31 GMT\n"
    "digest: SHA-256=TfT2n+FS8GoaRJNruv8v+vvRFP2YkLnJAe37fFQqP0I=";

/* The delivery's MAC: P8779Cd0... in base64. */
static const uint8_t MAC_START[] = {0x3f, 0xce, 0xfb, 0xf4, 0x27, 0x74};

static uint8_t mac[32], hash[32], long_body[LONG_BODY_LEN];

static void key(void)
{
    peer_key((const uint8_t *)DELIVERY_SECRET, sizeof DELIVERY_SECRET - 1);
}

static void sign(void)
{
    peer_mac((const uint8_t *)SIGNING_STRING, SIGNING_STRING_LEN, mac);
}

static void digest(void)
{
    peer_hash(delivery + DELIVERY_HEAD_LEN, DELIVERY_BODY_LEN, hash);
}

static void both(void)
{
    sign();
    digest();
}

static void digest_one_block(void)
{
    peer_hash(long_body, 64, hash);
}

static void digest_long_body(void)
{
    peer_hash(long_body, sizeof long_body, hash);
}

int main(void)
{
    report("key", key);
    report("MAC of 96 bytes", sign);
    report("SHA-256 of 364 bytes", digest);
    report("both", both);
    report("64 bytes of body", digest_one_block);
    report("4096 bytes of body", digest_long_body);
    return memcmp(mac, MAC_START, sizeof MAC_START) == 0 ? 0 : 1;
}
