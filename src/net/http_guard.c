#include "net/http_guard.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- addresses ---- */

struct network {
    uint32_t address;
    unsigned bits;
};

/* What IANA lists as not globally reachable, multicast and the rest of class E. */
static const struct network not_public[] = {
    { 0x00000000, 8 },  { 0x0a000000, 8 },  { 0x64400000, 10 }, { 0x7f000000, 8 },
    { 0xa9fe0000, 16 }, { 0xac100000, 12 }, { 0xc0000000, 24 }, { 0xc0000200, 24 },
    { 0xc0586300, 24 }, { 0xc0a80000, 16 }, { 0xc6120000, 15 }, { 0xc6336400, 24 },
    { 0xcb007100, 24 }, { 0xe0000000, 4 },  { 0xf0000000, 4 },
};

static bool v4_is_public(uint32_t address) {
    for (size_t i = 0; i < sizeof not_public / sizeof not_public[0]; i++)
        if ((address ^ not_public[i].address) >> (32 - not_public[i].bits) == 0) return false;
    return true;
}

static uint32_t v4_at(const unsigned char *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Global unicast is 2000::/3; addresses that carry an IPv4 address are what that one is. */
static bool v6_is_public(const unsigned char a[16]) {
    static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
    static const unsigned char nat64[12] = { 0, 0x64, 0xff, 0x9b };
    if (memcmp(a, mapped, 12) == 0 || memcmp(a, nat64, 12) == 0) return v4_is_public(v4_at(a + 12));
    if (a[0] == 0x20 && a[1] == 0x02) return v4_is_public(v4_at(a + 2)); /* 6to4 */
    if ((a[0] & 0xe0) != 0x20) return false;
    if (a[0] == 0x20 && a[1] == 0x01 && a[2] < 2) return false;                     /* 2001::/23 */
    if (a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8) return false; /* examples */
    return !(a[0] == 0x3f && a[1] == 0xff && a[2] < 0x10);                          /* examples */
}

bool address_is_public(const struct sockaddr *address) {
    if (address->sa_family == AF_INET)
        return v4_is_public(ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr));
    if (address->sa_family == AF_INET6)
        return v6_is_public(((const struct sockaddr_in6 *)address)->sin6_addr.s6_addr);
    return false;
}

/* ---- hosts ---- */

static bool is_local_name(str host) {
    static const str endings[] = {
        STR_INIT("localhost"), STR_INIT(".localhost"), STR_INIT(".localdomain"),
        STR_INIT(".local"),    STR_INIT(".internal"),  STR_INIT(".intranet"),
        STR_INIT(".lan"),      STR_INIT(".home.arpa"),
    };
    if (str_ends(host, S("."))) host.n--;
    if (str_chr(host, '.') < 0) return true;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (host.n >= endings[i].n && str_ieq(str_skip(host, host.n - endings[i].n), endings[i]))
            return true;
    return false;
}

bool url_host_is_localhost(str host) {
    str below = S(".localhost");
    return str_ieq(host, str_skip(below, 1)) ||
           (host.n > below.n && str_ieq(str_skip(host, host.n - below.n), below));
}

bool url_host_may_be_public(const struct url *u) {
    char text[256];
    str host = u->host;
    if (str_starts(host, S("["))) {
        struct sockaddr_in6 a = { .sin6_family = AF_INET6 };
        str inner = str_head(str_skip(host, 1), host.n - 2), address, zone;
        bool scoped = str_cut(inner, '%', &address, &zone);
        return !scoped && str_copy(text, sizeof text, address) &&
               inet_pton(AF_INET6, text, &a.sin6_addr) == 1 &&
               address_is_public((struct sockaddr *)&a);
    }
    if (!str_copy(text, sizeof text, str_ends(host, S(".")) ? str_head(host, host.n - 1) : host))
        return false;
    struct sockaddr_in a = { .sin_family = AF_INET };
    /* inet_aton reads 2130706433, 0x7f.1 and 0177.0.0.1 as libcurl and proxies do. */
    if (inet_aton(text, &a.sin_addr)) return address_is_public((struct sockaddr *)&a);
    return !is_local_name(host);
}

