/* What holds for the table as a whole: bytes that no rule is concerned with, the record, memory. */
#include "shape_case.h"

static const char *const models[] = { "openrouter/auto",
                                      "openai/gpt-5.4",
                                      "anthropic/claude-sonnet-4.6",
                                      "deepseek/deepseek-v4-pro",
                                      "google/gemini-3.1-pro-preview",
                                      "openrouter/hunter-alpha" };
static const char *const urls[] = { "", "https://eu.openrouter.ai/api/v1",
                                    "http://127.0.0.1:1/v1" };
static const char *const levels[] = { NULL, "off", "high" };

static const char everything[] =
    "{agents: {defaults: {params: {temperature: 0.3, maxTokens: 777, parallel_tool_calls: false,"
    " provider: {order: ['lab']}, extra_body: {lab_extra: 1}, chat_template_kwargs: {a: 1},"
    " responseCache: true, store: true, topP: 1}}}}";

/* ---- bytes ---- */
static unsigned seed = 1;

static unsigned any(unsigned below) {
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % below;
}

/* A member that no rule knows, spelled as only a person or another program would. */
static void add_odd_member(struct buf *b, unsigned i) {
    static const char *const values[] = {
        "1.0e+2",
        "-0",
        "\"\\u0041\\/ b\\\\\"",
        "[ 1 ,2,\t3 ]",
        "{\"store\" : true, \"reasoning_effort\":\"x\" }",
        "{ }",
        "123456789012345678901234567890",
        "\"\xc3\xa9\xf0\x9f\xa6\x80\"",
        "null",
        "true",
        "{\"messages\":[{\"role\":\"assistant\",\"content\":[{\"thoughtSignature\":\"!\"}]}]}",
    };
    buf_addf(b, "\"odd%u\"%s:%s%s", i, any(2) ? " " : "", any(2) ? "\n " : "",
             values[any(sizeof values / sizeof values[0])]);
}

static void unconcerned_bytes_stay(void **state) {
    (void)state;
    for (unsigned round = 0; round < 60; round++) {
        seed = round * 7919u + 1;
        struct buf odd[3] = { BUF_INIT(4096), BUF_INIT(4096), BUF_INIT(4096) };
        struct buf body = BUF_INIT(65536);
        for (unsigned k = 0; k < 3; k++) {
            unsigned n = 1 + any(4);
            for (unsigned i = 0; i < n; i++) {
                if (i) buf_addf(&odd[k], any(2) ? "," : " ,\n");
                add_odd_member(&odd[k], k * 10 + i);
            }
        }
        buf_addf(&body,
                 "{%s,\"store\":true,%s,\"messages\":[{\"role\":\"system\",\"content\":\"s\"},"
                 "{\"role\":\"user\",\"content\":\"u\"},"
                 "{\"role\":\"assistant\",%s,\"content\":[{\"thought_signature\":\"!\"}]},"
                 "{\"role\":\"user\",\"content\":\"v\"}]}",
                 odd[0].p, odd[1].p, odd[2].p);
        struct request q = {
            .model = models[any(sizeof models / sizeof models[0])],
            .url = urls[any(3)],
            .level = levels[any(3)],
            .kind = (enum call_kind)any(3),
            .config = any(2) ? everything : NULL,
            .body = body.p,
        };
        struct shaped s;
        shape_case(&s, q);
        if (s.rc != CHELA_OK) fail_msg("%s", s.e.message);
        const char *at = s.body.p;
        for (unsigned k = 0; k < 3; k++) {
            at = strstr(at, odd[k].p);
            if (!at) fail_msg("%s\nbecame\n%s", body.p, s.body.p);
        }
        case_end(&s);
        for (unsigned k = 0; k < 3; k++) buf_free(&odd[k]);
        buf_free(&body);
    }
}

