/* The catalogue: rows as services write them, the cache file in every state, and who wins. */
#include "base/clock.h"
#include "base/log.h"
#include "catalog/cache_file.h"
#include "catalog/catalog.h"
#include "catalog/model_row.h"

#include <string.h>
#include <sys/stat.h>

#include "catalog_home.h"

static char answer_bytes[65536];
static str answer; /* tests/data/catalog/models.json */

static int read_answer(void **state) {
    (void)state;
    struct buf b = BUF_INIT(sizeof answer_bytes);
    struct err e = ERR_INIT;
    if (file_read(TEST_DATA "/catalog/models.json", &b, &e)) return -1;
    memcpy(answer_bytes, b.p, b.n);
    answer = (str){ answer_bytes, b.n };
    buf_free(&b);
    return 0;
}

static void store(struct home *h, str json) {
    struct err e = ERR_INIT;
    if (catalog_store(h->config, json, &e)) fail_msg("%s", e.message);
}

static struct catalog *opened(struct home *h) {
    struct catalog *k;
    struct err e = ERR_INIT;
    assert_int_equal(catalog_open(&k, h->config, &e), CHELA_OK);
    return k;
}

static const struct model_row *row_of(const struct catalog *k, const char *id) {
    const struct model_row *row = catalog_find(k, str_c(id));
    if (!row) fail_msg("no row for %s", id);
    return row;
}

static bool near(double a, double b) {
    double d = a - b;
    return (d < 0 ? -d : d) < 1e-15;
}

static void put(struct home *h, const char *text, size_t n) {
    struct err e = ERR_INIT;
    char folder[192];
    assert_true(str_copy(folder, sizeof folder, str_head(str_c(h->cache), strlen(h->cache) - 12)));
    assert_int_equal(file_mkdirs(folder, 0700, &e), CHELA_OK);
    assert_int_equal(file_write(h->cache, (str){ text, n }, 0600, &e), CHELA_OK);
}

static void cache_text(struct home *h, struct buf *out) {
    struct err e = ERR_INIT;
    buf_init(out, 1 << 20);
    assert_int_equal(file_read(h->cache, out, &e), CHELA_OK);
}

/* ---- rows ---- */

static void rows_of_an_answer(void **state) {
    (void)state;
    struct home h;
    size_t n;
    home_open(&h, "{}");
    store(&h, answer);
    struct catalog *k = opened(&h);
    const struct model_row *r = row_of(k, "anthropic/claude-sonnet-4.6");
    assert_str(r->name, "Anthropic: Claude Sonnet 4.6");
    assert_int_equal(r->context_length, 1000000);
    assert_int_equal(r->max_output, 128000);
    assert_true(r->reasoning && r->tools && r->image_input && r->text_output && !r->image_output);
    assert_true(near(r->price_prompt, 0.000003) && near(r->price_completion, 0.000015));
    assert_true(near(r->price_cache_read, 0.0000003) && near(r->price_cache_write, 0.00000375));
    assert_int_equal(r->effort_count, 6); /* null: all the standard ones */
    assert_str(r->efforts[0], "minimal");
    assert_str(r->efforts[5], "max");
    assert_false(r->reasoning_mandatory || r->bundled || r->configured);

    assert_non_null(catalog_rows(k, &n));
    assert_int_equal(n, 15); /* those without a usable id are dropped */
    r = row_of(k, "openrouter/auto");
    assert_true(r->price_prompt < 0 && r->price_completion < 0); /* "-1": it depends */
    assert_int_equal(r->effort_count, 0);
    r = row_of(k, "openai/gpt-5.4");
    assert_int_equal(r->effort_count, 5); /* in order, without none and what is no level */
    assert_str(r->efforts[0], "minimal");
    assert_str(r->efforts[4], "xhigh");
    assert_true(r->reasoning_mandatory);
    assert_false(row_of(k, "openai/gpt-4o-mini")->reasoning);
    r = row_of(k, "google/gemini-3.1-flash-image-preview");
    assert_true(r->image_output && r->text_output);
    assert_false(row_of(k, "deepseek/deepseek-v4-pro")->image_input);
    r = row_of(k, "openrouter/hunter-alpha");
    assert_false(r->reasoning);
    assert_int_equal(r->effort_count, 0);
    assert_true(near(r->price_prompt, 0));

    r = row_of(k, "vendor/only-an-id"); /* what is not said is not denied */
    assert_str(r->name, "vendor/only-an-id");
    assert_true(r->reasoning && r->tools && r->text_output);
    assert_false(r->image_input || r->image_output || r->reasoning_mandatory);
    assert_true(r->context_length == 0 && r->max_output == 0);
    assert_true(r->price_prompt < 0 && r->price_cache_write < 0);
    r = row_of(k, "vendor/odd");
    assert_str(r->name, "Odd [31m   name");
    assert_int_equal(r->context_length, 4096);
    assert_int_equal(r->max_output, 512);
    assert_false(r->reasoning || r->tools);
    assert_true(r->image_input && r->image_output && r->text_output);
    assert_true(near(r->price_prompt, 1e-6) && near(r->price_completion, 2e-6));
    assert_true(r->price_cache_read < 0 && r->price_cache_write < 0);
    r = row_of(k, "Vendor/Cased-Model");
    assert_true(r->tools && !r->reasoning && !r->text_output && r->image_output);
    catalog_free(k);
    home_close(&h);
}

