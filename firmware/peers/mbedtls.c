/* mbedTLS's own HMAC needs a heap, so this one is built on its SHA-256, with both midstates
 * kept. */

#include "peer.h"

#include <mbedtls/sha256.h>
#include <string.h>

enum { BLOCK_LEN = 64 };

static mbedtls_sha256_context inner, outer, body_state;

static void midstate(mbedtls_sha256_context *context, const uint8_t *secret, size_t len,
                     uint8_t pad)
{
    uint8_t block[BLOCK_LEN] = {0};
    memcpy(block, secret, len);
    for (size_t at = 0; at < BLOCK_LEN; at++)
        block[at] ^= pad;
    mbedtls_sha256_init(context);
    mbedtls_sha256_starts_ret(context, 0);
    mbedtls_sha256_update_ret(context, block, BLOCK_LEN);
}

void peer_key(const uint8_t *secret, size_t len)
{
    midstate(&inner, secret, len, 0x36);
    midstate(&outer, secret, len, 0x5c);
}

void peer_mac(const uint8_t *message, size_t len, uint8_t mac[32])
{
    mbedtls_sha256_context context = inner;
    mbedtls_sha256_update_ret(&context, message, len);
    mbedtls_sha256_finish_ret(&context, mac);
    context = outer;
    mbedtls_sha256_update_ret(&context, mac, 32);
    mbedtls_sha256_finish_ret(&context, mac);
}

void peer_hash(const uint8_t *message, size_t len, uint8_t hash[32])
{
    mbedtls_sha256_init(&body_state);
    mbedtls_sha256_starts_ret(&body_state, 0);
    mbedtls_sha256_update_ret(&body_state, message, len);
    mbedtls_sha256_finish_ret(&body_state, hash);
}
