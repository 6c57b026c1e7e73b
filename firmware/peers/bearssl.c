#include "peer.h"

#include <bearssl_hash.h>
#include <bearssl_hmac.h>

static br_hmac_key_context key;
static br_sha256_context body_state;

void peer_key(const uint8_t *secret, size_t len)
{
    br_hmac_key_init(&key, &br_sha256_vtable, secret, len);
}

void peer_mac(const uint8_t *message, size_t len, uint8_t mac[32])
{
    br_hmac_context context;
    br_hmac_init(&context, &key, 0);
    br_hmac_update(&context, message, len);
    br_hmac_out(&context, mac);
}

void peer_hash(const uint8_t *message, size_t len, uint8_t hash[32])
{
    br_sha256_init(&body_state);
    br_sha256_update(&body_state, message, len);
    br_sha256_out(&body_state, hash);
}
