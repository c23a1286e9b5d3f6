/* How `models status` tells what it gathered: lines for people, and the document that OpenClaw
 * prints, with what chela adds to it at its end. */
#include "base/clock.h"
#include "cli/models_status.h"

#include "cli/models.h"
#include "doc/json_write.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- for people ---- */

/* A line; what is "" when it goes on with the one before. */
static void line(struct buf *out, const char *what, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void line(struct buf *out, const char *what, const char *fmt, ...) {
    char text[2048];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    buf_addf(out, "%-10s%s\n", what, text);
}

/* "5 minutes", "3 hours", "12 days" */
static void span(char *dst, size_t cap, int64_t ms) {
    static const struct {
        int64_t ms;
        const char *name;
    } units[] = {
        { 86400000, "day" }, { 3600000, "hour" }, { 60000, "minute" }, { 1000, "second" }
    };
    size_t i = 0;
    if (ms < 0) ms = 0;
    while (i < 3 && ms < units[i].ms) i++;
    int64_t n = ms / units[i].ms;
    snprintf(dst, cap, "%lld %s%s", (long long)n, units[i].name, n == 1 ? "" : "s");
}

static void add_keys(const struct status *s, struct buf *out) {
    if (s->key.kind == CREDENTIAL_NONE) {
        line(out, "key", "%s", s->no_key.message);
        if (s->no_key.hint[0]) line(out, "", "%s", s->no_key.hint);
    } else {
        line(out, "key", "%.*s, from %s", STR_ARG(s->key_masked), s->key.source);
    }
    for (size_t i = 0; i < s->profile_count; i++) {
        const struct status_profile *p = &s->profile[i];
        struct buf state = BUF_INIT(2048);
        char left[64];
        buf_addf(&state, "%s", p->in_use ? "in use" : p->unusable.n ? "not usable: " : "usable");
        buf_addf(&state, "%.*s", STR_ARG(p->unusable));
        if (p->profile->expires_ms > clock_unix_ms()) {
            span(left, sizeof left, p->profile->expires_ms - clock_unix_ms());
            buf_addf(&state, ", expires in %s", left);
        }
        if (p->profile->waits_ms) {
            span(left, sizeof left, p->profile->waits_ms - clock_unix_ms());
            buf_addf(&state, ", OpenClaw lets it rest for %s", left);
        }
        line(out, i ? "" : "profiles", "%.*s (%s): %.*s", STR_ARG(p->profile->id),
             auth_kind_name(p->profile->kind), STR_ARG(buf_str(&state)));
        buf_free(&state);
    }
}

static void add_models(const struct status *s, struct buf *out) {
    line(out, "model", "%.*s", STR_ARG(s->model.key));
    for (size_t i = 0; i < s->fallback_count; i++)
        line(out, i ? "" : "fallbacks", "%.*s", STR_ARG(s->fallbacks[i].key));
    if (s->image.n) line(out, "image", "%.*s", STR_ARG(s->image));
    for (size_t i = 0; i < s->image_fallback_count; i++)
        line(out, "", "%.*s", STR_ARG(s->image_fallbacks[i]));
    for (size_t i = 0; i < s->alias_count; i++)
        line(out, i ? "" : "aliases", "%.*s: %.*s", STR_ARG(s->aliases[i].name),
             STR_ARG(s->aliases[i].key));
}

static void add_cooldowns(const struct status *s, struct buf *out) {
    for (size_t i = 0; i < s->cooldown_count; i++) {
        const struct cooldown *c = &s->cooldowns[i];
        char left[64];
        span(left, sizeof left, c->until_ms - clock_unix_ms());
        line(out, i ? "" : "resting", "%.*s with %.*s, for %s: %.*s", STR_ARG(c->model),
             STR_ARG(c->key), left, STR_ARG(c->message));
    }
}

static void add_catalog(const struct status *s, struct buf *out) {
    char age[64];
    size_t count;
    catalog_rows(s->catalog, &count);
    if (catalog_source(s->catalog) == CATALOG_BUNDLED) {
        line(out, "catalogue", "%zu models, those that chela brings: none was fetched yet", count);
        return;
    }
    span(age, sizeof age, catalog_age_ms(s->catalog));
    line(out, "catalogue", "%zu models, %s old%s", count, age,
         catalog_is_stale(s->catalog) ? "; a new one is fetched beside the next answer" : "");
}

static void add_probe(const struct status *s, struct buf *out) {
    const struct status_probe *p = &s->probe;
    if (!p->asked) return;
    if (!p->ok) {
        line(out, "probe", "failed after %lld ms", (long long)p->ms);
        return;
    }
    line(out, "probe", "answered after %lld ms by %.*s", (long long)p->ms, STR_ARG(p->model));
    if (p->text.n) line(out, "", "\"%.*s\"", STR_ARG(p->text));
    if (p->cost >= 0) line(out, "", "for $%.6f", p->cost);
}

void status_print(const struct status *s, struct buf *out) {
    const struct config_paths *where = config_where(s->config);
    add_models(s, out);
    line(out, "route", "%.*s", STR_ARG(s->route.base_url));
    line(out, "", "%s", s->route.why);
    add_keys(s, out);
    add_cooldowns(s, out);
    add_catalog(s, out);
    line(out, "config", "%s", where->openclaw_json);
    line(out, "keys in", "%s", s->store.path);
    add_probe(s, out);
}

/* ---- for programs ---- */

static void strings(struct json_writer *w, const char *key, const str *list, size_t count) {
    json_key(w, str_c(key));
    json_array(w);
    for (size_t i = 0; i < count; i++) json_string(w, list[i]);
    json_array_end(w);
}

/* "/…/agent/auth-profiles.json" → "/…/agent" */
static str folder_of(const char *path) {
    str s = str_c(path);
    ptrdiff_t slash = str_rchr(s, '/');
    return slash < 0 ? s : str_head(s, (size_t)slash);
}

static void write_models(struct json_writer *w, const struct status *s) {
    json_kstring(w, "defaultModel", s->model.key);
    json_kstring(w, "resolvedDefault", s->model.key);
    json_key(w, S("fallbacks"));
    json_array(w);
    for (size_t i = 0; i < s->fallback_count; i++) json_string(w, s->fallbacks[i].key);
    json_array_end(w);
    json_key(w, S("imageModel"));
    if (s->image.n)
        json_string(w, s->image);
    else
        json_null(w);
    strings(w, "imageFallbacks", s->image_fallbacks, s->image_fallback_count);
    json_key(w, S("aliases"));
    json_object(w);
    for (size_t i = 0; i < s->alias_count; i++) {
        json_key(w, s->aliases[i].name);
        json_string(w, s->aliases[i].key);
    }
    json_object_end(w);
    strings(w, "allowed", s->allowed, s->allowed_count);
}

static const char *effective_kind(const struct status *s) {
    switch (s->key.kind) {
    case CREDENTIAL_PROFILE: return "profiles";
    case CREDENTIAL_ENVIRONMENT:
    case CREDENTIAL_ENV_BLOCK: return "env";
    case CREDENTIAL_PROVIDER: return "models.json";
    case CREDENTIAL_NONE: break;
    }
    return "missing";
}

static void write_profile_counts(struct json_writer *w, const struct status *s) {
    static const char *const names[] = { "apiKey", "token", "oauth" };
    int64_t count[AUTH_OTHER + 1] = { 0 };
    for (size_t i = 0; i < s->profile_count; i++) count[s->profile[i].profile->kind]++;
    json_key(w, S("profiles"));
    json_object(w);
    json_kint(w, "count", (int64_t)s->profile_count);
    for (size_t i = 0; i < 3; i++) json_kint(w, names[i], count[i]);
    json_key(w, S("labels"));
    json_array(w);
    for (size_t i = 0; i < s->profile_count; i++) {
        struct buf label = BUF_INIT(1024);
        const struct status_profile *p = &s->profile[i];
        buf_addf(&label, "%.*s=%.*s", STR_ARG(p->profile->id), STR_ARG(p->masked));
        json_string(w, buf_str(&label));
        buf_free(&label);
    }
    json_array_end(w);
    json_object_end(w);
}

static void write_source(struct json_writer *w, const char *key, str value, const char *source) {
    if (!value.n) return;
    json_key(w, str_c(key));
    json_object(w);
    json_kstring(w, "value", value);
    json_kstring(w, "source", str_c(source));
    json_object_end(w);
}

static void write_provider(struct json_writer *w, const struct status *s) {
    json_object(w);
    json_kstring(w, "provider", S("openrouter"));
    json_key(w, S("effective"));
    json_object(w);
    json_kstring(w, "kind", str_c(effective_kind(s)));
    json_kstring(w, "detail",
                 str_c(s->key.kind == CREDENTIAL_NONE ? s->no_key.message : s->key.source));
    json_object_end(w);
    write_profile_counts(w, s);
    write_source(w, "env", s->variable, "OPENROUTER_API_KEY");
    write_source(w, "modelsJson", s->provider_key, "models.providers.openrouter.apiKey");
    json_object_end(w);
}

static void write_unusable(struct json_writer *w, const struct status *s) {
    int64_t now = clock_unix_ms();
    json_key(w, S("unusableProfiles"));
    json_array(w);
    for (size_t i = 0; i < s->profile_count; i++) {
        const struct status_profile *p = &s->profile[i];
        if (!p->unusable.n && !p->profile->waits_ms) continue;
        json_object(w);
        json_kstring(w, "profileId", p->profile->id);
        json_kstring(w, "provider", S("openrouter"));
        json_kstring(w, "kind",
                     p->unusable.n          ? S("unusable")
                     : p->profile->disabled ? S("disabled")
                                            : S("cooldown"));
        if (p->unusable.n) json_kstring(w, "reason", p->unusable);
        if (p->profile->waits_ms) json_kint(w, "until", p->profile->waits_ms);
        if (p->profile->waits_ms) json_kint(w, "remainingMs", p->profile->waits_ms - now);
        json_object_end(w);
    }
    json_array_end(w);
}

/* Tokens, in the place where OpenClaw tells what expires. */
static void write_expiries(struct json_writer *w, const struct status *s) {
    int64_t now = clock_unix_ms();
    json_key(w, S("oauth"));
    json_object(w);
    json_kint(w, "warnAfterMs", STATUS_WARN_MS);
    json_key(w, S("profiles"));
    json_array(w);
    for (size_t i = 0; i < s->profile_count; i++) {
        const struct auth_profile *p = s->profile[i].profile;
        if (p->kind != AUTH_TOKEN) continue;
        int64_t left = p->expires_ms - now;
        json_object(w);
        json_kstring(w, "profileId", p->id);
        json_kstring(w, "provider", S("openrouter"));
        json_kstring(w, "type", S("token"));
        json_kstring(w, "status",
                     !p->expires_ms          ? S("static")
                     : left <= 0             ? S("expired")
                     : left < STATUS_WARN_MS ? S("expiring")
                                             : S("ok"));
        if (p->expires_ms) json_kint(w, "expiresAt", p->expires_ms);
        if (p->expires_ms) json_kint(w, "remainingMs", left);
        json_object_end(w);
    }
    json_array_end(w);
    strings(w, "providers", NULL, 0);
    json_object_end(w);
}

static void write_auth(struct json_writer *w, const struct status *s) {
    const str missing = S("openrouter");
    json_key(w, S("auth"));
    json_object(w);
    json_kstring(w, "storePath", str_c(s->store.path));
    json_key(w, S("shellEnvFallback"));
    json_object(w);
    json_kbool(w, "enabled", false);
    strings(w, "appliedKeys", NULL, 0);
    json_object_end(w);
    strings(w, "providersWithOAuth", NULL, 0);
    strings(w, "missingProvidersInUse", &missing, s->key.kind == CREDENTIAL_NONE);
    json_key(w, S("providers"));
    json_array(w);
    write_provider(w, s);
    json_array_end(w);
    write_unusable(w, s);
    write_expiries(w, s);
    json_object_end(w);
}

/* What OpenClaw has no place for. */
static void write_route(struct json_writer *w, const struct status *s) {
    size_t count;
    catalog_rows(s->catalog, &count);
    json_key(w, S("route"));
    json_object(w);
    json_kstring(w, "baseUrl", s->route.base_url);
    json_kstring(w, "source", str_c(s->route.source));
    json_kbool(w, "verified", s->route.verified);
    json_kbool(w, "exact", s->route.exact);
    json_kstring(w, "why", str_c(s->route.why));
    json_object_end(w);
    json_key(w, S("key"));
    if (s->key.kind == CREDENTIAL_NONE) {
        json_null(w);
    } else {
        json_object(w);
        json_kstring(w, "masked", s->key_masked);
        json_kstring(w, "source", str_c(s->key.source));
        if (s->key.profile[0]) json_kstring(w, "profile", str_c(s->key.profile));
        json_object_end(w);
    }
    json_key(w, S("catalog"));
    json_object(w);
    json_kstring(w, "source",
                 catalog_source(s->catalog) == CATALOG_BUNDLED ? S("bundled") : S("cache"));
    json_kint(w, "models", (int64_t)count);
    if (catalog_age_ms(s->catalog) >= 0) json_kint(w, "ageMs", catalog_age_ms(s->catalog));
    json_kbool(w, "stale", catalog_is_stale(s->catalog));
    json_object_end(w);
}

static void write_probe(struct json_writer *w, const struct status *s) {
    const struct status_probe *p = &s->probe;
    if (!p->asked) return;
    json_key(w, S("probe"));
    json_object(w);
    json_kbool(w, "ok", p->ok);
    json_kint(w, "latencyMs", p->ms);
    if (p->ok) {
        json_kstring(w, "model", p->model);
        json_kstring(w, "text", p->text);
        if (p->cost >= 0) json_key(w, S("cost"));
        if (p->cost >= 0) json_double(w, p->cost);
    } else {
        json_key(w, S("error"));
        json_object(w);
        json_kstring(w, "code", str_c(err_code(p->why.code)));
        json_kstring(w, "message", str_c(p->why.message));
        if (p->why.http_status) json_kint(w, "httpStatus", p->why.http_status);
        json_object_end(w);
    }
    json_object_end(w);
}

void status_print_json(const struct status *s, struct buf *out) {
    const struct config_paths *where = config_where(s->config);
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_kbool(&w, "ok", !s->probe.asked || s->probe.ok);
    json_kstring(&w, "configPath", str_c(where->openclaw_json));
    json_kstring(&w, "agentDir", folder_of(where->auth_profiles));
    write_models(&w, s);
    write_auth(&w, s);
    write_route(&w, s);
    models_write_cooldowns(&w, s->cooldowns, s->cooldown_count);
    write_probe(&w, s);
    json_object_end(&w);
    buf_addc(out, '\n');
}
