#include "gateway/admin.h"

#include "doc/doc.h"
#include "gateway/admin_work.h"
#include "ledger/client_key_json.h"

#include <stdlib.h>

enum {
    MOST_JOBS = 64 /* of one worker: what waits for the pool holds up names that are looked up */
};

bool admin_is_owner(const struct client *c) {
    return !c || c->plain || c->key.management;
}

/* ---- GET /key ---- */

static void write_key(struct json_writer *w, const struct client_key *k, int64_t now) {
    static const char *const none[] = { "creator_user_id", "organization_id", "workspace_id" };
    json_object(w);
    json_kstring(w, "label", str_c(k->label));
    client_key_json_money(w, k, now);
    client_key_json_time(w, "expires_at", k->expires_ms);
    json_kbool(w, "is_free_tier", false);
    json_kbool(w, "is_management_key", k->management);
    json_kbool(w, "is_provisioning_key", k->management);
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        json_key(w, str_c(none[i]));
        json_null(w);
    }
    json_key(w, S("allowed_data_regions"));
    json_raw(w, S("[\"global\"]"));
    json_key(w, S("free_model_daily_requests"));
    json_raw(w, S("{\"limit\":0,\"remaining\":0,\"used\":0}"));
    json_key(w, S("rate_limit"));
    json_raw(w, S("{\"requests\":-1,\"interval\":\"10s\",\"note\":\"there is none\"}"));
    json_object_end(w);
}

static void get_key(struct gateway *g, struct exchange *x) {
    struct client *c = exchange_data(x);
    struct client_key k = { .limit = -1, .label = "anonymous" };
    struct buf json = BUF_INIT(16 << 10);
    struct json_writer w = JSON_WRITER(&json);
    if (c) accounts_look(g->accounts, c, &k);
    json_object(&w);
    json_key(&w, S("data"));
    write_key(&w, &k, accounts_now(g->accounts));
    json_object_end(&w);
    exchange_answer(x, 200, S("application/json"), buf_str(&json));
    buf_free(&json);
}

/* ---- what is done in the pool ---- */

struct job {
    uv_work_t work;
    struct gateway *g;
    struct exchange *x; /* NULL: the client left */
    struct client *client;
    struct admin_work todo;
};

static void run(uv_work_t *work) {
    struct job *job = work->data;
    admin_work(&job->todo);
}

static void finish(uv_work_t *work, int status) {
    struct job *job = work->data;
    struct admin_work *t = &job->todo;
    (void)status; /* nothing cancels it */
    job->g->jobs--;
    accounts_leave(job->g->accounts, job->client);
    if (job->x && (t->code != CHELA_OK || t->json.failed))
        exchange_fail(job->x, t->code == CHELA_OK ? 500 : err_http(t->code),
                      t->code == CHELA_OK ? S("out of memory") : str_c(t->error.message));
    else if (job->x)
        exchange_answer(job->x, t->route == ADMIN_CREATE ? 201 : 200, S("application/json"),
                        buf_str(&t->json));
    buf_free(&t->json);
    arena_free(&t->arena);
    free(job);
}

static void on_closed(struct exchange *x) {
    struct job *job = exchange_data(x);
    job->x = NULL;
}

static void start(struct gateway *g, struct exchange *x, enum admin_route route, str id) {
    const struct server_request *r = exchange_request(x);
    struct client *client = exchange_data(x);
    struct job *job = g->jobs < MOST_JOBS ? calloc(1, sizeof *job) : NULL;
    if (!job) {
        exchange_fail(x, 503, S("too many of these requests at once"));
        return;
    }
    struct admin_work *t = &job->todo;
    job->work.data = job;
    job->g = g;
    job->x = x;
    job->client = client;
    arena_init(&t->arena, 256u << 20);
    buf_init(&t->json, 64u << 20);
    t->accounts = g->accounts;
    t->route = route;
    /* the exchange may be over before it is done */
    t->id = arena_dup(&t->arena, id);
    t->query = arena_dup(&t->arena, r->query);
    t->body = arena_dup(&t->arena, r->body);
    t->only_key = arena_dup(&t->arena, admin_is_owner(client) ? S("") : str_c(client->key.hash));
    g->jobs++;
    exchange_set_data(x, job);
    exchange_on_closed(x, on_closed);
    uv_queue_work(g->loop, &job->work, run, finish);
}

/* ---- paths ---- */

static const struct row {
    str method, path; /* that ends with '/': and an id behind it */
    enum admin_route route;
    bool anybody; /* else it takes a management key */
} rows[] = {
    { STR_INIT("GET"), STR_INIT("/key"), ADMIN_KEY, true },
    { STR_INIT("GET"), STR_INIT("/keys"), ADMIN_LIST, false },
    { STR_INIT("POST"), STR_INIT("/keys"), ADMIN_CREATE, false },
    { STR_INIT("GET"), STR_INIT("/keys/"), ADMIN_SHOW, false },
    { STR_INIT("PATCH"), STR_INIT("/keys/"), ADMIN_CHANGE, false },
    { STR_INIT("DELETE"), STR_INIT("/keys/"), ADMIN_DELETE, false },
    { STR_INIT("GET"), STR_INIT("/credits"), ADMIN_CREDITS, false },
    { STR_INIT("GET"), STR_INIT("/activity"), ADMIN_ACTIVITY, false },
    { STR_INIT("GET"), STR_INIT("/generation"), ADMIN_GENERATION, true },
};

static bool is_at(const struct row *row, str path) {
    return str_ends(row->path, S("/")) ? str_starts(path, row->path) && path.n > row->path.n
                                       : str_eq(path, row->path);
}

bool admin_answer(struct gateway *g, struct exchange *x, str path) {
    const struct client *c = exchange_data(x);
    const struct row *row = NULL;
    bool known = false;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && !row; i++) {
        if (!is_at(&rows[i], path)) continue;
        known = true;
        if (str_eq(exchange_request(x)->method, rows[i].method)) row = &rows[i];
    }
    if (!row) {
        if (known) exchange_fail(x, 405, S("this path does not take that method"));
        return known;
    }
    if (!row->anybody && !g->all_own && !(c && c->key.management))
        exchange_fail(x, 403,
                      S("only management keys can do that: chela gateway keys create NAME "
                        "--management makes one"));
    else if (row->route == ADMIN_KEY)
        get_key(g, x);
    else
        start(g, x, row->route, str_skip(path, row->path.n));
    return true;
}
