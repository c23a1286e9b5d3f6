#include "gateway/choose.h"

#include "base/suggest.h"
#include "sandbox/models.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

struct wishes { /* of body.provider */
    struct doc *d;
    doc_node order, only, ignore, quantizations, max_price;
    str sort;
    bool fallbacks, no_collection, zdr;
};

struct choosing {
    struct plan *plan;
    struct settings *s;
    struct health *h;
    struct arena *a;
    struct wishes wishes;
    size_t first; /* of plan->item: this model's endpoints begin here */
};

/* ---- what the request wishes ---- */

static enum chela_error wrong_type(struct err *e, const char *field, const char *wanted) {
    return err_set(e, CHELA_INPUT, "%s: %s is needed", field, wanted);
}

static enum chela_error read_wishes(struct wishes *w, struct doc *d, struct err *e) {
    doc_node root = doc_root(d), p = doc_get(d, root, S("provider"));
    *w = (struct wishes){ .d = d, .fallbacks = true };
    if (p && doc_type(d, p) != DOC_NULL && doc_type(d, p) != DOC_OBJECT)
        return wrong_type(e, "provider", "an object");
    static const char *const lists[] = { "order", "only", "ignore", "quantizations" };
    doc_node *const slots[] = { &w->order, &w->only, &w->ignore, &w->quantizations };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        doc_node n = doc_get(d, p, str_c(lists[i]));
        if (!n || doc_type(d, n) == DOC_NULL) continue;
        if (doc_type(d, n) != DOC_ARRAY) {
            char field[40];
            snprintf(field, sizeof field, "provider.%s", lists[i]);
            return wrong_type(e, field, "a list");
        }
        if (doc_len(d, n)) *slots[i] = n;
    }
    str text;
    doc_node sort = doc_get(d, p, S("sort"));
    if (doc_type(d, sort) == DOC_OBJECT) sort = doc_get(d, sort, S("by"));
    doc_string(d, sort, &w->sort);
    doc_bool(d, doc_get(d, p, S("allow_fallbacks")), &w->fallbacks);
    doc_bool(d, doc_get(d, p, S("zdr")), &w->zdr);
    w->no_collection =
        doc_string(d, doc_get(d, p, S("data_collection")), &text) && str_eq(text, S("deny"));
    w->max_price = doc_get(d, p, S("max_price"));
    return CHELA_OK;
}

/* A slug names an upstream ("fake"), or a variant of it ("fake/turbo" is none of ours). */
static bool names(str slug, const struct upstream *u) {
    return str_ieq(slug, u->id);
}

static bool is_ours(const struct settings *s, str slug) {
    for (size_t i = 0; i < s->upstream_count; i++)
        if (names(slug, &s->upstream[i])) return true;
    return false;
}

/* Where u stands in a list of slugs; SIZE_MAX: nowhere. openrouter.ai has providers of its own: it
 * is meant by each slug that is none of ours. */
static size_t place_in(const struct choosing *c, doc_node list, const struct upstream *u) {
    size_t place = 0;
    str slug;
    for (doc_node n = doc_first(c->wishes.d, list); n; n = doc_next(c->wishes.d, n), place++)
        if (doc_string(c->wishes.d, n, &slug) &&
            (names(slug, u) || (u->is_openrouter && !is_ours(c->s, slug))))
            return place;
    return SIZE_MAX;
}

static bool is_in(const struct choosing *c, doc_node list, const struct upstream *u) {
    str slug;
    for (doc_node n = doc_first(c->wishes.d, list); n; n = doc_next(c->wishes.d, n))
        if (doc_string(c->wishes.d, n, &slug) && names(slug, u)) return true;
    return false;
}

/* USD for a million tokens, as a number or as text. */
static bool price_limit(const struct choosing *c, const char *key, double *out) {
    struct doc *d = c->wishes.d;
    doc_node n = doc_get(d, c->wishes.max_price, str_c(key));
    str text;
    if (!doc_number(d, n, out) && !(doc_string(d, n, &text) && str_f64(text, out))) return false;
    *out /= 1e6;
    return true;
}

static bool too_dear(const struct choosing *c, const struct endpoint *p) {
    double most;
    if (!p->model) return false;
    return (price_limit(c, "prompt", &most) && p->model->price_prompt > most) ||
           (price_limit(c, "completion", &most) && p->model->price_completion > most);
}

