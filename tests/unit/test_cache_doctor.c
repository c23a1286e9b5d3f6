/* agent/cache_*: what differs between two requests and why, and what it cost. */
#include "unit.h"

#include "agent/cache_doctor.h"
#include "agent/turn.h"
#include "catalog_home.h"

#include <string.h>

#define TOOL(name)      "{\"type\":\"function\",\"function\":{\"name\":\"" name "\"}}"
#define MARK            "\"cache_control\":{\"type\":\"ephemeral\"}"
#define SAY(role, text) "{\"role\":\"" role "\",\"content\":\"" text "\"}"
#define BODY(rest)      "{\"model\":\"m\"," rest "}"

/* ---- comparing ---- */

static const struct {
    const char *name, *old, *now;
    enum cache_cause cause;
    const char *what, *segment;
    int64_t at; /* in the segment; -1: not looked at */
} cases[] = {
    { "only added to", BODY("\"messages\":[" SAY("system", "s") "," SAY("user", "a") "]"),
      BODY("\"messages\":[" SAY("system", "s") "," SAY("user", "a") "," SAY("user", "b") "]"),
      CACHE_EXTENDED, "", "", -1 },
    { "the order of the body's members", BODY("\"tools\":[],\"messages\":[" SAY("user", "a") "]"),
      BODY("\"messages\":[" SAY("user", "a") "],\"tools\":[]"), CACHE_EXTENDED, "", "", -1 },
    { "a marker that moved on",
      BODY("\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"," MARK
           "}]}]"),
      BODY("\"messages\":[" SAY("user", "a") "," SAY(
          "assistant", "b") ",{\"role\":\"user\",\"content\":"
                            "[{\"type\":\"text\",\"text\":\"c\"," MARK "}]}]"),
      CACHE_EXTENDED, "", "", -1 },
    { "a marker on another tool",
      BODY("\"tools\":[{\"type\":\"function\"," MARK "}],\"messages\":[]"),
      BODY("\"tools\":[{\"type\":\"function\"}],\"messages\":[]"), CACHE_EXTENDED, "", "", -1 },
    { "a parameter that is called like a marker",
      BODY("\"tools\":[{\"function\":{\"name\":\"f\",\"parameters\":{" MARK "}}}],\"messages\":[]"),
      BODY("\"tools\":[{\"function\":{\"name\":\"f\",\"parameters\":{}}}],\"messages\":[]"),
      CACHE_TOOLS, "tool changed: f", "tools[0]", -1 },
    { "blanks", BODY("\"messages\":[" SAY("user", "a") "]"),
      BODY("\"messages\":[{ \"role\": \"user\", \"content\": \"a\" }]"), CACHE_EXTENDED, "", "",
      -1 },
    { "the order of a message's members", BODY("\"messages\":[" SAY("user", "a") "]"),
      BODY("\"messages\":[{\"content\":\"a\",\"role\":\"user\"}]"), CACHE_HISTORY,
      "message 0 (user) is another", "messages[0]", 2 },
    { "a tool more", BODY("\"tools\":[" TOOL("a") "],\"messages\":[" SAY("user", "a") "]"),
      BODY("\"tools\":[" TOOL("a") "," TOOL("b") "],\"messages\":[" SAY("user", "a") "]"),
      CACHE_TOOLS, "tool added: b", "tools[1]", 0 },
    { "a tool less",
      BODY("\"tools\":[" TOOL("a") "," TOOL("b") "],\"messages\":[" SAY("user", "a") "]"),
      BODY("\"tools\":[" TOOL("b") "],\"messages\":[" SAY("user", "a") "]"), CACHE_TOOLS,
      "tool removed: a", "tools[0]", 39 },
    { "tools changed places", BODY("\"tools\":[" TOOL("a") "," TOOL("b") "]"),
      BODY("\"tools\":[" TOOL("b") "," TOOL("a") "]"), CACHE_TOOLS,
      "the tools are in another order", "tools[0]", 39 },
    { "many tools", BODY("\"tools\":[]"),
      BODY("\"tools\":[" TOOL("a") "," TOOL("b") "," TOOL("c") "," TOOL("d") "]"), CACHE_TOOLS,
      "tool added: a, b, c and 1 more", "tools[0]", 0 },
    { "the system prompt", BODY("\"messages\":[" SAY("system", "It is 10:00") "]"),
      BODY("\"messages\":[" SAY("system", "It is 10:01") "]"), CACHE_SYSTEM,
      "the system prompt changed", "messages[0]", 38 },
    { "a system message at the end stands in front", BODY("\"messages\":[" SAY("user", "a") "]"),
      BODY("\"messages\":[" SAY("user", "a") "," SAY("developer", "b") "]"), CACHE_SYSTEM,
      "a system message was added", "messages[1]", 0 },
    { "an edited answer",
      BODY("\"messages\":[" SAY("user", "a") "," SAY("assistant", "\xED\x95\x9C\xEA\xB5\xAD") "]"),
      BODY("\"messages\":[" SAY("user", "a") "," SAY("assistant", "\xED\x95\x9C\xEA\xB5\xB0") "]"),
      CACHE_HISTORY, "message 1 (assistant) is another", "messages[1]", 34 },
    { "a message that is gone", BODY("\"messages\":[" SAY("user", "a") "," SAY("user", "b") "]"),
      BODY("\"messages\":[" SAY("user", "a") "]"), CACHE_HISTORY, "message 1 (user) is gone",
      "messages[1]", 0 },
    { "a setting", BODY("\"reasoning\":{\"effort\":\"low\"},\"messages\":[]"),
      BODY("\"tool_choice\":\"none\",\"messages\":[]"), CACHE_SETTING,
      "tool_choice, reasoning changed", "", -1 },
    { "a setting that no cache minds", BODY("\"temperature\":0,\"messages\":[]"),
      BODY("\"temperature\":1,\"messages\":[]"), CACHE_EXTENDED, "", "", -1 },
    { "no JSON", "{", BODY("\"messages\":[]"), CACHE_UNKNOWN, "", "", -1 },
    { "no object", BODY("\"messages\":[]"), "[]", CACHE_UNKNOWN, "", "", -1 },
    { "no list of messages", BODY("\"messages\":7"), BODY("\"messages\":\"x\",\"tools\":{}"),
      CACHE_EXTENDED, "", "", -1 },
};

