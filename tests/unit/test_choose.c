/* Which endpoints may answer, and in which order: tables of requests against a configuration, with
 * a clock of this test's own. */
#include "base/clock.h"
#include "catalog/model_id.h"
#include "gateway/choose.h"

#include "config_home.h"

static int64_t the_time = 1000000;

/* The clock of this program: in place of base/clock.c. */
int64_t clock_ms(void) {
    return the_time;
}

int64_t clock_unix_ms(void) {
    return 1790000000000 + the_time;
}

/* quick, cheap and dear serve acme/one; only `big` acme/big. */
#define COST(x) "cost: { input: " x ", output: " x
static const char openclaw[] =
    "{ models: { providers: {\n"
    " quick: { baseUrl: 'http://127.0.0.1:1/v1', models: ["
    "  { id: 'acme/one', name: 'One', " COST(
        "3") ", cacheRead: 0.3 }, maxTokens: 1000 }] },\n"
             " cheap: { baseUrl: 'http://127.0.0.1:2/v1', models: ["
             "  { id: 'acme/one', name: 'One', " COST(
                 "1") " }, compat: { supportsTools: false } },"
                      "  { id: 'gift', name: 'Gift', " COST(
                          "0") " }, reasoning: false },"
                               "  { id: 'lone:free', name: 'Lone' }] },\n"
                               " dear: { baseUrl: 'http://127.0.0.1:3/v1', models: ["
                               "  { id: 'acme/one', name: 'One', " COST(
                                   "9") ", cacheRead: 9 } },"
                                        "  { id: 'gift', name: 'Gift', " COST(
                                            "2") " } },"
                                                 "  { id: 'acme/big', name: 'Big' }] },\n"
                                                 " other: { baseUrl: 'http://127.0.0.1:4/v1', api: "
                                                 "'anthropic-messages', models: [] },\n"
                                                 "} },\n"
                                                 " agents: { defaults: { model: 'dear/acme/big', "
                                                 "models: {"
                                                 "  'quick/acme/one': { alias: 'rapid' } } } } }";
static const char chela[] =
    "{ gateway: { upstreams: { quick: { zdr: true, dataCollection: 'deny', quantization: 'fp8' },"
    " dear: { parameters: ['temperature', 'tools', 'tool_choice', 'max_tokens', 'response_format'],"
    " quantization: 'bf16' } } } }";

static struct home home;
static uv_loop_t loop;
static struct upstream_pool *pool;
static struct settings *settings;
static struct health *health;
static struct sticky *sticky;

static int begin(void **state) {
    (void)state;
    struct err e = ERR_INIT;
    home_make(&home);
    home_config(&home, openclaw);
    home_file(&home, ".config/chela/chela.json5", chela);
    uv_loop_init(&loop);
    if (upstream_pool_new(&pool, &loop, &upstream_default_settings, &e) != CHELA_OK) return -1;
    if (settings_load(&settings, home.env, pool, NULL, &e) != CHELA_OK) fail_msg("%s", e.message);
    return 0;
}

static int end(void **state) {
    (void)state;
    settings_release(settings);
    upstream_pool_close(pool);
    uv_run(&loop, UV_RUN_DEFAULT);
    upstream_pool_free(pool);
    uv_loop_close(&loop);
    home_free(&home);
    return 0;
}

static int fresh(void **state) {
    (void)state;
    health = health_new();
    sticky = sticky_new();
    return health && sticky ? 0 : -1;
}

static int used(void **state) {
    (void)state;
    health_free(health);
    sticky_free(sticky);
    return 0;
}

struct asked {
    struct arena arena;
    struct plan plan;
    struct doc *doc;
    enum chela_error code;
    struct err err;
    char who[512]; /* "cheap/acme/one dear/acme/one" */
};

static void ask_as(struct asked *a, const char *body, const char *client, const char *session) {
    const struct chooser by = { .settings = settings,
                                .health = health,
                                .sticky = sticky,
                                .client = str_c(client),
                                .session = str_c(session) };
    *a = (struct asked){ .arena = ARENA_INIT(1 << 20), .err = ERR_INIT };
    assert_int_equal(doc_parse(&a->doc, str_c(body), DOC_JSON, NULL, &a->err), CHELA_OK);
    a->code = choose(&a->plan, &by, a->doc, &a->arena, &a->err);
    size_t n = 0;
    for (size_t i = 0; i < a->plan.count; i++)
        n += (size_t)snprintf(a->who + n, sizeof a->who - n, "%s%.*s/%.*s", i ? " " : "",
                              STR_ARG(a->plan.item[i].upstream->id), STR_ARG(a->plan.item[i].id));
}