static bool has_quantization(const struct choosing *c, const struct upstream *u) {
    str text;
    for (doc_node n = doc_first(c->wishes.d, c->wishes.quantizations); n;
         n = doc_next(c->wishes.d, n))
        if (doc_string(c->wishes.d, n, &text) && str_ieq(text, u->quantization)) return true;
    return false;
}

/* The filter that takes p away, in OpenRouter's words; NULL: it stays. What openrouter.ai knows
 * about its own endpoints is left to it. */
static const char *excluded_by(const struct choosing *c, const struct endpoint *p) {
    const struct wishes *w = &c->wishes;
    const struct upstream *u = p->upstream;
    if (w->only && place_in(c, w->only, u) == SIZE_MAX) return "allowed_providers";
    if (w->ignore && is_in(c, w->ignore, u)) return "allowed_providers";
    if (w->order && !w->fallbacks && place_in(c, w->order, u) == SIZE_MAX)
        return "allowed_providers";
    if (u->is_openrouter) return NULL;
    if (w->zdr && !u->zdr) return "data_policy:zdr";
    if (w->no_collection && u->collects_data) return "data_policy:training";
    if (w->quantizations && !has_quantization(c, u)) return "quantization";
    if (too_dear(c, p)) return "max_price";
    return NULL;
}

/* ---- which endpoints a model has ---- */

static const struct upstream_model *row_of(const struct upstream *u, str id) {
    for (size_t i = 0; i < u->model_count; i++)
        if (str_eq(u->models[i].id, id)) return &u->models[i];
    return NULL;
}

/* Most requests have one endpoint, and a stream keeps this memory for as long as it lasts. */
static bool make_room(struct plan *plan, struct arena *a) {
    if (plan->count < plan->room) return true;
    size_t room = plan->room ? plan->room * 4 : 1;
    struct endpoint *item = arena_alloc(a, room * sizeof *item);
    if (!item) return false;
    if (plan->count) memcpy(item, plan->item, plan->count * sizeof *item);
    plan->item = item;
    plan->room = room;
    return true;
}

static void add(struct choosing *c, const struct upstream *u, str asked, str id) {
    struct plan *plan = c->plan;
    if (plan->count == PLAN_ENDPOINTS || !make_room(plan, c->a)) return;
    struct endpoint *p = &plan->item[plan->count];
    *p = (struct endpoint){ .upstream = u, .asked = asked, .id = id, .price = -1 };
    p->model = row_of(u, id);
    if (p->model && p->model->price_prompt >= 0)
        p->price = p->model->price_prompt +
                   (p->model->price_completion > 0 ? p->model->price_completion : 0);
    p->health = health_of(c->h, u->id, id, u->key_print);
    p->view = health_look(c->h, p->health);
    plan->count++;
}

/* ":nitro" and ":floor" say how to sort; upstreams other than OpenRouter do not know them. */
static str without_variant(str id, str *sort) {
    if (str_ends(id, S(":nitro"))) {
        *sort = S("throughput");
        return str_head(id, id.n - 6);
    }
    if (str_ends(id, S(":floor"))) {
        *sort = S("price");
        return str_head(id, id.n - 6);
    }
    return id;
}

static enum chela_error add_openrouter(struct choosing *c, str asked, struct err *e) {
    const struct upstream *u = settings_upstream(c->s, S("openrouter"));
    if (!u) return CHELA_OK;
    const struct known_model *k = settings_model(c->s, asked, c->a, e);
    if (!k) return e ? e->code : CHELA_INPUT;
    if (u->no_key.n)
        return err_set(e, CHELA_INPUT, "%.*s would be OpenRouter's to answer, but there is %.*s",
                       STR_ARG(asked), STR_ARG(u->no_key));
    add(c, u, asked, k->ref.id);
    if (c->plan->count > c->first) c->plan->item[c->plan->count - 1].known = k;
    return CHELA_OK;
}

/* "local/scene": their names are whole. "openrouter/auto" leaves the choice to whoever can choose;
 * with no key for OpenRouter that is us, and there is one model that talks. */
static bool add_local(struct choosing *c, str asked, str plain) {
    const struct upstream *u = settings_upstream(c->s, S("local"));
    const struct upstream *openrouter = settings_upstream(c->s, S("openrouter"));
    if (!u || !u->is_local) return false;
    if (str_eq(plain, S("openrouter/auto")) && openrouter && openrouter->no_key.n)
        plain = S(SANDBOX_MODEL);
    if (!row_of(u, plain)) return false;
    add(c, u, asked, plain);
    return true;
}