enum chela_error http_guard_error(const struct url *u, const char *address, struct err *e) {
    err_set(e, CHELA_FORBIDDEN,
            "%.*s%s%s: an address that is not on the public Internet is not fetched",
            STR_ARG(u->host), *address ? " is " : "", address);
    return err_hint(e, CHELA_FORBIDDEN, "download it yourself and give the file");
}

/* ---- the proxy ---- */

static const char *proxy_of(const struct url *u) {
    bool secure = u->scheme.n == 5;
    /* HTTP_PROXY in capitals is not read: a CGI program would get it from a request's header. */
    static const char *const for_https[] = { "https_proxy", "HTTPS_PROXY", "all_proxy",
                                             "ALL_PROXY" };
    static const char *const for_http[] = { "http_proxy", "all_proxy", "ALL_PROXY" };
    const char *const *names = secure ? for_https : for_http;
    size_t n =
        secure ? sizeof for_https / sizeof for_https[0] : sizeof for_http / sizeof for_http[0];
    for (size_t i = 0; i < n; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) return value;
    }
    return NULL;
}

/* "scheme://user:word@host:port/" with everything but the host optional. */
static bool split_proxy(str text, char host[256], char port[8]) {
    ptrdiff_t scheme = str_find(text, S("://"));
    bool secure = scheme >= 0 && str_ieq(str_head(text, (size_t)scheme), S("https"));
    if (scheme >= 0) text = str_skip(text, (size_t)scheme + 3);
    str rest, name;
    str_cut(text, '/', &text, &rest);
    ptrdiff_t at = str_rchr(text, '@');
    if (at >= 0) text = str_skip(text, (size_t)at + 1);
    bool bracketed = str_starts(text, S("["));
    str number = { 0 };
    if (bracketed) {
        str_cut(str_skip(text, 1), ']', &name, &rest);
        number = str_skip(rest, 1);
    } else {
        str_cut(text, ':', &name, &number);
    }
    return name.n && str_copy(host, 256, name) &&
           str_copy(port, 8,
                    number.n ? number
                    : secure ? S("443")
                             : S("1080"));
}

void http_guard_init(struct http_guard *g, const struct url *u) {
    *g = (struct http_guard){ .proxies = 0 };
    const char *proxy = proxy_of(u);
    char host[256], port[8];
    if (!proxy || !split_proxy(str_c(proxy), host, port)) return;
    struct addrinfo *list = NULL, want = { .ai_socktype = SOCK_STREAM };
    if (getaddrinfo(host, port, &want, &list) != 0) return;
    for (struct addrinfo *a = list; a && g->proxies < HTTP_GUARD_PROXIES; a = a->ai_next)
        if (a->ai_addrlen <= sizeof g->proxy[0])
            memcpy(&g->proxy[g->proxies++], a->ai_addr, a->ai_addrlen);
    freeaddrinfo(list);
}

static bool same_peer(const struct sockaddr *a, const struct sockaddr *b) {
    if (a->sa_family != b->sa_family) return false;
    if (a->sa_family == AF_INET) {
        const struct sockaddr_in *p = (const struct sockaddr_in *)a,
                                 *q = (const struct sockaddr_in *)b;
        return p->sin_port == q->sin_port && p->sin_addr.s_addr == q->sin_addr.s_addr;
    }
    const struct sockaddr_in6 *p = (const struct sockaddr_in6 *)a,
                              *q = (const struct sockaddr_in6 *)b;
    return a->sa_family == AF_INET6 && p->sin6_port == q->sin6_port &&
           memcmp(&p->sin6_addr, &q->sin6_addr, sizeof p->sin6_addr) == 0;
}

bool http_guard_allows(struct http_guard *g, const struct sockaddr *address) {
    if (address_is_public(address)) return true;
    for (size_t i = 0; i < g->proxies; i++)
        if (same_peer((const struct sockaddr *)&g->proxy[i], address)) return true;
    const void *bytes = address->sa_family == AF_INET6
                            ? (const void *)&((const struct sockaddr_in6 *)address)->sin6_addr
                            : (const void *)&((const struct sockaddr_in *)address)->sin_addr;
    if (!inet_ntop(address->sa_family, bytes, g->refused, sizeof g->refused))
        str_copy(g->refused, sizeof g->refused, S("another kind of address"));
    return false;
}
