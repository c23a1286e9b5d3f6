/* The gateway as a program: workers, signals, who may be let in from where.
 *
 * Each worker is a thread with a loop, a server, connections and settings of its own; they share a
 * port (the kernel spreads connections over them) and the table of health. The first one runs in
 * the main thread and takes the signals.
 */
#include "base/log.h"
#include "gateway/answer_share.h"
#include "gateway/arguments.h"
#include "gateway/flights.h"
#include "gateway/gateway.h"
#include "gateway/local.h"
#include "gateway/notify.h"
#include "gateway/program.h"
#include "gateway/refresh.h"
#include "gateway/sticky.h"
#include "gateway/video_id.h"
#include "server/tls.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { MOST_WORKERS = 64, KEEP_MS = 55000 };

struct options {
    int port;
    unsigned workers; /* 0: one a core */
    const char *bind, *certificate, *key;
    bool anonymous, behind_proxy, quiet, local;
};

enum order { ORDER_RELOAD = 1, ORDER_DRAIN = 2 };

struct worker {
    uv_loop_t loop;
    uv_async_t wake;
    _Atomic unsigned orders;
    pthread_t thread;
    bool threaded, opened;
};

struct program {
    struct options options;
    struct tls_server *tls;
    struct health *health;
    struct answer_store *answers;
    struct sticky *sticky;
    struct flights *flights;
    struct refresh *refresh;
    struct video_seal seal;
    struct local *local; /* NULL: not wanted */
    struct accounts *accounts;
    struct worker worker[MOST_WORKERS];
    struct gateway gateway[MOST_WORKERS];
    size_t count;
    uv_signal_t interrupt, terminate, hangup;
    bool watching; /* for them */
};

static struct program the_program = { .options = { .port = 8484, .bind = "127.0.0.1" } };

/* ---- the command line ---- */

static const struct argument options[] = {
    { "port", "PORT", "where to listen (8484); 0: any free port" },
    { "bind", "ADDRESS", "address to listen on (127.0.0.1)" },
    { "anonymous", NULL, "let clients on this machine in without a key" },
    { "local", NULL, "answer models of this machine too: sandbox/agent, local/scene and others" },
    { "tls-cert", "FILE", "certificate chain (PEM): serve HTTPS" },
    { "tls-key", "FILE", "its key (PEM)" },
    { "behind-proxy", NULL, "something in front of it ends TLS" },
    { "workers", "N", "threads (one a core)" },
    { "quiet", NULL, "no line for each request" },
    { 0 },
};

static enum chela_error take_option(void *ctx, str is, const char *value, struct err *e) {
    struct options *o = ctx;
    int64_t n = 0;
    enum chela_error code = CHELA_OK;
    if (str_eq(is, S("port"))) {
        code = arguments_number(is, value, 65535, &n, e);
        o->port = (int)n;
    } else if (str_eq(is, S("workers"))) {
        code = arguments_number(is, value, MOST_WORKERS, &n, e);
        o->workers = (unsigned)n;
    } else if (str_eq(is, S("bind"))) {
        o->bind = str_eq(str_c(value), S("localhost")) ? "127.0.0.1" : value;
    } else if (str_eq(is, S("tls-cert"))) {
        o->certificate = value;
    } else if (str_eq(is, S("tls-key"))) {
        o->key = value;
    } else if (str_eq(is, S("local"))) {
        o->local = true;
    } else if (str_eq(is, S("anonymous"))) {
        o->anonymous = true;
    } else if (str_eq(is, S("behind-proxy"))) {
        o->behind_proxy = true;
    } else {
        o->quiet = true;
    }
    return code;
}

/* Whoever can reach it spends the owner's money: so it is open to this machine only when that was
 * asked for, and to others only with keys, which nobody on the way may read. */