static void answered(struct asked *a) {
    doc_free(a->doc);
    arena_free(&a->arena);
}

static void ask(struct asked *a, const char *body) {
    ask_as(a, body, "", "");
}

#define ONE            "\"model\":\"acme/one\""
#define WITH(provider) "{" ONE ",\"provider\":{" provider "}}"

static const struct {
    const char *body, *who;
} orders[] = {
    { WITH("\"sort\":\"price\""), "cheap/acme/one quick/acme/one dear/acme/one" },
    { WITH("\"sort\":{\"by\":\"price\"}"), "cheap/acme/one quick/acme/one dear/acme/one" },
    { "{\"model\":\"acme/one:floor\"}", "cheap/acme/one quick/acme/one dear/acme/one" },
    { WITH("\"order\":[\"dear\",\"quick\"]"), "dear/acme/one quick/acme/one cheap/acme/one" },
    { WITH("\"order\":[\"dear\",\"nobody\"],\"allow_fallbacks\":false"), "dear/acme/one" },
    { WITH("\"sort\":\"price\",\"allow_fallbacks\":false"), "cheap/acme/one" },
    { WITH("\"only\":[\"dear\",\"QUICK\"],\"sort\":\"price\""), "quick/acme/one dear/acme/one" },
    { WITH("\"ignore\":[\"cheap\",\"quick\"]"), "dear/acme/one" },
    { WITH("\"zdr\":true"), "quick/acme/one" },
    { WITH("\"data_collection\":\"deny\""), "quick/acme/one" },
    { WITH("\"quantizations\":[\"fp8\",\"bf16\"],\"sort\":\"price\""),
      "quick/acme/one dear/acme/one" },
    { WITH("\"max_price\":{\"prompt\":\"3\",\"completion\":3},\"sort\":\"price\""),
      "cheap/acme/one quick/acme/one" },
    { WITH("\"max_price\":{\"completion\":0.5,\"prompt\":null}"), "" },
    /* parameters */
    { "{" ONE ",\"top_k\":3,\"provider\":{\"require_parameters\":true,\"sort\":\"price\"}}",
      "cheap/acme/one quick/acme/one" },
    { "{" ONE ",\"top_k\":null,\"provider\":{\"require_parameters\":true,\"sort\":\"price\"}}",
      "cheap/acme/one quick/acme/one dear/acme/one" },
    { "{" ONE ",\"max_completion_tokens\":9,\"x_own\":1,"
      "\"provider\":{\"require_parameters\":true,\"only\":[\"dear\"]}}",
      "dear/acme/one" },
    { "{" ONE
      ",\"top_k\":3,\"provider\":{\"sort\":\"price\"}}", /* only a wish when it is required */
      "cheap/acme/one quick/acme/one dear/acme/one" },
    { "{" ONE ",\"tools\":[],\"provider\":{\"sort\":\"price\"}}", /* … but tools always matter */
      "quick/acme/one dear/acme/one" },
    { "{" ONE ",\"tools\":[],\"provider\":{\"only\":[\"cheap\"]}}", "cheap/acme/one" },
    { "{" ONE ",\"max_tokens\":2000,\"provider\":{\"sort\":\"price\"}}",
      "cheap/acme/one dear/acme/one" },
    { "{" ONE ",\"max_tokens\":2000,\"provider\":{\"only\":[\"quick\"]}}", "quick/acme/one" },
    { "{\"model\":\"gift\",\"reasoning\":{},\"provider\":{\"require_parameters\":true}}", "" },
    /* names */
    { "{\"model\":\"quick/acme/one\"}", "quick/acme/one" },
    { "{\"model\":\"rapid\"}", "quick/acme/one" },
    { "{\"model\":\"quick/never/heard\"}", "quick/never/heard" },
    { "{}", "dear/acme/big" },
    { "{\"model\":\"gift:free\"}", "cheap/gift" },
    { "{\"model\":\"dear/gift:free\"}", "" },
    { "{\"model\":\"cheap/gift:free\"}", "cheap/gift" },
    { "{\"model\":\"cheap/lone:free\"}", "cheap/lone:free" },
    { "{\"model\":\"lone:free\"}", "cheap/lone:free" },
    /* more than one model */
    { "{\"model\":\"dear/acme/big\",\"models\":[\"acme/one\"],\"provider\":{\"sort\":\"price\"}}",
      "dear/acme/big cheap/acme/one quick/acme/one dear/acme/one" },
    { "{\"models\":[\"dear/acme/one\",\"acme/one\"],"
      "\"provider\":{\"sort\":{\"by\":\"price\",\"partition\":\"none\"}}}",
      "cheap/acme/one quick/acme/one dear/acme/one dear/acme/one" },
    { "{\"model\":\"nobody/knows\",\"models\":[\"cheap/gift\"]}", "cheap/gift" },
};

