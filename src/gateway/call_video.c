#include "gateway/call_video.h"

#include "base/log.h"
#include "doc/json_write.h"
#include "gateway/admin.h"
#include "net/http.h"

#include <string.h>

enum { MOST_URLS = 32, MOST_TURNS = 3, CLIENT_HASH = 16 };

/* ---- URLs ---- */

/* A path segment: what a job is called is the upstream's choice. */
static void add_segment(struct buf *out, str text) {
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i], lower = ascii_lower(c);
        bool plain = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '_' || c == '.' || c == '~';
        if (plain && !str_eq(text, S(".")) && !str_eq(text, S("..")))
            buf_addc(out, c);
        else
            buf_addf(out, "%%%02X", (unsigned char)c);
    }
}

/* Path and query of the job at its upstream; index below 0: the job, not its video. */
static str target_of(const struct upstream *u, str job, int64_t index, struct arena *a) {
    struct buf text = BUF_INIT(8192);
    bool asks = false;
    buf_add(&text, u->target);
    buf_add(&text, S("/videos/"));
    add_segment(&text, job);
    if (index >= 0) buf_addf(&text, "/content?index=%lld", (long long)index);
    asks = index >= 0;
    if (u->route.query.n) buf_addf(&text, "%c%.*s", asks ? '&' : '?', STR_ARG(u->route.query));
    str target = arena_dup(a, buf_str(&text));
    buf_free(&text);
    return target;
}

static str without_authority(str url) {
    str head, fragment;
    str_cut(url, '#', &head, &fragment);
    head = str_skip(head, (size_t)str_find(head, S("://")) + 3);
    size_t n = 0;
    while (n < head.n && head.p[n] != '/' && head.p[n] != '?') n++;
    return str_skip(head, n);
}

/* Path and query of a URL that the upstream gave, when it is of its own origin; p NULL: it is
 * not. */
static str own_target(const struct upstream *u, str url) {
    char origin[512];
    if (!url_origin(url, origin, sizeof origin) || strcmp(origin, origin_text(u->origin)) != 0)
        return (str){ 0 };
    str target = without_authority(url);
    return str_starts(target, S("/")) ? target : S("/");
}

/* May a client be sent there? An upstream on a private network may send to its neighbours. */
static bool is_fit(const struct upstream *u, str url) {
    struct url there, here;
    if (!url_parse(url, &there) || there.userinfo.n) return false;
    return url_host_may_be_public(&there) ||
           (url_parse(u->route.base_url, &here) && !url_host_may_be_public(&here));
}

static str resolved(const struct upstream *u, str url, struct arena *a) {
    str base = arena_printf(a, "%.*s/", STR_ARG(u->route.base_url));
    return url_resolve(base, url, a);
}

/* What the client reached us as; behind a proxy that ends TLS that is not what we see. */
static str our_base(const struct exchange *x, struct arena *a) {
    str origin = exchange_origin(x), host = str_skip(origin, 7);
    const char *base = str_starts(exchange_request(x)->path, S("/api/")) ? "/api/v1" : "/v1";
    bool forwarded = str_ieq(exchange_header(x, S("x-forwarded-proto")), S("https"));
    if (forwarded && str_starts(origin, S("http://")))
        return arena_printf(a, "https://%.*s%s", STR_ARG(host), base);
    return arena_printf(a, "%.*s%s", STR_ARG(origin), base);
}

/* ---- the job's answer, as the client gets it ---- */

static str text_at(struct doc *d, const char *key) {
    str text = { 0 };
    doc_string(d, doc_get(d, doc_root(d), str_c(key)), &text);
    return str_trim(text);
}

static bool set_text(struct doc *d, doc_node n, const char *key, str text, struct err *e) {
    struct buf quoted = BUF_INIT(16 << 10);
    json_quote(&quoted, text);
    bool set = !quoted.failed && (key ? doc_set(d, n, str_c(key), buf_str(&quoted), e)
                                      : doc_replace(d, n, buf_str(&quoted), e)) != 0;
    buf_free(&quoted);
    return set;
}

