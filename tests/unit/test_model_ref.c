/* The traps of docs/model-references.md, row by row, and what must hold for every reference. */
#include "base/buf.h"
#include "base/log.h"
#include "catalog/model_id.h"

#include <string.h>

#include "catalog_home.h"

static struct arena arena;

static str parsed(const char *text, struct config *c, struct model_ref *ref) {
    struct err e = ERR_INIT;
    enum chela_error rc = model_ref_parse(ref, str_c(text), c, &arena, &e);
    if (rc) fail_msg("%s: %s", text, e.message);
    return ref->id;
}

/* ---- the table ---- */

struct trap {
    const char *text, *id, *profile;
};

static const struct trap traps[] = {
    { "openrouter/auto", "openrouter/auto", "" },
    { "auto", "openrouter/auto", "" },
    { "Auto", "openrouter/auto", "" },
    { "auto:online", "openrouter/auto:online", "" },
    { "AUTO:online", "openrouter/auto:online", "" },
    { "openrouter/openrouter/auto", "openrouter/auto", "" },
    { "openrouter/openrouter/openrouter/auto", "openrouter/auto", "" },
    { "OpenRouter/auto", "openrouter/auto", "" },
    { "openrouter/OpenRouter/auto", "openrouter/auto", "" },
    { "openrouter/AUTO", "openrouter/AUTO", "" },
    { "openrouter:auto", "openrouter/auto", "" },
    { "OPENROUTER:AUTO", "openrouter/auto", "" },
    { "openrouter:auto@work", "openrouter/auto", "work" },
    { "openrouter/anthropic/claude-sonnet-4.6", "anthropic/claude-sonnet-4.6", "" },
    { "openrouter/openrouter/anthropic/x", "anthropic/x", "" },
    { "anthropic/claude-sonnet-4.6", "anthropic/claude-sonnet-4.6", "" },
    { "OPENROUTER/Qwen/Qwen3-Max", "Qwen/Qwen3-Max", "" },
    { "openrouter/minimax/minimax-m2.5:free", "minimax/minimax-m2.5:free", "" },
    { "minimax/minimax-m2.5:free", "minimax/minimax-m2.5:free", "" },
    { "minimax/minimax-m2.5:free:online", "minimax/minimax-m2.5:free:online", "" },
    { "openrouter/aurora-alpha", "openrouter/aurora-alpha", "" },
    { "openrouter/hunter-alpha:free", "openrouter/hunter-alpha:free", "" },
    { "openrouter/free", "openrouter/free", "" },
    { "openrouter/openrouter/fusion", "openrouter/fusion", "" },
    { "openrouter/deepseek-v4-pro", "deepseek/deepseek-v4-pro", "" },
    { "openrouter/DeepSeek-V4-Pro", "deepseek/DeepSeek-V4-Pro", "" },
    { "deepseek-v4-flash:free", "deepseek/deepseek-v4-flash:free", "" },
    { "openrouter/deepseek-v4-pro@preset/x", "deepseek/deepseek-v4-pro@preset/x", "" },
    { "openrouter/deepseek-v4-pro-0501", "openrouter/deepseek-v4-pro-0501", "" },
    { "deepseek/deepseek-v4-pro", "deepseek/deepseek-v4-pro", "" },
    { "~anthropic/claude-latest", "~anthropic/claude-latest", "" },
    { "openrouter/~anthropic/claude-latest", "~anthropic/claude-latest", "" },
    { "@preset/mine", "@preset/mine", "" },
    { "openrouter/@preset/mine", "@preset/mine", "" },
    { "anthropic/x@preset/mine", "anthropic/x@preset/mine", "" },
    { "openrouter/auto@preset/mine", "openrouter/auto@preset/mine", "" },
    { "auto@preset/mine", "openrouter/auto@preset/mine", "" },
    { "openrouter/anthropic/x@work", "anthropic/x", "work" },
    { "openrouter/auto@work", "openrouter/auto", "work" },
    { "anthropic/x:free@work", "anthropic/x:free", "work" },
    { "a/b@preset/mine@work", "a/b@preset/mine", "work" },
    { "@preset/mine@work", "@preset/mine", "work" },
    { "a/b@openrouter:me@example.com", "a/b", "openrouter:me@example.com" },
    { "a/b@20250514", "a/b@20250514", "" },
    { "a/b@20250514@work", "a/b@20250514", "work" },
    { "a/b@2025051", "a/b", "2025051" },
    { "openrouter/a/b/c", "a/b/c", "" },
    { "  openrouter/auto\n", "openrouter/auto", "" },
    { "\topenrouter/a/b@work \r\n", "a/b", "work" },
    { "openrouter/\xc3\xa9t\xc3\xa9/x", "\xc3\xa9t\xc3\xa9/x", "" },
};

