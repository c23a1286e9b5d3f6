/* One exchange on libcurl's multi interface: it leaves waiting to us, so that cancel, four timers
 * and the caller's tick are looked at in one place, and a signal ends the wait.
 *
 * A request goes on a wire once. libcurl by itself repeats a request whose kept-alive connection
 * died under it; for a POST that a model may already be answering, on_wire forbids that, and the
 * caller decides from `request_sent`. */
#include "net/http.h"

#include "base/clock.h"
#include "net/http_error.h"
#include "net/http_guard.h"
#include "net/http_head.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct http_timeouts http_default_timeouts = { .connect = 15000,
                                                     .first_byte = 120000,
                                                     .idle = 120000 };

enum { TICK_MS = 250, MAX_URL = 64 * 1024, MAX_HEADER_LINE = 64 * 1024 };

/* ---- one client a thread: its connections are kept for the next request ---- */

struct client {
    CURLM *multi;
    CURL *easy;
};

static _Thread_local struct client mine;
static pthread_key_t at_thread_end;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;

static void close_client(void *p) {
    struct client *c = p;
    const struct curl_lib *lib = c->multi ? curl_lib(NULL) : NULL;
    if (lib && c->easy) lib->easy_cleanup(c->easy);
    if (lib) lib->multi_cleanup(c->multi);
    *c = (struct client){ 0 };
}

static void make_key(void) {
    pthread_key_create(&at_thread_end, close_client);
}

void http_close_idle(void) {
    close_client(&mine);
}

static enum chela_error open_client(const struct curl_lib *lib, struct err *e) {
    if (mine.easy) {
        lib->easy_reset(mine.easy);
        return CHELA_OK;
    }
    pthread_once(&key_once, make_key);
    pthread_setspecific(at_thread_end, &mine);
    mine.multi = lib->multi_init();
    mine.easy = mine.multi ? lib->easy_init() : NULL;
    if (mine.easy) return CHELA_OK;
    if (mine.multi) lib->multi_cleanup(mine.multi);
    mine = (struct client){ 0 };
    return err_set(e, CHELA_NOMEM, "out of memory");
}

/* ---- an exchange ---- */

struct run {
    const struct curl_lib *lib;
    CURL *easy;
    const struct http_request *req;
    struct http_outcome *out;
    struct err *e;
    struct url url;
    struct http_guard guard; /* for req->public_only */
    struct http_head head;
    enum chela_error rc; /* what a callback ended the exchange with */
    size_t body_bytes;
    curl_off_t uploaded;
    int64_t start, sent, activity; /* clock_ms; sent -1: not yet */
    char words[CURL_ERROR_SIZE];
};

static bool cancelled(const struct run *r) {
    return r->req->cancel && atomic_load(r->req->cancel);
}

static enum chela_error say_cancelled(struct run *r) {
    return err_set(r->e, CHELA_CANCELLED, "cancelled");
}

static int on_wire(void *ctx, char *remote, char *local, int remote_port, int local_port) {
    (void)remote, (void)local, (void)remote_port, (void)local_port;
    struct run *r = ctx;
    if (r->sent >= 0 && str_eq(r->req->method, S("POST"))) return CURL_PREREQFUNC_ABORT;
    r->sent = clock_ms();
    r->out->request_sent = true;
    return CURL_PREREQFUNC_OK;
}

static enum chela_error too_large(struct run *r) {
    return err_set(r->e, CHELA_LIMIT, "the answer is larger than %zu bytes", r->req->max_body);
}

/* What is announced as too large need not be read first. */
static bool announces_too_much(const struct run *r, const struct http_answer *a) {
    int64_t length;
    bool good = a->status >= 200 && a->status <= 299 && !str_eq(r->req->method, S("HEAD"));
    return good && str_i64(str_trim(http_answer_header(a, S("content-length"))), &length) &&
           length > 0 && (uint64_t)length > r->req->max_body;
}

static void deliver_head(struct run *r) {
    struct http_answer a = http_head_answer(&r->head, r->lib);
    r->out->status = a.status;
    r->out->retry_after = a.retry_after;
    if (r->req->on_head) r->rc = r->req->on_head(r->req->ctx, &a, r->e);
    if (r->rc == CHELA_OK && announces_too_much(r, &a)) r->rc = too_large(r);
}