static enum chela_error unset(struct err *e) {
    return e && e->code != CHELA_OK ? e->code
                                    : err_set(e, CHELA_LIMIT, "the job's answer is too large");
}

/* unsigned_urls: where the videos are. */
static enum chela_error edit_urls(struct call *c, struct doc *d, const struct video_ref *ref,
                                  str base, struct err *e) {
    const struct upstream *u = c->endpoint->upstream;
    doc_node list = doc_get(d, doc_root(d), S("unsigned_urls"));
    int64_t index = 0;
    for (doc_node n = doc_first(d, list); n && index < MOST_URLS; n = doc_next(d, n), index++) {
        str given;
        if (!doc_string(d, n, &given) || !str_trim(given).n) continue;
        str url = resolved(u, given, c->arena), target = own_target(u, url);
        if (url.n && !target.p && is_fit(u, url)) continue;
        if (url.n && !target.p)
            log_warn("%.*s: the video's URL leads into a private network, and is not passed on",
                     STR_ARG(u->id));
        struct video_ref file = *ref;
        bool usual = !target.p || str_eq(target, target_of(u, ref->job, index, c->arena));
        if (!usual) file.file = target;
        str id = video_id(c->g->seal, &file, c->arena);
        str ours = arena_printf(c->arena, "%.*s/videos/%.*s/content?index=%lld", STR_ARG(base),
                                STR_ARG(id), (long long)index);
        if (!id.n || !set_text(d, n, NULL, ours, e)) return unset(e);
    }
    return CHELA_OK;
}

/* Made with the key of this client, or without one. */
static bool is_theirs(const struct call *c, const struct video_ref *ref) {
    return !ref->client.n || (c->client && str_starts(str_c(c->client->key.hash), ref->client));
}

static enum chela_error edit_job(struct call *c, struct doc *d, struct err *e) {
    const struct upstream *u = c->endpoint->upstream;
    doc_node root = doc_root(d);
    struct video_ref ref = c->media->video;
    str polling = text_at(d, "polling_url"), base = our_base(c->x, c->arena);
    if (!ref.job.n) {
        ref = (struct video_ref){ .upstream = u->id,
                                  .model = c->endpoint->id,
                                  .client = c->client
                                                ? str_head(str_c(c->client->key.hash), CLIENT_HASH)
                                                : S(""),
                                  .job = arena_dup(c->arena, text_at(d, "id")) };
        str url = polling.n ? resolved(u, polling, c->arena) : (str){ 0 };
        str target = own_target(u, url);
        if (!str_eq(target, target_of(u, ref.job, -1, c->arena))) ref.poll = target;
    }
    if (!ref.job.n) return err_set(e, CHELA_PROTOCOL, "%s took the job and gave it no id", u->id.p);
    ref.file = (str){ 0 };
    str id = video_id(c->g->seal, &ref, c->arena);
    c->generation = id;
    /* A price counts once, at the end, however often the job is asked about, and for its client. */
    bool over = str_eq(text_at(d, "status"), S("completed"));
    if (!over || !is_theirs(c, &ref) || !accounts_bill_job(c->g->accounts, id))
        buf_clear(&c->relay.usage);
    str ours = arena_printf(c->arena, "%.*s/videos/%.*s", STR_ARG(base), STR_ARG(id));
    if (!id.n || !set_text(d, root, "id", id, e) || !set_text(d, root, "polling_url", ours, e))
        return unset(e);
    return edit_urls(c, d, &ref, base, e);
}

/* ---- redirects of the content ---- */

static enum media_turn turn(struct call *c, const struct http1_response *r) {
    const struct upstream *u = c->endpoint->upstream;
    bool moved = (r->status >= 301 && r->status <= 303) || r->status == 307 || r->status == 308;
    str given = http1_response_header(r, S("location"));
    if (!moved || !given.n) return MEDIA_STAYS;
    str from = arena_printf(c->arena, "%s%.*s", origin_text(u->origin), STR_ARG(c->media->target));
    str url = url_resolve(from, given, c->arena), target = own_target(u, url);
    if (target.p && c->media->turns++ < MOST_TURNS) {
        c->media->target = target;
        return MEDIA_FOLLOWS;
    }
    if (target.p || !url.n || !is_fit(u, url)) return MEDIA_STAYS;
    c->header[c->headers++] = (struct server_header){ S("Location"), url };
    return MEDIA_PASSES;
}

