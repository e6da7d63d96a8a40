// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

/// HMAC-SHA256 (RFC 2104) into 32 bytes. Returns 1, or 0 if libcrypto failed. (This is a shim because EVP_MD's
/// functions return pointers to incomplete types.)
static inline int walkback_hmac_sha256(
    const void *key, int key_size, const void *message, size_t message_size, unsigned char *code) {
    unsigned int size = 0;
    return HMAC(EVP_sha256(), key, key_size, (const unsigned char *)message, message_size, code, &size) != NULL &&
           size == 32;
}
