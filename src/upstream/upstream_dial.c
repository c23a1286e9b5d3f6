/* From a name to a connection: addresses, one after the other, and the proxy in front; or the path
 * of a Unix socket. */
#include "upstream/upstream_impl.h"

#include "base/base64.h"
#include "net/http.h"

#include <stdlib.h>
#include <string.h>

/* ---- the proxy ---- */

enum chela_error dial_use_proxy(struct upstream_pool *p, const char *url, struct err *e) {
    struct buf with_scheme = BUF_INIT(4096), basic = BUF_INIT(4096);
    struct url u;
    if (!str_has(str_c(url), S("://"))) buf_add(&with_scheme, S("http://"));
    buf_add(&with_scheme, str_c(url));
    enum chela_error code = CHELA_OK;
    if (!url_parse(buf_str(&with_scheme), &u) || u.scheme.n != 4) {
        code = err_set(e, CHELA_CONFIG, "HTTPS_PROXY is no http:// URL");
    } else {
        int64_t port = 80;
        str_i64(u.port, &port);
        str host = u.host;
        if (host.p[0] == '[') host = (str){ host.p + 1, host.n - 2 };
        p->proxy_host = strndup(host.p, host.n);
        p->proxy_port = (int)port;
        if (u.userinfo.n) {
            buf_add(&basic, S("Basic "));
            base64_encode(&basic, u.userinfo);
            p->proxy_authorization = buf_detach(&basic);
        }
        if (!p->proxy_host || (u.userinfo.n && !p->proxy_authorization))
            code = err_set(e, CHELA_NOMEM, "out of memory");
    }
    buf_free(&with_scheme);
    buf_free(&basic);
    return code;
}

/* "*", "openrouter.ai", ".openrouter.ai" (and what is under them), "127.0.0.1", "host:8443" */
static bool exempt(str item, const struct origin *o) {
    str host = str_c(o->host), name = item, port_text;
    int64_t port;
    if (str_eq(item, S("*"))) return true;
    if (str_cut(item, ':', &name, &port_text) && str_i64(port_text, &port)) {
        if (port != o->port) return false;
    } else {
        name = item;
    }
    while (str_starts(name, S("."))) name = str_skip(name, 1);
    if (name.n == 0 || name.n > host.n) return false;
    str tail = str_skip(host, host.n - name.n);
    return str_ieq(tail, name) && (tail.n == host.n || host.p[host.n - name.n - 1] == '.');
}

bool dial_through_proxy(const struct upstream_pool *p, const struct origin *o) {
    str rest = str_c(p->no_proxy), item;
    if (!p->proxy_host) return false;
    while (http1_list_next(&rest, &item))
        if (exempt(item, o)) return false;
    return true;
}

static const char *peer_name(const struct origin *o) {
    return o->tunnel ? o->pool->proxy_host : o->host;
}

static int peer_port(const struct origin *o) {
    return o->tunnel ? o->pool->proxy_port : o->port;
}

static void cannot_connect(struct uplink *c, const char *what, int status) {
    const struct origin *o = c->origin;
    struct err e = ERR_INIT;
    enum chela_error code =
        o->tunnel
            ? err_set(&e, CHELA_UNAVAILABLE, "%s: %s %s: %s", o->text, what,
                      "the proxy of HTTPS_PROXY", uv_strerror(status))
            : err_set(&e, CHELA_UNAVAILABLE, "%s: %s it: %s", o->text, what, uv_strerror(status));
    uplink_fail(c, code, &e);
}

/* ---- one address after the other ---- */

static void on_connect(uv_connect_t *request, int status) {
    struct uplink *c = request->data;
    if (c->step == STEP_CLOSED) return;
    if (status < 0)
        dial_failed(c, status);
    else
        uplink_connected(c);
}

static void try_address(struct uplink *c) {
    struct origin *o = c->origin;
    c->step = STEP_CONNECT;
    c->connect.data = c;
    if (c->address + 1 < o->addresses)
        c->address_until = uv_now(o->pool->loop) + UPSTREAM_NEXT_ADDRESS_MS;
    int status =
        uv_tcp_connect(&c->connect, &c->socket.tcp, &o->address[c->address].any, on_connect);
    if (status < 0)
        uplink_trouble(c, status);
    else
        uplink_arm(c);
}