const struct call_media media_videos = { .once = true, .has_state = true, .edit = edit_job };
static const struct call_media media_job = { .has_state = true, .edit = edit_job };
static const struct call_media media_content = { .turn = turn };

static const struct call_api job_api = { .path = STR_INIT("/videos/{id}"), .media = &media_job };
static const struct call_api content_api = { .path = STR_INIT("/videos/{id}/content"),
                                             .media = &media_content };

/* ---- GET ---- */

static int64_t asked_index(str query) {
    int64_t index = 0;
    for (str one; query.n;) {
        str_cut(query, '&', &one, &query);
        if (str_starts(one, S("index="))) str_i64(str_skip(one, 6), &index);
    }
    return index < 0 || index >= MOST_URLS ? 0 : index;
}

/* A film's price stands in the answer about its job, so that comes first. */
static bool is_billed(struct call *c, const struct video_ref *ref) {
    struct video_ref job = *ref;
    job.file = (str){ 0 };
    return accounts_billed_job(c->g->accounts, video_id(c->g->seal, &job, c->arena));
}

static enum chela_error find_job(struct call *c, str id, struct err *e) {
    struct video_ref *ref = &c->media->video;
    bool owner = admin_is_owner(c->client);
    if (!video_id_open(c->g->seal, id, ref, c->arena) || !(owner || is_theirs(c, ref)))
        return err_set(e, CHELA_NOT_FOUND, "no video job \"%.*s\" is known here",
                       STR_ARG(str_head(id, 64)));
    const struct upstream *u = settings_upstream(c->s, ref->upstream);
    if (!u)
        return err_set(e, CHELA_NOT_FOUND,
                       "this video job is with %.*s, which is not configured any more",
                       STR_ARG(ref->upstream));
    if (c->api != &job_api && !owner && !is_billed(c, ref)) {
        err_set(e, CHELA_INPUT, "ask first whether it is done: GET /api/v1/videos/{id}");
        e->http_status = 409;
        return CHELA_INPUT;
    }
    struct endpoint *p = arena_alloc(c->arena, sizeof *p);
    if (!p) return err_set(e, CHELA_NOMEM, "out of memory");
    *p = (struct endpoint){ .upstream = u, .asked = ref->model, .id = ref->model, .price = -1 };
    if (u->is_openrouter) p->known = settings_model(c->s, ref->model, c->arena, NULL);
    p->health = health_of(c->g->health, u->id, S("videos"), u->key_print);
    c->plan = (struct plan){ .item = p, .count = 1, .room = 1 };
    if (c->api == &job_api)
        c->media->target = ref->poll.n ? ref->poll : target_of(u, ref->job, -1, c->arena);
    else if (ref->file.n)
        c->media->target = ref->file;
    else
        c->media->target =
            target_of(u, ref->job, asked_index(exchange_request(c->x)->query), c->arena);
    return CHELA_OK;
}

bool call_video(struct gateway *g, struct exchange *x, str path, str request_id) {
    str end = S("/content"), id = str_skip(path, 8);
    if (!str_starts(path, S("/videos/"))) return false;
    bool content = id.n > end.n && str_ends(id, end);
    if (content) id = str_head(id, id.n - end.n);
    if (!id.n || str_chr(id, '/') >= 0) return false;
    if (!str_eq(exchange_request(x)->method, S("GET"))) {
        exchange_fail(x, 405,
                      S("a video job can be looked at and fetched (GET), and nothing else"));
        return true;
    }
    struct err e = ERR_INIT;
    struct call *c = call_open(g, x, content ? &content_api : &job_api, request_id);
    if (!c) return true;
    c->media = arena_alloc(c->arena, sizeof *c->media);
    enum chela_error code =
        c->media ? find_job(c, id, &e) : err_set(&e, CHELA_NOMEM, "out of memory");
    call_begin(c, code, &e);
    return true;
}
