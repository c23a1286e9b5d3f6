#include "gateway/choose.h"

#include "base/clock.h"
#include "base/suggest.h"
#include "catalog/model_id.h"
#include "gateway/wishes.h"
#include "sandbox/models.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

struct choosing {
    struct plan *plan;
    const struct chooser *by;
    struct settings *s;
    struct arena *a;
    struct wishes wishes;
    parameters sent; /* what the body has; read once an endpoint says that it lacks something */
    size_t first;    /* of plan->item: this model's endpoints begin here */
    bool free_only;  /* of them, those that cost nothing */
    const struct upstream *mute; /* one that would have it, but speaks another API */
};

/* ---- what the request wishes ---- */

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

static bool too_dear(const struct choosing *c, const struct endpoint *p) {
    double most;
    if (!p->model) return false;
    return (wishes_max_price(&c->wishes, "prompt", &most) && p->model->price_prompt > most) ||
           (wishes_max_price(&c->wishes, "completion", &most) && p->model->price_completion > most);
}

static bool has_quantization(const struct choosing *c, const struct upstream *u) {
    str text;
    for (doc_node n = doc_first(c->wishes.d, c->wishes.quantizations); n;
         n = doc_next(c->wishes.d, n))
        if (doc_string(c->wishes.d, n, &text) && str_ieq(text, u->quantization)) return true;
    return false;
}

static parameters lacks_of(const struct endpoint *p) {
    return p->model ? p->model->lacks : p->upstream->lacks;
}

/* Those of `which` that the request has and p does not know. */
static parameters lacks(const struct choosing *c, const struct endpoint *p, parameters which) {
    return c->sent & which & lacks_of(p);
}

const char *filter_word(enum filter f) {
    static const char *const words[FILTER_COUNT] = {
#define FILTER_WORD(id, word, field) [id] = word,
        FILTERS(FILTER_WORD)
#undef FILTER_WORD
    };
    return words[f];
}

const char *filter_field(enum filter f) {
    static const char *const fields[FILTER_COUNT] = {
#define FILTER_FIELD(id, word, field) [id] = field,
        FILTERS(FILTER_FIELD)
#undef FILTER_FIELD
    };
    return fields[f];
}

/* The filter that takes p away. What openrouter.ai knows about its own endpoints is left to it. */
static enum filter excluded_by(const struct choosing *c, const struct endpoint *p) {
    const struct wishes *w = &c->wishes;
    const struct upstream *u = p->upstream;
    if (w->only && place_in(c, w->only, u) == SIZE_MAX) return FILTER_PROVIDERS;
    if (w->ignore && is_in(c, w->ignore, u)) return FILTER_PROVIDERS;
    if (w->order && !w->fallbacks && place_in(c, w->order, u) == SIZE_MAX) return FILTER_PROVIDERS;
    if (u->is_openrouter) return FILTER_NONE;
    if (w->zdr && !u->zdr) return FILTER_ZDR;
    if (w->no_collection && u->collects_data) return FILTER_TRAINING;
    if (w->quantizations && !has_quantization(c, u)) return FILTER_QUANTIZATION;
    if (too_dear(c, p) || (c->free_only && p->price != 0)) return FILTER_PRICE;
    if (w->require_parameters && lacks(c, p, PARAMETERS_ALL)) return FILTER_PARAMETERS;
    return FILTER_NONE;
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

/* Whether u can answer: what speaks chat answers in every API (skin/), others in their own alone.
 */
static bool speaks(const struct choosing *c, const struct upstream *u) {
    return u->is_openrouter || u->api == WIRE_CHAT || u->api == c->by->api;
}

static void add(struct choosing *c, const struct upstream *u, str asked, str id) {
    struct plan *plan = c->plan;
    if (!speaks(c, u)) {
        c->mute = u;
        return;
    }
    if (plan->count == PLAN_ENDPOINTS || !make_room(plan, c->a)) return;
    struct endpoint *p = &plan->item[plan->count];
    *p = (struct endpoint){ .upstream = u, .asked = asked, .id = id, .price = -1 };
    p->model = row_of(u, id);
    if (p->model && p->model->price_prompt >= 0)
        p->price = p->model->price_prompt +
                   (p->model->price_completion > 0 ? p->model->price_completion : 0);
    p->health = health_of(c->by->health, u->id, id, u->key_print);
    p->view = health_look(c->by->health, p->health);
    plan->count++;
}

/* ":nitro" and ":floor" say how to sort; upstreams other than OpenRouter do not know them. */
static str without_variant(str id, str *sort) {
    static const struct {
        str suffix, sort;
    } variants[] = { { STR_INIT(":nitro"), STR_INIT("throughput") },
                     { STR_INIT(":floor"), STR_INIT("price") } };
    for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++) {
        if (!str_ends(id, variants[i].suffix)) continue;
        *sort = variants[i].sort;
        return str_head(id, id.n - variants[i].suffix.n);
    }
    return id;
}

