/* HTTPS on the server's port, and through CONNECT: with a client that trusts nobody but the file
 * that the sandbox writes. */
#include "server_fixture.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static struct fixture f;
static struct tls_server *tls;
static SSL_CTX *client;
static atomic_bool gone;

enum { LARGE = 3 << 20 };

static void on_gone(struct exchange *x) {
    (void)x;
    atomic_store(&gone, true);
}

static void tick(struct exchange *x) {
    exchange_write(x, S("tick"));
    exchange_after(x, 20, tick);
}

static void on_request(void *ctx, struct exchange *x) {
    (void)ctx;
    const struct server_request *r = exchange_request(x);
    exchange_on_closed(x, on_gone);
    if (str_eq(r->path, S("/large"))) {
        char *bytes = malloc(LARGE);
        for (size_t i = 0; i < LARGE; i++) bytes[i] = (char)(i * 31 >> 3);
        exchange_answer(x, 200, S("application/octet-stream"), (str){ bytes, LARGE });
        free(bytes);
    } else if (str_eq(r->path, S("/ticks"))) {
        exchange_head(x, 200, NULL, 0, -1);
        tick(x);
    } else if (str_eq(r->path, S("/cut"))) {
        exchange_head(x, 200, NULL, 0, -1);
        exchange_write(x, S("half"));
        exchange_abort(x);
    } else {
        exchange_answer(x, 200, S("text/plain"),
                        arena_printf(r->arena, "%.*s %.*s %.*s %zu", STR_ARG(r->method),
                                     STR_ARG(r->path), STR_ARG(exchange_header(x, S("host"))),
                                     r->body.n));
    }
}

static const struct server_handler handler = { NULL, on_request };

static SSL_CTX *new_client(str ca) {
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    BIO *bio = BIO_new_mem_buf(ca.p, (int)ca.n);
    X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    assert_non_null(certificate);
    assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), certificate), 1);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    X509_free(certificate);
    BIO_free(bio);
    return ctx;
}

static int set_up(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    if (tls_server_new(&tls, &e) != CHELA_OK) fail_msg("%s", e.message);
    client = new_client(tls_server_ca(tls));
    atomic_store(&gone, false);
    f.limits = server_default_limits;
    f.limits.header_ms = 300;
    f.limits.drain_ms = 300;
    fixture_start(&f, &handler, tls);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    fixture_stop(&f);
    SSL_CTX_free(client);
    tls_server_free(tls);
    return 0;
}

/* NULL when the handshake fails. alpn: in wire form, or NULL. */
static SSL *shake(SSL_CTX *ctx, int fd, const char *host, const char *alpn) {
    SSL *ssl = SSL_new(ctx);
    SSL_set_fd(ssl, fd);
    SSL_set_tlsext_host_name(ssl, host);
    X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
    if (!X509_VERIFY_PARAM_set1_ip_asc(param, host)) SSL_set1_host(ssl, host);
    if (alpn) SSL_set_alpn_protos(ssl, (const unsigned char *)alpn, (unsigned)strlen(alpn));
    if (SSL_connect(ssl) == 1) return ssl;
    ERR_clear_error();
    SSL_free(ssl);
    return NULL;
}

static void put_tls(SSL *ssl, str bytes) {
    assert_int_equal(SSL_write(ssl, bytes.p, (int)bytes.n), (int)bytes.n);
}

/* Reads until `until` stands at the end, n bytes are there, or the connection ends. */
static str read_tls(SSL *ssl, struct buf *out, str until, size_t n) {
    while (out->n < n && !(until.n && str_ends(buf_str(out), until))) {
        char *room = buf_room(out, 16 << 10);
        int k = SSL_read(ssl, room, 16 << 10);
        if (k <= 0) break;
        out->n += (size_t)k;
    }
    return buf_str(out);
}

static void check_get(SSL *ssl, const char *host) {
    struct buf in = BUF_INIT(1 << 20);
    char want[100];
    int n = snprintf(want, sizeof want, "\r\n\r\nPOST /api %s 2", host);
    put_tls(ssl, S("POST /api HTTP/1.1\r\nContent-Length: 2\r\nHost: "));
    put_tls(ssl, str_c(host));
    put_tls(ssl, S("\r\n\r\nhi"));
    str got = read_tls(ssl, &in, (str){ want, (size_t)n }, 1 << 20);
    assert_true(str_starts(got, S("HTTP/1.1 200 OK\r\n")));
    assert_true(str_ends(got, (str){ want, (size_t)n }));
    buf_free(&in);
}

static void hang_up(SSL *ssl, int fd) {
    SSL_free(ssl);
    close(fd);
}

/* ---- HTTPS on the port ---- */