static void each_difference_has_its_cause(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena a = ARENA_INIT(1u << 20);
        struct err e = ERR_INIT;
        struct cache_diff d;
        const struct cache_request old = { .model = S("m"), .body = str_c(cases[i].old) };
        const struct cache_request now = { .model = S("m"), .body = str_c(cases[i].now) };
        assert_int_equal(cache_compare(&d, &old, &now, &a, &e), CHELA_OK);
        if (d.cause != cases[i].cause || !str_eq(d.what, str_c(cases[i].what)) ||
            !str_eq(d.segment, str_c(cases[i].segment)) ||
            (cases[i].at >= 0 && d.at != cases[i].at))
            fail_msg("%s: %s, \"%.*s\" at %.*s:%lld", cases[i].name, cache_cause_name(d.cause),
                     STR_ARG(d.what), STR_ARG(d.segment), (long long)d.at);
        arena_free(&a);
    }
}

static struct cache_diff compare(struct arena *a, struct cache_request old,
                                 struct cache_request now) {
    struct cache_diff d;
    struct err e = ERR_INIT;
    assert_int_equal(cache_compare(&d, &old, &now, a, &e), CHELA_OK);
    return d;
}

static void bytes_are_counted_in_segments(void **state) {
    (void)state;
    struct arena a = ARENA_INIT(1u << 20);
    static const char one[] = BODY("\"messages\":[" SAY("user", "12345") "]");
    static const char two[] =
        BODY("\"messages\":[" SAY("user", "12345") "," SAY("assistant", "12345") "]");
    const int64_t user = sizeof SAY("user", "12345") - 1;
    const int64_t assistant = sizeof SAY("assistant", "12345") - 1;
    struct cache_diff d = compare(&a, (struct cache_request){ .body = str_c(one) },
                                  (struct cache_request){ .body = str_c(two) });
    assert_int_equal(d.same_bytes, user);
    assert_int_equal(d.total_bytes, user + assistant);
    static const char other[] =
        BODY("\"messages\":[" SAY("user", "12345") "," SAY("assistant", "12x45") "]");
    d = compare(&a, (struct cache_request){ .body = str_c(two) },
                (struct cache_request){ .body = str_c(other) });
    assert_int_equal(d.same_bytes, user + assistant - 5);
    arena_free(&a);
}

