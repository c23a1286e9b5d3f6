/* GET /models and its kin: OpenRouter's catalogue, when there is a key for it, and the models of
 * the configuration, in the shape that OpenRouter's own SDK checks. */
#include "doc/json_write.h"
#include "gateway/gateway.h"

#include <stdio.h>

/* One row, whichever way it came. */
struct row {
    str id, name;
    int64_t context_length, max_output;
    double price_prompt, price_completion;
    bool images_in, images_out;
    parameters knows;
};

static void null_of(struct json_writer *w, const char *key) {
    json_key(w, str_c(key));
    json_null(w);
}

static void texts(struct json_writer *w, const char *key, str list) {
    str item;
    json_key(w, str_c(key));
    json_array(w);
    while (list.n) {
        str_cut(list, ' ', &item, &list);
        json_string(w, item);
    }
    json_array_end(w);
}

static void price(struct json_writer *w, const char *key, double usd) {
    char text[40];
    snprintf(text, sizeof text, "%.12g", usd > 0 ? usd : 0.0);
    json_kstring(w, key, str_c(text));
}

static void pricing(struct json_writer *w, const struct row *r) {
    json_key(w, S("pricing"));
    json_object(w);
    price(w, "prompt", r->price_prompt);
    price(w, "completion", r->price_completion);
    json_object_end(w);
}

static void number_or_null(struct json_writer *w, const char *key, int64_t n) {
    if (n > 0)
        json_kint(w, key, n);
    else
        null_of(w, key);
}

static void architecture(struct json_writer *w, const struct row *r) {
    json_key(w, S("architecture"));
    json_object(w);
    json_kstring(w, "modality", r->images_in ? S("text+image->text") : S("text->text"));
    texts(w, "input_modalities", r->images_in ? S("text image") : S("text"));
    texts(w, "output_modalities", r->images_out ? S("text image") : S("text"));
    json_kstring(w, "tokenizer", S("Other"));
    null_of(w, "instruct_type");
    json_object_end(w);
}

static void write_row(struct json_writer *w, const struct row *r) {
    json_object(w);
    json_kstring(w, "id", r->id);
    json_kstring(w, "canonical_slug", r->id);
    json_kstring(w, "name", r->name);
    json_kint(w, "created", 0);
    json_kstring(w, "description", S(""));
    number_or_null(w, "context_length", r->context_length);
    architecture(w, r);
    pricing(w, r);
    json_key(w, S("top_provider"));
    json_object(w);
    number_or_null(w, "context_length", r->context_length);
    number_or_null(w, "max_completion_tokens", r->max_output);
    json_kbool(w, "is_moderated", false);
    json_object_end(w);
    null_of(w, "per_request_limits");
    json_key(w, S("supported_parameters"));
    parameters_write(w, r->knows);
    null_of(w, "supported_voices");
    null_of(w, "default_parameters");
    json_key(w, S("links"));
    json_object(w);
    struct buf path = BUF_INIT(1024);
    buf_addf(&path, "/api/v1/models/%.*s/endpoints", STR_ARG(r->id));
    json_kstring(w, "details", buf_str(&path));
    buf_free(&path);
    json_object_end(w);
    json_object_end(w);
}

/* What nearly every model knows, for rows that do not say. */
static parameters common(bool tools, bool reasoning) {
    static const char *const names[] = { "max_tokens", "temperature", "top_p", "stop" };
    parameters set = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        set |= parameters_named(str_c(names[i]));
    if (tools) set |= parameters_named(S("tools")) | parameters_named(S("tool_choice"));
    if (reasoning)
        set |= parameters_named(S("reasoning")) | parameters_named(S("include_reasoning"));
    return set;
}