/* ":free" is a model of its own where one is listed; else it means endpoints that cost nothing. */
static bool without_free(str id, str *bare) {
    if (!str_ends(id, S(":free"))) return false;
    *bare = str_head(id, id.n - 5);
    return true;
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
    if (!row_of(u, plain) && !c->s->all_local) return false;
    add(c, u, asked, plain);
    return true;
}

/* "fake/bench": the upstream by its id. */
static bool add_named(struct choosing *c, str asked, str plain) {
    str id, rest, bare;
    if (!str_cut(plain, '/', &id, &rest) || !rest.n) return false;
    const struct upstream *u = settings_upstream(c->s, id);
    if (!u || u->is_openrouter || u->is_local) return false;
    if (!row_of(u, rest) && without_free(rest, &bare) && row_of(u, bare)) {
        c->free_only = true;
        rest = bare;
    }
    add(c, u, asked, rest);
    return true;
}

/* "author/model", or a bare name: every upstream that lists it. */
static bool add_listed(struct choosing *c, str asked, str plain) {
    for (size_t i = 0; i < c->s->upstream_count; i++) {
        const struct upstream *u = &c->s->upstream[i];
        if (!u->is_openrouter && !u->is_local && row_of(u, plain)) add(c, u, asked, plain);
    }
    return c->plan->count > c->first;
}

/* gateway.aliases first; then an alias of agents.defaults.models stands for a key, which may be
 * another upstream's. */
static str unaliased(const struct choosing *c, str asked) {
    struct doc *d = config_doc(c->s->config);
    str alias;
    asked = settings_unaliased(c->s, asked);
    for (doc_node n = doc_first(d, c->s->named_models); n; n = doc_next(d, n))
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

/* ---- filters that only prefer ---- */

/* p cannot do what the request asks for; OpenRouter passes such over when another can. */
static bool falls_short(const struct choosing *c, const struct endpoint *p) {
    const parameters asked = parameters_named(S("tools")) | parameters_named(S("response_format")) |
                             parameters_named(S("verbosity"));
    bool short_answers =
        p->model && p->model->max_output > 0 && c->wishes.max_tokens > p->model->max_output;
    return !p->upstream->is_openrouter && (lacks(c, p, asked) != 0 || short_answers);
}

static void drop_those_that_fall_short(struct choosing *c) {
    struct endpoint *list = c->plan->item;
    size_t able = 0, kept = c->first;
    if (c->plan->count < c->first + 2) return;
    for (size_t i = c->first; i < c->plan->count; i++) able += !falls_short(c, &list[i]);
    if (!able) return;
    for (size_t i = c->first; i < c->plan->count; i++)
        if (!falls_short(c, &list[i])) list[kept++] = list[i];
    c->plan->count = kept;
}

/* ---- order ---- */

/* What was measured, and whether it is what the request prefers. What was never measured may be. */
static void measure(const struct choosing *c, struct endpoint *p) {
    const struct wishes *w = &c->wishes;
    const struct health_figures f = health_figures(c->by->health, p->health, HEALTH_RECENT_MS);
    p->latency_ms = f.latency_ms[PERCENT_50];
    p->throughput = f.throughput[PERCENT_50];
    for (size_t i = 0; i < PERCENTS; i++)
        if ((w->most_latency_ms[i] > 0 && f.latency_ms[i] > w->most_latency_ms[i]) ||
            (f.throughput[i] > 0 && f.throughput[i] < w->least_throughput[i]))
            p->slow = true;
}

/* Less is better; the unknown comes behind the known. */
static double rank(const struct choosing *c, const struct endpoint *p, str sort) {
    if (c->wishes.order) return (double)place_in(c, c->wishes.order, p->upstream);
    if (str_eq(sort, S("throughput"))) return -p->throughput;
    if (str_eq(sort, S("latency"))) return p->latency_ms > 0 ? p->latency_ms : 1e9;
    return p->price >= 0 ? p->price : 1e9;
}

static bool before(const struct choosing *c, const struct endpoint *a, const struct endpoint *b,
                   str sort) {
    bool chosen = c->wishes.order || sort.n; /* then health does not reorder */
    if (!chosen && (a->view.aside_until != 0) != (b->view.aside_until != 0))
        return a->view.aside_until == 0;
    return rank(c, a, sort) < rank(c, b, sort);
}

static void move_to_front(struct endpoint *list, size_t place) {
    struct endpoint moved = list[place];
    memmove(list + 1, list, place * sizeof *list);
    list[0] = moved;
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
        move_to_front(list, i);
        return;
    }
}

