/* Each message names the phase and the peer, and where there is a remedy the hint names it: "curl
 * error 7" helps nobody. libcurl's own words are added where they say more than ours. */
#include "net/http_error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void http_peer(const struct url *u, char *dst, size_t cap) {
    str port = u->port.n ? u->port : u->scheme.n == 5 ? S("443") : S("80");
    snprintf(dst, cap, "%.*s:%.*s", STR_ARG(u->host), STR_ARG(port));
}

static const char *words(const struct http_failure *f) {
    return f->text[0] ? f->text : f->lib->easy_strerror(f->code);
}

/* libcurl: "Failed to connect to proxy.lan port 3128 after 0 ms: …". A name that is not the URL's
 * is a proxy's. */
static bool names_another_host(const struct http_failure *f) {
    str text = str_c(f->text), lead = S("Failed to connect to ");
    if (!str_starts(text, lead)) return false;
    str host = f->url.host;
    if (host.p[0] == '[') host = (str){ host.p + 1, host.n - 2 };
    return !str_istarts(str_skip(text, lead.n), host);
}

static enum chela_error cannot_connect(const struct http_failure *f, const char *peer,
                                       struct err *e) {
    long number = 0;
    f->lib->easy_getinfo(f->easy, CURLINFO_OS_ERRNO, &number);
    if (names_another_host(f)) {
        err_set(e, CHELA_UNAVAILABLE, "no connection to the proxy: %s", words(f));
        return err_hint(e, CHELA_UNAVAILABLE,
                        "HTTPS_PROXY, http_proxy and ALL_PROXY name it; NO_PROXY makes exceptions");
    }
    if (number == ECONNREFUSED)
        err_set(e, CHELA_UNAVAILABLE, "connection refused by %s", peer);
    else if (number)
        err_set(e, CHELA_UNAVAILABLE, "no connection to %s: %s", peer, strerror((int)number));
    else
        err_set(e, CHELA_UNAVAILABLE, "no connection to %s: %s", peer, words(f));
    return err_hint(e, CHELA_UNAVAILABLE,
                    number == ECONNREFUSED ? "nothing listens there: is the address right, and "
                                             "is the service running?"
                                           : "check the network, the address and the proxy");
}

static enum chela_error not_trusted(const struct http_failure *f, struct err *e) {
    str why = str_c(words(f));
    static const char *const leads[] = { "SSL certificate problem: ", "SSL: " };
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++)
        if (str_starts(why, str_c(leads[i]))) why = str_skip(why, strlen(leads[i]));
    err_set(e, CHELA_UNAVAILABLE, "TLS: the certificate of %.*s is not trusted: %.*s",
            STR_ARG(f->url.host), STR_ARG(why));
    return err_hint(e, CHELA_UNAVAILABLE,
                    "if a proxy or a sandbox is meant to answer there, set SSL_CERT_FILE to the "
                    "certificate of its CA; else check the clock and the ca-certificates package");
}

static enum chela_error tls_failed(const struct http_failure *f, const char *peer, struct err *e) {
    err_set(e, CHELA_UNAVAILABLE, "TLS: no secure connection to %s: %s", peer, words(f));
    return err_hint(e, CHELA_UNAVAILABLE, "does that address speak TLS, or should it be http://?");
}

static enum chela_error bad_ca_file(const struct http_failure *f, struct err *e) {
    const char *file = getenv("SSL_CERT_FILE");
    err_set(e, CHELA_UNAVAILABLE, "TLS: cannot use the certificates of %s: %s",
            file && *file ? file : "this machine", words(f));
    return err_hint(e, CHELA_UNAVAILABLE,
                    "SSL_CERT_FILE must name a readable file of PEM certificates");
}

static enum chela_error connect_timeout(const struct http_failure *f, const char *peer,
                                        struct err *e) {
    curl_off_t looked_up = 0;
    f->lib->easy_getinfo(f->easy, CURLINFO_NAMELOOKUP_TIME_T, &looked_up);
    err_set(e, CHELA_TIMEOUT, "%s %s took longer than %.3g s",
            looked_up ? "connecting to" : "looking up the address of", peer,
            (double)f->connect_ms / 1000);
    return err_hint(e, CHELA_TIMEOUT, "check the network, the address and the proxy");
}

static enum chela_error no_name(const struct http_failure *f, struct err *e) {
    if (f->code == CURLE_COULDNT_RESOLVE_PROXY) {
        err_set(e, CHELA_UNAVAILABLE, "the proxy's name could not be resolved: %s", words(f));
        return err_hint(e, CHELA_UNAVAILABLE, "HTTPS_PROXY, http_proxy and ALL_PROXY name it");
    }
    err_set(e, CHELA_UNAVAILABLE, "could not resolve host %.*s", STR_ARG(f->url.host));
    return err_hint(e, CHELA_UNAVAILABLE, "check the name, the network and /etc/resolv.conf");
}

/* The connection ended or broke, before or after the head. */
static enum chela_error broken(const struct http_failure *f, const char *peer, struct err *e) {
    if (f->head_done)
        return err_set(e, CHELA_CUT, "%s broke the connection off in the middle of the answer (%s)",
                       peer, words(f));
    if (f->sent)
        return err_set(e, CHELA_UNAVAILABLE, "%s closed the connection without an answer (%s)",
                       peer, words(f));
    err_set(e, CHELA_UNAVAILABLE, "no connection to %s: %s", peer, words(f));
    return err_hint(e, CHELA_UNAVAILABLE, "check the network, the address and the proxy");
}

enum chela_error http_explain(const struct http_failure *f, bool *permanent, struct err *e) {
    char peer[320];
    http_peer(&f->url, peer, sizeof peer);
    switch (f->code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return no_name(f, e);
    case CURLE_COULDNT_CONNECT: return cannot_connect(f, peer, e);
    case CURLE_OPERATION_TIMEDOUT: return connect_timeout(f, peer, e);
    case CURLE_PEER_FAILED_VERIFICATION: *permanent = true; return not_trusted(f, e);
    case CURLE_SSL_CACERT_BADFILE: *permanent = true; return bad_ca_file(f, e);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM: *permanent = true; return tls_failed(f, peer, e);
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return broken(f, peer, e);
    case CURLE_ABORTED_BY_CALLBACK: /* on_wire refused to send the request a second time */
        return err_set(e, CHELA_UNAVAILABLE,
                       "%s closed the connection while the request was on its way", peer);
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
        *permanent = true;
        err_set(e, CHELA_PROTOCOL, "%s does not answer in HTTP: %s", peer, words(f));
        return err_hint(e, CHELA_PROTOCOL, "is the address right, and should it be https://?");
    case CURLE_URL_MALFORMAT:
        *permanent = true;
        return err_set(e, CHELA_INPUT, "the address of %s is not well-formed: %s", peer, words(f));
    case CURLE_OUT_OF_MEMORY: /* what it also calls a header line over its own limit */
        return f->sent ? err_set(e, CHELA_LIMIT, "the headers of %s are too long", peer)
                       : err_set(e, CHELA_NOMEM, "out of memory");
    default: return err_set(e, CHELA_UNAVAILABLE, "%s: %s", peer, words(f));
    }
}
