/* chela doctor: is everything as it must be, and what to do where it is not. */
#include "base/file.h"
#include "catalog/catalog.h"
#include "chat/key_check.h"
#include "cli/cli.h"
#include "doc/json_write.h"
#include "media/player.h"
#include "route/route.h"
#include "store/store.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static const struct option_spec options[] = {
    { "offline", 0, OPTION_FLAG, NULL, "do not ask the service whether the key is good" },
    { "json", 0, OPTION_FLAG, NULL, "one JSON document instead of lines" },
    { 0 },
};

enum level { GOOD, WORTH_KNOWING, WRONG };
static const char *const level_names[] = { "good", "note", "wrong" };

enum { MOST_FINDINGS = 32 };

struct finding {
    const char *check;
    enum level level;
    char text[600], todo[300];
};

struct doctor {
    struct cli *cli;
    struct config *config;
    struct finding list[MOST_FINDINGS];
    size_t count;
    struct route route;
    struct arena arena;
};

static void find(struct doctor *d, const char *check, enum level level, const char *todo,
                 const char *fmt, ...) __attribute__((format(printf, 5, 6)));

static void find(struct doctor *d, const char *check, enum level level, const char *todo,
                 const char *fmt, ...) {
    if (d->count == MOST_FINDINGS) return;
    struct finding *f = &d->list[d->count++];
    f->check = check;
    f->level = level;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(f->text, sizeof f->text, fmt, ap);
    va_end(ap);
    str_copy(f->todo, sizeof f->todo, str_c(todo));
}

static void check_configuration(struct doctor *d, enum chela_error rc, const struct err *e) {
    size_t warnings = 0;
    const struct config_warning *w = d->config ? config_warnings(d->config, &warnings) : NULL;
    if (rc != CHELA_OK) {
        find(d, "configuration", WRONG,
             e->hint[0] ? e->hint : "chela config validate lists every problem", "%s", e->message);
        return;
    }
    const char *path = config_where(d->config)->openclaw_json;
    if (!file_exists(path))
        find(d, "configuration", WORTH_KNOWING, "chela onboard writes one", "%s is not there",
             path);
    else if (warnings)
        find(d, "configuration", WORTH_KNOWING, "chela config validate lists them all",
             "%s: %zu warning%s, the first about %.*s", path, warnings, warnings == 1 ? "" : "s",
             STR_ARG(w[0].path));
    else
        find(d, "configuration", GOOD, "", "%s", path);
}

static bool check_route(struct doctor *d) {
    struct err e = ERR_INIT;
    if (route_chat(&d->route, d->config, &d->arena, &e) != CHELA_OK) {
        find(d, "route", WRONG, e.hint, "%s", e.message);
        return false;
    }
    find(d, "route", GOOD, "", "%.*s (%s)", STR_ARG(d->route.base_url), d->route.why);
    return true;
}

static void check_key(struct doctor *d) {
    struct err e = ERR_INIT;
    struct credential key;
    struct key_report report;
    if (credential_find(d->config, d->route.origin, S(""), &key, &e) != CHELA_OK) {
        find(d, "key", WRONG, e.hint, "%s", e.message);
        return;
    }
    if (cli_given(d->cli, "offline")) {
        find(d, "key", WORTH_KNOWING, "without --offline the service is asked", "%s; not checked",
             key.source);
    } else if (key_check(&report, d->config, &d->route, &key.key, NULL, &e) != CHELA_OK) {
        find(d, "key", WORTH_KNOWING, e.hint, "%s; not checked: %s", key.source, e.message);
    } else if (report.verdict == KEY_REFUSED) {
        find(d, "key", WRONG,
             "chela onboard stores another; keys are made at "
             "https://openrouter.ai/keys",
             "%s: refused: %s", key.source, report.reason);
    } else if (report.verdict == KEY_UNCHECKED) {
        find(d, "key", WORTH_KNOWING, "on line it is checked", "%s; not checked: %s", key.source,
             report.reason);
    } else {
        find(d, "key", GOOD, "", "%s; the service takes it", key.source);
    }
    credential_free(&key);
}

static void check_catalogue(struct doctor *d) {
    struct err e = ERR_INIT;
    struct catalog *k = NULL;
    if (catalog_open(&k, d->config, &e) != CHELA_OK) {
        find(d, "catalogue", WRONG, e.hint, "%s", e.message);
    } else if (catalog_age_ms(k) < 0) {
        find(d, "catalogue", WORTH_KNOWING, "it is fetched beside the next answer",
             "no list of models was fetched yet: the bundled one is used");
    } else {
        double hours = (double)catalog_age_ms(k) / 3600e3;
        find(d, "catalogue", GOOD, "", "%.1f hours old%s", hours,
             catalog_is_stale(k) ? "; fetched again beside the next answer" : "");
    }
    catalog_free(k);
}