static void twins_and_oddities(void **state) {
    (void)state;
    struct home h;
    home_open(&h, "{}");
    store(&h, S("{\"data\":[{\"id\":\"A/b\",\"context_length\":1},"
                "{\"id\":\"a/b\",\"context_length\":2},{\"id\":\"a/b\",\"context_length\":3},"
                "{\"id\":\"a/own\",\"supported_parameters\":[],\"reasoning\":{}},"
                "{\"id\":\"a/null\",\"supported_parameters\":[],\"reasoning\":null},"
                "{\"id\":\"a/prices\",\"pricing\":{\"prompt\":\"nan\",\"completion\":1e9,"
                "\"input_cache_read\":\"-7\",\"input_cache_write\":\" 0 \"}}]}"));
    for (int all = 0; all < 2; all++) {
        struct catalog *k = opened(&h);
        size_t n;
        if (all) catalog_rows(k, &n);
        assert_int_equal(row_of(k, "a/b")->context_length, 2); /* exact, and the first of twins */
        assert_int_equal(row_of(k, "A/b:free")->context_length, 1);
        assert_int_equal(row_of(k, "A/B")->context_length, 1);
        catalog_free(k);
    }
    struct catalog *k = opened(&h);
    assert_true(row_of(k, "a/own")->reasoning);
    assert_false(row_of(k, "a/null")->reasoning);
    const struct model_row *r = row_of(k, "a/prices");
    assert_true(near(r->price_prompt, -1) && near(r->price_completion, -1));
    assert_true(near(r->price_cache_read, -1) && near(r->price_cache_write, 0));
    catalog_free(k);
    home_close(&h);
}

static uint64_t seed = 77;

static bool coin(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed >> 20 & 1;
}

static bool same_row(const struct model_row *a, const struct model_row *b) {
    bool same = str_eq(a->id, b->id) && str_eq(a->name, b->name) &&
                a->context_length == b->context_length && a->max_output == b->max_output &&
                a->reasoning == b->reasoning && a->tools == b->tools &&
                a->image_input == b->image_input && a->text_output == b->text_output &&
                a->image_output == b->image_output && a->effort_count == b->effort_count &&
                a->reasoning_mandatory == b->reasoning_mandatory &&
                memcmp(&a->price_prompt, &b->price_prompt, 4 * sizeof(double)) == 0;
    for (size_t i = 0; same && i < a->effort_count; i++)
        same = str_eq(a->efforts[i], b->efforts[i]);
    return same;
}

