/* TLS between socket and parser, for either side, and a test authority made on the spot.
 *
 * `chela sandbox --tls` must be taken for openrouter.ai by a client that was told where to look
 * (HTTPS_PROXY) and whom to trust (SSL_CERT_FILE). So each start makes a certificate authority and
 * one server certificate, both for two days; the authority's key is forgotten as soon as it has
 * signed, so the file that a client trusts can vouch for nothing else.
 */
#ifndef CHELA_SERVER_TLS_H
#define CHELA_SERVER_TLS_H

#include "base/buf.h"
#include "base/err.h"

struct tls_server; /* certificate and settings; one per process */
struct tls_client; /* whom a client trusts */
struct tls;        /* one connection */

/* EC P-256, for openrouter.ai, *.openrouter.ai, localhost, 127.0.0.1, ::1. */
enum chela_error tls_server_new(struct tls_server **out, struct err *e);
/* A certificate with its chain, and its key, out of PEM files. CHELA_CONFIG when they are no such
 * pair. */
enum chela_error tls_server_load(struct tls_server **out, const char *certificate, const char *key,
                                 struct err *e);
void tls_server_free(struct tls_server *s);
str tls_server_ca(const struct tls_server *s); /* PEM; lives as long as s */
/* Whether the certificate is good for this host (of CONNECT host:port, port cut off). */
bool tls_server_covers(const struct tls_server *s, str host);

/* Trusts the authorities of SSL_CERT_FILE and SSL_CERT_DIR, else the system's. */
enum chela_error tls_client_new(struct tls_client **out, struct err *e);
void tls_client_free(struct tls_client *c);

enum tls_status {
    TLS_OPEN,
    TLS_ENDED,  /* the peer said goodbye properly */
    TLS_BROKEN, /* handshake refused or garbage; what `wire` got (an alert) is still to be sent */
};

struct tls *tls_new(struct tls_server *s); /* NULL: out of memory */
/* To a host name, or an address without brackets, that the certificate must be good for. The first
 * message is appended to wire. NULL: out of memory. */
struct tls *tls_connect(struct tls_client *c, const char *host, struct buf *wire);
void tls_free(struct tls *t);
/* Takes all of `in` from the socket; decrypted bytes are appended to plain, bytes that must go out
 * (handshake, alerts) to wire. */
enum tls_status tls_take(struct tls *t, str in, struct buf *plain, struct buf *wire);
const char *tls_fault(const struct tls *t); /* after TLS_BROKEN: "certificate has expired" */
bool tls_ready(const struct tls *t);        /* the handshake is done: tls_give may be used */
bool tls_give(struct tls *t, str plain, struct buf *wire);
void tls_goodbye(struct tls *t, struct buf *wire);

#endif
