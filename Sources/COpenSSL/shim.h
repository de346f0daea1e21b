#ifndef BUDSTIKKE_COPENSSL_SHIM_H
#define BUDSTIKKE_COPENSSL_SHIM_H
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

/* EVP_PKEY_Q_keygen is variadic. NULL when the machine has no randomness or no memory. */
static inline EVP_PKEY *budstikke_p256_key(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"); }
#endif
