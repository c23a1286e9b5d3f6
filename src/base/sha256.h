/* SHA-256, by OpenSSL's libcrypto, which is loaded when it is first asked (base/dynlib.h). */
#ifndef CHELA_BASE_SHA256_H
#define CHELA_BASE_SHA256_H

#include "base/err.h"

enum { SHA256_SIZE = 32 };

/* CHELA_UNAVAILABLE: the library is missing. */
enum chela_error sha256(unsigned char out[SHA256_SIZE], str bytes, struct err *e);

#endif
