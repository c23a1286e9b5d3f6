/* The client's side: whom we trust, and that the certificate is for the name that was asked for. */
#include "server/tls_impl.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

struct tls_client {
    struct tls_context context;
};

/* A file or folder that the user names must be there: without it every certificate would be
 * refused, for no visible reason. */
static enum chela_error trust_named(SSL_CTX *c, const char *variable, const char *path,
                                    int (*load)(SSL_CTX *, const char *), struct err *e) {
    ERR_clear_error();
    if (load(c, path) == 1) return CHELA_OK;
    const char *why = ERR_reason_error_string(ERR_peek_last_error());
    err_set(e, CHELA_CONFIG, "%s=%s: no certificates can be read from it: %s", variable, path,
            why ? why : "unknown error");
    ERR_clear_error();
    return CHELA_CONFIG;
}

static enum chela_error trust(SSL_CTX *c, struct err *e) {
    const char *file = getenv("SSL_CERT_FILE"), *folder = getenv("SSL_CERT_DIR");
    enum chela_error code = CHELA_OK;
    if (file && *file) code = trust_named(c, "SSL_CERT_FILE", file, SSL_CTX_load_verify_file, e);
    if (code == CHELA_OK && folder && *folder)
        code = trust_named(c, "SSL_CERT_DIR", folder, SSL_CTX_load_verify_dir, e);
    if ((file && *file) || (folder && *folder) || code != CHELA_OK) return code;
    /* The folder is searched by name when a certificate comes; a bundle, where the system has one
     * beside it (cert.pem), is read here. */
    return SSL_CTX_set_default_verify_paths(c) == 1
               ? CHELA_OK
               : tls_failed(e, "finding the system's certificates");
}

enum chela_error tls_client_new(struct tls_client **out, struct err *e) {
    static const unsigned char http[] = "\x08http/1.1";
    *out = NULL;
    struct tls_client *c = calloc(1, sizeof *c);
    if (!c) return err_set(e, CHELA_NOMEM, "TLS: out of memory");
    enum chela_error code = CHELA_OK;
    if (!tls_context_init(&c->context, TLS_client_method()) ||
        SSL_CTX_set_alpn_protos(c->context.ssl, http, sizeof http - 1) != 0)
        code = tls_failed(e, "setting up the client");
    if (code == CHELA_OK) code = trust(c->context.ssl, e);
    if (code != CHELA_OK) {
        tls_client_free(c);
        return code;
    }
    SSL_CTX_set_verify(c->context.ssl, SSL_VERIFY_PEER, NULL);
    *out = c;
    return CHELA_OK;
}

void tls_client_free(struct tls_client *c) {
    if (!c) return;
    tls_context_free(&c->context);
    free(c);
}

static bool is_address(const char *host) {
    unsigned char bytes[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

struct tls *tls_connect(struct tls_client *c, const char *host, struct buf *wire) {
    struct tls *t = tls_of(&c->context);
    if (!t) return NULL;
    SSL *ssl = tls_ssl(t);
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    bool named = is_address(host) ? X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1
                                  : X509_VERIFY_PARAM_set1_host(param, host, 0) == 1 &&
                                        SSL_set_tlsext_host_name(ssl, host) == 1;
    SSL_set_connect_state(ssl);
    if (named && tls_hello(t, wire)) return t;
    tls_free(t);
    return NULL;
}
