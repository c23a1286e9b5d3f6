/* OpenSSL with a BIO of our own: it reads from the slice at hand and writes into the connection's
 * buffer, so no byte waits in OpenSSL while a stream idles (SSL_MODE_RELEASE_BUFFERS does the
 * rest).
 */
#include "server/tls_impl.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

struct tls {
    SSL *ssl;
    str in;            /* not yet read by OpenSSL; valid during tls_take */
    struct buf *out;   /* where it writes; valid during a call */
    const char *fault; /* why it is broken */
};

/* ---- the BIO ---- */

static int bio_read(BIO *bio, char *dst, int n) {
    struct tls *t = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (t->in.n == 0 || n <= 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t take = t->in.n < (size_t)n ? t->in.n : (size_t)n;
    memcpy(dst, t->in.p, take);
    t->in = str_skip(t->in, take);
    return (int)take;
}

static int bio_write(BIO *bio, const char *src, int n) {
    struct tls *t = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (n <= 0 || !t->out || !buf_add(t->out, (str){ src, (size_t)n })) return -1;
    return n;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static int bio_create(BIO *bio) {
    BIO_set_init(bio, 1);
    return 1;
}

/* ---- settings: what both sides have in common ---- */

enum chela_error tls_failed(struct err *e, const char *what) {
    char why[160];
    ERR_error_string_n(ERR_get_error(), why, sizeof why);
    ERR_clear_error();
    return err_set(e, CHELA_INTERNAL, "TLS: %s: %s", what, why);
}

bool tls_context_init(struct tls_context *c, const SSL_METHOD *method) {
    c->ssl = SSL_CTX_new(method);
    c->bio = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "chela");
    if (!c->ssl || !c->bio || SSL_CTX_set_min_proto_version(c->ssl, TLS1_2_VERSION) != 1)
        return false;
    BIO_meth_set_read(c->bio, bio_read);
    BIO_meth_set_write(c->bio, bio_write);
    BIO_meth_set_ctrl(c->bio, bio_ctrl);
    BIO_meth_set_create(c->bio, bio_create);
    SSL_CTX_set_mode(c->ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(c->ssl, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(c->ssl, SSL_SESS_CACHE_OFF); /* tickets need no memory */
    return true;
}

void tls_context_free(struct tls_context *c) {
    SSL_CTX_free(c->ssl);
    BIO_meth_free(c->bio);
}

/* ---- the server's side ---- */

static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_n,
                       const unsigned char *offered, unsigned n, void *arg) {
    (void)ssl, (void)arg;
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen;
    if (SSL_select_next_proto(&chosen, out_n, ours, sizeof ours - 1, offered, n) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

/* With its certificates made or loaded by `certify`. */
static enum chela_error server_new(struct tls_server **out,
                                   enum chela_error (*certify)(struct tls_server *s, void *from,
                                                               struct err *e),
                                   void *from, struct err *e) {
    *out = NULL;
    struct tls_server *s = calloc(1, sizeof *s);
    if (!s) return err_set(e, CHELA_NOMEM, "TLS: out of memory");
    buf_init(&s->ca, 16 << 10);
    enum chela_error code = CHELA_OK;
    if (!tls_context_init(&s->context, TLS_server_method()))
        code = tls_failed(e, "setting up the server");
    if (code == CHELA_OK) code = certify(s, from, e);
    if (code != CHELA_OK) {
        tls_server_free(s);
        return code;
    }
    SSL_CTX_set_alpn_select_cb(s->context.ssl, choose_alpn, NULL);
    *out = s;
    return CHELA_OK;
}

static enum chela_error make(struct tls_server *s, void *from, struct err *e) {
    (void)from;
    enum chela_error code = tls_make_certificates(s, e);
    if (code != CHELA_OK) return code;
    if (SSL_CTX_use_certificate(s->context.ssl, s->certificate) != 1 ||
        SSL_CTX_use_PrivateKey(s->context.ssl, s->key) != 1)
        return tls_failed(e, "using the test certificate");
    return CHELA_OK;
}

enum chela_error tls_server_new(struct tls_server **out, struct err *e) {
    return server_new(out, make, NULL, e);
}

static enum chela_error unusable(struct err *e, const char *path, const char *what) {
    const char *why = ERR_reason_error_string(ERR_peek_last_error());
    err_set(e, CHELA_CONFIG, "%s: no %s can be read from it: %s", path, what,
            why ? why : "unknown error");
    ERR_clear_error();
    return CHELA_CONFIG;
}

static enum chela_error load(struct tls_server *s, void *from, struct err *e) {
    const char *const *path = from; /* certificate, key */
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(s->context.ssl, path[0]) != 1)
        return unusable(e, path[0], "certificate");
    if (SSL_CTX_use_PrivateKey_file(s->context.ssl, path[1], SSL_FILETYPE_PEM) != 1)
        return unusable(e, path[1], "key of that certificate");
    s->certificate = SSL_CTX_get0_certificate(s->context.ssl);
    X509_up_ref(s->certificate);
    return CHELA_OK;
}

enum chela_error tls_server_load(struct tls_server **out, const char *certificate, const char *key,
                                 struct err *e) {
    const char *path[] = { certificate, key };
    return server_new(out, load, path, e);
}

void tls_server_free(struct tls_server *s) {
    if (!s) return;
    tls_context_free(&s->context);
    X509_free(s->certificate);
    EVP_PKEY_free(s->key);
    buf_free(&s->ca);
    free(s);
}

str tls_server_ca(const struct tls_server *s) {
    return buf_str(&s->ca);
}

bool tls_server_covers(const struct tls_server *s, str host) {
    char text[256];
    if (host.n >= 2 && host.p[0] == '[') host = (str){ host.p + 1, host.n - 2 };
    if (host.n == 0 || !str_copy(text, sizeof text, host)) return false;
    return X509_check_host(s->certificate, text, host.n, 0, NULL) == 1 ||
           X509_check_ip_asc(s->certificate, text, 0) == 1;
}

/* ---- one connection ---- */

struct tls *tls_of(struct tls_context *c) {
    struct tls *t = calloc(1, sizeof *t);
    SSL *ssl = t ? SSL_new(c->ssl) : NULL;
    BIO *bio = ssl ? BIO_new(c->bio) : NULL;
    if (!bio) {
        SSL_free(ssl);
        free(t);
        return NULL;
    }
    BIO_set_data(bio, t);
    SSL_set_bio(ssl, bio, bio);
    t->ssl = ssl;
    return t;
}

SSL *tls_ssl(const struct tls *t) {
    return t->ssl;
}

struct tls *tls_new(struct tls_server *s) {
    struct tls *t = tls_of(&s->context);
    if (t) SSL_set_accept_state(t->ssl);
    return t;
}

bool tls_hello(struct tls *t, struct buf *wire) {
    t->out = wire;
    ERR_clear_error();
    int n = SSL_do_handshake(t->ssl);
    bool begun = n == 1 || SSL_get_error(t->ssl, n) == SSL_ERROR_WANT_READ;
    t->out = NULL;
    ERR_clear_error();
    return begun && !wire->failed;
}

void tls_free(struct tls *t) {
    if (!t) return;
    SSL_free(t->ssl);
    free(t);
}

static const char *reason(const struct tls *t) {
    long verdict = SSL_get_verify_result(t->ssl);
    if (verdict != X509_V_OK) return X509_verify_cert_error_string(verdict);
    return ERR_reason_error_string(ERR_peek_last_error());
}

const char *tls_fault(const struct tls *t) {
    return t->fault ? t->fault : "the connection was broken";
}

enum tls_status tls_take(struct tls *t, str in, struct buf *plain, struct buf *wire) {
    t->in = in;
    t->out = wire;
    enum tls_status status = TLS_OPEN;
    ERR_clear_error(); /* another connection's would be taken for ours */
    for (;;) {
        char *room = buf_room(plain, 16 << 10); /* one record at most */
        int n = room ? SSL_read(t->ssl, room, 16 << 10) : 0;
        if (n > 0) {
            plain->n += (size_t)n;
            continue;
        }
        int why = room ? SSL_get_error(t->ssl, n) : SSL_ERROR_SSL;
        if (why == SSL_ERROR_ZERO_RETURN) {
            status = TLS_ENDED;
        } else if (why != SSL_ERROR_WANT_READ) {
            status = TLS_BROKEN;
            t->fault = reason(t);
        }
        break;
    }
    t->in = (str){ 0 };
    t->out = NULL;
    ERR_clear_error();
    return status;
}

bool tls_ready(const struct tls *t) {
    return SSL_is_init_finished(t->ssl) == 1;
}

bool tls_give(struct tls *t, str plain, struct buf *wire) {
    t->out = wire;
    ERR_clear_error();
    while (plain.n) {
        int n = SSL_write(t->ssl, plain.p, plain.n > 1 << 20 ? 1 << 20 : (int)plain.n);
        if (n <= 0) break;
        plain = str_skip(plain, (size_t)n);
    }
    t->out = NULL;
    ERR_clear_error();
    return plain.n == 0;
}

void tls_goodbye(struct tls *t, struct buf *wire) {
    t->out = wire;
    SSL_shutdown(t->ssl);
    t->out = NULL;
    ERR_clear_error();
}
