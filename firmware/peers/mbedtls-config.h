/* SHA-256 and nothing else. */
#define MBEDTLS_SHA256_C