static void every_trap(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof traps / sizeof traps[0]; i++) {
        struct model_ref ref, again;
        assert_str(parsed(traps[i].text, NULL, &ref), traps[i].id);
        assert_str(ref.profile, traps[i].profile);
        assert_str(ref.provider, "openrouter");
        assert_str(ref.alias, "");
        const char *key = arena_cstr(&arena, ref.key);
        assert_true(str_starts(ref.key, S("openrouter/")));
        parsed(key, NULL, &again);
        assert_str(again.key, key);
        assert_str(again.profile, "");
        parsed(traps[i].id, NULL, &again);
        assert_str(again.key, key);
    }
}

struct refusal {
    const char *text, *says; /* in the message or the hint */
};

static const struct refusal refusals[] = {
    { "", "empty" },
    { " \t\r\n", "empty" },
    { "openrouter", "did you mean openrouter/auto?" },
    { "OpenRouter@work", "did you mean openrouter/auto?" },
    { "openrouter/opnrouter/auto", "openrouter/auto?" },
    { "openrouter/", "no model is named" },
    { "openrouter/openrouter/", "no model is named" },
    { "openrouter/@work", "no model is named" },
    { "/x", "slash" },
    { "x/", "slash" },
    { "/", "slash" },
    { "a//b", "slash" },
    { "openrouter//b", "slash" },
    { "openrouter/a/b/", "slash" },
    { "a/b@preset/", "slash" },
    { "https://openrouter.ai/a/b", "web address" },
    { ":free", "before the ':'" },
    { "a/:free", "before the ':'" },
    { "openrouter/:free", "before the ':'" },
    { "a/b:", "after the ':'" },
    { "a/b::free", "after the ':'" },
    { "a/b@", "'@'" },
    { "a/b c", "blank" },
    { "openrouter/ auto", "blank" },
    { "a/\"b\"", "quote" },
    { "a\\b/c", "backslash" },
    { "a/b\nc", "control character" },
    { "a/b\x1b[31m", "control character" },
    { "a/\x7f", "control character" },
    { "a/b\xc2\x9b"
      "31m",
      "control character" },
    { "a/\xff", "UTF-8" },
    { "openrouter/*", "pattern" },
    { "openrouter:anthropic/x", "openrouter/anthropic/x" },
    { "openrouter/openrouter:auto:online", "write openrouter/auto:online" },
    { "openrouter:free", "agents.defaults.models" },
    { "opnrouter/auto", "openrouter/auto?" },
    { "open-router/a/b", "openrouter/a/b?" },
    { "kimi-k2.6", "no vendor" },
    { "free", "no vendor" },
    { "atuo", "did you mean \"auto\"?" },
    { "@work", "no vendor" },
};