static void check_store(struct doctor *d) {
    char path[PATH_MAX + 16];
    struct err e = ERR_INIT;
    struct store *s = NULL;
    snprintf(path, sizeof path, "%s/chela.db", config_where(d->config)->state);
    if (!file_exists(path)) {
        find(d, "store", GOOD, "", "%s: made when there is something to remember", path);
        return;
    }
    if (store_open(&s, path, &e) != CHELA_OK)
        find(d, "store", WRONG, e.hint, "%s", e.message);
    else
        find(d, "store", GOOD, "", "%s", path);
    store_close(s);
}

/* Programs that live beside this one, or in ../libexec/chela. */
static void check_program(struct doctor *d, const char *name, const char *without) {
    static const char *const places[] = { "", "../libexec/chela/" };
    char own[PATH_MAX], path[PATH_MAX + 64];
    ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
    own[n > 0 ? n : 0] = '\0';
    ptrdiff_t slash = str_rchr(str_c(own), '/');
    for (size_t i = 0; i < 2 && slash >= 0; i++) {
        snprintf(path, sizeof path, "%.*s/%s%s", (int)slash, own, places[i], name);
        if (access(path, X_OK) != 0) continue;
        find(d, name, GOOD, "", "%s", path);
        return;
    }
    find(d, name, WORTH_KNOWING, "build and install all of chela", "not found: %s", without);
}

static void check_terminal(struct doctor *d) {
    const char *term = env_get(d->cli->env, "TERM"), *player;
    const char *path = env_get(d->cli->env, "PATH");
    find(d, "terminal", GOOD, "", "%s%s", cli_out_is_terminal() ? "" : "none; TERM is ",
         term ? term : "not set");
    player = player_find(path, S(""));
    if (player)
        find(d, "player", GOOD, "", "%s", player);
    else
        find(d, "player", WORTH_KNOWING, "install pipewire, ffmpeg or mpv",
             "nothing here plays sound: --play and spoken replies print the path");
}

/* ---- printing ---- */

static void print_json(const struct doctor *d, bool ok) {
    struct buf text = BUF_INIT(1u << 20);
    struct json_writer w = JSON_WRITER(&text);
    json_object(&w);
    json_kbool(&w, "ok", ok);
    json_kstring(&w, "capability", S("doctor"));
    json_key(&w, S("outputs"));
    json_array(&w);
    for (size_t i = 0; i < d->count; i++) {
        const struct finding *f = &d->list[i];
        json_object(&w);
        json_kstring(&w, "check", str_c(f->check));
        json_kstring(&w, "level", str_c(level_names[f->level]));
        json_kstring(&w, "text", str_c(f->text));
        if (f->todo[0]) json_kstring(&w, "todo", str_c(f->todo));
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    buf_addc(&text, '\n');
    cli_print(buf_str(&text));
    buf_free(&text);
}

static void print_text(const struct doctor *d) {
    static const char *const marks[] = { "ok   ", "note ", "WRONG" };
    struct buf text = BUF_INIT(1u << 20);
    for (size_t i = 0; i < d->count; i++) {
        const struct finding *f = &d->list[i];
        buf_addf(&text, "%s  %-14s %s\n", marks[f->level], f->check, f->text);
        if (f->todo[0]) buf_addf(&text, "       %-14s -> %s\n", "", f->todo);
    }
    cli_print(buf_str(&text));
    buf_free(&text);
}

static enum chela_error run(struct cli *c, struct err *e) {
    struct doctor d = { .cli = c };
    struct err why = ERR_INIT;
    size_t wrong = 0;
    arena_init(&d.arena, 1 << 20);
    enum chela_error rc = config_load(&d.config, c->env, &why);
    check_configuration(&d, rc, &why);
    if (rc == CHELA_OK) {
        if (check_route(&d)) check_key(&d);
        check_catalogue(&d);
        check_store(&d);
    }
    check_program(&d, "chela-gateway", "chela gateway and chela sandbox do not start");
    check_program(&d, "chela-engines", "the sandbox makes no pictures, video and speech");
    check_terminal(&d);
    for (size_t i = 0; i < d.count; i++) wrong += d.list[i].level == WRONG;
    if (c->json)
        print_json(&d, !wrong);
    else
        print_text(&d);
    c->envelope_printed = true;
    config_free(d.config);
    arena_free(&d.arena);
    if (!wrong) return CHELA_OK;
    return err_set(e, CHELA_CONFIG, "%zu thing%s to mend", wrong, wrong == 1 ? "" : "s");
}

const struct command cmd_doctor = {
    .path = "doctor",
    .summary = "Check that everything is as it must be, and say what to do",
    .details =
        "Looks at configuration, route, key, catalogue, store, programs, terminal and player.\n"
        "The key is asked of the service, which takes ten seconds at most.",
    .options = options,
    .run = run,
};