static void put_in_order(struct choosing *c, str sort) {
    struct endpoint *list = c->plan->item + c->first;
    size_t count = c->plan->count - c->first;
    bool by_figures = str_eq(sort, S("latency")) || str_eq(sort, S("throughput"));
    for (size_t i = 0; i < count && (by_figures || c->wishes.prefers); i++) measure(c, &list[i]);
    for (size_t i = 1; i < count; i++) { /* few, and equals keep their order */
        size_t k = i;
        while (k > 0 && before(c, &list[i], &list[k - 1], sort)) k--;
        if (k < i) move_to_front(list + k, i - k);
    }
    if (!c->wishes.order && !sort.n && count > 1) draw_first(list, count);
}

/* Those that miss what is preferred come behind all others, those of other models too. */
static void put_slow_ones_last(struct plan *plan) {
    for (size_t i = 0, quick = 0; i < plan->count; i++)
        if (!plan->item[i].slow) {
            move_to_front(plan->item + quick, i - quick);
            quick++;
        }
}

/* ---- conversations stay where they are ---- */

/* A text's beginning and its length tell it apart well enough. */
static uint64_t mix_text(uint64_t hash, struct doc *d, doc_node n) {
    str raw = doc_raw(d, n);
    char length[24];
    snprintf(length, sizeof length, "%zu", raw.n);
    return sticky_mix(sticky_mix(hash, str_head(raw, raw.n < 4096 ? raw.n : 4096)), str_c(length));
}

/* How it begins: its instructions and the first message that is none. */
static uint64_t mix_opening(uint64_t hash, struct doc *d) {
    doc_node root = doc_root(d);
    str role;
    hash = mix_text(hash, d, doc_get(d, root, S("system")));
    doc_node messages = doc_get(d, root, S("messages"));
    for (doc_node m = doc_first(d, messages); m; m = doc_next(d, m)) {
        hash = mix_text(hash, d, doc_get(d, m, S("content")));
        if (doc_string(d, doc_get(d, m, S("role")), &role) && !str_eq(role, S("system")) &&
            !str_eq(role, S("developer")))
            break;
    }
    return hash;
}

static void name_conversation(struct choosing *c, struct doc *d) {
    doc_node root = doc_root(d);
    uint64_t client = sticky_mix(0, c->by->client);
    str id = { 0 };
    if (!c->by->sticky || c->wishes.order) return;
    doc_string(d, doc_get(d, root, S("session_id")), &id);
    if (!id.n) id = c->by->session;
    if (!id.n) doc_string(d, doc_get(d, root, S("prompt_cache_key")), &id);
    c->plan->has_session = id.n > 0;
    c->plan->conversation = id.n ? sticky_mix(client, id) : mix_opening(client, d);
}