/* A request that no rule concerns goes out as it came, to the byte. */
static void nothing_to_do_changes_nothing(void **state) {
    (void)state;
    const char *body =
        " { \"model\" : \"openai/gpt-5.4\",\n\"messages\":[{\"role\":\"user\",\"content\":"
        "\"\\u00e9\" , \"x\":1E5}], \"stream\":true }\n";
    struct shaped s;
    shape_case(&s, (struct request){ .kind = CALL_RAW, .body = body });
    assert_string_equal(s.body.p, body);
    case_end(&s);
}

static void a_second_time_changes_nothing(void **state) {
    (void)state;
    const char *body =
        "{\"store\":1,\"service_tier\":\"x\",\"reasoning_effort\":\"low\",\"messages\":["
        "{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"u\"},"
        "{\"role\":\"assistant\",\"content\":\"a\"}],\"tools\":[{\"type\":\"function\"}]}";
    for (size_t m = 0; m < sizeof models / sizeof models[0]; m++)
        for (size_t u = 0; u < 3; u++)
            for (size_t l = 0; l < 3; l++) {
                struct request q = { .model = models[m],
                                     .url = urls[u],
                                     .level = levels[l],
                                     .kind = CALL_RAW,
                                     .config = everything,
                                     .body = body };
                struct shaped s;
                shape_case(&s, q);
                char *once = strdup(s.body.p);
                size_t headers = s.headers.count;
                case_apply(&s, &q, once);
                assert_string_equal(s.body.p, once);
                assert_int_equal(s.headers.count, headers);
                free(once);
                case_end(&s);
            }
}

static void a_body_must_be_an_object(void **state) {
    (void)state;
    static const char *const bodies[] = { "[]", "null", "\"x\"", "1" };
    for (size_t i = 0; i < 4; i++) {
        struct shaped s;
        shape_case(&s, (struct request){ .kind = CALL_RAW, .body = bodies[i] });
        assert_int_equal(s.rc, CHELA_INPUT);
        case_end(&s);
    }
}

/* Whatever a request has where a rule looks: no crash, no change. */
static void odd_shapes_pass(void **state) {
    (void)state;
    static const char *const bodies[] = {
        "{\"messages\":null}",
        "{\"messages\":\"x\"}",
        "{\"messages\":{\"role\":\"system\"}}",
        "{\"messages\":[null,1,\"x\",[],{}]}",
        "{\"messages\":[{\"role\":1,\"content\":{}}],\"tools\":{}}",
        "{\"messages\":[{\"role\":\"system\",\"content\":7}],\"tools\":[null]}",
        "{\"messages\":[{\"content\":[{\"type\":[]}]}],\"tools\":[]}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        for (size_t m = 0; m < sizeof models / sizeof models[0]; m++) {
            if (!strcmp(models[m], "deepseek/deepseek-v4-pro")) continue; /* adds its fields */
            struct shaped s;
            shape_case(&s,
                       (struct request){ .model = models[m], .kind = CALL_RAW, .body = bodies[i] });
            assert_int_equal(s.rc, CHELA_OK);
            assert_string_equal(s.body.p, bodies[i]);
            case_end(&s);
        }
}

/* ---- the record ---- */
static void the_record_is_bounded(void **state) {
    (void)state;
    struct buf body = BUF_INIT(1 << 20);
    buf_addf(&body, "{\"messages\":[");
    for (int i = 0; i < 1000; i++) buf_addf(&body, "%s{\"role\":\"assistant\"}", i ? "," : "");
    buf_addf(&body, "]}");
    struct shaped s;
    shape_case(&s, (struct request){ .model = "deepseek/deepseek-v4-pro", .body = body.p });
    assert_int_equal(s.rc, CHELA_OK);
    size_t listed = 0;
    for (const struct change *c = s.record.first; c; c = c->next) listed++;
    assert_int_equal(listed, s.record.count);
    assert_true(listed <= 400);
    assert_true(listed + s.record.unlisted > 1000);
    char words[64];
    snprintf(words, sizeof words, "%zu further changes", s.record.unlisted);
    assert_non_null(strstr(s.record.last->reason.p, words));
    case_end(&s);
    buf_free(&body);
}