static void every_refusal(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct model_ref ref;
        struct err e = ERR_INIT;
        enum chela_error rc = model_ref_parse(&ref, str_c(refusals[i].text), NULL, &arena, &e);
        if (rc != CHELA_INPUT)
            fail_msg("\"%s\" was taken as %.*s", refusals[i].text, STR_ARG(ref.id));
        assert_int_equal(e.code, CHELA_INPUT);
        if (!strstr(e.message, refusals[i].says) && !strstr(e.hint, refusals[i].says))
            fail_msg("\"%s\": \"%s\" is not in: %s (%s)", refusals[i].text, refusals[i].says,
                     e.message, e.hint);
        assert_true(e.hint[0]);
        assert_null(strpbrk(e.message, "\n\x1b\x7f"));
    }
}

static void lengths_are_bounded(void **state) {
    (void)state;
    char text[600] = "v/";
    struct model_ref ref, again;
    struct err e = ERR_INIT;
    memset(text + 2, 'm', sizeof text - 3);
    text[256 - 11] = '\0'; /* the longest id: its key has 256 bytes */
    parsed(text, NULL, &ref);
    assert_int_equal(ref.key.n, MODEL_REF_MAX);
    parsed(ref.key.p, NULL, &again);
    assert_true(str_eq(again.key, ref.key));
    text[256 - 11] = 'm';
    text[256 - 10] = '\0';
    assert_int_equal(model_ref_parse(&ref, str_c(text), NULL, &arena, &e), CHELA_INPUT);
    assert_non_null(strstr(e.message, "too long"));
    text[256 - 10] = 'm';
    text[257] = '\0';
    assert_int_equal(model_ref_parse(&ref, str_c(text), NULL, &arena, &e), CHELA_INPUT);
    assert_non_null(strstr(e.message, "257 bytes"));
    assert_int_equal(model_ref_parse(&ref, (str){ "a\0b/c", 5 }, NULL, &arena, &e), CHELA_INPUT);
}

static void memory_may_run_out(void **state) {
    (void)state;
    struct model_ref ref;
    bool succeeded = false;
    for (size_t max = 0; max < 4096 && !succeeded; max += 16) {
        struct arena small = ARENA_INIT(max);
        struct err e = ERR_INIT;
        enum chela_error rc = model_ref_parse(&ref, S("deepseek-v4-pro@work"), NULL, &small, &e);
        succeeded = rc == CHELA_OK;
        if (rc)
            assert_int_equal(rc, CHELA_NOMEM);
        else
            assert_str(ref.profile, "work");
        arena_free(&small);
    }
    assert_true(succeeded);
}

/* ---- properties ---- */

static uint64_t seed = 20260501;

static size_t dice(size_t n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)(seed % n);
}

static void generate(struct buf *b) {
    static const char *const parts[] = {
        "openrouter/",
        "OPENROUTER/",
        "openrouter:",
        "auto",
        "free",
        "a/",
        "anthropic/",
        "/",
        "~google/",
        "claude-4.6",
        "deepseek-v4-pro",
        "deepseek/",
        "hunter-alpha",
        ":free",
        ":online",
        ":",
        "@work",
        "@",
        "@preset/",
        "@preset/mine",
        "@20250514",
        "Qwen",
        "x",
        " ",
        "\xc3\xa9",
        "*",
    };
    for (size_t n = dice(7); n; n--) buf_add(b, str_c(parts[dice(sizeof parts / sizeof parts[0])]));
}