static struct row of_catalog(const struct model_row *m) {
    return (struct row){ .id = m->id,
                         .name = m->name.n ? m->name : m->id,
                         .context_length = m->context_length,
                         .max_output = m->max_output,
                         .price_prompt = m->price_prompt,
                         .price_completion = m->price_completion,
                         .images_in = m->image_input,
                         .images_out = m->image_output,
                         .knows = common(m->tools, m->reasoning) };
}

/* Under the name that requests use: "fake/bench". */
static struct row of_upstream(const struct upstream *u, const struct upstream_model *m,
                              struct arena *a) {
    return (struct row){ .id = arena_printf(a, "%.*s/%.*s", STR_ARG(u->id), STR_ARG(m->id)),
                         .name = m->name,
                         .context_length = m->context_length,
                         .max_output = m->max_output,
                         .price_prompt = m->price_prompt,
                         .price_completion = m->price_completion,
                         .knows =
                             ~m->lacks & (u->lacks ? PARAMETERS_ALL : common(true, m->reasons)) };
}

static bool serves_openrouter(const struct settings *s) {
    const struct upstream *u = settings_upstream(s, S("openrouter"));
    return u && !u->no_key.n;
}

/* Gives every row to fn until it says true; how many there were. */
static size_t each(const struct settings *s, bool (*fn)(void *ctx, const struct row *r),
                   void *ctx) {
    struct arena a = ARENA_INIT(16 << 20);
    size_t count = 0, n = 0;
    bool stop = false;
    const struct model_row *rows = serves_openrouter(s) ? catalog_rows(s->catalog, &n) : NULL;
    for (size_t i = 0; i < n && rows && !stop; i++, count++) {
        struct row r = of_catalog(&rows[i]);
        stop = fn && fn(ctx, &r);
    }
    for (size_t i = 0; i < s->upstream_count && !stop; i++) {
        const struct upstream *u = &s->upstream[i];
        for (size_t k = 0; k < u->model_count && !u->is_openrouter && !u->is_local && !stop;
             k++, count++) {
            struct row r = of_upstream(u, &u->models[k], &a);
            stop = fn && fn(ctx, &r);
        }
    }
    arena_free(&a);
    return count;
}

static bool write_one(void *ctx, const struct row *r) {
    write_row(ctx, r);
    return false;
}

size_t models_list(const struct settings *s, str more, size_t more_count, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_key(&w, S("data"));
    json_array(&w);
    size_t count = each(s, write_one, &w) + more_count;
    if (more_count) json_raw(&w, more);
    json_array_end(&w);
    json_kint(&w, "total_count", (int64_t)count);
    json_key(&w, S("links"));
    json_object(&w);
    null_of(&w, "next");
    json_object_end(&w);
    json_object_end(&w);
    return count;
}

