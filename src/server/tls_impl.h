/* Shared by tls.c (connections) and tls_cert.c (the test authority). */
#ifndef CHELA_SERVER_TLS_IMPL_H
#define CHELA_SERVER_TLS_IMPL_H

#include "server/tls.h"

#include <openssl/ssl.h>

struct tls_server {
    SSL_CTX *context;
    BIO_METHOD *bio;
    X509 *certificate;
    EVP_PKEY *key;
    struct buf ca; /* PEM */
};

/* Fills certificate, key and ca. */
enum chela_error tls_make_certificates(struct tls_server *s, struct err *e);
enum chela_error tls_failed(struct err *e, const char *what);

#endif