static enum chela_error check_exposure(const struct options *o, bool keys, struct err *e) {
    bool loopback = program_is_loopback(o->bind);
    if (!o->certificate != !o->key)
        return err_set(e, CHELA_USAGE, "--tls-cert and --tls-key go together");
    if (o->anonymous && !loopback) {
        err_set(e, CHELA_USAGE, "--anonymous is for loopback addresses, not %s", o->bind);
        return err_hint(e, CHELA_USAGE, "give clients keys: chela gateway keys create NAME");
    }
    if (!o->anonymous && !keys) {
        err_set(e, CHELA_CONFIG, "no client could come in: there are no keys");
        return err_hint(e, CHELA_CONFIG, "make one, chela gateway keys create NAME%s",
                        loopback ? ", or let this machine in without: --anonymous" : "");
    }
    if (!loopback && !o->certificate && !o->behind_proxy) {
        err_set(e, CHELA_USAGE, "%s can be reached from outside: keys would travel unencrypted",
                o->bind);
        return err_hint(e, CHELA_USAGE,
                        "give --tls-cert and --tls-key, or --behind-proxy when "
                        "something else ends TLS");
    }
    return CHELA_OK;
}

/* ---- one worker ---- */

static struct worker *worker_of(const struct gateway *g) {
    return &the_program.worker[g - the_program.gateway];
}

static void on_drained(void *ctx) {
    struct gateway *g = ctx;
    struct program *p = &the_program;
    if (g == p->gateway) refresh_end(p->refresh);
    upstream_pool_close(g->pool);
    flights_close(p->flights, g->number);
    uv_close((uv_handle_t *)&worker_of(g)->wake, NULL);
    if (g != p->gateway || !p->watching) return;
    uv_close((uv_handle_t *)&p->interrupt, NULL);
    uv_close((uv_handle_t *)&p->terminate, NULL);
    uv_close((uv_handle_t *)&p->hangup, NULL);
}

static const char *socket_of_local(void) {
    return the_program.local ? local_socket(the_program.local) : NULL;
}

/* The keys of chela.json5, beside those of the file. The table is everybody's: one worker is
 * enough. */
static enum chela_error take_keys(struct gateway *g, const struct settings *s, struct err *e) {
    return accounts_configure(g->accounts, s->keys, s->key_count, &s->ledger, e);
}

/* The old settings stay when the new ones are bad. */
static void reload(struct gateway *g) {
    struct settings *fresh = NULL;
    struct err e = ERR_INIT;
    bool first = g == the_program.gateway;
    enum chela_error code =
        settings_load(&fresh, (env_list)environ, g->pool, socket_of_local(), &e);
    if (code == CHELA_OK && first) code = take_keys(g, fresh, &e);
    if (code == CHELA_OK && !g->anonymous && !accounts_any(g->accounts)) {
        code = err_set(&e, CHELA_CONFIG, "no client could come in: there are no keys");
        if (first) take_keys(g, g->settings, NULL);
    }
    if (code != CHELA_OK) {
        COUNT(&g->counters, reloads_refused);
        settings_release(fresh);
        if (first) log_error("the configuration was not taken over: %s", e.message);
        return;
    }
    settings_release(g->settings);
    g->settings = fresh;
    answer_store_limit(g->answers, fresh->cache.bytes, fresh->cache.answers);
    COUNT(&g->counters, reloads);
    if (first) log_info("the configuration was read again");
}

static void on_wake(uv_async_t *async) {
    struct gateway *g = async->data;
    unsigned orders = atomic_exchange(&worker_of(g)->orders, 0);
    if (orders & ORDER_RELOAD) reload(g);
    if (!(orders & ORDER_DRAIN) || g->draining) return;
    g->draining = true;
    server_drain(g->server, on_drained, g);
}

static void order_all(enum order order) {
    for (size_t i = 0; i < the_program.count; i++) {
        atomic_fetch_or(&the_program.worker[i].orders, (unsigned)order);
        uv_async_send(&the_program.worker[i].wake);
    }
}

static void take_lists_over(void) {
    log_info("new lists of models have come");
    order_all(ORDER_RELOAD);
}

