/* The sandbox as a program: server, TLS, recorder, faults, the API or a recording in its place. */
#include "base/file.h"
#include "base/log.h"
#include "gateway/arguments.h"
#include "gateway/program.h"
#include "gateway/sandbox_front.h"
#include "sandbox/api.h"
#include "sandbox/engines.h"
#include "sandbox/fault.h"
#include "sandbox/record.h"
#include "sandbox/video_jobs.h"
#include "server/tls.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST_FAULTS = 16, MOST_PACE_MS = 60 * 1000 };

struct settings {
    int port;
    const char *bind, *record, *replay, *ca;
    str faults[MOST_FAULTS];
    size_t fault_count;
    uint64_t pace_ms;
    bool tls, quiet;
};

struct program {
    struct settings settings;
    uv_loop_t loop;
    uv_signal_t interrupt, terminate;
    struct server *server;
    struct tls_server *tls;
    struct recorder *recorder;
    struct replay *replay;
    struct faults *faults;
    struct sandbox_api api;
    struct prompt_cache cache;
    struct engines *engines;
    struct sandbox_front *front;
    char ca_path[4096];
    bool ca_is_ours; /* its name was not given: it goes when we go */
};

/* ---- the command line ---- */

static const struct argument options[] = {
    { "port", "PORT", "where to listen (8484); 0: any free port" },
    { "bind", "ADDRESS", "address to listen on (127.0.0.1)" },
    { "fault", "SPEC", "spoil answers, e.g. status=429,retry-after=1,times=2; may be repeated" },
    { "record", "FILE", "append each request and answer to FILE, as JSON Lines" },
    { "replay", "FILE", "answer from a recording" },
    { "pace", "MS", "wait between two events of a stream" },
    { "tls", NULL, "serve HTTPS too, with a test authority, and take CONNECT as a proxy" },
    { "ca", "FILE", "where --tls writes the authority's certificate" },
    { "quiet", NULL, "no line per request on standard error" },
    { 0 },
};

static enum chela_error take_option(void *ctx, str is, const char *value, struct err *e) {
    struct settings *s = ctx;
    str text = str_c(value);
    int64_t n = 0;
    enum chela_error code = CHELA_OK;
    if (str_eq(is, S("port"))) {
        code = arguments_number(is, value, 65535, &n, e);
        s->port = (int)n;
    } else if (str_eq(is, S("pace"))) {
        code = arguments_number(is, value, MOST_PACE_MS, &n, e);
        s->pace_ms = (uint64_t)n;
    } else if (str_eq(is, S("fault"))) {
        if (s->fault_count == MOST_FAULTS)
            return err_set(e, CHELA_USAGE, "--fault: more than %d of them", MOST_FAULTS);
        s->faults[s->fault_count++] = text;
    } else if (str_eq(is, S("bind"))) {
        s->bind = str_eq(text, S("localhost")) ? "127.0.0.1" : value;
    } else if (str_eq(is, S("record"))) {
        s->record = value;
    } else if (str_eq(is, S("replay"))) {
        s->replay = value;
    } else if (str_eq(is, S("ca"))) {
        s->ca = value;
    } else if (str_eq(is, S("tls"))) {
        s->tls = true;
    } else {
        s->quiet = true;
    }
    return code;
}

/* ---- what is written while it runs ---- */

static void print_report(void *ctx, const struct server_report *r) {
    (void)ctx;
    str method = r->method.n ? r->method : S("-"), target = r->target.n ? r->target : S("-");
    char status[16] = "-";
    if (r->status) snprintf(status, sizeof status, "%d", r->status);
    log_info("%.*s %.*s %s %llu ms%s", STR_ARG(method), STR_ARG(target), status,
             (unsigned long long)r->ms, r->whole ? "" : " (cut)");
}

/* ---- the authority's certificate ---- */

static enum chela_error choose_ca_path(struct program *p, struct err *e) {
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char folder[4000];
    int n;
    if (p->settings.ca) {
        n = snprintf(p->ca_path, sizeof p->ca_path, "%s", p->settings.ca);
        if (n < 0 || (size_t)n >= sizeof p->ca_path)
            return err_set(e, CHELA_USAGE, "--ca: the path is too long");
        return CHELA_OK;
    }
    if (cache && *cache)
        n = snprintf(folder, sizeof folder, "%s/chela", cache);
    else if (home && *home)
        n = snprintf(folder, sizeof folder, "%s/.cache/chela", home);
    else
        return err_set(e, CHELA_USAGE, "--tls: without HOME say where the certificate goes: --ca");
    if (n < 0 || (size_t)n >= sizeof folder)
        return err_set(e, CHELA_USAGE, "--tls: the cache folder's path is too long; use --ca");
    enum chela_error code = file_mkdirs(folder, 0700, e);
    if (code != CHELA_OK) return code;
    /* The port keeps several sandboxes apart. */
    snprintf(p->ca_path, sizeof p->ca_path, "%s/sandbox-ca-%d.pem", folder, server_port(p->server));
    p->ca_is_ours = true;
    return CHELA_OK;
}

static enum chela_error start_tls(struct program *p, struct err *e) {
    enum chela_error code = tls_server_new(&p->tls, e);
    if (code == CHELA_OK) code = choose_ca_path(p, e);
    if (code == CHELA_OK) code = file_write(p->ca_path, tls_server_ca(p->tls), 0644, e);
    if (code == CHELA_OK) server_use_tls(p->server, p->tls);
    return code;
}

/* ---- running ---- */