static void test_https_for_every_name(void **state) {
    (void)state;
    const char *names[] = { "openrouter.ai", "eu.openrouter.ai", "localhost", "127.0.0.1", "::1" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int fd = dial_port(f.port);
        SSL *ssl = shake(client, fd, names[i], "\x02h2\x08http/1.1");
        if (!ssl) fail_msg("%s: no handshake", names[i]);
        const unsigned char *chosen;
        unsigned n;
        SSL_get0_alpn_selected(ssl, &chosen, &n);
        assert_text((str){ (const char *)chosen, n }, "http/1.1");
        check_get(ssl, "a");
        check_get(ssl, "b"); /* kept alive */
        hang_up(ssl, fd);
    }
}

static void test_who_must_not_be_trusted(void **state) {
    (void)state;
    int fd = dial_port(f.port);
    assert_null(shake(client, fd, "example.com", NULL));
    close(fd);
    fd = dial_port(f.port);
    assert_null(shake(client, fd, "openrouter.ai.example.com", NULL));
    close(fd);
    struct tls_server *other; /* each start has an authority of its own */
    struct err e = ERR_INIT;
    assert_int_equal(tls_server_new(&other, &e), CHELA_OK);
    SSL_CTX *stranger = new_client(tls_server_ca(other));
    fd = dial_port(f.port);
    assert_null(shake(stranger, fd, "openrouter.ai", NULL));
    close(fd);
    SSL_CTX_free(stranger);
    tls_server_free(other);
    fd = dial_port(f.port);
    assert_null(shake(client, fd, "openrouter.ai", "\x02h2")); /* no HTTP/2 here */
    close(fd);
}

static void test_certificate(void **state) {
    (void)state;
    str pem = tls_server_ca(tls);
    assert_true(str_starts(pem, S("-----BEGIN CERTIFICATE-----\n")));
    assert_false(str_has(pem, S("PRIVATE")));
    BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
    X509 *ca = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    int days = 0, seconds = 0;
    assert_int_equal(X509_check_ca(ca), 1);
    assert_int_equal(ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(ca)), 1);
    assert_true(days == 1 || (days == 2 && seconds < 60));
    assert_true(X509_cmp_current_time(X509_get0_notBefore(ca)) < 0);
    X509_free(ca);
    BIO_free(bio);
    assert_true(tls_server_covers(tls, S("openrouter.ai")));
    assert_true(tls_server_covers(tls, S("[::1]")));
    assert_false(tls_server_covers(tls, S("a.b.openrouter.ai")));
    assert_false(tls_server_covers(tls, S("openrouter.ai.evil.example")));
    assert_false(tls_server_covers(tls, S("")));
}

static void test_large_answers(void **state) {
    (void)state;
    int fd = dial_port(f.port);
    SSL *ssl = shake(client, fd, "localhost", NULL);
    struct buf in = BUF_INIT(8 << 20);
    put_tls(ssl, S("GET /large HTTP/1.1\r\nHost: a\r\n\r\n"));
    usleep(100000);
    str head = read_tls(ssl, &in, S(""), 1000);
    ptrdiff_t end = str_find(head, S("\r\n\r\n"));
    assert_true(end > 0);
    str body = str_skip(read_tls(ssl, &in, S(""), (size_t)end + 4 + LARGE), (size_t)end + 4);
    assert_int_equal(body.n, LARGE);
    for (size_t i = 0; i < LARGE; i++)
        if (body.p[i] != (char)(i * 31 >> 3)) fail_msg("byte %zu is wrong", i);
    buf_free(&in);
    hang_up(ssl, fd);
}

static void test_ends_are_told_apart(void **state) {
    (void)state;
    struct buf in = BUF_INIT(1 << 20);
    int fd = dial_port(f.port);
    SSL *ssl = shake(client, fd, "localhost", NULL);
    put_tls(ssl, S("GET / HTTP/1.0\r\n\r\n"));
    read_tls(ssl, &in, S(""), 1 << 20);
    assert_int_equal(SSL_get_shutdown(ssl), SSL_RECEIVED_SHUTDOWN); /* a proper goodbye */
    hang_up(ssl, fd);
    buf_clear(&in);
    fd = dial_port(f.port);
    ssl = shake(client, fd, "localhost", NULL);
    put_tls(ssl, S("GET /cut HTTP/1.1\r\nHost: a\r\n\r\n"));
    str got = read_tls(ssl, &in, S(""), 1 << 20);
    assert_true(str_ends(got, S("4\r\nhalf\r\n")));
    assert_int_equal(SSL_get_shutdown(ssl), 0); /* cut */
    ERR_clear_error();
    hang_up(ssl, fd);
    buf_free(&in);
}

static void test_disconnects(void **state) {
    (void)state;
    for (int polite = 0; polite < 2; polite++) {
        struct buf in = BUF_INIT(1 << 20);
        atomic_store(&gone, false);
        int fd = dial_port(f.port);
        SSL *ssl = shake(client, fd, "localhost", NULL);
        put_tls(ssl, S("GET /ticks HTTP/1.1\r\nHost: a\r\n\r\n"));
        read_tls(ssl, &in, S("tick\r\n"), 1 << 20);
        if (polite)
            SSL_shutdown(ssl);
        else
            close(fd);
        assert_in_range(wait_for(&gone, 2000), 0, 2000);
        SSL_free(ssl);
        if (polite) close(fd);
        ERR_clear_error();
        buf_free(&in);
    }
}