static void what_is_shown_is_whole_characters(void **state) {
    (void)state;
    struct arena a = ARENA_INIT(1u << 20);
    struct buf long_text = BUF_INIT(4096), other = BUF_INIT(4096);
    buf_add(&long_text, S("{\"messages\":[{\"role\":\"user\",\"content\":\""));
    for (int i = 0; i < 100; i++) buf_add(&long_text, S("\xED\x95\x9C"));
    buf_add(&other, buf_str(&long_text));
    /* U+D55C and U+D55D differ in their last byte */
    for (int i = 0; i < 100; i++) buf_add(&long_text, S("\xED\x95\x9C"));
    for (int i = 0; i < 100; i++) buf_add(&other, S("\xED\x95\x9D"));
    buf_add(&long_text, S("\"}]}"));
    buf_add(&other, S("\"}]}"));
    struct cache_diff d = compare(&a, (struct cache_request){ .body = buf_str(&long_text) },
                                  (struct cache_request){ .body = buf_str(&other) });
    assert_int_equal(d.before.n, 30 * 3);
    assert_int_equal(d.old.n, 60 * 3);
    assert_int_equal(d.now.n, 60 * 3);
    assert_true(str_starts(d.old, S("\xED\x95\x9C")) && str_starts(d.now, S("\xED\x95\x9D")));
    buf_free(&long_text);
    buf_free(&other);
    arena_free(&a);
}

static void who_answered_counts(void **state) {
    (void)state;
    struct arena a = ARENA_INIT(1u << 20);
    static const char one[] = BODY("\"messages\":[" SAY("user", "a") "]");
    struct cache_request old = {
        .model = S("openrouter/auto"), .answered = S("a/b"), .provider = S("P"), .body = str_c(one)
    };
    struct cache_request now = old;
    now.provider = S("Q");
    struct cache_diff d = compare(&a, old, now);
    assert_int_equal(d.cause, CACHE_PROVIDER);
    assert_true(str_eq(d.what, S("answered by Q, before P")));
    now.answered = S("c/d");
    d = compare(&a, old, now);
    assert_int_equal(d.cause, CACHE_MODEL);
    assert_true(str_eq(d.what, S("openrouter/auto chose c/d, before a/b")));
    now.model = S("c/d");
    d = compare(&a, old, now);
    assert_int_equal(d.cause, CACHE_MODEL);
    assert_true(str_eq(d.what, S("c/d, before openrouter/auto")));
    old.answered = (str){ 0 };
    old.model = now.model;
    now.provider = (str){ 0 };
    assert_int_equal(compare(&a, old, now).cause, CACHE_EXTENDED); /* unknown is not different */
    arena_free(&a);
}

/* ---- rules ---- */

static void rules_are_kept_by_message(void **state) {
    (void)state;
    struct arena a = ARENA_INIT(1u << 20);
    struct record r = { .arena = &a };
    struct shape_ctx x = { .record = &r, .arena = &a };
    static const struct {
        const char *rule, *where;
        enum change_kind kind;
    } changes[] = {
        { "thinking", "body reasoning", CHANGE_ADDED },
        { "deepseek-v4", "body messages[1].reasoning_content", CHANGE_ADDED },
        { "deepseek-v4", "body messages[12].reasoning_content", CHANGE_ADDED },
        { "deepseek-v4", "body messages[12].x", CHANGE_ADDED },
        { "gemini-signatures", "body messages[3].content", CHANGE_WITHHELD },
        { "gemini-signatures", "body messages[4].content", CHANGE_DROPPED },
        { "cache-markers", "body messages[4].content[0].cache_control", CHANGE_ADDED },
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const struct shape_rule rule = { .name = changes[i].rule };
        shape_record(&x, &rule, changes[i].kind, str_c(changes[i].where), S(""), "why");
    }
    assert_string_equal(cache_rules(&r, &a).p, "deepseek-v4 1 12\ngemini-signatures 4");
    assert_int_equal(cache_rules(NULL, &a).n, 0);
    arena_free(&a);
}