static void the_record_shows_no_secret_and_no_novel(void **state) {
    (void)state;
    struct buf config = BUF_INIT(1 << 20);
    buf_addf(&config, "{agents: {defaults: {params: {extra_body: {"
                      "key: 'sk-or-v1-0123456789abcdef0123456789abcdef', long: '");
    for (int i = 0; i < 1000; i++) buf_addf(&config, "\xc3\xa9");
    buf_addf(&config, "'}}}}}");
    struct shaped s;
    shape_case(&s, (struct request){ .config = config.p });
    assert_non_null(strstr(s.body.p, "sk-or-v1-0123456789abcdef0123456789abcdef"));
    const struct change *key = case_change(&s, CHANGE_ADDED, "extra-body", "body key");
    assert_non_null(key);
    assert_null(strstr(key->value.p, "0123456789abcdef"));
    const struct change *novel = case_change(&s, CHANGE_ADDED, "extra-body", "body long");
    assert_true(novel->value.n < 400);
    assert_true(str_ends(novel->value, S("\xc3\xa9…")));
    case_end(&s);
    buf_free(&config);
}

static void every_rule_is_documented(void **state) {
    (void)state;
    struct buf text = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    if (file_read(TEST_DATA "/../../docs/rules.md", &text, &e)) fail_msg("%s", e.message);
    for (size_t i = 0; shape_rules[i]; i++) {
        const struct shape_rule *r = shape_rules[i];
        char heading[64], anchor[64];
        snprintf(heading, sizeof heading, "\n## %s\n", r->name);
        snprintf(anchor, sizeof anchor, "docs/rules.md#%s", r->name);
        assert_string_equal(r->anchor, anchor);
        if (!strstr(text.p, heading)) fail_msg("docs/rules.md lacks \"## %s\"", r->name);
        for (size_t k = 0; k < i; k++) assert_string_not_equal(r->name, shape_rules[k]->name);
    }
    buf_free(&text);
}

/* ---- memory ---- */
static void running_out_is_an_error(void **state) {
    (void)state;
    struct request q = { .model = "anthropic/claude-sonnet-4.6",
                         .kind = CALL_RAW,
                         .level = "high",
                         .config = everything,
                         .body =
                             "{\"store\":1,\"messages\":[{\"role\":\"system\",\"content\":\"s\"},"
                             "{\"role\":\"user\",\"content\":\"u\"},"
                             "{\"role\":\"assistant\",\"content\":\"a\"}]}" };
    struct shaped s;
    shape_case(&s, q);
    size_t used = s.arena.used;
    char *want = strdup(s.body.p);
    bool failed = false;
    for (size_t max = 2048; max <= used + 2048; max += 64) {
        struct arena small;
        arena_init(&small, max);
        struct doc *d = NULL;
        assert_int_equal(doc_parse(&d, str_c(q.body), DOC_JSON, NULL, NULL), CHELA_OK);
        struct header_list headers = { .arena = &small };
        struct record record = { .arena = &small };
        struct shape_ctx x = s.ctx;
        x.body = d;
        x.headers = &headers;
        x.record = &record;
        x.arena = &small;
        struct err e = ERR_INIT;
        enum chela_error rc = shape_apply(&x, &e);
        if (rc == CHELA_OK) {
            buf_clear(&s.body);
            assert_true(doc_write(d, &s.body));
            assert_string_equal(s.body.p, want);
        } else {
            failed = true;
            assert_int_equal(rc, CHELA_NOMEM);
            assert_int_equal(e.code, CHELA_NOMEM);
        }
        doc_free(d);
        arena_free(&small);
    }
    assert_true(failed);
    free(want);
    case_end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unconcerned_bytes_stay),
        cmocka_unit_test(nothing_to_do_changes_nothing),
        cmocka_unit_test(a_second_time_changes_nothing),
        cmocka_unit_test(a_body_must_be_an_object),
        cmocka_unit_test(odd_shapes_pass),
        cmocka_unit_test(the_record_is_bounded),
        cmocka_unit_test(the_record_shows_no_secret_and_no_novel),
        cmocka_unit_test(every_rule_is_documented),
        cmocka_unit_test(running_out_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