static void test_no_tls_at_all(void **state) {
    (void)state;
    struct answer a; /* plain HTTP on the same port */
    answer_init(&a);
    int fd = dial_port(f.port);
    put(fd, S("GET /plain HTTP/1.1\r\nHost: a\r\n\r\n"));
    take(&a, fd, false);
    assert_text(a.body, "GET /plain a 0");
    close(fd);
    answer_free(&a);
    answer_init(&a);
    fd = dial_port(f.port); /* begins like TLS, and is none: an alert, then the end */
    put(fd, S("\x16\x03\x01 this is no hello at all"));
    while (answer_more(&a, fd) > 0) {}
    assert_true(a.raw.n < 64);
    close(fd);
    answer_free(&a);
    answer_init(&a);
    fd = dial_port(f.port); /* begins like TLS, and stops */
    put(fd, S("\x16\x03\x01\x02"));
    int64_t start = clock_ms();
    assert_ended(&a, fd);
    assert_in_range(clock_ms() - start, 200, 2000);
    close(fd);
    answer_free(&a);
}

/* ---- CONNECT ---- */

static int tunnel(const char *authority) {
    struct answer a;
    answer_init(&a);
    int fd = dial_port(f.port);
    char text[200];
    int n = snprintf(text, sizeof text, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", authority,
                     authority);
    put(fd, (str){ text, (size_t)n });
    while (!str_ends(buf_str(&a.raw), S("\r\n\r\n")) && answer_more(&a, fd) > 0) {}
    bool good = str_starts(buf_str(&a.raw), S("HTTP/1.1 200 "));
    answer_free(&a);
    if (good) return fd;
    close(fd);
    return -1;
}

static void test_connect_leads_here(void **state) {
    (void)state;
    int fd = tunnel("openrouter.ai:443");
    assert_true(fd >= 0);
    SSL *ssl = shake(client, fd, "openrouter.ai", NULL);
    assert_non_null(ssl);
    check_get(ssl, "openrouter.ai");
    check_get(ssl, "openrouter.ai");
    put_tls(ssl, S("CONNECT openrouter.ai:443 HTTP/1.1\r\nHost: openrouter.ai:443\r\n\r\n"));
    struct buf in = BUF_INIT(1 << 20);
    assert_true(str_starts(read_tls(ssl, &in, S(""), 12), S("HTTP/1.1 400")));
    buf_free(&in);
    hang_up(ssl, fd);
}

static void test_connect_elsewhere_is_refused(void **state) {
    (void)state;
    struct answer a;
    answer_init(&a);
    int fd = dial_port(f.port);
    put(fd, S("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n"));
    take(&a, fd, false);
    assert_int_equal(a.status, 403);
    assert_true(str_has(a.body, S("openrouter.ai only")));
    assert_ended(&a, fd);
    close(fd);
    answer_free(&a);
}

/* A client may send its TLS hello without waiting for the 200. */
static void test_connect_with_early_hello(void **state) {
    (void)state;
    SSL *ssl = SSL_new(client);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl, in, out);
    SSL_set1_host(ssl, "openrouter.ai");
    assert_int_equal(SSL_connect(ssl), -1);
    struct buf early = BUF_INIT(1 << 16);
    buf_add(&early, S("CONNECT openrouter.ai:443 HTTP/1.1\r\nHost: openrouter.ai\r\n\r\n"));
    char bytes[8192];
    int n = BIO_read(out, bytes, sizeof bytes);
    buf_add(&early, (str){ bytes, (size_t)n });
    int fd = dial_port(f.port);
    put(fd, buf_str(&early));
    buf_free(&early);
    str established = S("HTTP/1.1 200 Connection established\r\n\r\n");
    char head[64];
    assert_int_equal(recv(fd, head, established.n, MSG_WAITALL), established.n);
    assert_true(str_eq((str){ head, established.n }, established));
    for (int tries = 0; tries < 10 && SSL_connect(ssl) != 1; tries++) {
        ssize_t k = recv(fd, bytes, sizeof bytes, 0);
        assert_true(k > 0);
        BIO_write(in, bytes, (int)k);
    }
    assert_true(SSL_is_init_finished(ssl));
    hang_up(ssl, fd);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_https_for_every_name),
        CASE(test_who_must_not_be_trusted),
        CASE(test_certificate),
        CASE(test_large_answers),
        CASE(test_ends_are_told_apart),
        CASE(test_disconnects),
        CASE(test_no_tls_at_all),
        CASE(test_connect_leads_here),
        CASE(test_connect_elsewhere_is_refused),
        CASE(test_connect_with_early_hello),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
