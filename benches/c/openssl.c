/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A hand-written receiver and sender on OpenSSL for exactly the requests that Drone sends:
 * `openssl one-shot ...` with HMAC() and SHA256(), `openssl reused ...` with reused contexts. */
#define _GNU_SOURCE
#include "contestant.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { SUM_LEN = 32, ENCODED_LEN = 44, DATE_LEN = 29 };

static const char before_signature[] = "keyId=\"hmac-key\",algorithm=\"hmac-sha256\",signature=\"";
static const char after_signature[] = "\",headers=\"date digest\"";
static const char before_digest[] = "SHA-256=";
static const char date_format[] = "%a, %d %b %Y %H:%M:%S GMT";

static bool reused;

/* Contexts to reuse. */
typedef struct {
    EVP_MAC_CTX *macs[MAX_SECRETS];
    EVP_MD_CTX *hash;
    EVP_MD *sha256;
} contexts;

static EVP_MAC_CTX *new_mac(EVP_MAC *hmac, const char *secret)
{
    char name[] = "SHA256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                           OSSL_PARAM_construct_end()};
    EVP_MAC_CTX *mac = EVP_MAC_CTX_new(hmac);
    if (mac == NULL || !EVP_MAC_init(mac, (const uint8_t *)secret, strlen(secret), params))
        abort();
    return mac;
}

static void *prepare(const operation *operation)
{
    contexts *made = (contexts *)allocate(sizeof *made);
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    made->hash = EVP_MD_CTX_new();
    made->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (hmac == NULL || made->hash == NULL || made->sha256 == NULL)
        abort();
    for (size_t i = 0; i < operation->secrets_len; i++)
        made->macs[i] = new_mac(hmac, operation->secrets[i]);
    EVP_MAC_free(hmac);
    return made;
}

static bool mac(const operation *operation, const contexts *contexts, size_t key,
                const char *message, size_t len, uint8_t *sum)
{
    const char *secret = operation->secrets[key];
    if (!reused)
        return HMAC(EVP_sha256(), secret, (int)strlen(secret), (const uint8_t *)message, len, sum,
                    NULL) != NULL;
    size_t sum_len;
    EVP_MAC_CTX *context = contexts->macs[key];
    return EVP_MAC_init(context, NULL, 0, NULL) &&
           EVP_MAC_update(context, (const uint8_t *)message, len) &&
           EVP_MAC_final(context, sum, &sum_len, SUM_LEN);
}

static bool hash(const contexts *contexts, const uint8_t *body, size_t len, uint8_t *sum)
{
    if (!reused)
        return SHA256(body, len, sum) != NULL;
    return EVP_DigestInit_ex2(contexts->hash, contexts->sha256, NULL) &&
           EVP_DigestUpdate(contexts->hash, body, len) &&
           EVP_DigestFinal_ex(contexts->hash, sum, NULL);
}

static bool is_base64_of(const char *encoded, const uint8_t *sum)
{
    uint8_t expected[ENCODED_LEN + 1];
    EVP_EncodeBlock(expected, sum, SUM_LEN);
    return CRYPTO_memcmp(encoded, expected, ENCODED_LEN) == 0;
}

typedef struct {
    const header *signature, *date, *digest;
} fields;

static bool find_fields(const delivery *delivery, fields *fields)
{
    for (size_t i = 0; i < delivery->headers_len; i++) {
        const header *header = &delivery->headers[i], **seen;
        if (strcasecmp(header->name, "signature") == 0)
            seen = &fields->signature;
        else if (strcasecmp(header->name, "date") == 0)
            seen = &fields->date;
        else if (strcasecmp(header->name, "digest") == 0)
            seen = &fields->digest;
        else if (strcasecmp(header->name, "authorization") == 0)
            return false;
        else
            continue;
        if (*seen != NULL)
            return false;
        *seen = header;
    }
    return fields->signature != NULL && fields->date != NULL && fields->digest != NULL;
}

static bool is_recent(const char *date, int64_t now)
{
    struct tm parts = {.tm_sec = 0};
    const char *end = strptime(date, date_format, &parts);
    return end != NULL && *end == '\0' && llabs((int64_t)timegm(&parts) - now) <= MAX_SKEW;
}

