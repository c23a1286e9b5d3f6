/* What a set-up tells at its end: what was written where, whose key it is, what to type next. */
#include "cli/onboard.h"
#include "doc/json_write.h"
#include "net/http.h"

#include <stdio.h>

enum { MAX_TEXT = 64 << 10 };

/* "~/.openclaw/openclaw.json" */
static str tilde(const struct onboard *o, struct arena *a, const char *path) {
    str home = str_c(env_get(o->c->env, "HOME")), full = str_c(path);
    bool inside =
        home.n > 1 && str_starts(full, home) && str_starts(str_skip(full, home.n), S("/"));
    return inside ? arena_printf(a, "~%s", path + home.n) : full;
}

static void add_money(struct buf *out, const struct key_report *r) {
    if (r->usage > 0 || r->limit >= 0) buf_addf(out, ", $%.2f used", r->usage > 0 ? r->usage : 0);
    if (r->limit >= 0) buf_addf(out, " of $%.2f", r->limit);
    if (r->remaining >= 0) buf_addf(out, ", $%.2f left", r->remaining);
    if (r->free_tier) buf_add(out, S(", free tier"));
}

str onboard_verdict(struct arena *a, const struct key_report *r, const struct route *route) {
    struct buf out = BUF_INIT(4096);
    if (r->verdict == KEY_GOOD) {
        buf_addf(&out, "good, says %.*s", STR_ARG(route->origin));
        add_money(&out, r);
    } else if (r->verdict == KEY_REFUSED) {
        buf_addf(&out, "%.*s refuses it: %s", STR_ARG(route->origin), r->reason);
    } else {
        buf_addf(&out, "not checked: %s", r->reason);
    }
    str text = arena_dup(a, buf_str(&out));
    buf_free(&out);
    return text;
}

/* ---- for people ---- */

static void add_line(struct buf *out, const char *what, str text) {
    buf_addf(out, "  %-7s %.*s\n", what, STR_ARG(text));
}

static str where_the_key_is(const struct onboard *o, struct arena *a) {
    char mask[32];
    secret_mask(mask, sizeof mask, (str){ o->key.bytes, o->key.n });
    switch (o->use) {
    case USE_NO_KEY: return S("none was asked for");
    case USE_STORE: return arena_printf(a, "%s, stored as %s", mask, o->profile);
    case USE_VARIABLE:
        return arena_printf(a, "%s, in %s; %s refers to it", mask, ONBOARD_VARIABLE, o->profile);
    case USE_SANDBOX: return S("the sandbox's own; no real key goes there");
    case USE_STORED:
    case USE_CONFIG: break;
    }
    return arena_printf(a, "%s, as it is in %s", mask, o->source);
}

static void add_key(const struct onboard *o, struct arena *a, struct buf *out) {
    add_line(out, "key", where_the_key_is(o, a));
    if (o->use == USE_NO_KEY) return;
    add_line(out, "", onboard_verdict(a, &o->report, &o->route));
    if (o->used.n)
        add_line(out, "", arena_printf(a, "but requests use another: %.*s", STR_ARG(o->used)));
}

static void add_files(const struct onboard *o, struct arena *a, struct buf *out) {
    const struct config_paths *where = config_where(o->config);
    str config = tilde(o, a, where->openclaw_json);
    if (o->use == USE_STORE || o->use == USE_VARIABLE)
        add_line(
            out, "wrote",
            arena_printf(a, "%.*s (for you alone)", STR_ARG(tilde(o, a, where->auth_profiles))));
    if (!o->config_written)
        add_line(out, "", arena_printf(a, "%.*s had it all already", STR_ARG(config)));
    else
        add_line(out, o->use == USE_STORE || o->use == USE_VARIABLE ? "" : "wrote", config);
    for (size_t i = 0; o->config_written && i < o->changed_count; i++)
        add_line(out, "", arena_printf(a, "  %s", o->changed[i]));
}

static void add_next(const struct onboard *o, struct buf *out) {
    struct url parts;
    buf_add(out, S("Next:\n"));
    if (o->sandbox && o->report.status == 0 && url_parse(o->route.base_url, &parts))
        buf_addf(out, "  chela sandbox --port %-23.*s (nothing answers yet)\n",
                 STR_ARG(parts.port));
    buf_add(out, S("  chela infer model run --prompt \"Say hello\"\n"
                   "  chela models status --probe                  (one small request)\n"));
}