/* "fake/bench": the upstream by its id. */
static bool add_named(struct choosing *c, str asked, str plain) {
    str id, rest;
    if (!str_cut(plain, '/', &id, &rest) || !rest.n) return false;
    const struct upstream *u = settings_upstream(c->s, id);
    if (!u || u->is_openrouter || u->is_local) return false;
    add(c, u, asked, rest);
    return true;
}

/* "author/model", or a bare name: every upstream that lists it. */
static void add_listed(struct choosing *c, str asked, str plain) {
    for (size_t i = 0; i < c->s->upstream_count; i++) {
        const struct upstream *u = &c->s->upstream[i];
        if (!u->is_openrouter && !u->is_local && row_of(u, plain)) add(c, u, asked, plain);
    }
}

/* An alias of agents.defaults.models stands for a key, which may be another upstream's. */
static str unaliased(const struct choosing *c, str asked) {
    struct doc *d = config_doc(c->s->config);
    doc_node entries = doc_path_get(d, S("agents.defaults.models"), NULL);
    str alias;
    for (doc_node n = doc_first(d, entries); n; n = doc_next(d, n))
        if (doc_string(d, doc_get(d, n, S("alias")), &alias) && str_ieq(alias, asked))
            return doc_key(d, n);
    return asked;
}

static void suggest(struct choosing *c, str asked, struct err *e) {
    struct suggest near;
    suggest_init(&near, asked);
    for (size_t i = 0; i < c->s->upstream_count; i++) {
        const struct upstream *u = &c->s->upstream[i];
        for (size_t k = 0; k < u->model_count; k++)
            suggest_offer(&near, u->is_local ? u->models[k].id
                                             : arena_printf(c->a, "%.*s/%.*s", STR_ARG(u->id),
                                                            STR_ARG(u->models[k].id)));
    }
    if (near.best.n)
        err_set(e, CHELA_INPUT, "no model is called \"%.*s\"; did you mean \"%.*s\"?",
                STR_ARG(asked), STR_ARG(near.best));
}

/* ---- order ---- */

static double latency(const struct endpoint *p) {
    return p->view.latency_ms > 0 ? p->view.latency_ms : 1e9; /* unknown: behind the known */
}

static double price(const struct endpoint *p) {
    return p->price >= 0 ? p->price : 1e9;
}

static double rank(const struct choosing *c, const struct endpoint *p, str sort) {
    if (c->wishes.order) return (double)place_in(c, c->wishes.order, p->upstream);
    return str_eq(sort, S("latency")) || str_eq(sort, S("throughput")) ? latency(p) : price(p);
}

static bool before(const struct choosing *c, const struct endpoint *a, const struct endpoint *b,
                   str sort) {
    bool chosen = c->wishes.order || sort.n; /* then health does not reorder */
    if (!chosen && (a->view.aside_until != 0) != (b->view.aside_until != 0))
        return a->view.aside_until == 0;
    return rank(c, a, sort) < rank(c, b, sort);
}

static double random_part(void) {
    uint64_t bits = 0;
    if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) != sizeof bits) return 0;
    return (double)(bits >> 11) / 9007199254740992.0;
}

/* Weight 1/price²; what costs nothing, or has no price, weighs as the cheapest that has one. */
static void draw_first(struct endpoint *list, size_t count) {
    double cheapest = 0, total = 0;
    size_t well = 0;
    while (well < count && list[well].view.aside_until == 0) well++;
    for (size_t i = 0; i < well; i++)
        if (list[i].price > 0 && (cheapest == 0 || list[i].price < cheapest))
            cheapest = list[i].price;
    for (size_t i = 0; i < well; i++)
        total += list[i].price > 0 ? cheapest * cheapest / (list[i].price * list[i].price) : 1;
    double at = random_part() * total;
    for (size_t i = 0; i < well; i++) {
        at -= list[i].price > 0 ? cheapest * cheapest / (list[i].price * list[i].price) : 1;
        if (at > 0) continue;
        struct endpoint first = list[i];
        memmove(list + 1, list, i * sizeof *list);
        list[0] = first;
        return;
    }
}