/* Returns the base64 in a signature, or NULL if the signature is not in Drone's form. */
static const char *encoded_mac(const header *signature)
{
    const size_t before = sizeof before_signature - 1, after = sizeof after_signature - 1;
    if (signature->value_len != before + ENCODED_LEN + after ||
        memcmp(signature->value, before_signature, before) != 0 ||
        memcmp(signature->value + before + ENCODED_LEN, after_signature, after) != 0)
        return NULL;
    return signature->value + before;
}

/* Writes the signed text, and returns its length. */
static size_t write_message(char *message, size_t room, const char *date, const char *digest)
{
    size_t date_len = strlen(date), digest_len = strlen(digest), at = 6;
    if (at + date_len + 9 + digest_len > room)
        return 0;
    memcpy(message, "date: ", 6);
    memcpy(message + at, date, date_len);
    at += date_len;
    memcpy(message + at, "\ndigest: ", 9);
    at += 9;
    memcpy(message + at, digest, digest_len);
    return at + digest_len;
}

static bool verify_head(const operation *operation, const contexts *contexts, fields *fields)
{
    char message[256];
    uint8_t sum[SUM_LEN];
    if (!find_fields(&operation->delivery, fields))
        return false;
    const char *encoded = encoded_mac(fields->signature);
    if (encoded == NULL || !is_recent(fields->date->value, operation->now))
        return false;
    size_t len =
        write_message(message, sizeof message, fields->date->value, fields->digest->value);
    for (size_t i = 0; i < operation->secrets_len && len > 0; i++)
        if (mac(operation, contexts, i, message, len, sum) && is_base64_of(encoded, sum))
            return true;
    return false;
}

static bool verify(const operation *operation, const contexts *contexts)
{
    fields fields = {NULL, NULL, NULL};
    uint8_t sum[SUM_LEN];
    if (!verify_head(operation, contexts, &fields) ||
        fields.digest->value_len != sizeof before_digest - 1 + ENCODED_LEN ||
        memcmp(fields.digest->value, before_digest, sizeof before_digest - 1) != 0)
        return false;
    return hash(contexts, operation->delivery.body, operation->delivery.body_len, sum) &&
           is_base64_of(fields.digest->value + sizeof before_digest - 1, sum);
}

static bool sign(const operation *operation, const contexts *contexts)
{
    char date[DATE_LEN + 1], digest[sizeof before_digest + ENCODED_LEN], message[256];
    char signature[sizeof before_signature + ENCODED_LEN + sizeof after_signature];
    uint8_t sum[SUM_LEN], encoded[ENCODED_LEN + 1];
    time_t now = (time_t)operation->now;
    struct tm parts;
    if (strftime(date, sizeof date, date_format, gmtime_r(&now, &parts)) != DATE_LEN ||
        !hash(contexts, operation->delivery.body, operation->delivery.body_len, sum))
        return false;
    EVP_EncodeBlock(encoded, sum, SUM_LEN);
    snprintf(digest, sizeof digest, "%s%s", before_digest, (char *)encoded);
    size_t len = write_message(message, sizeof message, date, digest);
    if (!mac(operation, contexts, 0, message, len, sum))
        return false;
    EVP_EncodeBlock(encoded, sum, SUM_LEN);
    snprintf(signature, sizeof signature, "%s%s%s", before_signature, (char *)encoded,
             after_signature);
    __asm__ volatile("" : : "r"(signature) : "memory");
    return true;
}

static bool call(const operation *operation, void *prepared)
{
    fields fields = {NULL, NULL, NULL};
    switch (operation->kind) {
    case SIGN: return sign(operation, prepared);
    case HEAD: return verify_head(operation, prepared, &fields);
    default: return verify(operation, prepared);
    }
}

int main(int argc, char **argv)
{
    char title[128];
    if (argc < 2)
        return EXIT_FAILURE;
    reused = strcmp(argv[1], "reused") == 0;
    snprintf(title, sizeof title, "by hand, C, OpenSSL %s, %s",
             OpenSSL_version(OPENSSL_VERSION_STRING), reused ? "contexts reused" : "one-shot");
    return serve(argc, argv, title, prepare, call);
}