static void a_rule_that_touched_one_of_the_two_is_named(void **state) {
    (void)state;
    struct arena a = ARENA_INIT(1u << 20);
    static const char one[] =
        BODY("\"messages\":[" SAY("user", "a") "," SAY("assistant", "b") "," SAY("user", "c") "]");
    static const char two[] = BODY("\"messages\":[" SAY(
        "user", "a") ",{\"role\":\"assistant\",\"content\":\"b\",\"reasoning_content\":\"\"}]");
    static const struct {
        const char *old, *now;
        enum cache_cause cause;
        const char *what;
    } rules[] = {
        { "", "deepseek-v4 1", CACHE_RULE, "rule deepseek-v4 on message 1 (assistant)" },
        { "deepseek-v4 3 1", "", CACHE_RULE, "rule deepseek-v4 on message 1 (assistant)" },
        { "x 1\ndeepseek-v4 1", "x 1", CACHE_RULE, "rule deepseek-v4 on message 1 (assistant)" },
        { "deepseek-v4 1", "deepseek-v4 1 2", CACHE_HISTORY, "message 1 (assistant) is another" },
        { "deepseek-v4 11", "", CACHE_HISTORY, "message 1 (assistant) is another" },
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        struct cache_diff d =
            compare(&a, (struct cache_request){ .body = str_c(one), .rules = str_c(rules[i].old) },
                    (struct cache_request){ .body = str_c(two), .rules = str_c(rules[i].now) });
        assert_int_equal(d.cause, rules[i].cause);
        assert_string_equal(d.what.p, rules[i].what);
    }
    arena_free(&a);
}

/* ---- noting and judging ---- */

#define USAGE(prompt, cached)                                                                      \
    "{\"prompt_tokens\":" prompt ",\"prompt_tokens_details\":{\"cached_tokens\":" cached "}}"

struct asked {
    const char *body, *usage;
    int64_t after_ms; /* the one before */
};

static const struct cache_round *noted(struct home *h, struct arena *a, const char *model,
                                       const struct asked *list, size_t count,
                                       struct cache_summary *sum) {
    char path[256];
    struct store *s = NULL;
    struct err e = ERR_INIT;
    scratch_path(h->scratch, path, sizeof path, "chela.db");
    assert_int_equal(store_open(&s, path, &e), CHELA_OK);
    struct turn t;
    assert_int_equal(turn_open(&t, s, S("a"), S("m"), S("{}"), &e), CHELA_OK);
    int64_t now = 0;
    for (size_t i = 0; i < count; i++) {
        struct chat_reply reply = { .usage.raw = str_c(list[i].usage), .provider = S("P") };
        now += list[i].after_ms;
        const struct cache_note n = { .session = S("a"),
                                      .turn = (int64_t)i + 1,
                                      .round = 1,
                                      .at_ms = now,
                                      .model = str_c(model),
                                      .body = str_c(list[i].body),
                                      .reply = &reply };
        assert_int_equal(store_begin(s, &e), CHELA_OK);
        if (cache_note(s, &n, &e) != CHELA_OK) fail_msg("%s", e.message);
        assert_int_equal(store_commit(s, &e), CHELA_OK);
    }
    struct cache_round *rounds;
    size_t read;
    struct catalog *k;
    assert_int_equal(cache_history(s, S("a"), a, &rounds, &read, &e), CHELA_OK);
    assert_int_equal(read, count);
    assert_int_equal(catalog_open(&k, h->config, &e), CHELA_OK);
    cache_judge(sum, rounds, read, k, a);
    catalog_free(k);
    store_close(s);
    return rounds;
}

#define FIRST  BODY("\"messages\":[" SAY("user", "a") "]")
#define SECOND BODY("\"messages\":[" SAY("user", "a") "," SAY("user", "b") "]")
#define EDITED BODY("\"messages\":[" SAY("user", "x") "," SAY("user", "b") "]")

static void what_was_noted_is_read_back_and_judged(void **state) {
    (void)state;
    struct home h;
    struct arena a = ARENA_INIT(1u << 20);
    struct cache_summary sum;
    home_open(&h, "{}");
    static const struct asked list[] = { { FIRST, USAGE("20000", "0"), 0 },
                                         { SECOND, USAGE("21000", "19968"), 1000 },
                                         { EDITED, USAGE("22000", "1000"), 1000 },
                                         { EDITED, "", 1000 } };
    const struct cache_round *r = noted(&h, &a, "moonshotai/kimi-k2.6", list, 4, &sum);
    assert_int_equal(r[0].diff.cause, CACHE_FIRST);
    assert_int_equal(r[0].before_bytes, 0);
    assert_int_equal(r[0].missed, -1);
    assert_int_equal(r[1].diff.cause, CACHE_EXTENDED);
    assert_int_equal(r[1].diff.same_bytes, r[1].before_bytes);
    assert_int_equal(r[1].missed, 0); /* 32 tokens are a block's remainder */
    assert_int_equal(r[2].diff.cause, CACHE_HISTORY);
    assert_str(r[2].diff.old, "a\"}");
    assert_str(r[2].diff.now, "x\"}");
    assert_str(r[2].provider, "P");
    assert_int_equal(r[2].diff.at, 26);
    assert_int_equal(r[2].missed, 20000);
    assert_true(r[2].cost > 0.01199 && r[2].cost < 0.01201); /* × (0.8 − 0.2) per million */
    assert_int_equal(r[3].cached, -1);
    assert_int_equal(r[3].missed, -1);
    assert_int_equal(sum.unknown, 1);
    assert_true(sum.priced && sum.cost == r[2].cost);
    assert_int_equal(sum.missed, 20000);
    assert_int_equal(sum.cached, 20968);
    assert_true(str_has(sum.advice, S("edited")));
    arena_free(&a);
    home_close(&h);
}