static void stay(struct choosing *c, str asked) {
    struct plan *plan = c->plan;
    size_t count = plan->count - c->first;
    if (count < 2) return;
    if (!plan->conversation) name_conversation(c, c->wishes.d);
    if (!plan->conversation) return;
    const void *last =
        sticky_find(c->by->sticky, sticky_mix(plan->conversation, asked), clock_ms());
    for (size_t i = c->first; i < plan->count && last; i++) {
        if (plan->item[i].health != last || plan->item[i].view.aside_until) continue;
        move_to_front(plan->item + c->first, i - c->first);
        plan->stayed = true;
        return;
    }
}

void choose_note_answer(const struct plan *plan, struct sticky *sticky,
                        const struct endpoint *answered, bool read_cache) {
    const struct upstream_model *m = answered->model;
    bool cheaper = m && m->price_cache_read >= 0 && m->price_cache_read < m->price_prompt;
    if (!plan->conversation || !answered->health) return;
    if (plan->has_session || (read_cache && cheaper))
        sticky_note(sticky, sticky_mix(plan->conversation, answered->asked), answered->health,
                    clock_ms());
}

/* ---- one model, all models ---- */

static void exclude(struct choosing *c, const struct endpoint *p, enum filter by) {
    struct plan *plan = c->plan;
    struct exclusion *list =
        arena_list(c->a, plan->excluded, plan->excluded_count, &plan->excluded_room, sizeof *list);
    if (!list) return;
    struct exclusion *new = &list[plan->excluded_count++];
    *new = (struct exclusion){ by, p->upstream, "" };
    if (by == FILTER_PARAMETERS) new->parameter = parameters_first(lacks(c, p, PARAMETERS_ALL));
    if (by > list[0].by) { /* it is asked later: more was left when it was */
        struct exclusion first = list[0];
        list[0] = *new;
        *new = first;
    }
    plan->excluded = list;
}

static void filter(struct choosing *c) {
    size_t kept = c->first;
    for (size_t i = c->first; i < c->plan->count && !c->sent; i++)
        if (lacks_of(&c->plan->item[i])) c->sent = parameters_sent(c->wishes.d);
    for (size_t i = c->first; i < c->plan->count; i++) {
        enum filter by = excluded_by(c, &c->plan->item[i]);
        if (by)
            exclude(c, &c->plan->item[i], by);
        else
            c->plan->item[kept++] = c->plan->item[i];
    }
    c->plan->count = kept;
    drop_those_that_fall_short(c);
}

static enum chela_error find_endpoints(struct choosing *c, str asked, str plain, struct err *e) {
    str bare;
    c->free_only = false;
    if (add_local(c, asked, plain) || add_named(c, asked, plain)) return CHELA_OK;
    bool listed = add_listed(c, asked, plain);
    /* OpenRouter too, when the name is one of its own, or nobody else's. */
    if (listed && !catalog_find(c->s->catalog, plain)) return CHELA_OK;
    if (!listed && without_free(plain, &bare) && !catalog_find(c->s->catalog, plain) &&
        add_listed(c, asked, bare)) {
        c->free_only = true;
        return CHELA_OK;
    }
    struct err why = ERR_INIT;
    enum chela_error code = add_openrouter(c, unaliased(c, asked), &why);
    if (listed || code == CHELA_OK) return CHELA_OK;
    if (e) *e = why;
    if (code == CHELA_INPUT && !str_has(str_c(why.message), S("did you mean")))
        suggest(c, asked, e);
    c->plan->unknown_model = code == CHELA_INPUT;
    return code;
}

static enum chela_error add_model(struct choosing *c, str asked, struct err *e) {
    str sort = c->wishes.sort, variant = { 0 };
    if (asked.n > MODEL_REF_MAX) /* names are remembered (health.h), and compared with all others */
        return err_set(e, CHELA_INPUT, "model: a name has at most %d bytes", MODEL_REF_MAX);
    str plain = without_variant(unaliased(c, asked), &variant);
    if (!sort.n) sort = variant;
    c->first = c->plan->count;
    enum chela_error code = find_endpoints(c, asked, plain, e);
    if (code != CHELA_OK) return code;
    filter(c);
    put_in_order(c, sort);
    stay(c, asked);
    if (!c->wishes.fallbacks && !c->wishes.order && c->plan->count > c->first + 1)
        c->plan->count = c->first + 1; /* the top pick alone */
    return CHELA_OK;
}