static void references_round_trip(void **state) {
    (void)state;
    size_t taken = 0;
    for (int i = 0; i < 200000; i++) {
        struct buf text = BUF_INIT(4096);
        struct arena a = ARENA_INIT(1 << 16);
        struct model_ref ref, again;
        struct err e = ERR_INIT;
        generate(&text);
        enum chela_error rc = model_ref_parse(&ref, buf_str(&text), NULL, &a, &e);
        if (rc == CHELA_OK) {
            taken++;
            const char *t = text.p;
            if (model_ref_parse(&again, ref.key, NULL, &a, &e)) fail_msg("%s: %s", t, e.message);
            if (!str_eq(again.key, ref.key) || !str_eq(again.id, ref.id) || again.profile.n)
                fail_msg("%s: key %.*s became %.*s", t, STR_ARG(ref.key), STR_ARG(again.key));
            if (model_ref_parse(&again, ref.id, NULL, &a, &e)) fail_msg("%s: %s", t, e.message);
            if (!str_eq(again.key, ref.key))
                fail_msg("%s: id %.*s became %.*s", t, STR_ARG(ref.id), STR_ARG(again.key));
            /* exactly one prefix in the key; in the id only when no vendor follows */
            assert_true(str_starts(ref.key, S("openrouter/")));
            str rest = str_skip(ref.key, 11);
            assert_false(str_istarts(rest, S("openrouter/")));
            assert_true(str_eq(ref.id, model_id_has_vendor(rest) || str_starts(rest, S("@preset/"))
                                           ? rest
                                           : ref.key));
        } else {
            assert_int_equal(rc, CHELA_INPUT);
        }
        arena_free(&a);
        buf_free(&text);
    }
    assert_true(taken > 20000); /* the generator is not only making nonsense */
}

/* ---- kinds ---- */