static void a_miss_needs_a_reason(void **state) {
    (void)state;
    static const struct {
        const char *name, *model;
        struct asked list[2];
        int64_t missed;
        double cost;
        bool expired;
        const char *advice;
    } misses[] = {
        { "short prompts",
          "moonshotai/kimi-k2.6",
          { { FIRST, USAGE("900", "0"), 0 }, { EDITED, USAGE("1000", "0"), 1 } },
          0,
          0,
          false,
          "long enough" },
        { "after a pause",
          "moonshotai/kimi-k2.6",
          { { FIRST, USAGE("10000", "0"), 0 }, { SECOND, USAGE("11000", "0"), 600000 } },
          10000,
          0.006,
          true,
          "expired" },
        { "after a pause, with Anthropic",
          "anthropic/claude-sonnet-4.6",
          { { FIRST, USAGE("10000", "0"), 0 }, { SECOND, USAGE("11000", "0"), 600000 } },
          10000,
          -1,
          true,
          "cacheRetention" },
        { "at once",
          "moonshotai/kimi-k2.6",
          { { FIRST, USAGE("10000", "0"), 0 }, { SECOND, USAGE("11000", "0"), 1 } },
          10000,
          0.006,
          false,
          "nothing changed" },
        { "a shorter prompt",
          "moonshotai/kimi-k2.6",
          { { SECOND, USAGE("10000", "0"), 0 }, { FIRST, USAGE("5000", "2000"), 1 } },
          3000,
          0.0018,
          false,
          "edited" },
        { "no price",
          "some/model",
          { { FIRST, USAGE("10000", "0"), 0 }, { EDITED, USAGE("11000", "0"), 1 } },
          10000,
          -1,
          false,
          "edited" },
        { "a hit",
          "moonshotai/kimi-k2.6",
          { { FIRST, USAGE("10000", "0"), 0 }, { SECOND, USAGE("11000", "10000"), 1 } },
          0,
          0,
          false,
          "held" },
        { "the response cache",
          "moonshotai/kimi-k2.6",
          { { FIRST, USAGE("10000", "0"), 0 }, { SECOND, USAGE("0", "0"), 1 } },
          -1,
          -1,
          false,
          "says nothing" },
    };
    for (size_t i = 0; i < sizeof misses / sizeof misses[0]; i++) {
        struct home h;
        struct arena a = ARENA_INIT(1u << 20);
        struct cache_summary sum;
        home_open(&h, "{}");
        const struct cache_round *r = noted(&h, &a, misses[i].model, misses[i].list, 2, &sum);
        double off = r[1].cost - misses[i].cost;
        if (r[1].missed != misses[i].missed || off > 1e-9 || off < -1e-9 ||
            r[1].expired != misses[i].expired || !str_has(sum.advice, str_c(misses[i].advice)))
            fail_msg("%s: %lld missed for %g: %.*s", misses[i].name, (long long)r[1].missed,
                     r[1].cost, STR_ARG(sum.advice));
        assert_int_equal(sum.priced, misses[i].cost >= 0 || misses[i].missed <= 0);
        arena_free(&a);
        home_close(&h);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_difference_has_its_cause),
        cmocka_unit_test(bytes_are_counted_in_segments),
        cmocka_unit_test(what_is_shown_is_whole_characters),
        cmocka_unit_test(who_answered_counts),
        cmocka_unit_test(rules_are_kept_by_message),
        cmocka_unit_test(a_rule_that_touched_one_of_the_two_is_named),
        cmocka_unit_test(what_was_noted_is_read_back_and_judged),
        cmocka_unit_test(a_miss_needs_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
