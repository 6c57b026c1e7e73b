/* What a peer does of a verification: the MAC of the signing string, from a key that is ready, and
 * the SHA-256 of the body. */
#ifndef PEER_H
#define PEER_H

#include <stddef.h>
#include <stdint.h>

void peer_key(const uint8_t *secret, size_t len);
void peer_mac(const uint8_t *message, size_t len, uint8_t mac[32]);
void peer_hash(const uint8_t *message, size_t len, uint8_t hash[32]);

#endif