static enum chela_error nobody_left(const struct plan *plan, struct err *e) {
    const struct exclusion *x = &plan->excluded[0];
    if (x->by != FILTER_PARAMETERS)
        return err_set(e, CHELA_NOT_FOUND,
                       "no endpoint is left for this model: the last one was excluded by %s",
                       filter_word(x->by));
    return err_set(e, CHELA_NOT_FOUND,
                   "no endpoint is left for this model: the last one was excluded by "
                   "require_parameters (%.*s does not know %s)",
                   STR_ARG(x->upstream->id), x->parameter);
}

/* The configuration's default: a model of any upstream, or as the commands read it. */
static enum chela_error add_default(struct choosing *c, struct err *e) {
    struct doc *d = config_doc(c->s->config);
    doc_node n = doc_path_get(d, S("agents.defaults.model"), NULL);
    if (doc_type(d, n) == DOC_OBJECT) n = doc_get(d, n, S("primary"));
    struct model_ref ref;
    str text, id, rest;
    if (doc_string(d, n, &text) && str_cut(text, '/', &id, &rest)) {
        const struct upstream *u = settings_upstream(c->s, id);
        if (u && !u->is_openrouter) return add_model(c, text, e);
    }
    enum chela_error code = model_ref_default(&ref, c->s->config, S(""), c->a, e);
    return code == CHELA_OK ? add_model(c, ref.key, e) : code;
}

static enum chela_error wrong_type(struct err *e, const char *field, const char *wanted) {
    return err_set(e, CHELA_INPUT, "%s: %s is needed", field, wanted);
}

static enum chela_error is_mute(const struct choosing *c, struct err *e) {
    return err_set(e, CHELA_NOT_FOUND, "%.*s speaks %s alone (its api in openclaw.json)",
                   STR_ARG(c->mute->id),
                   c->mute->api == WIRE_MESSAGES ? "Anthropic's Messages API, at /messages,"
                                                 : "OpenAI's Responses API, at /responses,");
}

enum chela_error choose(struct plan *plan, const struct chooser *by, struct doc *body,
                        struct arena *a, struct err *e) {
    struct choosing c = { .plan = plan, .by = by, .s = by->settings, .a = a };
    doc_node root = doc_root(body), list = doc_get(body, root, S("models"));
    doc_node named = doc_get(body, root, S("model"));
    str model = { 0 };
    *plan = (struct plan){ 0 };
    enum chela_error code = wishes_read(&c.wishes, body, e);
    if (code != CHELA_OK) return code;
    plan->falls_over = c.wishes.fallbacks;
    if (named && doc_type(body, named) != DOC_NULL && !doc_string(body, named, &model))
        return wrong_type(e, "model", "a string");
    if (list && doc_type(body, list) != DOC_ARRAY && doc_type(body, list) != DOC_NULL)
        return wrong_type(e, "models", "a list");
    if (doc_len(body, list) > PLAN_MODELS)
        return err_set(e, CHELA_INPUT, "models: more than %d of them", PLAN_MODELS);
    if (!model.n && !doc_len(body, list)) {
        code = add_default(&c, e);
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
    if (c.wishes.mix_models && c.wishes.sort.n) {
        c.first = 0;
        put_in_order(&c, c.wishes.sort);
    }
    if (c.wishes.prefers) put_slow_ones_last(plan);
    if (plan->count) return CHELA_OK; /* a model that is unknown is passed over for the next */
    if (plan->excluded_count) return nobody_left(plan, e);
    if (c.mute) return is_mute(&c, e);
    if (e) *e = first;
    return first_code != CHELA_OK ? first_code
                                  : err_set(e, CHELA_NOT_FOUND, "no endpoint serves this model");
}
