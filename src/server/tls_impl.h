/* Shared by tls.c (connections), tls_client.c (whom we trust) and tls_cert.c (the test authority).
 */
#ifndef CHELA_SERVER_TLS_IMPL_H
#define CHELA_SERVER_TLS_IMPL_H

#include "server/tls.h"

#include <openssl/ssl.h>

struct tls_context {
    SSL_CTX *ssl;
    BIO_METHOD *bio;
};

struct tls_server {
    struct tls_context context;
    X509 *certificate;
    EVP_PKEY *key; /* NULL when it was loaded */
    struct buf ca; /* PEM; empty when the certificate was loaded */
};

bool tls_context_init(struct tls_context *c, const SSL_METHOD *method);
void tls_context_free(struct tls_context *c);
struct tls *tls_of(struct tls_context *c); /* neither client nor server yet */
SSL *tls_ssl(const struct tls *t);
bool tls_hello(struct tls *t, struct buf *wire); /* the client's first words */

/* Fills certificate, key and ca. */
enum chela_error tls_make_certificates(struct tls_server *s, struct err *e);
enum chela_error tls_failed(struct err *e, const char *what);

#endif
