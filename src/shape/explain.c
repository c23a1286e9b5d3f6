/* The record made readable. Nothing is decided here: the request and the record were made exactly
 * as for sending. Keys are masked: the bearer, headers whose value is a secret by its name or by
 * the record (a configured secret reference is recorded masked), and query parameters that look
 * like one. */
#include "shape/explain.h"

#include "doc/json_write.h"

#include <stdio.h>
#include <string.h>

static const char *const kinds[] = { [CHANGE_ADDED] = "added",
                                     [CHANGE_CHANGED] = "changed",
                                     [CHANGE_DROPPED] = "dropped",
                                     [CHANGE_WITHHELD] = "withheld" };

static bool sounds_secret(str name) {
    static const char *const words[] = { "auth",   "key",      "token",    "secret",
                                         "cookie", "password", "signature" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_ihas(name, str_c(words[i]))) return true;
    return false;
}

/* The last that was recorded about a header; NULL: nothing. */
static const struct change *about_header(const struct explained *x, str name) {
    const struct change *found = NULL;
    for (const struct change *k = x->record->first; k; k = k->next)
        if (str_istarts(k->where, S("header ")) && str_ieq(str_skip(k->where, 7), name)) found = k;
    return found;
}

static str shown_value(const struct explained *x, size_t i, char mask[64]) {
    str name = x->headers->item[i].name, value = x->headers->item[i].value;
    const struct change *k = about_header(x, name);
    bool masked = k && k->kind <= CHANGE_CHANGED && str_has(k->value, S("***"));
    masked = masked || (k && k->kind <= CHANGE_CHANGED && k->value.n && value.n < 300 &&
                        str_has(k->value, S("…")) && !str_has(value, S("…")));
    if (!masked && !sounds_secret(name)) return value;
    secret_mask(mask, 64, value);
    return str_c(mask);
}

/* What a change is shown to have set: a header's value is as secret there as in the header. */
static str change_value(const struct change *k, char mask[64]) {
    bool header = str_istarts(k->where, S("header "));
    if (!header || !k->value.n || !sounds_secret(str_skip(k->where, 7))) return k->value;
    if (str_has(k->value, S("***")) || str_has(k->value, S("…"))) return k->value;
    secret_mask(mask, 64, k->value);
    return str_c(mask);
}

static void masked_key(const struct explained *x, char mask[64]) {
    const struct secret *key = &x->credential->key;
    if (secret_is_set(key))
        secret_mask(mask, 64, (str){ key->bytes, key->n });
    else
        str_copy(mask, 64, S("(no key)"));
}

/* The URL with the values of secret-sounding parameters replaced. */
static void add_url(struct buf *out, str url) {
    str path, query, pair, name, value;
    bool any = str_cut(url, '?', &path, &query);
    buf_add(out, path);
    for (char lead = '?'; any; lead = '&') {
        any = str_cut(query, '&', &pair, &query);
        bool has_value = str_cut(pair, '=', &name, &value);
        buf_addc(out, lead);
        buf_add(out, has_value && sounds_secret(name) ? name : pair);
        if (has_value && sounds_secret(name)) buf_add(out, S("=***"));
    }
}

/* The header that carries the key instead of Authorization; NULL: none. */
static const char *key_header(const struct explained *x) {
    return x->credential->key.header;
}

/* ---- JSON ---- */

static void write_headers(const struct explained *x, struct json_writer *w) {
    char mask[64], line[96];
    masked_key(x, mask);
    snprintf(line, sizeof line, "%s%s", key_header(x) ? "" : "Bearer ", mask);
    json_key(w, S("headers"));
    json_object(w);
    json_kstring(w, key_header(x) ? key_header(x) : "Authorization", str_c(line));
    for (size_t i = 0; i < x->headers->count; i++) {
        json_key(w, x->headers->item[i].name);
        json_string(w, shown_value(x, i, mask));
    }
    json_object_end(w);
}

static void write_route(const struct explained *x, struct json_writer *w) {
    const struct route *r = x->route;
    char mask[64];
    masked_key(x, mask);
    json_key(w, S("route"));
    json_object(w);
    json_kstring(w, "origin", r->origin);
    json_kstring(w, "source", str_c(r->source));
    json_kbool(w, "verified", r->verified);
    json_kbool(w, "exact", r->exact);
    json_kstring(w, "why", str_c(r->why));
    json_object_end(w);
    json_key(w, S("key"));
    json_object(w);
    json_kstring(w, "source", str_c(x->credential->source));
    json_kstring(w, "masked", str_c(mask));
    json_object_end(w);
}

