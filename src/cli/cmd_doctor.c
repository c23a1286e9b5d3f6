/* chela doctor: is everything as it must be, and what to do where it is not. Here: what chela reads
 * and whom it asks. doctor_machine.c looks at the machine. */
#include "base/file.h"
#include "catalog/catalog.h"
#include "chat/envelope.h"
#include "chat/key_check.h"
#include "cli/columns.h"
#include "cli/doctor.h"
#include "doc/json_write.h"
#include "route/route.h"
#include "store/sqlite_lib.h"
#include "store/store.h"
#include "term/safe.h"
#include "term/style.h"
#include "term/wrap.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct option_spec options[] = {
    { "offline", 0, OPTION_FLAG, NULL, "do not ask the service whether the key is good" },
    { "json", 0, OPTION_FLAG, NULL, "one JSON document instead of lines" },
    { 0 },
};

enum { MOST_FINDINGS = 48, INDENT = 22 /* columns before a text */ };

struct finding {
    const char *check;
    enum doctor_level level;
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

void doctor_find(struct doctor *d, const char *check, enum doctor_level level, const char *todo,
                 const char *fmt, ...) {
    struct finding f = { .check = check, .level = level };
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(f.text, sizeof f.text, fmt, ap);
    va_end(ap);
    str_copy(f.todo, sizeof f.todo, str_c(todo));
    if (d->count < MOST_FINDINGS) d->list[d->count++] = f;
}

/* What failed, and its remedy: the error's own, or the usual one. */
static void find_failure(struct doctor *d, const char *check, enum doctor_level level,
                         const struct err *e, const char *usual) {
    doctor_find(d, check, level, e->hint[0] ? e->hint : usual, "%s", e->message);
}

static void check_configuration(struct doctor *d, enum chela_error rc, const struct err *e) {
    size_t warnings = 0;
    const struct config_warning *w = d->config ? config_warnings(d->config, &warnings) : NULL;
    if (rc != CHELA_OK) {
        find_failure(d, "configuration", DOCTOR_WRONG, e,
                     "chela config validate lists every problem");
        return;
    }
    const char *path = config_where(d->config)->openclaw_json;
    if (!file_exists(path))
        doctor_find(d, "configuration", DOCTOR_NOTE, "chela onboard writes one", "%s is not there",
                    path);
    else if (warnings)
        doctor_find(d, "configuration", DOCTOR_NOTE, "chela config validate lists them all",
                    "%s: %zu warning%s, the first about %.*s", path, warnings,
                    warnings == 1 ? "" : "s", STR_ARG(w[0].path));
    else
        doctor_find(d, "configuration", DOCTOR_GOOD, "", "%s", path);
}

static bool check_route(struct doctor *d) {
    struct err e = ERR_INIT;
    if (route_chat(&d->route, d->config, &d->arena, &e) != CHELA_OK) {
        find_failure(d, "route", DOCTOR_WRONG, &e,
                     "chela config set models.providers.openrouter.baseUrl "
                     "https://openrouter.ai/api/v1");
        return false;
    }
    doctor_find(d, "route", DOCTOR_GOOD, "", "%.*s (%s)", STR_ARG(d->route.base_url), d->route.why);
    return true;
}

static void check_key(struct doctor *d) {
    struct err e = ERR_INIT;
    struct credential key;
    struct key_report report;
    if (credential_find(d->config, d->route.origin, S(""), &key, &e) != CHELA_OK) {
        find_failure(d, "key", DOCTOR_WRONG, &e, "chela onboard stores one");
        return;
    }
    if (cli_given(d->cli, "offline")) {
        doctor_find(d, "key", DOCTOR_NOTE, "without --offline the service is asked",
                    "%s; not checked", key.source);
    } else if (key_check(&report, d->config, &d->route, &key.key, NULL, &e) != CHELA_OK) {
        doctor_find(d, "key", DOCTOR_NOTE, e.hint[0] ? e.hint : "try again on line",
                    "%s; not checked: %s", key.source, e.message);
    } else if (report.verdict == KEY_REFUSED) {
        doctor_find(d, "key", DOCTOR_WRONG,
                    "chela onboard stores another; keys are made at "
                    "https://openrouter.ai/keys",
                    "%s: refused: %s", key.source, report.reason);
    } else if (report.verdict == KEY_UNCHECKED) {
        doctor_find(d, "key", DOCTOR_NOTE, "on line it is checked", "%s; not checked: %s",
                    key.source, report.reason);
    } else {
        doctor_find(d, "key", DOCTOR_GOOD, "", "%s; the service takes it", key.source);
    }
    credential_free(&key);
}

static void check_catalogue(struct doctor *d) {
    struct err e = ERR_INIT;
    struct catalog *k = NULL;
    if (catalog_open(&k, d->config, &e) != CHELA_OK) {
        find_failure(d, "catalogue", DOCTOR_WRONG, &e,
                     "chela models refresh fetches the list anew");
    } else if (catalog_age_ms(k) < 0) {
        doctor_find(d, "catalogue", DOCTOR_NOTE,
                    "it is fetched beside the next answer; chela models refresh fetches it now",
                    "no list of models was fetched yet: the bundled one is used");
    } else {
        double hours = (double)catalog_age_ms(k) / 3600e3;
        doctor_find(d, "catalogue", DOCTOR_GOOD, "", "%.1f hours old%s", hours,
                    catalog_is_stale(k) ? "; fetched again beside the next answer" : "");
    }
    catalog_free(k);
}

/* The nearest folder above that is there. */
static bool may_be_made(char *path) {
    for (ptrdiff_t slash; (slash = str_rchr(str_c(path), '/')) > 0;) {
        path[slash] = '\0';
        if (access(path, F_OK) == 0) return access(path, W_OK | X_OK) == 0;
    }
    return false;
}

static void check_store(struct doctor *d) {
    char path[PATH_MAX + 16], above[PATH_MAX + 16];
    struct err e = ERR_INIT;
    struct store *s = NULL;
    snprintf(path, sizeof path, "%s/chela.db", config_where(d->config)->state);
    str_copy(above, sizeof above, str_c(path));
    if (!sqlite_lib(&e)) {
        find_failure(d, "store", DOCTOR_WRONG, &e, "install the package libsqlite3-0");
    } else if (!file_exists(path) && may_be_made(above)) {
        doctor_find(d, "store", DOCTOR_GOOD, "", "%s: made when there is something to remember",
                    path);
    } else if (!file_exists(path)) {
        doctor_find(d, "store", DOCTOR_WRONG,
                    "give yourself the folder, or set XDG_STATE_HOME to another",
                    "%s cannot be made: %s: %s", path, above, strerror(errno));
    } else if (store_open(&s, path, &e) != CHELA_OK) {
        find_failure(d, "store", DOCTOR_WRONG, &e,
                     "see whose the file and its folder are, and whether the disk is full");
    } else {
        doctor_find(d, "store", DOCTOR_GOOD, "", "%s", path);
    }
    store_close(s);
}

/* ---- printing ---- */

static const char *const level_names[] = { "good", "note", "wrong" };

static void print_json(const struct doctor *d, const struct err *e) {
    struct buf text = BUF_INIT(1u << 20);
    struct json_writer w = JSON_WRITER(&text);
    json_object(&w);
    envelope_begin(&w, e->code == CHELA_OK, S("doctor"), (str){ 0 });
    envelope_attempts(&w, NULL, 0);
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
    json_key(&w, S("ignoredOverrides"));
    json_array(&w);
    json_array_end(&w);
    envelope_error(&w, e);
    json_object_end(&w);
    buf_addc(&text, '\n');
    cli_print(buf_str(&text));
    buf_free(&text);
}

/* Behind its first columns, and under them where it is longer than the line. What a service or a
 * program said is in it, so it is made harmless. */
static void add_text(struct buf *out, const char *text, size_t columns) {
    struct buf safe = BUF_INIT(8192);
    struct wrap wrap;
    str line;
    safe_line(&safe, str_c(text));
    wrap_init(&wrap, buf_str(&safe), columns > INDENT + 20 ? columns - INDENT : SIZE_MAX);
    for (bool first = true; wrap_line(&wrap, &line); first = false) {
        if (!first) buf_addf(out, "%*s", INDENT, "");
        buf_add(out, line);
        buf_addc(out, '\n');
    }
    buf_free(&safe);
}

static void print_text(const struct doctor *d) {
    static const struct {
        const char *mark;
        unsigned style;
    } levels[] = { { "ok   ", STYLE_GREEN }, { "note ", STYLE_CYAN }, { "WRONG", STYLE_RED } };
    struct buf text = BUF_INIT(1u << 20);
    size_t columns = columns_of_terminal();
    const struct look look = { .colour = cli_colour(cli_out_is_terminal(), d->cli->env) };
    for (size_t i = 0; i < d->count; i++) {
        const struct finding *f = &d->list[i];
        style_text(&text, &look, levels[f->level].style, str_c(levels[f->level].mark));
        buf_addf(&text, "  %-14s ", f->check);
        add_text(&text, f->text, columns);
        if (!f->todo[0]) continue;
        buf_addf(&text, "%*s", INDENT - 3, "");
        buf_add(&text, S("-> "));
        add_text(&text, f->todo, columns);
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
    doctor_machine(&d, c->env);
    for (size_t i = 0; i < d.count; i++) wrong += d.list[i].level == DOCTOR_WRONG;
    rc = CHELA_OK;
    if (wrong) rc = err_set(e, CHELA_CONFIG, "%zu thing%s to mend", wrong, wrong == 1 ? "" : "s");
    if (c->json)
        print_json(&d, e);
    else
        print_text(&d);
    c->envelope_printed = true;
    config_free(d.config);
    arena_free(&d.arena);
    return rc;
}

const struct command cmd_doctor = {
    .path = "doctor",
    .summary = "Check that everything is as it must be, and say what to do",
    .details =
        "Looks at configuration, route, key, catalogue, store, programs, engines, terminal and\n"
        "player. The key is asked of the service, which takes ten seconds at most, and\n"
        "chela-engines what can work here.",
    .options = options,
    .run = run,
};