static enum chela_error open_worker(struct program *p, size_t i, int port, struct err *e) {
    struct worker *w = &p->worker[i];
    struct gateway *g = &p->gateway[i];
    struct upstream_settings upstream = upstream_default_settings;
    struct server_limits limits = server_default_limits;
    const struct server_handler handler = { g, gateway_request };
    uv_loop_init(&w->loop);
    uv_async_init(&w->loop, &w->wake, on_wake);
    w->wake.data = g;
    w->opened = true;
    *g = (struct gateway){ .loop = &w->loop,
                           .health = p->health,
                           .answers = p->answers,
                           .sticky = p->sticky,
                           .flights = p->flights,
                           .number = (unsigned)i,
                           .seal = &p->seal,
                           .accounts = p->accounts,
                           .anonymous = p->options.anonymous,
                           .quiet = p->options.quiet,
                           .workers = p->gateway,
                           .worker_count = p->count };
    flights_open(p->flights, g->number, &w->loop, answer_share_wake, g);
    uv_random(NULL, NULL, &g->seed, sizeof g->seed, 0, NULL);
    env_list env = (env_list)environ;
    upstream.https_proxy = env_get(env, "HTTPS_PROXY");
    if (!upstream.https_proxy) upstream.https_proxy = env_get(env, "https_proxy");
    upstream.no_proxy = env_get(env, "NO_PROXY");
    if (!upstream.no_proxy) upstream.no_proxy = env_get(env, "no_proxy");
    upstream.idle_ms = KEEP_MS;
    enum chela_error code = upstream_pool_new(&g->pool, &w->loop, &upstream, e);
    if (code == CHELA_OK) code = settings_load(&g->settings, env, g->pool, socket_of_local(), e);
    if (code == CHELA_OK && i == 0) code = take_keys(g, g->settings, e);
    if (code == CHELA_OK) code = check_exposure(&p->options, accounts_any(p->accounts), e);
    if (code == CHELA_OK)
        answer_store_limit(p->answers, g->settings->cache.bytes, g->settings->cache.answers);
    limits.shared_port = p->count > 1;
    limits.max_connections = 65536;
    if (code == CHELA_OK)
        code = server_open(&g->server, &w->loop, p->options.bind, port, &limits, &handler, e);
    if (code == CHELA_OK && p->tls) server_require_tls(g->server, p->tls);
    return code;
}

static void close_worker(struct program *p, size_t i) {
    struct worker *w = &p->worker[i];
    struct gateway *g = &p->gateway[i];
    if (!w->opened) return;
    uv_run(&w->loop, UV_RUN_DEFAULT);
    uv_loop_close(&w->loop);
    server_free(g->server);
    settings_release(g->settings);
    upstream_pool_free(g->pool);
}

static void *run_worker(void *ctx) {
    struct worker *w = ctx;
    uv_run(&w->loop, UV_RUN_DEFAULT);
    return NULL;
}

/* ---- all of them ---- */

static void on_signal(uv_signal_t *handle, int signum) {
    struct program *p = handle->data;
    if (signum == SIGHUP) {
        notify_reloading();
        order_all(ORDER_RELOAD);
        notify_ready();
        return;
    }
    /* The first lets running answers finish, the second ends at once. */
    uv_signal_stop(&p->interrupt);
    uv_signal_stop(&p->terminate);
    notify_stopping();
    order_all(ORDER_DRAIN);
}

static void watch_signals(struct program *p) {
    static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
    uv_signal_t *const handles[] = { &p->interrupt, &p->terminate, &p->hangup };
    p->watching = true;
    for (size_t i = 0; i < 3; i++) {
        uv_signal_init(&p->worker[0].loop, handles[i]);
        handles[i]->data = p;
        uv_signal_start(handles[i], on_signal, numbers[i]);
    }
}

static enum chela_error announce(const struct program *p, struct err *e) {
    char origin[128];
    program_origin(origin, sizeof origin, p->tls ? "https" : "http", p->options.bind,
                   server_port(p->gateway[0].server));
    printf("chela gateway on %s/api/v1\n", origin);
    return fflush(stdout) == 0 ? CHELA_OK : err_set(e, CHELA_IO, "standard output is closed");
}

static unsigned cores(void) {
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > MOST_WORKERS ? MOST_WORKERS : (unsigned)n;
}