static void write_changes(const struct explained *x, struct json_writer *w) {
    char mask[64];
    json_key(w, S("changes"));
    json_array(w);
    for (const struct change *k = x->record->first; k; k = k->next) {
        json_object(w);
        json_kstring(w, "rule", str_c(k->rule));
        json_kstring(w, "kind", str_c(kinds[k->kind]));
        json_kstring(w, "where", k->where);
        json_kstring(w, "value", change_value(k, mask));
        json_kstring(w, "reason", k->reason);
        json_kstring(w, "anchor", str_c(k->anchor));
        json_object_end(w);
    }
    json_array_end(w);
}

void explain_json(const struct explained *x, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    struct buf url = BUF_INIT(64 << 10);
    add_url(&url, x->url);
    json_object(&w);
    json_kstring(&w, "method", x->method);
    json_kstring(&w, "url", buf_str(&url));
    write_headers(x, &w);
    json_key(&w, S("body"));
    json_raw(&w, x->body.n ? x->body : S("null"));
    write_route(x, &w);
    write_changes(x, &w);
    json_object_end(&w);
    buf_free(&url);
}

/* ---- text ---- */

struct style {
    const char *strong, *faint, *end;
    const char *kind[4];
};

static const struct style plain = { "", "", "", { "", "", "", "" } };
static const struct style coloured = {
    "\x1b[1m", "\x1b[2m", "\x1b[0m", { "\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[36m" }
};

static bool closes_at(str json, size_t i) {
    while (i < json.n && ascii_space(json.p[i])) i++;
    return i < json.n && (json.p[i] == '}' || json.p[i] == ']');
}

/* Newlines and indentation between tokens, and nothing else changed: strings stand as they are. */
static void add_indented(struct buf *out, str json) {
    size_t depth = 0;
    bool quoted = false, empty = false;
    for (size_t i = 0; i < json.n; i++) {
        char c = json.p[i];
        if (quoted) {
            buf_addc(out, c);
            if (c == '\\' && i + 1 < json.n) buf_addc(out, json.p[++i]);
            if (c == '"') quoted = false;
            continue;
        }
        if (ascii_space(c)) continue;
        bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';
        quoted = c == '"';
        if (closes && depth) depth--;
        if (closes && !empty) buf_addf(out, "\n%*s", (int)depth * 2, "");
        buf_addc(out, c);
        if (c == ':') buf_addc(out, ' ');
        if (opens) depth++;
        empty = opens && closes_at(json, i + 1);
        if ((opens && !empty) || c == ',') buf_addf(out, "\n%*s", (int)depth * 2, "");
    }
    buf_addc(out, '\n');
}

static void add_change(struct buf *out, const struct style *s, const struct change *k) {
    static const char signs[] = { '+', '~', '-', '!' };
    char mask[64];
    str value = change_value(k, mask);
    buf_addf(out, "%s%c %-8s %.*s%s", s->kind[k->kind], signs[k->kind], kinds[k->kind],
             STR_ARG(k->where), s->end);
    if (value.n) buf_addf(out, " = %.*s", STR_ARG(value));
    buf_addf(out, "\n    %s: %.*s\n    %s%s%s\n", k->rule, STR_ARG(k->reason), s->faint, k->anchor,
             s->end);
}

void explain_text(const struct explained *x, bool colour, struct buf *out) {
    const struct style *s = colour ? &coloured : &plain;
    const struct route *r = x->route;
    char mask[64];
    masked_key(x, mask);
    buf_addf(out, "%s%.*s ", s->strong, STR_ARG(x->method));
    add_url(out, x->url);
    buf_addf(out, "%s\nroute: %s (base URL: %s)\nkey:   %s (%s)\n", s->end, r->why, r->source, mask,
             x->credential->source);
    buf_addf(out, "\n%sHeaders%s\n%s: %s%s\n", s->strong, s->end,
             key_header(x) ? key_header(x) : "Authorization", key_header(x) ? "" : "Bearer ", mask);
    for (size_t i = 0; i < x->headers->count; i++)
        buf_addf(out, "%.*s: %.*s\n", STR_ARG(x->headers->item[i].name),
                 STR_ARG(shown_value(x, i, mask)));
    if (x->body.n) buf_addf(out, "\n%sBody%s\n", s->strong, s->end);
    if (x->body.n) add_indented(out, x->body);
    buf_addf(out, "\n%sChanges by the rules%s\n", s->strong, s->end);
    for (const struct change *k = x->record->first; k; k = k->next) add_change(out, s, k);
    if (!x->record->first) buf_add(out, S("none\n"));
}