static void who_and_in_which_order(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        struct asked a;
        ask(&a, orders[i].body);
        if (strcmp(a.who, orders[i].who) != 0)
            fail_msg("%s: %s (%s)", orders[i].body, a.who, a.err.message);
        assert_int_equal(a.code, orders[i].who[0] ? CHELA_OK : CHELA_NOT_FOUND);
        answered(&a);
    }
}

static const struct {
    const char *body;
    enum filter by;
    const char *says;
    size_t excluded;
} nobody[] = {
    { WITH("\"only\":[\"cheap\"],\"zdr\":true"), FILTER_ZDR, "data_policy:zdr", 3 },
    { WITH("\"only\":[\"acme\"]"), FILTER_PROVIDERS, "allowed_providers", 3 },
    { WITH("\"max_price\":{\"prompt\":0.1}"), FILTER_PRICE, "max_price", 3 },
    { WITH("\"quantizations\":[\"int4\"]"), FILTER_QUANTIZATION, "quantization", 3 },
    { "{\"model\":\"dear/acme/one\",\"top_k\":1,\"provider\":{\"require_parameters\":true}}",
      FILTER_PARAMETERS, "dear does not know top_k", 1 },
};

static void the_filter_that_left_nobody(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++) {
        struct asked a;
        ask(&a, nobody[i].body);
        assert_int_equal(a.code, CHELA_NOT_FOUND);
        assert_int_equal(a.plan.excluded[0].by, nobody[i].by);
        assert_has(a.err.message, nobody[i].says);
        assert_int_equal(a.plan.excluded_count, nobody[i].excluded);
        answered(&a);
    }
}