static void rows_round_trip(void **state) {
    (void)state;
    static const char *const levels[] = { "minimal", "low", "medium",  "high",
                                          "xhigh",   "max", "adaptive" };
    for (int i = 0; i < 5000; i++) {
        struct model_row row = model_row_blank(S("v/m:free")), back;
        if (coin()) row.name = S("A \"name\" \xe2\x80\x94 \\ with marks");
        if (coin()) row.context_length = (int64_t)(seed % 2000000) + 1;
        if (coin()) row.max_output = (int64_t)(seed % 200000) + 1;
        row.reasoning = coin();
        row.tools = coin();
        row.image_input = coin();
        row.text_output = coin();
        row.image_output = coin();
        double *prices[] = { &row.price_prompt, &row.price_completion, &row.price_cache_read,
                             &row.price_cache_write };
        for (int p = 0; p < 4; p++)
            if (coin()) *prices[p] = (double)(seed % 100000) / 1e9;
        for (int l = 0; row.reasoning && l < 7; l++)
            if (coin()) row.efforts[row.effort_count++] = str_c(levels[l]);
        row.reasoning_mandatory = row.reasoning && coin();
        struct buf text = BUF_INIT(4096);
        model_row_write(&row, &text);
        struct doc *d;
        struct arena a = ARENA_INIT(1 << 16);
        struct err e = ERR_INIT;
        if (doc_parse(&d, buf_str(&text), DOC_JSON, NULL, &e))
            fail_msg("%s: %s", text.p, e.message);
        assert_true(model_row_read(&back, d, doc_root(d), &a));
        if (!same_row(&row, &back)) fail_msg("did not come back: %s", text.p);
        doc_free(d);
        arena_free(&a);
        buf_free(&text);
    }
}

/* ---- looking up ---- */

static void nearest_row(void **state) {
    (void)state;
    static const struct {
        const char *asked, *id; /* id NULL: unknown */
    } rows[] = {
        { "deepseek/deepseek-v4-flash", "deepseek/deepseek-v4-flash" },
        { "deepseek/deepseek-v4-flash:free", "deepseek/deepseek-v4-flash:free" },
        { "deepseek/deepseek-v4-flash:free:online", "deepseek/deepseek-v4-flash:free" },
        { "deepseek/deepseek-v4-flash:online", "deepseek/deepseek-v4-flash" },
        { "DeepSeek/DeepSeek-V4-Flash:FREE", "deepseek/deepseek-v4-flash:free" },
        { "vendor/cased-model", "Vendor/Cased-Model" },
        { "anthropic/claude-sonnet-4.6@preset/mine", "anthropic/claude-sonnet-4.6" },
        { "anthropic/claude-sonnet-4.6:online@preset/mine", "anthropic/claude-sonnet-4.6" },
        { "openrouter/auto:online", "openrouter/auto" },
        { "auto", NULL },
        { "anthropic/claude-sonnet", NULL },
        { "claude-sonnet-4.6", NULL },
        { "@preset/mine", NULL },
        { ":free", NULL },
        { "", NULL },
    };
    struct home h;
    size_t n;
    home_open(&h, "{}");
    store(&h, answer);
    struct catalog *whole = opened(&h);
    catalog_rows(whole, &n);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct catalog *k = opened(&h); /* from the file, and from memory */
        const struct model_row *one = catalog_find(k, str_c(rows[i].asked));
        const struct model_row *other = catalog_find(whole, str_c(rows[i].asked));
        if (!one != !rows[i].id || !other != !rows[i].id) fail_msg("%s", rows[i].asked);
        if (one) {
            assert_str(one->id, rows[i].id);
            assert_true(same_row(one, other));
            assert_ptr_equal(catalog_find(k, str_c(rows[i].asked)), one);
        }
        catalog_free(k);
    }
    catalog_free(whole);
    home_close(&h);
}

static void rows_stay_where_they_are(void **state) {
    (void)state;
    struct home h;
    size_t n;
    home_open(&h, "{}");
    store(&h, answer);
    struct catalog *k = opened(&h);
    const struct model_row *first = row_of(k, "openai/gpt-5.4");
    struct model_row copy = *first;
    const struct model_row *rows = catalog_rows(k, &n);
    for (size_t i = 0; i < n; i++) assert_str(row_of(k, rows[i].id.p)->id, rows[i].id.p);
    assert_ptr_equal(catalog_rows(k, &n), rows);
    assert_true(same_row(first, &copy));
    catalog_free(k);
    home_close(&h);
}

