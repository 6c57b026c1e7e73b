/* A peer's part of a verification: the MAC of the signing string with a prepared key, and the
 * SHA-256 of the body. */
#ifndef PEER_H
#define PEER_H

#include <stddef.h>
#include <stdint.h>

void peer_key(const uint8_t *secret, size_t len);
void peer_mac(const uint8_t *message, size_t len, uint8_t mac[32]);
void peer_hash(const uint8_t *message, size_t len, uint8_t hash[32]);

#endif