static void what_is_wrong(void **state) {
    (void)state;
    static const struct {
        const char *body, *says;
    } cases[] = {
        { "{\"model\":3}", "model: a string" },
        { "{\"models\":\"a\"}", "models: a list" },
        { "{\"models\":[1]}", "models: a list of strings" },
        { "{" ONE ",\"provider\":[]}", "provider: an object" },
        { WITH("\"order\":\"dear\""), "provider.order: a list" },
        { WITH("\"preferred_max_latency\":true"), "provider.preferred_max_latency: a number" },
        { "{\"model\":\"quik/acme/one\"}", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct asked a;
        ask(&a, cases[i].body);
        assert_int_equal(a.code, CHELA_INPUT);
        assert_has(a.err.message, cases[i].says);
        assert_int_equal(a.plan.unknown_model, cases[i].says[0] == '\0');
        answered(&a);
    }
}

static struct health_entry *entry(const char *upstream) {
    const struct upstream *u = settings_upstream(settings, str_c(upstream));
    return health_of(health, u->id, S("acme/one"), u->key_print);
}

static void the_first_is_drawn_by_price_and_the_ill_come_last(void **state) {
    (void)state;
    unsigned cheap = 0, dear = 0;
    struct asked a;
    for (int i = 0; i < 1000; i++) { /* 1 : 1/9 : 1/81 */
        ask(&a, "{" ONE "}");
        assert_int_equal(a.plan.count, 3);
        cheap += strncmp(a.who, "cheap", 5) == 0;
        dear += strncmp(a.who, "dear", 4) == 0;
        answered(&a);
    }
    assert_in_range(cheap, 830, 945);
    assert_in_range(dear, 0, 40);
    health_bad(health, entry("cheap"), 500, CHELA_UPSTREAM, -1);
    for (int i = 0; i < 50; i++) {
        ask(&a, "{" ONE "}");
        assert_has(a.who, " cheap/acme/one");
        answered(&a);
    }
    ask(&a, WITH("\"sort\":\"price\"")); /* who says how to sort gets it */
    assert_int_equal(strncmp(a.who, "cheap", 5), 0);
    answered(&a);
}

static void what_was_measured_decides(void **state) {
    (void)state;
    for (int i = 0; i < 10; i++) { /* the tenth is bad */
        health_good(health, entry("dear"), i == 9 ? 5000 : 100, true);
        health_good(health, entry("quick"), 300, true);
        health_speed(health, entry("quick"), i == 9 ? 1 : 80);
        health_speed(health, entry("dear"), 30);
    }
    static const struct {
        const char *body, *who;
    } cases[] = {
        /* cheap was never asked: behind those that are known, but not worse than what is wished */
        { WITH("\"sort\":\"latency\""), "dear/acme/one quick/acme/one cheap/acme/one" },
        { WITH("\"sort\":\"throughput\""), "quick/acme/one dear/acme/one cheap/acme/one" },
        { "{\"model\":\"acme/one:nitro\"}", "quick/acme/one dear/acme/one cheap/acme/one" },
        { "{\"model\":\"acme/one:nitro\",\"provider\":{\"sort\":\"price\"}}",
          "cheap/acme/one quick/acme/one dear/acme/one" },
        { WITH("\"sort\":\"price\",\"preferred_max_latency\":0.2"),
          "cheap/acme/one dear/acme/one quick/acme/one" },
        { WITH("\"sort\":\"price\",\"preferred_max_latency\":{\"p50\":0.2,\"p99\":1}"),
          "cheap/acme/one quick/acme/one dear/acme/one" },
        { WITH("\"sort\":\"latency\",\"preferred_max_latency\":{\"p99\":1}"),
          "quick/acme/one cheap/acme/one dear/acme/one" },
        { WITH("\"sort\":\"latency\",\"preferred_min_throughput\":\"50\""),
          "quick/acme/one cheap/acme/one dear/acme/one" },
        { WITH("\"sort\":\"throughput\",\"preferred_min_throughput\":{\"p99\":20}"),
          "dear/acme/one cheap/acme/one quick/acme/one" },
        { "{\"model\":\"quick/acme/one\",\"models\":[\"dear/acme/one\"],"
          "\"provider\":{\"preferred_max_latency\":0.2}}",
          "dear/acme/one quick/acme/one" }, /* also a model that was only to step in */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct asked a;
        ask(&a, cases[i].body);
        if (strcmp(a.who, cases[i].who) != 0) fail_msg("%s: %s", cases[i].body, a.who);
        answered(&a);
    }
    the_time += HEALTH_RECENT_MS + 1; /* that was long ago */
    struct asked a;
    ask(&a, WITH("\"sort\":\"price\",\"preferred_max_latency\":0.01"));
    assert_string_equal(a.who, "cheap/acme/one quick/acme/one dear/acme/one");
    answered(&a);
}

/* ---- conversations ---- */

/* Who is first, and that he is the one to have answered; the next request finds him. */
static void note(const char *body, const char *client, const char *session, const char *upstream,
                 bool read_cache) {
    struct asked a;
    ask_as(&a, body, client, session);
    for (size_t i = 0; i < a.plan.count; i++)
        if (str_eq(a.plan.item[i].upstream->id, str_c(upstream)))
            choose_note_answer(&a.plan, sticky, &a.plan.item[i], read_cache);
    answered(&a);
}

static bool stays(const char *body, const char *client, const char *session, const char *upstream) {
    struct asked a;
    ask_as(&a, body, client, session);
    bool first = str_eq(a.plan.item[0].upstream->id, str_c(upstream));
    bool stayed = a.plan.stayed;
    assert_int_equal(a.plan.count, 3);
    answered(&a);
    return stayed && first;
}

#define SESSION "{" ONE ",\"session_id\":\"s1\"}"

static void a_session_stays(void **state) {
    (void)state;
    assert_false(stays(SESSION, "k", "", "dear"));
    note(SESSION, "k", "", "dear", false);
    assert_true(stays(SESSION, "k", "", "dear"));
    assert_true(stays("{" ONE "}", "k", "s1", "dear")); /* the header names it as well … */
    assert_false(stays("{" ONE ",\"session_id\":\"s2\"}", "k", "s1", "dear")); /* … the body wins */
    assert_false(stays(SESSION, "another", "", "dear"));
    assert_false(stays("{" ONE ",\"session_id\":\"s1\",\"provider\":{\"order\":[\"cheap\"]}}", "k",
                       "", "dear"));
    note("{" ONE ",\"prompt_cache_key\":\"p\"}", "k", "", "quick", false);
    assert_true(stays("{" ONE ",\"prompt_cache_key\":\"p\"}", "k", "", "quick"));
}

static void it_leaves_the_ill_and_forgets(void **state) {
    (void)state;
    note(SESSION, "k", "", "dear", false);
    health_bad(health, entry("dear"), 500, CHELA_UPSTREAM, -1);
    assert_false(stays(SESSION, "k", "", "dear"));
    the_time += 1000;
    assert_true(stays(SESSION, "k", "", "dear"));
    the_time += STICKY_MS - 1001;
    assert_true(stays(SESSION, "k", "", "dear"));
    the_time += 1;
    assert_false(stays(SESSION, "k", "", "dear"));
}

#define TALK(more)                                                                                 \
    "{" ONE ",\"messages\":[{\"role\":\"system\",\"content\":\"Be brief\"},"                       \
    "{\"role\":\"user\",\"content\":\"Hi\"}" more "]}"

static void a_prompt_cache_that_helped_holds_a_conversation(void **state) {
    (void)state;
    note(TALK(""), "k", "", "quick", false);
    assert_false(stays(TALK(""), "k", "", "quick"));
    note(TALK(""), "k", "", "dear", true); /* reading its cache is no cheaper */
    assert_false(stays(TALK(""), "k", "", "dear"));
    note(TALK(""), "k", "", "quick", true);
    assert_true(stays(TALK(""), "k", "", "quick"));
    assert_true(stays(TALK(",{\"role\":\"assistant\",\"content\":\"Hi\"}"), "k", "", "quick"));
    assert_false(
        stays("{" ONE ",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}", "k", "", "quick"));
}

static void the_table_is_bounded(void **state) {
    (void)state;
    unsigned left = 0;
    for (uint64_t i = 1; i <= 10000; i++) sticky_note(sticky, i, health, the_time + (int64_t)i);
    for (uint64_t i = 1; i <= 10000; i++) left += sticky_find(sticky, i, the_time) != NULL;
    assert_int_equal(left, 4096);
    assert_non_null(sticky_find(sticky, 10000, the_time)); /* the newest are kept */
    assert_null(sticky_find(sticky, 1, the_time));
}

/* Names that are no model's are kept nowhere, however many a client tries. */
static void unknown_names_leave_nothing(void **state) {
    (void)state;
    struct asked a;
    ask(&a, "{\"model\":\"nosuch-0\"}");
    size_t used_before = settings->arena.used;
    answered(&a);
    for (int i = 1; i < 50; i++) {
        char body[64];
        snprintf(body, sizeof body, "{\"model\":\"nosuch-%d\"}", i);
        ask(&a, body);
        assert_int_equal(a.code, CHELA_INPUT);
        answered(&a);
    }
    assert_int_equal(settings->arena.used, used_before);
}

static void a_name_has_a_length(void **state) {
    (void)state;
    struct asked a;
    char name[MODEL_REF_MAX + 2], body[MODEL_REF_MAX + 64];
    memset(name, 'x', sizeof name - 1);
    memcpy(name, "dear/", 5);
    name[sizeof name - 1] = '\0';
    snprintf(body, sizeof body, "{\"model\":\"%s\"}", name);
    ask(&a, body);
    assert_int_equal(a.code, CHELA_INPUT);
    answered(&a);
    name[sizeof name - 2] = '\0';
    snprintf(body, sizeof body, "{\"model\":\"%s\"}", name);
    ask(&a, body);
    assert_int_equal(a.code, CHELA_OK);
    answered(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_and_in_which_order, fresh, used),
        cmocka_unit_test_setup_teardown(the_filter_that_left_nobody, fresh, used),
        cmocka_unit_test_setup_teardown(what_is_wrong, fresh, used),
        cmocka_unit_test_setup_teardown(the_first_is_drawn_by_price_and_the_ill_come_last, fresh,
                                        used),
        cmocka_unit_test_setup_teardown(what_was_measured_decides, fresh, used),
        cmocka_unit_test_setup_teardown(a_session_stays, fresh, used),
        cmocka_unit_test_setup_teardown(it_leaves_the_ill_and_forgets, fresh, used),
        cmocka_unit_test_setup_teardown(a_prompt_cache_that_helped_holds_a_conversation, fresh,
                                        used),
        cmocka_unit_test_setup_teardown(the_table_is_bounded, fresh, used),
        cmocka_unit_test_setup_teardown(unknown_names_leave_nothing, fresh, used),
        cmocka_unit_test_setup_teardown(a_name_has_a_length, fresh, used),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