static void on_drained(void *ctx) {
    struct program *p = ctx;
    sandbox_front_close(p->front);
    video_jobs_close(p->api.videos);
    if (p->engines) engines_stop(p->engines, NULL, NULL);
    uv_close((uv_handle_t *)&p->interrupt, NULL);
    uv_close((uv_handle_t *)&p->terminate, NULL);
}

/* The first signal lets running answers finish, the second ends at once. */
static void on_signal(uv_signal_t *handle, int signum) {
    struct program *p = handle->data;
    uv_signal_stop(&p->interrupt); /* the default comes back */
    uv_signal_stop(&p->terminate);
    log_debug("signal %d: draining", signum);
    server_drain(p->server, on_drained, p);
}

/* From the inside: what answers, the faults around it, the recorder around both. */
static enum chela_error build_handler(struct program *p, struct server_handler *h, struct err *e) {
    const struct settings *s = &p->settings;
    enum chela_error code = CHELA_OK;
    char engines[4096];
    engines_find(engines, sizeof engines);
    p->engines = engines_new(&p->loop, engines);
    if (!p->engines) return err_set(e, CHELA_NOMEM, "out of memory");
    p->api =
        (struct sandbox_api){ .pace_ms = s->pace_ms, .cache = &p->cache, .engines = p->engines };
    p->api.videos = video_jobs_new(p->engines);
    if (!p->api.videos) return err_set(e, CHELA_NOMEM, "out of memory");
    p->front = sandbox_front_new(&p->loop, &p->api);
    if (!p->front) return err_set(e, CHELA_NOMEM, "out of memory");
    *h = (struct server_handler){ &p->api, sandbox_api_request };
    if (s->replay) {
        code = replay_open(&p->replay, s->replay, s->pace_ms, e);
        *h = (struct server_handler){ p->replay, replay_request };
    }
    if (code != CHELA_OK) return code;
    p->faults = faults_new(h);
    if (!p->faults) return err_set(e, CHELA_NOMEM, "out of memory");
    for (size_t i = 0; i < s->fault_count && code == CHELA_OK; i++)
        code = faults_add(p->faults, s->faults[i], e);
    *h = (struct server_handler){ p->faults, faults_request };
    if (code == CHELA_OK && s->record) {
        code = recorder_open(&p->recorder, s->record, h, e);
        *h = (struct server_handler){ p->recorder, recorder_request };
    }
    return code;
}

static enum chela_error announce(const struct program *p, struct err *e) {
    const char *host = p->settings.bind;
    char origin[128];
    program_origin(origin, sizeof origin, "http", host, server_port(p->server));
    printf("chela sandbox on %s/api/v1\n", origin);
    if (p->tls) printf("proxy: HTTPS_PROXY=%s\nSSL_CERT_FILE=%s\n", origin, p->ca_path);
    if (fflush(stdout) != 0) return err_set(e, CHELA_IO, "standard output is closed");
    if (!program_is_loopback(host))
        log_warn("whoever reaches %s can use this sandbox: it asks for no key", host);
    return CHELA_OK;
}

static enum chela_error run(struct program *p, struct err *e) {
    struct server_handler handler;
    uv_signal_init(&p->loop, &p->interrupt);
    uv_signal_init(&p->loop, &p->terminate);
    p->interrupt.data = p->terminate.data = p;
    enum chela_error code = build_handler(p, &handler, e);
    if (code == CHELA_OK)
        code = server_open(&p->server, &p->loop, p->settings.bind, p->settings.port, NULL, &handler,
                           e);
    if (code != CHELA_OK) {
        on_drained(p);
        uv_run(&p->loop, UV_RUN_DEFAULT);
        return code;
    }
    sandbox_front_serves(p->front, p->server);
    uv_signal_start(&p->interrupt, on_signal, SIGINT);
    uv_signal_start(&p->terminate, on_signal, SIGTERM);
    if (!p->settings.quiet) server_on_report(p->server, print_report, NULL);
    if (p->settings.tls) code = start_tls(p, e);
    if (code == CHELA_OK) code = announce(p, e);
    if (code != CHELA_OK) server_drain(p->server, on_drained, p);
    uv_run(&p->loop, UV_RUN_DEFAULT);
    return code;
}

enum chela_error sandbox_main(char **words, struct err *e) {
    static struct program p = { .settings = { .port = 8484, .bind = "127.0.0.1" } };
    const struct arguments arguments = {
        .preset = "sandbox",
        .about = "OpenRouter's API on this machine: no key, no network, no cost.",
        .list = options,
        .take = take_option,
        .ctx = &p.settings,
    };
    enum arguments_wish wish;
    enum chela_error code = arguments_read(&arguments, words, &wish, e);
    if (code == CHELA_OK && wish == ARGUMENTS_HELP) {
        arguments_help(&arguments);
        return CHELA_OK;
    }
    if (code == CHELA_OK && wish == ARGUMENTS_VERSION) {
        printf("chela %s\n", CHELA_VERSION);
        return CHELA_OK;
    }
    if (code == CHELA_OK && p.settings.ca && !p.settings.tls)
        code = err_set(e, CHELA_USAGE, "--ca goes with --tls");
    if (code != CHELA_OK) return code;
    program_prepare();
    uv_loop_init(&p.loop);
    code = run(&p, e);
    uv_loop_close(&p.loop);
    if (p.ca_is_ours) unlink(p.ca_path);
    server_free(p.server);
    sandbox_front_free(p.front);
    engines_free(p.engines);
    tls_server_free(p.tls);
    recorder_free(p.recorder);
    faults_free(p.faults);
    replay_free(p.replay);
    return code;
}
