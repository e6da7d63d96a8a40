// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

/// HMAC-SHA256 (RFC 2104) with one key, prepared once and used for any number of messages; NULL if libcrypto failed.
/// (These are shims because the parameters of EVP_MAC are built by functions on incomplete types. Fetching the
/// algorithm and preparing the key take several times as long as a code of a short message.)
static inline EVP_MAC_CTX *walkback_hmac_new(const void *key, size_t key_size)
{
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0), OSSL_PARAM_construct_end()};
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(algorithm);
    EVP_MAC_free(algorithm);
    if (context != NULL && EVP_MAC_init(context, (const unsigned char *)key, key_size, parameters) != 1) {
        EVP_MAC_CTX_free(context);
        return NULL;
    }
    return context;
}

/// The code of one message, into 32 bytes. Returns 1, or 0 if libcrypto failed.
static inline int walkback_hmac_code(
    EVP_MAC_CTX *context, const void *message, size_t message_size, unsigned char *code)
{
    size_t size = 0;
    return EVP_MAC_init(context, NULL, 0, NULL) == 1 &&
           EVP_MAC_update(context, (const unsigned char *)message, message_size) == 1 &&
           EVP_MAC_final(context, code, &size, 32) == 1 && size == 32;
}