static size_t on_header(char *bytes, size_t size, size_t count, void *ctx) {
    struct run *r = ctx;
    size_t n = size * count;
    r->activity = clock_ms();
    if (r->out->first_byte_ms < 0) r->out->first_byte_ms = r->activity - r->start;
    if (r->head.done) return n;
    r->rc = http_head_line(&r->head, (str){ bytes, n }, r->e);
    if (r->rc == CHELA_OK && r->head.done) deliver_head(r);
    return r->rc == CHELA_OK ? n : 0;
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *ctx) {
    struct run *r = ctx;
    size_t n = size * count;
    r->activity = clock_ms();
    if (cancelled(r)) {
        r->rc = say_cancelled(r);
    } else if (n > r->req->max_body - r->body_bytes) {
        r->rc = too_large(r);
    } else {
        r->body_bytes += n;
        if (r->req->on_body) r->rc = r->req->on_body(r->req->ctx, (str){ bytes, n }, r->e);
        r->activity = clock_ms(); /* the caller's own time is not the server's silence */
    }
    return r->rc == CHELA_OK ? n : 0;
}

/* ---- setting up ---- */

static bool add_line(struct run *r, struct curl_slist **list, const char *line) {
    struct curl_slist *longer = r->lib->slist_append(*list, line);
    if (longer) *list = longer;
    return longer != NULL;
}

static bool has_line_break(str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\r' || s.p[i] == '\n' || s.p[i] == '\0') return true;
    return false;
}

static enum chela_error add_header(struct run *r, struct curl_slist **list, str name, str value) {
    if (!name.n || has_line_break(name) || has_line_break(value) || str_chr(name, ':') >= 0)
        return err_set(r->e, CHELA_INTERNAL, "header \"%.*s\" is not one line", STR_ARG(name));
    struct buf line = BUF_INIT(MAX_HEADER_LINE);
    buf_add(&line, name);
    buf_add(&line, value.n ? S(": ") : S(";")); /* "Name;" is libcurl's form of an empty header */
    buf_add(&line, value);
    bool good = !line.failed && add_line(r, list, line.p);
    bool large = line.failed == BUF_TOO_LARGE;
    if (line.p) explicit_bzero(line.p, line.n);
    buf_free(&line);
    if (large) return err_set(r->e, CHELA_LIMIT, "header %.*s is too long", STR_ARG(name));
    return good ? CHELA_OK : err_set(r->e, CHELA_NOMEM, "out of memory");
}

static enum chela_error add_bearer(struct run *r, struct curl_slist **list) {
    const struct secret *key = r->req->bearer;
    char origin[512];
    if (!url_origin(r->req->url, origin, sizeof origin) || !key->origin ||
        !str_eq(str_c(origin), str_c(key->origin)))
        return err_set(r->e, CHELA_INTERNAL,
                       "refused to send a key that belongs to %s to another origin",
                       key->origin ? key->origin : "nobody");
    if (key->header) return add_header(r, list, str_c(key->header), (str){ key->bytes, key->n });
    struct buf value = BUF_INIT(MAX_HEADER_LINE);
    buf_add(&value, S("Bearer "));
    buf_add(&value, (str){ key->bytes, key->n });
    enum chela_error rc = value.failed ? err_set(r->e, CHELA_NOMEM, "the key is too long")
                                       : add_header(r, list, S("Authorization"), buf_str(&value));
    if (value.p) explicit_bzero(value.p, value.n);
    buf_free(&value);
    return rc;
}

static enum chela_error make_headers(struct run *r, struct curl_slist **list) {
    bool type = false, authorised = false;
    for (size_t i = 0; i < r->req->header_count; i++) {
        const struct http_header *h = &r->req->headers[i];
        type = type || str_ieq(h->name, S("content-type"));
        authorised = authorised || str_ieq(h->name, S("authorization"));
        enum chela_error rc = add_header(r, list, h->name, h->value);
        if (rc != CHELA_OK) return rc;
    }
    /* "Name:" takes a header of libcurl's own away. */
    if (!add_line(r, list, "Expect:") || (!type && !add_line(r, list, "Content-Type:")))
        return err_set(r->e, CHELA_NOMEM, "out of memory");
    if (!r->req->bearer || !secret_is_set(r->req->bearer) || authorised) return CHELA_OK;
    return add_bearer(r, list);
}

static void free_headers(const struct curl_lib *lib, struct curl_slist *list) {
    for (struct curl_slist *l = list; l; l = l->next) explicit_bzero(l->data, strlen(l->data));
    lib->slist_free_all(list);
}

static void set_text(struct run *r, CURLoption option, const char *value) {
    if (value && *value) r->lib->easy_setopt(r->easy, option, value);
}

