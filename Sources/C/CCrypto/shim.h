// SPDX-License-Identifier: Apache-2.0
#pragma once

// The functions on SHA256_CTX are deprecated in favour of EVP, with which a code of a short message takes twice as
// long: it allocates, and looks algorithms up. A probe makes and checks a code for each of its datagrams.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

/// HMAC-SHA256 (RFC 2104) with one key: the two digests after the key, from which every code begins. (This is a shim
/// because it has to stay small and be inlined; Swift would copy SHA256_CTX field by field.)
typedef struct {
    SHA256_CTX inner, outer;
} walkback_hmac;

static inline walkback_hmac walkback_hmac_with_key(const void *key, size_t key_size)
{
    walkback_hmac hmac;
    unsigned char block[SHA256_CBLOCK] = {0};
    if (key_size > sizeof block)
        SHA256((const unsigned char *)key, key_size, block);
    else if (key_size > 0)
        memcpy(block, key, key_size);
    for (size_t i = 0; i < sizeof block; i++)
        block[i] ^= 0x36;
    SHA256_Init(&hmac.inner);
    SHA256_Update(&hmac.inner, block, sizeof block);
    for (size_t i = 0; i < sizeof block; i++)
        block[i] ^= 0x36 ^ 0x5c;
    SHA256_Init(&hmac.outer);
    SHA256_Update(&hmac.outer, block, sizeof block);
    OPENSSL_cleanse(block, sizeof block);
    return hmac;
}

/// The code of one message, into 32 bytes.
static inline void walkback_hmac_code(
    const walkback_hmac *hmac, const void *message, size_t message_size, unsigned char *code)
{
    SHA256_CTX digest = hmac->inner;
    SHA256_Update(&digest, message, message_size);
    SHA256_Final(code, &digest);
    digest = hmac->outer;
    SHA256_Update(&digest, code, SHA256_DIGEST_LENGTH);
    SHA256_Final(code, &digest);
}