void onboard_tell(const struct onboard *o) {
    struct arena a = ARENA_INIT(MAX_TEXT);
    struct buf out = BUF_INIT(MAX_TEXT);
    if (o->removed.n) buf_addf(&out, "Reset: %.*s.\n", STR_ARG(o->removed));
    buf_add(&out, S("OpenRouter is set up.\n"));
    add_key(o, &a, &out);
    add_line(&out, "model", o->model);
    add_line(&out, "route", o->route.base_url);
    add_files(o, &a, &out);
    add_next(o, &out);
    cli_print(buf_str(&out));
    buf_free(&out);
    arena_free(&a);
}

/* ---- for programs ---- */

static void write_amount(struct json_writer *w, const char *key, double value) {
    json_key(w, str_c(key));
    if (value >= 0)
        json_double(w, value);
    else
        json_null(w);
}

static void write_check(struct json_writer *w, const struct key_report *r) {
    json_key(w, S("check"));
    json_object(w);
    json_kstring(w, "result", str_c(key_verdict_name(r->verdict)));
    if (r->status) json_kint(w, "httpStatus", r->status);
    if (r->reason[0]) json_kstring(w, "reason", str_c(r->reason));
    if (r->verdict == KEY_GOOD) {
        json_kstring(w, "label", str_c(r->label));
        write_amount(w, "usage", r->usage);
        write_amount(w, "limit", r->limit);
        write_amount(w, "limitRemaining", r->remaining);
        json_kbool(w, "freeTier", r->free_tier);
    }
    json_object_end(w);
}

static void write_key(struct json_writer *w, const struct onboard *o) {
    char mask[32];
    bool in_store = o->use == USE_STORE || o->use == USE_VARIABLE;
    if (o->use == USE_NO_KEY) return;
    secret_mask(mask, sizeof mask, (str){ o->key.bytes, o->key.n });
    json_object(w);
    json_kstring(w, "kind", S("key"));
    json_kbool(w, "stored", in_store);
    json_kbool(w, "reference", o->use == USE_VARIABLE);
    json_kstring(w, "source", str_c(o->source));
    json_kstring(w, "masked", str_c(mask));
    if (o->profile[0]) json_kstring(w, "profile", str_c(o->profile));
    if (o->profile[0]) json_kstring(w, "path", str_c(config_where(o->config)->auth_profiles));
    if (o->used.n) json_kstring(w, "butInUse", o->used);
    write_check(w, &o->report);
    json_object_end(w);
}

static void write_config(struct json_writer *w, const struct onboard *o) {
    json_object(w);
    json_kstring(w, "kind", S("config"));
    json_kstring(w, "path", str_c(config_where(o->config)->openclaw_json));
    json_kbool(w, "written", o->config_written);
    json_key(w, S("changed"));
    json_array(w);
    for (size_t i = 0; i < o->changed_count; i++) json_string(w, str_c(o->changed[i]));
    json_array_end(w);
    json_kstring(w, "baseUrl", o->route.base_url);
    json_object_end(w);
}

void onboard_tell_json(const struct onboard *o) {
    struct buf out = BUF_INIT(MAX_TEXT);
    struct json_writer w = JSON_WRITER(&out);
    json_object(&w);
    json_kbool(&w, "ok", true);
    json_kstring(&w, "capability", S("onboard"));
    json_kstring(&w, "transport", S("local"));
    json_kstring(&w, "provider", S("openrouter"));
    json_kstring(&w, "model", o->model);
    json_kstring(&w, "mode", S("local"));
    json_kstring(&w, "authChoice", o->skip ? S("skip") : S("openrouter-api-key"));
    if (o->removed.n) json_kstring(&w, "reset", o->removed);
    json_key(&w, S("attempts"));
    json_array(&w);
    json_array_end(&w);
    json_key(&w, S("outputs"));
    json_array(&w);
    write_key(&w, o);
    write_config(&w, o);
    json_array_end(&w);
    json_key(&w, S("ignoredOverrides"));
    json_array(&w);
    json_array_end(&w);
    json_key(&w, S("error"));
    json_null(&w);
    json_object_end(&w);
    buf_addc(&out, '\n');
    cli_print(buf_str(&out));
    buf_free(&out);
}