static void put_in_order(struct choosing *c, str sort) {
    struct endpoint *list = c->plan->item + c->first;
    size_t count = c->plan->count - c->first;
    for (size_t i = 1; i < count; i++) /* few, and equals keep their order */
        for (size_t k = i; k > 0 && before(c, &list[k], &list[k - 1], sort); k--) {
            struct endpoint moved = list[k];
            list[k] = list[k - 1];
            list[k - 1] = moved;
        }
    if (!c->wishes.order && !sort.n && count > 1) draw_first(list, count);
}

/* ---- one model, all models ---- */

static enum chela_error add_model(struct choosing *c, str asked, struct err *e) {
    str sort = c->wishes.sort, variant = { 0 };
    str plain = without_variant(unaliased(c, asked), &variant);
    if (!sort.n) sort = variant;
    c->first = c->plan->count;
    enum chela_error code = CHELA_OK;
    if (!add_local(c, asked, plain) && !add_named(c, asked, plain)) {
        add_listed(c, asked, plain);
        bool listed = c->plan->count > c->first;
        /* OpenRouter too, when the name is one of its own, or nobody else's. */
        if (!listed || catalog_find(c->s->catalog, plain)) {
            struct err why = ERR_INIT;
            code = add_openrouter(c, unaliased(c, asked), &why);
            if (listed) code = CHELA_OK;
            if (code != CHELA_OK) {
                if (e) *e = why;
                if (code == CHELA_INPUT && !str_has(str_c(why.message), S("did you mean")))
                    suggest(c, asked, e);
                return code;
            }
        }
    }
    size_t kept = c->first;
    for (size_t i = c->first; i < c->plan->count; i++) {
        const char *by = excluded_by(c, &c->plan->item[i]);
        if (by)
            c->plan->excluded_by = by;
        else
            c->plan->item[kept++] = c->plan->item[i];
    }
    c->plan->count = kept;
    put_in_order(c, sort);
    if (!c->wishes.fallbacks && !c->wishes.order && c->plan->count > c->first + 1)
        c->plan->count = c->first + 1; /* the top pick alone */
    return CHELA_OK;
}

enum chela_error choose(struct plan *plan, struct settings *s, struct health *h, struct doc *body,
                        struct arena *a, struct err *e) {
    struct choosing c = { .plan = plan, .s = s, .h = h, .a = a };
    doc_node root = doc_root(body), list = doc_get(body, root, S("models"));
    doc_node named = doc_get(body, root, S("model"));
    str model = { 0 };
    *plan = (struct plan){ 0 };
    enum chela_error code = read_wishes(&c.wishes, body, e);
    if (code != CHELA_OK) return code;
    plan->falls_over = c.wishes.fallbacks;
    if (named && doc_type(body, named) != DOC_NULL && !doc_string(body, named, &model))
        return wrong_type(e, "model", "a string");
    if (list && doc_type(body, list) != DOC_ARRAY && doc_type(body, list) != DOC_NULL)
        return wrong_type(e, "models", "a list");
    if (doc_len(body, list) > PLAN_MODELS)
        return err_set(e, CHELA_INPUT, "models: more than %d of them", PLAN_MODELS);
    if (!model.n && !doc_len(body, list)) {
        struct model_ref ref;
        code = model_ref_default(&ref, s->config, S(""), a, e);
        if (code == CHELA_OK) code = add_model(&c, ref.key, e);
        if (code != CHELA_OK) return code;
    }
    /* the plan outlives the document */
    if (model.n) code = add_model(&c, arena_dup(a, model), e);
    struct err first = e ? *e : (struct err)ERR_INIT;
    enum chela_error first_code = code;
    for (doc_node n = doc_first(body, list); n; n = doc_next(body, n)) {
        str text;
        struct err why = ERR_INIT;
        if (!doc_string(body, n, &text)) return wrong_type(e, "models", "a list of strings");
        code = add_model(&c, arena_dup(a, text), &why);
        if (code != CHELA_OK && first_code == CHELA_OK) {
            first_code = code;
            first = why;
        }
    }
    if (arena_failed(a)) return err_set(e, CHELA_NOMEM, "out of memory");
    if (plan->count) return CHELA_OK; /* a model that is unknown is passed over for the next */
    if (plan->excluded_by)
        return err_set(e, CHELA_NOT_FOUND,
                       "no endpoint is left for this model: the last one was excluded by %s",
                       plan->excluded_by);
    if (e) *e = first;
    return first_code != CHELA_OK ? first_code
                                  : err_set(e, CHELA_NOT_FOUND, "no endpoint serves this model");
}