static void kinds(void **state) {
    (void)state;
    static const struct {
        const char *id;
        const char *kinds; /* a auto, h hunter, A anthropic, d deepseek v4, g gemini */
    } rows[] = {
        { "openrouter/auto", "a" },
        { "auto", "a" },
        { "openrouter/AUTO:online", "a" },
        { "openrouter/auto@preset/x", "a" },
        { "openrouter/auto-beta", "" },
        { "auto/x", "" },
        { "openrouter/hunter-alpha", "h" },
        { " OpenRouter/Hunter-Alpha:free ", "h" },
        { "hunter-alpha", "h" },
        { "hunter-alpha:x", "h" },
        { "openrouter/hunter-alpha-2", "" },
        { "vendor/hunter-alpha", "" },
        { "anthropic/claude-sonnet-4.6", "A" },
        { "Anthropic/Claude", "A" },
        { "openrouter/anthropic/claude", "A" },
        { "~anthropic/claude-latest", "A" },
        { "openrouter/~anthropic/claude-latest", "A" },
        { "anthropics/x", "" },
        { "x/anthropic/y", "" },
        { "deepseek/deepseek-v4-flash", "d" },
        { "deepseek/deepseek-v4-pro:free", "d" },
        { "openrouter/DeepSeek/DeepSeek-V4-Pro", "d" },
        { "~deepseek/deepseek-v4-pro", "d" },
        { "deepseek/deepseek-v4-pro@preset/x", "d" },
        { "deepseek/deepseek-v4-pro-0501", "" },
        { "deepseek/deepseek-v4", "" },
        { "deepseek-v4-pro", "" },
        { "openrouter/openrouter/deepseek/deepseek-v4-pro", "" },
        { "google/gemini-3.1-pro-preview", "g" },
        { "x/GEMINI", "g" },
        { "google/gemma-4", "" },
        { "", "" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        str id = str_c(rows[i].id);
        char got[8] = "";
        size_t n = 0;
        if (model_is_auto(id)) got[n++] = 'a';
        if (model_is_hunter_alpha(id)) got[n++] = 'h';
        if (model_is_anthropic(id)) got[n++] = 'A';
        if (model_is_deepseek_v4(id)) got[n++] = 'd';
        if (model_is_gemini(id)) got[n++] = 'g';
        got[n] = '\0';
        if (strcmp(got, rows[i].kinds)) fail_msg("%s: %s, not %s", rows[i].id, got, rows[i].kinds);
    }
}

/* ---- with a configuration ---- */

static const char config_text[] =
    "{ models: { providers: {\n"
    "    openrouter: { baseUrl: 'https://openrouter.ai/api/v1', models: [\n"
    "      { id: 'vendor/rowed', name: 'R' }, { id: 'free/late:free', name: 'L' } ] },\n"
    "    Anthropic: { baseUrl: 'https://api.anthropic.com', models: [] } } },\n"
    "  agents: { defaults: {\n"
    "    model: { primary: 'sonnet', fallbacks: ['openrouter/auto', 'Kimi', 'anthropic/direct',\n"
    "      'openrouter/openrouter/auto', 'openrouter/auto@work', 'x/'] },\n"
    "    models: {\n"
    "      'openrouter/*': {},\n"
    "      'anthropic/claude:free': { alias: 'direct' },\n"
    "      'openrouter/anthropic/claude-sonnet-4.6': { alias: 'Sonnet' },\n"
    "      'openrouter/moonshotai/kimi-k2.6': { alias: 'kimi' },\n"
    "      'openrouter/auto': { alias: 'OpenRouter' },\n"
    "      'openrouter/one/twin': {}, 'openrouter/two/twin': {},\n"
    "      'openrouter/openrouter/aurora-alpha': { alias: 'openrouter/auto' },\n"
    "      'meta/first:free': { alias: 'a/b' },\n"
    "      'openrouter/meta/second:free': { alias: 'dup' },\n"
    "      'openrouter/z/third@team': { alias: 'DUP' } } },\n"
    "  list: [ { id: 'main', model: 'openrouter/main/model' },\n"
    "    { id: 'Solo', default: true, model: { primary: ' openrouter/solo/model@me ' } },\n"
    "    { id: 'none', model: { fallbacks: [] } }, { id: 'broken', model: 'x/' } ] } }\n";

static void configured_names(void **state) {
    (void)state;
    struct home h;
    struct model_ref ref;
    home_open(&h, config_text);
    static const struct {
        const char *text, *id, *profile, *alias;
    } rows[] = {
        { "sonnet", "anthropic/claude-sonnet-4.6", "", "Sonnet" },
        { " SONNET ", "anthropic/claude-sonnet-4.6", "", "Sonnet" },
        { "sonnet@work", "anthropic/claude-sonnet-4.6", "work", "Sonnet" },
        { "openrouter", "openrouter/auto", "", "OpenRouter" },
        { "openrouter/auto", "openrouter/auto", "", "" }, /* an alias cannot take a key's name */
        { "a/b", "meta/first:free", "", "a/b" },
        { "dup", "z/third", "team", "DUP" }, /* the last of twins */
        { "dup@mine", "z/third", "mine", "DUP" },
        { "openrouter:free", "meta/first:free", "", "" }, /* not anthropic's: another provider's */
        { "OpenRouter:Free@p", "meta/first:free", "p", "" },
        { "kimi-k2.6", "moonshotai/kimi-k2.6", "", "" },
        { "KIMI-K2.6@work", "moonshotai/kimi-k2.6", "work", "" },
        { "rowed", "vendor/rowed", "", "" },
        { "aurora-alpha", "openrouter/aurora-alpha", "", "" },
        { "openrouter/anthropic/claude", "anthropic/claude", "", "" },
        { "other/model", "other/model", "", "" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_str(parsed(rows[i].text, h.config, &ref), rows[i].id);
        assert_str(ref.profile, rows[i].profile);
        assert_str(ref.alias, rows[i].alias);
    }
    static const struct refusal bad[] = {
        { "anthropic/claude", "models.providers.Anthropic" },
        { "ANTHROPIC/claude", "write openrouter/ANTHROPIC/claude" },
        { "direct", "alias \"direct\"" },
        { "twin", "one/twin and two/twin" },
        { "sonet", "did you mean \"Sonnet\"?" },
        { "kimi-k2.5", "did you mean \"kimi-k2.6\"?" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err e = ERR_INIT;
        assert_int_equal(model_ref_parse(&ref, str_c(bad[i].text), h.config, &arena, &e),
                         CHELA_INPUT);
        if (!strstr(e.message, bad[i].says) && !strstr(e.hint, bad[i].says))
            fail_msg("%s: %s (%s)", bad[i].text, e.message, e.hint);
    }
    home_close(&h);
}

static void count_line(void *ctx, enum log_level level, const char *line) {
    (void)line;
    if (level == LOG_WARN) ++*(int *)ctx;
}

static void configured_choice(void **state) {
    (void)state;
    struct home h;
    struct model_ref ref, *list;
    size_t n;
    struct err e = ERR_INIT;
    home_open(&h, config_text);
    assert_int_equal(model_ref_default(&ref, h.config, S("main"), &arena, &e), CHELA_OK);
    assert_str(ref.id, "main/model");
    assert_int_equal(model_ref_default(&ref, h.config, S(""), &arena, &e), CHELA_OK);
    assert_str(ref.id, "solo/model"); /* marked as default */
    assert_str(ref.profile, "me");
    assert_int_equal(model_ref_default(&ref, h.config, S("none"), &arena, &e), CHELA_OK);
    assert_str(ref.id, "anthropic/claude-sonnet-4.6");
    assert_str(ref.alias, "Sonnet");
    assert_int_equal(model_ref_default(&ref, h.config, S("unknown"), &arena, &e), CHELA_OK);
    assert_str(ref.id, "anthropic/claude-sonnet-4.6");
    assert_int_equal(model_ref_default(&ref, h.config, S("broken"), &arena, &e), CHELA_CONFIG);
    assert_int_equal(e.code, CHELA_CONFIG);
    assert_non_null(strstr(e.message, "agents.list[3].model: "));

    int warnings = 0;
    log_to(count_line, &warnings, LOG_WARN);
    assert_int_equal(model_ref_fallbacks(&list, &n, h.config, S("main"), &arena, &e), CHELA_OK);
    log_to(NULL, NULL, LOG_ERROR);
    assert_int_equal(n, 3);
    assert_str(list[0].key, "openrouter/auto");
    assert_str(list[1].key, "openrouter/moonshotai/kimi-k2.6");
    assert_str(list[2].key, "openrouter/auto");
    assert_str(list[2].profile, "work");
    assert_int_equal(warnings, 2); /* anthropic/direct and x/ */
    assert_int_equal(model_ref_fallbacks(&list, &n, h.config, S("none"), &arena, &e), CHELA_OK);
    assert_int_equal(n, 0);
    home_close(&h);
}

static void no_configuration(void **state) {
    (void)state;
    struct home h;
    struct model_ref ref, *list;
    size_t n;
    struct err e = ERR_INIT;
    home_open(&h, "{}");
    assert_int_equal(model_ref_default(&ref, h.config, S(""), &arena, &e), CHELA_OK);
    assert_str(ref.key, "openrouter/auto");
    assert_int_equal(model_ref_fallbacks(&list, &n, h.config, S(""), &arena, &e), CHELA_OK);
    assert_int_equal(n, 0);
    home_close(&h);
    home_open(&h, "{ agents: { defaults: { model: 'openrouter/a/b' } } }");
    assert_int_equal(model_ref_default(&ref, h.config, S(""), &arena, &e), CHELA_OK);
    assert_str(ref.key, "openrouter/a/b");
    assert_int_equal(model_ref_fallbacks(&list, &n, h.config, S(""), &arena, &e), CHELA_OK);
    assert_int_equal(n, 0);
    home_close(&h);
}

static int fresh_arena(void **state) {
    (void)state;
    arena_init(&arena, 4 << 20);
    return 0;
}

static int free_arena(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh_arena, free_arena)
    const struct CMUnitTest tests[] = {
        TEST(every_trap),         TEST(every_refusal),         TEST(lengths_are_bounded),
        TEST(memory_may_run_out), TEST(references_round_trip), TEST(kinds),
        TEST(configured_names),   TEST(configured_choice),     TEST(no_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