void models_providers(const struct settings *s, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_key(&w, S("data"));
    json_array(&w);
    for (size_t i = 0; i < s->upstream_count; i++) {
        json_object(&w);
        json_kstring(&w, "slug", s->upstream[i].id);
        json_kstring(&w, "name", s->upstream[i].id);
        null_of(&w, "privacy_policy_url");
        null_of(&w, "terms_of_service_url");
        null_of(&w, "status_page_url");
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
}

struct search {
    str id;
    struct json_writer *w;
    bool found;
};

static bool write_if_asked(void *ctx, const struct row *r) {
    struct search *s = ctx;
    if (!str_ieq(r->id, s->id)) return false;
    s->found = true;
    write_row(s->w, r);
    return true;
}

bool models_row(const struct settings *s, str id, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    struct search search = { .id = id, .w = &w };
    json_object(&w);
    json_key(&w, S("data"));
    each(s, write_if_asked, &search);
    json_object_end(&w);
    return search.found;
}

static void percents_or_null(struct json_writer *w, const char *key, const double *values) {
    if (values[PERCENT_50] > 0)
        health_write_percents(w, key, values);
    else
        null_of(w, key);
}

static void percent_or_null(struct json_writer *w, const char *key, double percent) {
    if (percent < 0) {
        null_of(w, key);
        return;
    }
    json_key(w, str_c(key));
    json_double(w, percent);
}

/* How it has been doing, as this gateway saw it; what was never asked says nothing. */
static void write_health(struct json_writer *w, struct health *h, const struct upstream *u,
                         str wire_id) {
    enum { HALF_AN_HOUR = 1800 * 1000, A_DAY = 86400 * 1000 };
    struct health_entry *e = health_find(h, u->id, wire_id, u->key_print);
    const struct health_figures f = health_figures(h, e, HALF_AN_HOUR);
    json_kint(w, "status", health_look(h, e).aside_until ? -1 : 0);
    percent_or_null(w, "uptime_last_5m", health_figures(h, e, HEALTH_RECENT_MS).uptime);
    percent_or_null(w, "uptime_last_30m", f.uptime);
    percent_or_null(w, "uptime_last_1d", health_figures(h, e, A_DAY).uptime);
    percents_or_null(w, "latency_last_30m", f.latency_ms);
    percents_or_null(w, "throughput_last_30m", f.throughput);
}

static void write_endpoint(struct json_writer *w, struct health *h, const struct upstream *u,
                           const struct row *r, str wire_id) {
    struct buf name = BUF_INIT(1024);
    json_object(w);
    buf_addf(&name, "%.*s | %.*s", STR_ARG(u->id), STR_ARG(r->id));
    json_kstring(w, "name", buf_str(&name));
    buf_free(&name);
    json_kstring(w, "model_id", r->id);
    json_kstring(w, "model_name", r->name);
    json_kstring(w, "provider_name", u->id);
    json_kstring(w, "tag", u->id);
    json_kint(w, "context_length", r->context_length);
    number_or_null(w, "max_completion_tokens", r->max_output);
    null_of(w, "max_prompt_tokens");
    pricing(w, r);
    json_kstring(w, "quantization", u->quantization);
    json_key(w, S("supported_parameters"));
    parameters_write(w, r->knows);
    json_kbool(w, "supports_implicit_caching", false);
    write_health(w, h, u, wire_id);
    json_object_end(w);
}

/* The endpoints that choose.c would consider: "fake/bench" has one, "author/model" one for each
 * upstream that lists it. */
static bool collect(const struct settings *s, struct health *h, str id, struct json_writer *w,
                    struct row *first) {
    struct arena a = ARENA_INIT(1 << 20);
    bool found = false;
    for (size_t i = 0; i < s->upstream_count; i++) {
        const struct upstream *u = &s->upstream[i];
        for (size_t k = 0; k < u->model_count && !u->is_openrouter && !u->is_local; k++) {
            struct row r = of_upstream(u, &u->models[k], &a);
            if (!str_eq(r.id, id) && !str_eq(u->models[k].id, id)) continue;
            r.id = id;
            if (w) write_endpoint(w, h, u, &r, u->models[k].id);
            if (!found) *first = r;
            found = true;
        }
    }
    const struct model_row *m = serves_openrouter(s) ? catalog_find(s->catalog, id) : NULL;
    if (m) {
        struct row r = of_catalog(m);
        if (w) write_endpoint(w, h, settings_upstream(s, S("openrouter")), &r, m->id);
        if (!found) *first = r;
        found = true;
    }
    arena_free(&a);
    return found;
}

bool models_endpoints(const struct settings *s, struct health *h, str id, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    struct row first;
    if (!collect(s, h, id, NULL, &first)) return false;
    json_object(&w);
    json_key(&w, S("data"));
    json_object(&w);
    json_kstring(&w, "id", id);
    json_kstring(&w, "name", first.name);
    json_kint(&w, "created", 0);
    json_kstring(&w, "description", S(""));
    architecture(&w, &first);
    json_key(&w, S("endpoints"));
    json_array(&w);
    collect(s, h, id, &w, &first);
    json_array_end(&w);
    json_object_end(&w);
    json_object_end(&w);
    return true;
}