/* Without it videos are lost to clients when the gateway is started again, and all else works. */
static void load_seal(struct program *p) {
    struct err e = ERR_INIT;
    const char *state = config_where(p->gateway[0].settings->config)->state;
    if (video_seal_load(&p->seal, state, &e) != CHELA_OK)
        log_warn("ids of video jobs will not outlive this gateway: %s", e.message);
}

static enum chela_error open_books(struct program *p, struct err *e) {
    struct config_paths where;
    const struct ledger_bound none = { 0 };
    enum chela_error code = config_paths(&where, (env_list)environ, e);
    return code == CHELA_OK ? accounts_open(&p->accounts, where.state, &none, NULL, e) : code;
}

static enum chela_error start(struct program *p, struct err *e) {
    enum chela_error code = CHELA_OK;
    int port = p->options.port;
    p->count = p->options.workers ? p->options.workers : cores();
    p->health = health_new();
    p->answers = answer_store_new();
    p->sticky = sticky_new();
    p->flights = flights_new();
    if (!p->health || !p->answers || !p->sticky || !p->flights)
        return err_set(e, CHELA_NOMEM, "out of memory");
    if (p->options.local || settings_want_local((env_list)environ))
        code = local_start(&p->local, e);
    if (code == CHELA_OK && p->options.certificate && p->options.key)
        code = tls_server_load(&p->tls, p->options.certificate, p->options.key, e);
    if (code == CHELA_OK) code = open_books(p, e);
    for (size_t i = 0; i < p->count && code == CHELA_OK; i++) {
        code = open_worker(p, i, port, e);
        if (code == CHELA_OK) port = server_port(p->gateway[i].server);
    }
    if (code != CHELA_OK) return code;
    load_seal(p);
    watch_signals(p);
    p->refresh = refresh_begin(p->gateway, take_lists_over);
    for (size_t i = 1; i < p->count; i++)
        p->worker[i].threaded =
            pthread_create(&p->worker[i].thread, NULL, run_worker, &p->worker[i]) == 0;
    code = announce(p, e);
    if (code == CHELA_OK) notify_ready();
    return code;
}

/* Before it ran: what was opened is closed again, in this thread. */
static void abandon(struct program *p) {
    for (size_t i = 0; i < p->count; i++) {
        struct worker *w = &p->worker[i];
        struct gateway *g = &p->gateway[i];
        if (!w->opened) continue;
        if (g->server) {
            g->draining = true;
            server_drain(g->server, on_drained, g);
        } else {
            if (g->pool) upstream_pool_close(g->pool);
            flights_close(p->flights, g->number);
            uv_close((uv_handle_t *)&w->wake, NULL);
        }
    }
}

static enum chela_error run(struct program *p, struct err *e) {
    enum chela_error code = start(p, e);
    if (code == CHELA_OK)
        uv_run(&p->worker[0].loop, UV_RUN_DEFAULT);
    else
        abandon(p);
    for (size_t i = 0; i < p->count; i++)
        if (p->worker[i].threaded) pthread_join(p->worker[i].thread, NULL);
    /* not earlier: any of them reads the counters of all */
    for (size_t i = 0; i < p->count; i++) close_worker(p, i);
    local_stop(p->local);
    accounts_close(p->accounts);
    tls_server_free(p->tls);
    health_free(p->health);
    answer_store_free(p->answers);
    sticky_free(p->sticky);
    flights_free(p->flights);
    return code;
}

enum chela_error gateway_main(char **words, struct err *e) {
    struct program *p = &the_program;
    const struct arguments arguments = {
        .preset = "gateway",
        .about = "One endpoint in front of OpenRouter and any OpenAI-compatible service.",
        .list = options,
        .take = take_option,
        .ctx = &p->options,
    };
    enum arguments_wish wish;
    enum chela_error code = arguments_read(&arguments, words, &wish, e);
    if (code != CHELA_OK) return code;
    if (wish == ARGUMENTS_HELP) {
        arguments_help(&arguments);
    } else if (wish == ARGUMENTS_VERSION) {
        printf("chela %s\n", CHELA_VERSION);
    } else {
        program_prepare();
        code = run(p, e);
    }
    return code;
}