static void set_certificates(struct run *r) {
    const char *file = getenv("SSL_CERT_FILE"), *folder = getenv("SSL_CERT_DIR");
    set_text(r, CURLOPT_CAINFO, file);
    set_text(r, CURLOPT_PROXY_CAINFO, file);
    set_text(r, CURLOPT_CAPATH, folder);
    set_text(r, CURLOPT_PROXY_CAPATH, folder);
}

static curl_socket_t on_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a) {
    (void)purpose;
    struct run *r = ctx;
    if (!http_guard_allows(&r->guard, &a->addr)) return CURL_SOCKET_BAD;
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* A connection that is kept from an earlier request was not checked. */
static void set_guard(struct run *r) {
    http_guard_init(&r->guard, &r->url);
    r->lib->easy_setopt(r->easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    r->lib->easy_setopt(r->easy, CURLOPT_OPENSOCKETDATA, r);
    r->lib->easy_setopt(r->easy, CURLOPT_FRESH_CONNECT, 1L);
}

static void set_options(struct run *r, const char *url, const struct curl_slist *headers) {
    __typeof__(r->lib->easy_setopt) set = r->lib->easy_setopt;
    CURL *h = r->easy;
    set(h, CURLOPT_URL, url);
    set(h, CURLOPT_HTTPHEADER, headers);
    set(h, CURLOPT_NOSIGNAL, 1L);
    set(h, CURLOPT_QUICK_EXIT, 1L); /* leave a name look-up behind instead of waiting for it */
    set(h, CURLOPT_TCP_NODELAY, 1L);
    set(h, CURLOPT_TCP_KEEPALIVE, 1L); /* models think in silence; address translators forget */
    set(h, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(h, CURLOPT_ERRORBUFFER, r->words);
    set(h, CURLOPT_HEADERFUNCTION, on_header);
    set(h, CURLOPT_HEADERDATA, r);
    set(h, CURLOPT_WRITEFUNCTION, on_bytes);
    set(h, CURLOPT_WRITEDATA, r);
    set(h, CURLOPT_PREREQDATA, r);
    /* A libcurl without this hook cannot tell us, so everything counts as sent. */
    if (set(h, CURLOPT_PREREQFUNCTION, on_wire) != CURLE_OK) r->out->request_sent = true;
    if (r->req->timeouts.connect) set(h, CURLOPT_CONNECTTIMEOUT_MS, (long)r->req->timeouts.connect);
    if (str_eq(r->req->method, S("POST"))) {
        set(h, CURLOPT_POST, 1L);
        set(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->req->body.n);
        set(h, CURLOPT_POSTFIELDS, r->req->body.n ? r->req->body.p : "");
    }
    set_certificates(r);
    if (r->req->public_only) set_guard(r);
}

/* Without user info and fragment. */
static char *wire_url(const struct url *u) {
    struct buf b = BUF_INIT(MAX_URL);
    buf_addf(&b, "%.*s://%.*s", STR_ARG(u->scheme), STR_ARG(u->host));
    if (u->port.n) buf_addf(&b, ":%.*s", STR_ARG(u->port));
    buf_add(&b, u->path);
    if (u->query.n) buf_addf(&b, "?%.*s", STR_ARG(u->query));
    return buf_detach(&b);
}

/* ---- waiting ---- */

static enum chela_error too_slow(struct run *r, const char *what, int64_t ms) {
    char peer[320];
    http_peer(&r->url, peer, sizeof peer);
    return err_set(r->e, CHELA_TIMEOUT, "%s %s for %.3g s", peer, what, (double)ms / 1000);
}

/* A timer that ran out ends the exchange; else *wait becomes at most what is left of it. */
static bool expired(int64_t now, int64_t since, int64_t limit, int64_t *wait) {
    if (limit <= 0) return false;
    int64_t left = since + limit - now;
    if (left < *wait) *wait = left > 0 ? left : 0;
    return left <= 0;
}

static enum chela_error check_timers(struct run *r, int64_t *wait) {
    const struct http_timeouts *t = &r->req->timeouts;
    int64_t now = clock_ms();
    if (expired(now, r->start, t->total, wait)) {
        char peer[320];
        http_peer(&r->url, peer, sizeof peer);
        return err_set(r->e, CHELA_TIMEOUT, "the exchange with %s took longer than %.3g s", peer,
                       (double)t->total / 1000);
    }
    if (r->head.begun)
        return expired(now, r->activity, t->idle, wait)
                   ? too_slow(r, "stopped in the middle of its answer and sent nothing", t->idle)
                   : CHELA_OK;
    if (r->sent < 0) return CHELA_OK; /* libcurl watches over connecting */
    curl_off_t uploaded = 0;
    r->lib->easy_getinfo(r->easy, CURLINFO_SIZE_UPLOAD_T, &uploaded);
    if (uploaded != r->uploaded) {
        r->uploaded = uploaded;
        r->sent = now;
    }
    return expired(now, r->sent, t->first_byte, wait) ? too_slow(r, "did not answer", t->first_byte)
                                                      : CHELA_OK;
}

static enum chela_error finished(struct run *r, CURLcode code) {
    if (r->rc != CHELA_OK) return r->rc;
    if (code != CURLE_OK && r->guard.refused[0]) {
        r->out->permanent = true;
        return http_guard_error(&r->url, r->guard.refused, r->e);
    }
    struct http_failure f = { r->lib, r->easy,      code,         r->words,
                              r->url, r->sent >= 0, r->head.done, r->req->timeouts.connect };
    if (code != CURLE_OK) return http_explain(&f, &r->out->permanent, r->e);
    if (r->head.done) {
        r->out->complete = true;
        return CHELA_OK;
    }
    char peer[320];
    http_peer(&r->url, peer, sizeof peer);
    return err_set(r->e, CHELA_CUT, "%s closed the connection in the middle of the answer's head",
                   peer);
}

static enum chela_error wait_for_end(struct run *r) {
    for (;;) {
        int running = 0, left = 0;
        if (r->lib->multi_perform(mine.multi, &running) != CURLM_OK)
            return err_set(r->e, CHELA_NOMEM, "libcurl could not go on");
        const CURLMsg *m = r->lib->multi_info_read(mine.multi, &left);
        if (m && m->msg == CURLMSG_DONE) return finished(r, m->data.result);
        if (cancelled(r)) return say_cancelled(r);
        enum chela_error rc = r->req->on_tick ? r->req->on_tick(r->req->ctx, r->e) : CHELA_OK;
        int64_t wait = r->req->tick_ms ? r->req->tick_ms : TICK_MS;
        if (rc == CHELA_OK) rc = check_timers(r, &wait);
        if (rc != CHELA_OK) return rc;
        /* A signal ends this wait early, so a cancel is seen at once. */
        r->lib->multi_poll(mine.multi, NULL, 0, (int)wait, NULL);
    }
}

static enum chela_error run_on_client(struct run *r) {
    struct curl_slist *headers = NULL;
    char *url = wire_url(&r->url);
    enum chela_error rc =
        url ? make_headers(r, &headers) : err_set(r->e, CHELA_LIMIT, "the URL is too long");
    if (rc == CHELA_OK) {
        set_options(r, url, headers);
        if (r->lib->multi_add_handle(mine.multi, r->easy) == CURLM_OK) {
            rc = wait_for_end(r);
            r->lib->multi_remove_handle(mine.multi, r->easy);
        } else {
            rc = err_set(r->e, CHELA_NOMEM, "out of memory");
        }
        r->lib->easy_reset(r->easy); /* forgets the pointers into this frame */
    }
    free_headers(r->lib, headers);
    free(url);
    return rc;
}

enum chela_error http_run(const struct http_request *req, struct http_outcome *out, struct err *e) {
    struct http_outcome unused;
    struct err quiet = ERR_INIT;
    struct run r = { .req = req, .out = out ? out : &unused, .e = e ? e : &quiet, .sent = -1 };
    *r.out = (struct http_outcome){ .retry_after = -1, .first_byte_ms = -1, .total_ms = -1 };
    r.start = clock_ms();
    if (cancelled(&r)) return say_cancelled(&r);
    bool post = str_eq(req->method, S("POST"));
    if (!url_parse(req->url, &r.url) || !(post || str_eq(req->method, S("GET")))) {
        r.out->permanent = true;
        return err_set(e, CHELA_INPUT, "%.*s %.*s: no HTTP request can be made of this",
                       STR_ARG(req->method), STR_ARG(req->url));
    }
    if (req->public_only && !url_host_may_be_public(&r.url)) {
        r.out->permanent = true;
        return http_guard_error(&r.url, "", e);
    }
    r.lib = curl_lib(e);
    r.out->permanent = !r.lib;
    if (!r.lib) return CHELA_UNAVAILABLE;
    http_head_init(&r.head);
    enum chela_error rc = open_client(r.lib, e);
    if (rc == CHELA_OK) {
        r.easy = mine.easy;
        rc = run_on_client(&r);
    }
    if (rc == CHELA_OK) r.out->total_ms = clock_ms() - r.start;
    http_head_free(&r.head);
    return rc;
}
