#include "media/fetch.h"

#include "base/clock.h"

enum { MOST_HOPS = 5, MAX_URL = 4096 };

static bool same_origin(str url, str origin) {
    char own[1024];
    return url_origin(url, own, sizeof own) && str_eq(str_c(own), origin);
}

/* Who set the base URL to a machine of this network may be led to others of it. */
static bool is_at_home(const struct media_call *call) {
    struct url u;
    return call && url_parse(call->shape.route.origin, &u) && !url_host_may_be_public(&u);
}

static enum chela_error one(struct media_wire *wire, str url, const struct media_call *call,
                            const struct media_exchange *x, int64_t ms, struct http_outcome *out,
                            struct err *e) {
    bool own = call && same_origin(url, call->shape.route.origin);
    struct http_header header[HEADERS_MAX] = { { S("User-Agent"), S("chela/" CHELA_VERSION) } };
    size_t count = 1;
    if (own && !chat_plain_headers(&call->shape, header, &count, e)) return e->code;
    struct http_request request = { .method = S("GET"),
                                    .url = url,
                                    .headers = header,
                                    .header_count = count,
                                    .bearer = own ? &call->credential.key : NULL,
                                    .public_only = !own && !is_at_home(call) };
    media_wire_begin(wire, x, ms, &request);
    return media_wire_end(wire, http_run(&request, out, e), out, e);
}

static enum chela_error follow(const char *location, char url[MAX_URL], struct err *e) {
    struct arena a;
    arena_init(&a, 256 << 10);
    str next = url_resolve(str_c(url), str_c(location), &a);
    bool downgrade = str_istarts(str_c(url), S("https:")) && str_istarts(next, S("http:"));
    bool good = next.n && !downgrade && str_copy(url, MAX_URL, next);
    arena_free(&a);
    if (good) return CHELA_OK;
    return err_set(e, CHELA_PROTOCOL, "a redirect to \"%.200s\", which chela does not follow%s",
                   location, downgrade ? ": it leaves TLS" : "");
}

enum chela_error media_fetch(str from, const struct media_call *call,
                             const struct media_exchange *x, struct http_outcome *out,
                             struct err *e) {
    char url[MAX_URL];
    int64_t end = clock_ms() + x->timeout_ms;
    *out = (struct http_outcome){ .retry_after = -1 };
    if (!str_copy(url, sizeof url, from))
        return err_set(e, CHELA_LIMIT, "a URL of %zu bytes is too long", from.n);
    for (int hops = 0;; hops++) {
        struct media_wire wire = { 0 };
        int64_t left = end - clock_ms();
        enum chela_error rc = one(&wire, str_c(url), call, x, left > 1 ? left : 1, out, e);
        if (!wire.location[0] || rc == CHELA_CANCELLED) return rc;
        *e = (struct err)ERR_INIT;
        if (hops == MOST_HOPS)
            return err_set(e, CHELA_PROTOCOL, "more than %d redirects", MOST_HOPS);
        rc = follow(wire.location, url, e);
        if (rc != CHELA_OK) return rc;
    }
}