/* A socket is good for one address: the next one gets a new connection, with the same fetch. */
void dial_failed(struct uplink *c, int status) {
    struct origin *o = c->origin;
    struct uplink *other = c->address + 1 < o->addresses ? uplink_new(o) : NULL;
    if (!other) {
        o->known_until = 0;
        cannot_connect(c, "cannot connect to", status);
        return;
    }
    other->address = c->address + 1;
    other->until = c->until;
    other->fetch = c->fetch;
    other->fetch->conn = other;
    c->fetch = NULL;
    uplink_close(c);
    try_address(other);
}

/* ---- names ---- */

/* How many addresses are known without asking: of an address, and of localhost, also where no
 * resolver knows it. */
static size_t without_lookup(const char *name, int port, union any_address *out) {
    if (uv_ip4_addr(name, port, &out->v4) == 0 || uv_ip6_addr(name, port, &out->v6) == 0) return 1;
    if (!url_host_is_localhost(str_c(name))) return 0;
    uv_ip6_addr("::1", port, &out[0].v6);
    uv_ip4_addr("127.0.0.1", port, &out[1].v4);
    return 2;
}

static void keep_addresses(struct origin *o, const struct addrinfo *list) {
    o->addresses = 0;
    for (; list && o->addresses < UPSTREAM_ADDRESSES; list = list->ai_next) {
        union any_address *a = &o->address[o->addresses];
        if (list->ai_addrlen > sizeof *a) continue;
        memcpy(a, list->ai_addr, list->ai_addrlen);
        if (list->ai_family == AF_INET6)
            a->v6.sin6_port = htons((uint16_t)peer_port(o));
        else
            a->v4.sin_port = htons((uint16_t)peer_port(o));
        o->addresses++;
    }
    o->known_until = uv_now(o->pool->loop) + UPSTREAM_NAME_MS;
}

static void on_addresses(uv_getaddrinfo_t *request, int status, struct addrinfo *list) {
    struct origin *o = request->data;
    struct uplink *waiting = o->waiting;
    o->looking_up = false;
    o->waiting = NULL;
    if (status == 0) keep_addresses(o, list);
    uv_freeaddrinfo(list);
    while (waiting) {
        struct uplink *c = waiting;
        waiting = c->next_waiting;
        c->step = STEP_CONNECT;
        if (o->addresses) /* when the look-up failed, those of before may still be good */
            try_address(c);
        else
            cannot_connect(c, "cannot find the address of", status ? status : UV_EAI_NODATA);
    }
}

void dial_forget(struct uplink *c) {
    for (struct uplink **at = &c->origin->waiting; *at; at = &(*at)->next_waiting)
        if (*at == c) {
            *at = c->next_waiting;
            return;
        }
}

static void look_up(struct origin *o) {
    const struct addrinfo hints = { .ai_family = AF_UNSPEC,
                                    .ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_ADDRCONFIG };
    o->lookup.data = o;
    atomic_fetch_add_explicit(&o->pool->counts.looked_up, 1, memory_order_relaxed);
    int status =
        uv_getaddrinfo(o->pool->loop, &o->lookup, on_addresses, peer_name(o), NULL, &hints);
    o->looking_up = status == 0;
    if (status < 0 && o->waiting) uplink_trouble(o->waiting, status);
}

void dial_start(struct uplink *c) {
    struct origin *o = c->origin;
    bool known = o->addresses && o->known_until > uv_now(o->pool->loop);
    atomic_fetch_add_explicit(&o->pool->counts.opened, 1, memory_order_relaxed);
    if (o->path) {
        c->step = STEP_CONNECT;
        c->connect.data = c;
        uv_pipe_connect(&c->connect, &c->socket.pipe, o->path, on_connect);
        uplink_arm(c);
        return;
    }
    if (!known) {
        size_t n = without_lookup(peer_name(o), peer_port(o), o->address);
        known = n > 0;
        if (known) o->addresses = n;
    }
    if (known) {
        try_address(c);
        return;
    }
    c->step = STEP_NAME;
    c->next_waiting = o->waiting;
    o->waiting = c;
    uplink_arm(c);
    if (!o->looking_up) look_up(o);
}