/* Rows of every length, so that they fall on every place of the reader's buffer. */
static void large_catalogue(void **state) {
    (void)state;
    struct home h;
    struct buf b = BUF_INIT(4 << 20);
    home_open(&h, "{}");
    buf_add(&b, S("{\"data\":["));
    for (int i = 0; i < 700; i++)
        buf_addf(&b, "%s{\"id\":\"v/m-%d\",\"context_length\":%d,\"name\":\"%.*s\"}", i ? "," : "",
                 i, i + 1, i % 190,
                 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn");
    buf_add(&b, S("]}"));
    store(&h, buf_str(&b));
    buf_free(&b);
    for (int i = 0; i < 700; i += 7) {
        char id[32];
        struct catalog *k = opened(&h);
        for (int j = i; j < i + 3 && j < 700; j++) {
            snprintf(id, sizeof id, "v/m-%d", j);
            const struct model_row *r = row_of(k, id);
            assert_int_equal(r->context_length, j + 1);
            assert_int_equal(r->name.n, j % 190 ? j % 190 : (int)strlen(id));
        }
        assert_null(catalog_find(k, S("v/m-700")));
        catalog_free(k);
    }
    struct catalog *k = opened(&h);
    size_t n;
    const struct model_row *rows = catalog_rows(k, &n);
    assert_int_equal(n, 700);
    for (size_t i = 0; i < n; i++) assert_int_equal(rows[i].context_length, i + 1);
    catalog_free(k);
    home_close(&h);
}

/* ---- the layers ---- */

static void bundled_rows_off_line(void **state) {
    (void)state;
    struct home h;
    size_t n;
    home_open(&h, "{}");
    struct catalog *k = opened(&h);
    assert_int_equal(catalog_source(k), CATALOG_BUNDLED);
    assert_int_equal(catalog_age_ms(k), -1);
    assert_true(catalog_is_stale(k));
    const struct model_row *r = row_of(k, "openrouter/auto");
    assert_str(r->name, "OpenRouter Auto");
    assert_int_equal(r->context_length, 200000);
    assert_int_equal(r->max_output, 8192);
    assert_true(r->bundled && r->image_input && r->text_output && !r->reasoning);
    assert_true(near(r->price_prompt, 0) && near(r->price_completion, 0));
    r = row_of(k, "moonshotai/kimi-k2.6");
    assert_str(r->name, "Kimi K2.6");
    assert_int_equal(r->context_length, 262144);
    assert_int_equal(r->max_output, 262144);
    assert_true(r->bundled && r->reasoning && r->image_input);
    assert_true(near(r->price_prompt, 0.8e-6) && near(r->price_completion, 3.5e-6));
    assert_true(near(r->price_cache_read, 0.2e-6) && near(r->price_cache_write, 0));
    assert_non_null(catalog_rows(k, &n));
    assert_int_equal(n, 2);
    assert_null(catalog_find(k, S("anthropic/claude-sonnet-4.6")));
    catalog_free(k);
    assert_false(file_exists(h.cache)); /* reading writes nothing */
    home_close(&h);
}

static const char own_models[] =
    "{ models: { providers: { openrouter: { baseUrl: 'https://openrouter.ai/api/v1', models: [\n"
    "  { id: 'openrouter/OpenRouter/openai/gpt-4o-mini', name: 'Mine', reasoning: true, "
    "contextWindow: 5000,\n"
    "    maxTokens: 77, input: ['text'],\n"
    "    cost: { input: 1.5, output: 2, cacheRead: 0, cacheWrite: -1 } },\n"
    "  { id: 'anthropic/claude-sonnet-4.6', name: 'Plain', reasoning: false },\n"
    "  { id: 'hunter-alpha', name: 'H', reasoning: true },\n"
    "  { id: 'mine/new', name: 'New', input: ['text', 'image'] },\n"
    "  { id: 'deepseek/deepseek-v4-flash:nitro', name: 'Nitro', contextWindow: 9 },\n"
    "  { id: 'bad id', name: 'B' } ] } } } }";

static void check_own(const struct catalog *k) {
    const struct model_row *r = row_of(k, "openai/gpt-4o-mini");
    assert_str(r->name, "Mine");
    assert_true(r->reasoning && r->configured && !r->bundled && !r->image_input && r->tools);
    assert_true(r->context_length == 5000 && r->max_output == 77);
    assert_true(near(r->price_prompt, 1.5e-6) && near(r->price_completion, 2e-6));
    assert_true(near(r->price_cache_read, 0) && near(r->price_cache_write, 0.00000375));
    assert_str(row_of(k, "openai/gpt-4o-mini:online")->name, "Mine");
    r = row_of(k, "anthropic/claude-sonnet-4.6");
    assert_false(r->reasoning);
    assert_int_equal(r->effort_count, 0);
    assert_int_equal(r->context_length, 1000000);
    assert_false(row_of(k, "openrouter/hunter-alpha")->reasoning);
    r = row_of(k, "mine/new:free");
    assert_str(r->name, "New");
    assert_true(r->image_input && r->reasoning && r->bundled && r->configured);
    assert_true(r->price_prompt < 0);
    assert_int_equal(row_of(k, "deepseek/deepseek-v4-flash:nitro")->context_length, 9);
    assert_int_equal(row_of(k, "deepseek/deepseek-v4-flash:free")->context_length, 1048576);
    assert_int_equal(row_of(k, "deepseek/deepseek-v4-flash:other")->context_length, 1048576);
}

static void the_users_rows_lie_over(void **state) {
    (void)state;
    struct home h;
    size_t n;
    home_open(&h, own_models);
    store(&h, answer);
    struct catalog *k = opened(&h);
    check_own(k); /* one by one, and beyond the first few from memory */
    assert_non_null(catalog_rows(k, &n));
    assert_int_equal(n, 15 + 2);
    check_own(k);
    catalog_free(k);
    /* and each as the first look-up */
    static const char *const ids[] = { "openai/gpt-4o-mini", "mine/new", "openrouter/hunter-alpha",
                                       "deepseek/deepseek-v4-flash:nitro" };
    for (size_t i = 0; i < 4; i++) {
        k = opened(&h);
        assert_true(row_of(k, ids[i])->configured);
        catalog_free(k);
    }
    home_close(&h);
}

/* ---- the cache ---- */

static void the_file(void **state) {
    (void)state;
    struct home h;
    struct stat st;
    struct buf text;
    home_open(&h, "{}");
    store(&h, answer);
    assert_int_equal(stat(h.cache, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    char folder[192];
    str_copy(folder, sizeof folder, str_head(str_c(h.cache), strlen(h.cache) - 12));
    assert_int_equal(stat(folder, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    cache_text(&h, &text);
    struct doc *d;
    struct err e = ERR_INIT;
    assert_int_equal(doc_parse(&d, buf_str(&text), DOC_JSON, NULL, &e), CHELA_OK);
    int64_t version, fetched;
    assert_true(doc_int(d, doc_get(d, doc_root(d), S("version")), &version) && version == 1);
    assert_true(doc_int(d, doc_get(d, doc_root(d), S("fetchedAtMs")), &fetched));
    assert_in_range(clock_unix_ms() - fetched, 0, 60000);
    assert_int_equal(doc_len(d, doc_get(d, doc_root(d), S("data"))), 15);
    doc_free(d);
    buf_free(&text);
    struct catalog *k = opened(&h);
    assert_int_equal(catalog_source(k), CATALOG_CACHE);
    assert_in_range(catalog_age_ms(k), 0, 60000);
    assert_false(catalog_is_stale(k));
    /* a refresh beside an open catalogue changes nothing for it */
    store(&h, S("{\"data\":[{\"id\":\"only/one\"}]}"));
    assert_non_null(catalog_find(k, S("openai/gpt-5.4")));
    assert_null(catalog_find(k, S("only/one")));
    catalog_free(k);
    k = opened(&h);
    assert_non_null(catalog_find(k, S("only/one")));
    assert_null(catalog_find(k, S("openai/gpt-5.4")));
    assert_null(catalog_find(k, S("moonshotai/kimi-k2.6"))); /* not bundled rows in between */
    catalog_free(k);
    home_close(&h);
}

static void age(void **state) {
    (void)state;
    static const struct {
        int64_t ago, age;
        bool stale;
    } rows[] = {
        { 3600000, 3600000, false },
        { 23 * 3600000, 23 * 3600000, false },
        { 25 * 3600000, 25 * 3600000, true },
        { 400LL * 86400000, 400LL * 86400000, true },
        { -5000, 0, false }, /* within what a clock is set back by */
        { -3600000, 0, true },
    };
    struct home h;
    home_open(&h, "{}");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf b = BUF_INIT(4096);
        cache_file_begin(&b, clock_unix_ms() - rows[i].ago);
        buf_add(&b, S("{\"id\":\"a/b\"}"));
        cache_file_end(&b);
        put(&h, b.p, b.n);
        struct catalog *k = opened(&h);
        assert_int_equal(catalog_source(k), CATALOG_CACHE);
        assert_in_range(catalog_age_ms(k) - rows[i].age, 0, 60000);
        assert_int_equal(catalog_is_stale(k), rows[i].stale);
        catalog_free(k);
        buf_free(&b);
    }
    home_close(&h);
}

static int warnings;

static void count_line(void *ctx, enum log_level level, const char *line) {
    (void)ctx;
    warnings +=
        level == LOG_WARN && strstr(line, "models.json: the model catalogue's cache is ignored");
}

/* Whatever is wrong with the file: one warning, and the bundled rows. */
static void expect_ignored(struct home *h, const char *what) {
    size_t n;
    for (int all = 0; all < 2; all++) {
        warnings = 0;
        log_to(count_line, NULL, LOG_WARN);
        struct catalog *k = opened(h);
        if (all) catalog_rows(k, &n);
        assert_null(catalog_find(k, S("openai/gpt-5.4")));
        assert_str(row_of(k, "openrouter/auto")->name, "OpenRouter Auto");
        assert_non_null(catalog_rows(k, &n));
        log_to(NULL, NULL, LOG_ERROR);
        if (n != 2 || warnings != 1 || catalog_source(k) != CATALOG_BUNDLED || !catalog_is_stale(k))
            fail_msg("%s: %zu rows, %d warnings", what, n, warnings);
        catalog_free(k);
    }
}

static void broken_files(void **state) {
    (void)state;
    struct home h;
    struct buf good;
    home_open(&h, "{}");
    store(&h, answer);
    cache_text(&h, &good);
    for (size_t cut = 0; cut < good.n; cut += cut < 64 || cut + 64 > good.n ? 1 : 97) {
        put(&h, good.p, cut);
        expect_ignored(&h, "cut");
    }
    static const char *const texts[] = {
        "not JSON",
        "{}",
        "{\"data\":[{\"id\":\"openai/gpt-5.4\"}]}",
        "{\"version\":2,\"fetchedAtMs\":1,\"data\":[\n{\"id\":\"openai/gpt-5.4\"}\n]}\n",
        "{\"version\":1,\"fetchedAtMs\":-1,\"data\":[\n{\"id\":\"openai/gpt-5.4\"}\n]}\n",
        "{\"version\":1,\"fetchedAtMs\":x,\"data\":[\n{\"id\":\"openai/gpt-5.4\"}\n]}\n",
        "{\"version\":1,\"fetchedAtMs\":1,\"data\":[\n\n]}\n",
        "{\"version\":1,\"fetchedAtMs\":1,\"data\":[\n]}\n",
        "{\"version\":1,\"fetchedAtMs\":1,\"data\":[\n{\"name\":\"x\",\"id\":\"a/b\"}\n]}\n",
        "{\"version\":1,\"fetchedAtMs\":1,\"data\":[\n{\"id\":\"\"}\n]}\n",
        "{\"version\":1,\"fetchedAtMs\":1,\"data\":[\n{\"id\":\"openai/gpt-5.4\",\n]}\n",
        "{\"version\":1,\"fetchedAtMs\":1,\"data\":[\n{\"id\":\"openai/gpt-5.4\"}{\n]}\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        put(&h, texts[i], strlen(texts[i]));
        expect_ignored(&h, texts[i]);
    }
    struct buf b = BUF_INIT(1 << 20);
    cache_file_begin(&b, 1);
    buf_add(&b, S("{\"id\":\"openai/gpt-5.4\",\"name\":\""));
    for (int i = 0; i < 20000; i++) buf_addc(&b, 'n');
    buf_add(&b, S("\"}"));
    cache_file_end(&b);
    put(&h, b.p, b.n);
    expect_ignored(&h, "a long line");
    buf_free(&b);
    remove(h.cache);
    struct err e = ERR_INIT;
    assert_int_equal(file_mkdirs(h.cache, 0700, &e), CHELA_OK);
    expect_ignored(&h, "a folder");
    remove(h.cache);
    put(&h, good.p, good.n);
    struct catalog *k = opened(&h);
    assert_non_null(catalog_find(k, S("openai/gpt-5.4")));
    catalog_free(k);
    buf_free(&good);
    home_close(&h);
}

static void bad_answers(void **state) {
    (void)state;
    static const struct {
        const char *json;
        enum chela_error code;
    } rows[] = {
        { "", CHELA_PROTOCOL },
        { "<html>down</html>", CHELA_PROTOCOL },
        { "{\"data\":[{\"id\":\"a/b\"}]", CHELA_PROTOCOL },
        { "[]", CHELA_PROTOCOL },
        { "{\"error\":{\"message\":\"down\",\"code\":500}}", CHELA_PROTOCOL },
        { "{\"data\":{\"id\":\"a/b\"}}", CHELA_PROTOCOL },
        { "{\"data\":[]}", CHELA_PROTOCOL },
        { "{\"data\":[{\"name\":\"n\"},null,{\"id\":\"a b\"}]}", CHELA_PROTOCOL },
    };
    struct home h;
    struct buf before, after;
    struct err e = ERR_INIT;
    home_open(&h, "{}");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(catalog_store(h.config, str_c(rows[i].json), &e), rows[i].code);
    assert_false(file_exists(h.cache));
    store(&h, answer);
    cache_text(&h, &before);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(catalog_store(h.config, str_c(rows[i].json), &e), rows[i].code);
        assert_int_equal(e.code, rows[i].code);
        assert_non_null(strstr(e.message, "GET /models"));
    }
    struct buf many = BUF_INIT(4 << 20);
    buf_add(&many, S("{\"data\":[{\"id\":\"a/b\"}"));
    for (int i = 0; i < CACHE_ROWS_MAX; i++) buf_add(&many, S(",0"));
    buf_add(&many, S("]}"));
    assert_int_equal(catalog_store(h.config, buf_str(&many), &e), CHELA_LIMIT);
    buf_free(&many);
    buf_init(&many, 32 << 20);
    buf_add(&many, S("{\"data\":[{\"id\":\"a/b\",\"name\":\""));
    while (many.n <= CACHE_FILE_MAX)
        buf_add(&many, S("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"));
    buf_add(&many, S("\"}]}"));
    assert_int_equal(catalog_store(h.config, buf_str(&many), &e), CHELA_LIMIT);
    buf_free(&many);
    cache_text(&h, &after);
    assert_true(str_eq(buf_str(&before), buf_str(&after)));
    buf_free(&before);
    buf_free(&after);
    home_close(&h);
}

static void unwritable_cache(void **state) {
    (void)state;
    struct home h;
    struct err e = ERR_INIT;
    home_open(&h, "{}");
    char in_the_way[192];
    scratch_path(h.scratch, in_the_way, sizeof in_the_way, "cache");
    assert_int_equal(file_write(in_the_way, S("a file"), 0600, &e), CHELA_OK);
    assert_int_equal(catalog_store(h.config, answer, &e), CHELA_IO);
    struct catalog *k = opened(&h); /* and reading goes on without one */
    assert_int_equal(catalog_source(k), CATALOG_BUNDLED);
    catalog_free(k);
    home_close(&h);
}

/* ---- bare ids and slips ---- */

static void bare_ids(void **state) {
    (void)state;
    static const struct {
        const char *text, *id, *says; /* id NULL: refused, saying so */
    } rows[] = {
        { "claude-sonnet-4.6", "anthropic/claude-sonnet-4.6", NULL },
        { "Claude-Sonnet-4.6@work", "anthropic/claude-sonnet-4.6", NULL },
        { "gpt-5.4:online", "openai/gpt-5.4:online", NULL },
        { "deepseek-v4-flash:free", "deepseek/deepseek-v4-flash:free", NULL },
        { "deepseek-v4-flash", "deepseek/deepseek-v4-flash", NULL },
        { "hunter-alpha", "openrouter/hunter-alpha", NULL },
        { "kimi-k2.6", "moonshotai/kimi-k2.6", NULL },
        { "auto", "openrouter/auto", NULL },
        { "vendor/not-in-it", "vendor/not-in-it", NULL },
        { "kimi-k2.6-twin", NULL, "two models have that name: other/kimi-k2.6-twin, third/kimi" },
        { "claude-sonet-4.6", NULL, "did you mean openrouter/anthropic/claude-sonnet-4.6?" },
        { "hunter-alfa", NULL, "did you mean openrouter/hunter-alpha?" },
        { "nothing-like-it-at-all", NULL, "no vendor is named" },
        { "x/", NULL, "slash" },
    };
    struct home h;
    home_open(&h, "{}");
    store(&h, answer);
    struct catalog *k = opened(&h);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena a = ARENA_INIT(1 << 20);
        struct model_ref ref;
        struct err e = ERR_INIT;
        enum chela_error rc = catalog_resolve(&ref, str_c(rows[i].text), k, h.config, &a, &e);
        if (rows[i].id) {
            if (rc) fail_msg("%s: %s", rows[i].text, e.message);
            assert_str(ref.id, rows[i].id);
            assert_str(ref.provider, "openrouter");
            assert_str(ref.profile, strstr(rows[i].text, "@work") ? "work" : "");
            assert_true(str_ends(ref.key, ref.id) && str_starts(ref.key, S("openrouter/")));
        } else {
            assert_int_equal(rc, CHELA_INPUT);
            if (!strstr(e.message, rows[i].says)) fail_msg("%s: %s", rows[i].text, e.message);
        }
        arena_free(&a);
    }
    catalog_free(k);
    home_close(&h);
}

static void suggestions(void **state) {
    (void)state;
    struct home h;
    home_open(&h, own_models);
    store(&h, answer);
    struct catalog *k = opened(&h);
    assert_str(catalog_suggest(k, S("antropic/claude-sonnet-4.6")), "anthropic/claude-sonnet-4.6");
    assert_str(catalog_suggest(k, S("openrouter/antropic/claude-sonet-4.6")),
               "anthropic/claude-sonnet-4.6");
    assert_str(catalog_suggest(k, S("some-other-vendor/gpt-4o-mini")), "openai/gpt-4o-mini");
    assert_str(catalog_suggest(k, S("openrouter/outo")), "openrouter/auto");
    assert_str(catalog_suggest(k, S("mine/nwe")), "mine/new");
    assert_str(catalog_suggest(k, S("zzzzzzzzzz/qqqqqqqqqq")), "");
    assert_str(catalog_suggest(k, S("")), "");
    catalog_free(k);
    home_close(&h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_an_answer),
        cmocka_unit_test(twins_and_oddities),
        cmocka_unit_test(rows_round_trip),
        cmocka_unit_test(nearest_row),
        cmocka_unit_test(rows_stay_where_they_are),
        cmocka_unit_test(large_catalogue),
        cmocka_unit_test(bundled_rows_off_line),
        cmocka_unit_test(the_users_rows_lie_over),
        cmocka_unit_test(the_file),
        cmocka_unit_test(age),
        cmocka_unit_test(broken_files),
        cmocka_unit_test(bad_answers),
        cmocka_unit_test(unwritable_cache),
        cmocka_unit_test(bare_ids),
        cmocka_unit_test(suggestions),
    };
    return cmocka_run_group_tests(tests, read_answer, NULL);
}
