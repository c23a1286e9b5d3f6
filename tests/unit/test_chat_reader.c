/* What services really send, and what comes of it: the text, the reasoning, the calls, the usage,
 * and for everything that is no answer the error it is. */
#include "../../src/chat/chat_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena = ARENA_INIT(256u << 20);
static struct buf told; /* what the callbacks were given */
static struct chat_reply reply;
static struct err err;

static void tell_text(void *ctx, str piece) {
    buf_addf(ctx, "T(%.*s)", STR_ARG(piece));
}

static void tell_reasoning(void *ctx, str piece) {
    buf_addf(ctx, "R(%.*s)", STR_ARG(piece));
}

static void tell_call(void *ctx, const struct chat_tool_call *call) {
    buf_addf(ctx, "C(%.*s %.*s %.*s)", STR_ARG(call->id), STR_ARG(call->name),
             STR_ARG(call->arguments));
}

static const struct chat_events events = {
    .ctx = &told, .on_text = tell_text, .on_reasoning = tell_reasoning, .on_call = tell_call
};

static int clean(void **state) {
    (void)state;
    buf_free(&told);
    buf_init(&told, 64u << 20);
    arena_free(&arena);
    reply = (struct chat_reply){ 0 };
    err = (struct err)ERR_INIT;
    return 0;
}

/* Chunks up to NULL, then the end. */
static enum chela_error stream(const char *const *chunks) {
    clean(NULL);
    struct chat_reader *r = chat_reader_new(&arena, &events);
    enum chela_error rc = CHELA_OK;
    for (; *chunks && rc == CHELA_OK; chunks++) rc = chat_reader_chunk(r, str_c(*chunks), &err);
    if (rc == CHELA_OK)
        rc = chat_reader_finish(r, &reply, &err);
    else
        chat_reader_partial(r, &reply);
    chat_reader_free(r);
    return rc;
}
#define STREAM(...) stream((const char *const[]){ __VA_ARGS__, NULL })

static enum chela_error whole(const char *json) {
    clean(NULL);
    struct chat_reader *r = chat_reader_new(&arena, &events);
    enum chela_error rc = chat_reader_whole(r, str_c(json), &err);
    if (rc == CHELA_OK) rc = chat_reader_finish(r, &reply, &err);
    chat_reader_free(r);
    return rc;
}

static void assert_str(str got, const char *expected) {
    if (!str_eq(got, str_c(expected)))
        fail_msg("got \"%.*s\", expected \"%s\"", STR_ARG(got), expected);
}

static void assert_message(const char *part) {
    if (!strstr(err.message, part)) fail_msg("\"%s\" is not in \"%s\"", part, err.message);
}

#define DELTA(d)  "{\"choices\":[{\"index\":0,\"delta\":" d ",\"finish_reason\":null}]}"
#define FINISH(f) "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" f "\"}]}"
#define TEXT(t)   DELTA("{\"content\":\"" t "\"}")
#define STOP      FINISH("stop")
#define DONE      "[DONE]"

/* ---- answers ---- */

static void plain_answer(void **state) {
    (void)state;
    assert_int_equal(
        STREAM(
            "{\"id\":\"gen-1\",\"provider\":\"P\",\"model\":\"m/x\",\"choices\":[{\"index\":0,"
            "\"delta\":{\"role\":\"assistant\",\"content\":\"Hello \"},\"finish_reason\":null}]}",
            TEXT("w\\u00f6rld"),
            "{\"id\":\"gen-2\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},"
            "\"finish_reason\":\"stop\",\"native_finish_reason\":\"end_turn\"}]}",
            "{\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5,"
            "\"total_tokens\":8,\"cost\":0.00123,\"prompt_tokens_details\":{\"cached_tokens\":2,"
            "\"cache_write_tokens\":1},\"completion_tokens_details\":{\"reasoning_tokens\":4}}}",
            DONE),
        CHELA_OK);
    assert_str(buf_str(&told), "T(Hello )T(w\xc3\xb6rld)");
    assert_str(reply.text, "Hello w\xc3\xb6rld");
    assert_str(reply.id, "gen-1");
    assert_str(reply.model, "m/x");
    assert_str(reply.provider, "P");
    assert_str(reply.finish_reason, "stop");
    assert_str(reply.native_finish_reason, "end_turn");
    assert_int_equal(reply.usage.prompt, 3);
    assert_int_equal(reply.usage.completion, 5);
    assert_int_equal(reply.usage.total, 8);
    assert_int_equal(reply.usage.cached, 2);
    assert_int_equal(reply.usage.cache_write, 1);
    assert_int_equal(reply.usage.reasoning, 4);
    assert_true(reply.usage.cost == 0.00123);
    assert_true(str_starts(reply.usage.raw, S("{\"prompt_tokens\":3,")));
    assert_null(reply.reasoning_field);
    assert_str(reply.reasoning_details, "");
}

static void usage_anywhere(void **state) {
    (void)state;
    assert_int_equal(STREAM("{\"choices\":[{\"delta\":{\"content\":\"a\"},\"usage\":"
                            "{\"prompt_tokens\":1.0,\"prompt_cache_hit_tokens\":7}}]}",
                            STOP),
                     CHELA_OK);
    assert_int_equal(reply.usage.prompt, 1);
    assert_int_equal(reply.usage.cached, 7);
    assert_int_equal(reply.usage.completion, -1);
    assert_true(reply.usage.cost < 0);
    /* the latest wins, and comes with or without choices */
    assert_int_equal(STREAM("{\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":"
                            "{\"prompt_tokens\":1}}",
                            STOP, "{\"usage\":{\"prompt_tokens\":2,\"cost\":-1}}",
                            "{\"usage\":null}"),
                     CHELA_OK);
    assert_int_equal(reply.usage.prompt, 2);
    assert_true(reply.usage.cost < 0);
}

static void odd_chunks_are_tolerated(void **state) {
    (void)state;
    assert_int_equal(STREAM("", "  ", ": OPENROUTER PROCESSING", "null", "[]", "\"text\"", "7",
                            "{}", "{\"choices\":null}", "{\"choices\":[null]}",
                            "{\"choices\":[{\"delta\":null}]}", "{\"error\":null}",
                            "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"other\"}}]}",
                            "data: " TEXT("a"), TEXT("b"), STOP, DONE, TEXT("after")),
                     CHELA_OK);
    assert_str(reply.text, "ab");
}

static void all_parts_of_a_delta(void **state) {
    (void)state;
    assert_int_equal(
        STREAM(DELTA("{\"content\":\"t\",\"reasoning\":\"r\",\"tool_calls\":[{\"index\":0,\"id\":"
                     "\"c1\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}"),
               FINISH("tool_calls")),
        CHELA_OK);
    assert_str(buf_str(&told), "R(r)T(t)C(c1 f {})");
}

static void content_in_parts(void **state) {
    (void)state;
    assert_int_equal(STREAM(DELTA("{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":"
                                  "\"text\",\"text\":\"hm\"}]},{\"type\":\"text\",\"text\":\"yes\"}"
                                  ",{\"type\":\"image_url\"}]}"),
                            STOP),
                     CHELA_OK);
    assert_str(buf_str(&told), "R(hm)T(yes)");
    assert_int_equal(STREAM(DELTA("{\"content\":null,\"refusal\":\"I will not.\"}"), STOP),
                     CHELA_OK);
    assert_str(reply.text, "I will not.");
}

static void finish_words(void **state) {
    (void)state;
    assert_int_equal(STREAM(TEXT("a"), FINISH("end")), CHELA_OK);
    assert_str(reply.finish_reason, "stop");
    assert_int_equal(STREAM(TEXT("a"), FINISH("length")), CHELA_OK);
    assert_str(reply.finish_reason, "length");
    /* says it calls a tool, and calls none */
    assert_int_equal(STREAM(TEXT("a"), FINISH("tool_calls")), CHELA_OK);
    assert_str(reply.finish_reason, "stop");
}

static void whole_answer(void **state) {
    (void)state;
    assert_int_equal(
        whole("{\"id\":\"g\",\"model\":\"m\",\"choices\":[{\"finish_reason\":\"stop\","
              "\"message\":{\"role\":\"assistant\",\"content\":\"plain\",\"reasoning\":"
              "\"why\",\"tool_calls\":[{\"id\":\"a\",\"type\":\"function\",\"function\""
              ":{\"name\":\"f\",\"arguments\":\"{\\\"x\\\":1}\"}}]}}],\"usage\":"
              "{\"total_tokens\":4}}"),
        CHELA_OK);
    assert_str(buf_str(&told), "R(why)T(plain)C(a f {\"x\":1})");
    assert_int_equal(reply.usage.total, 4);
    assert_str(reply.reasoning, "why");
    assert_string_equal(reply.reasoning_field, "reasoning");
    assert_int_equal(whole("{\"choices\":[{\"message\":{\"content\":\"x\"}}]}"), CHELA_OK);
    assert_str(reply.finish_reason, "stop");
    assert_int_equal(whole("{\"choices\":[]}"), CHELA_EMPTY);
    assert_int_equal(whole("{\"detail\":\"Not Found\"}"), CHELA_PROTOCOL);
    assert_message("no \"choices\": {\"detail\":\"Not Found\"}");
    assert_int_equal(whole("<html>"), CHELA_PROTOCOL);
    assert_int_equal(whole("{\"error\":{\"code\":402,\"message\":\"m\"}}"), CHELA_PAYMENT);
    assert_int_equal(whole("{\"choices\":[{\"message\":{\"content\":\"half\"},\"finish_reason\":"
                           "\"error\",\"error\":{\"code\":502,\"message\":\"gone\"}}]}"),
                     CHELA_UPSTREAM);
    assert_message("gone");
}

/* A last chunk that repeats the whole message must not double the text. */
static void closing_message_is_not_doubled(void **state) {
    (void)state;
    assert_int_equal(STREAM(TEXT("a"), "{\"choices\":[{\"message\":{\"content\":\"a\"},"
                                       "\"finish_reason\":\"stop\"}]}"),
                     CHELA_OK);
    assert_str(reply.text, "a");
    assert_int_equal(STREAM("{\"choices\":[{\"message\":{\"content\":\"a\"},"
                            "\"finish_reason\":\"stop\"}]}"),
                     CHELA_OK);
    assert_str(reply.text, "a");
}

static void bad_bytes_become_replacement_characters(void **state) {
    (void)state;
    assert_int_equal(STREAM(TEXT("a\xc3"),
                            TEXT("\xa9"
                                 "b"),
                            STOP),
                     CHELA_OK);
    assert_str(reply.text, "a\xef\xbf\xbd\xef\xbf\xbd"
                           "b");
}

/* ---- reasoning ---- */

static void reasoning_fields_are_not_doubled(void **state) {
    (void)state;
    assert_int_equal(
        STREAM(DELTA("{\"reasoning\":\"ab\",\"reasoning_details\":[{\"type\":\"reasoning.text\","
                     "\"text\":\"ab\",\"index\":0}]}"),
               DELTA("{\"reasoning_content\":\"cd\",\"reasoning\":\"cd\"}"),
               DELTA("{\"reasoning_text\":\"ef\"}"), TEXT("x"), STOP),
        CHELA_OK);
    assert_str(buf_str(&told), "R(ab)R(cd)R(ef)T(x)");
    assert_str(reply.reasoning, "abcdef");
    assert_string_equal(reply.reasoning_field, "reasoning");
    assert_int_equal(STREAM(DELTA("{\"reasoning_content\":\"cd\"}"), TEXT("x"), STOP), CHELA_OK);
    assert_string_equal(reply.reasoning_field, "reasoning_content");
    assert_str(reply.reasoning_details, "");
}

static void details_of_every_type(void **state) {
    (void)state;
    assert_int_equal(
        STREAM(DELTA("{\"reasoning_details\":[{\"type\":\"reasoning.summary\",\"summary\":\"s\"},"
                     "{\"type\":\"response.output_text\",\"text\":\"seen\"},"
                     "{\"type\":\"reasoning.encrypted\",\"data\":\"QUJD\"},7]}"),
               STOP),
        CHELA_OK);
    assert_str(buf_str(&told), "T(seen)R(s)");
    assert_null(reply.reasoning_field);
    assert_str(reply.reasoning_details,
               "[{\"type\":\"reasoning.summary\",\"summary\":\"s\"},{\"type\":"
               "\"response.output_text\",\"text\":\"seen\"},{\"type\":\"reasoning.encrypted\","
               "\"data\":\"QUJD\"}]");
}

static void details_keep_their_bytes(void **state) {
    (void)state;
    /* escapes, number spelling, unknown members, order: nothing may change */
    static const char item[] = "{ \"x\" : 1.50e0, \"type\":\"reasoning.text\",\"text\":\"\\u0041\","
                               "\"signature\":\"s\\/s\" }";
    char chunk[512], expected[512];
    snprintf(chunk, sizeof chunk, "{\"choices\":[{\"delta\":{\"reasoning_details\":[%s]}}]}", item);
    snprintf(expected, sizeof expected, "[%s]", item);
    assert_int_equal(STREAM(chunk, TEXT("x"), STOP), CHELA_OK);
    assert_str(reply.reasoning_details, expected);
}

#define PIECE(p) DELTA("{\"reasoning_details\":[" p "]}")

static void details_pieces_are_joined(void **state) {
    (void)state;
    assert_int_equal(
        STREAM(
            PIECE("{\"type\":\"reasoning.text\",\"text\":\"Let \",\"format\":\"f\",\"index\":0,"
                  "\"signature\":null}"),
            PIECE("{\"type\":\"reasoning.text\",\"text\":\"me\\n\",\"format\":\"f\",\"index\":0}"),
            PIECE("{\"type\":\"reasoning.text\",\"text\":\"other\",\"index\":1}"),
            PIECE("{\"type\":\"reasoning.text\",\"signature\":\"SIG\",\"format\":\"f\",\"index\":0"
                  ",\"id\":\"r1\"}"),
            TEXT("x"), STOP),
        CHELA_OK);
    assert_str(reply.reasoning_details,
               "[{\"type\":\"reasoning.text\",\"text\":\"Let me\\n\",\"format\":\"f\",\"index\":0,"
               "\"signature\":\"SIG\",\"id\":\"r1\"},"
               "{\"type\":\"reasoning.text\",\"text\":\"other\",\"index\":1}]");
    assert_str(reply.reasoning, "Let me\nother");
}

static void details_that_are_not_one(void **state) {
    (void)state;
    /* same index, other type; two encrypted items; other ids */
    assert_int_equal(
        STREAM(
            PIECE("{\"type\":\"reasoning.summary\",\"summary\":\"a\",\"index\":0}"),
            PIECE("{\"type\":\"reasoning.encrypted\",\"data\":\"QQ==\",\"index\":0,\"id\":\"t\"}"),
            PIECE("{\"type\":\"reasoning.encrypted\",\"data\":\"Qg==\",\"index\":0,\"id\":\"t\"}"),
            PIECE("{\"type\":\"reasoning.text\",\"text\":\"1\",\"index\":2,\"id\":\"a\"}"),
            PIECE("{\"type\":\"reasoning.text\",\"text\":\"2\",\"index\":2,\"id\":\"b\"}"),
            TEXT("x"), STOP),
        CHELA_OK);
    assert_str(reply.reasoning_details,
               "[{\"type\":\"reasoning.summary\",\"summary\":\"a\",\"index\":0},"
               "{\"type\":\"reasoning.encrypted\",\"data\":\"QQ==\",\"index\":0,\"id\":\"t\"},"
               "{\"type\":\"reasoning.encrypted\",\"data\":\"Qg==\",\"index\":0,\"id\":\"t\"},"
               "{\"type\":\"reasoning.text\",\"text\":\"1\",\"index\":2,\"id\":\"a\"},"
               "{\"type\":\"reasoning.text\",\"text\":\"2\",\"index\":2,\"id\":\"b\"}]");
    /* without an index: a signature closes the block */
    assert_int_equal(STREAM(PIECE("{\"type\":\"reasoning.text\",\"text\":\"a\"}"),
                            PIECE("{\"type\":\"reasoning.text\",\"text\":\"b\"}"),
                            PIECE("{\"type\":\"reasoning.text\",\"signature\":\"S\"}"),
                            PIECE("{\"type\":\"reasoning.text\",\"text\":\"c\"}"), TEXT("x"), STOP),
                     CHELA_OK);
    assert_str(reply.reasoning_details,
               "[{\"type\":\"reasoning.text\",\"text\":\"ab\",\"signature\":\"S\"},"
               "{\"type\":\"reasoning.text\",\"text\":\"c\"}]");
}

/* ---- tool calls ---- */

#define CALL(c) DELTA("{\"tool_calls\":[" c "]}")

static void calls_in_pieces(void **state) {
    (void)state;
    assert_int_equal(
        STREAM(CALL("{\"index\":0,\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"f\","
                    "\"arguments\":\"\"}}"),
               CALL("{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"g\"}}"),
               CALL("{\"index\":0,\"function\":{\"arguments\":\"{\\\"x\\\"\"}}"),
               CALL("{\"index\":1,\"function\":{\"arguments\":\"{}\"}},{\"index\":0,\"function\":"
                    "{\"arguments\":\":1}\"}}"),
               FINISH("tool_calls")),
        CHELA_OK);
    assert_str(buf_str(&told), "C(a f {\"x\":1})C(b g {})");
    assert_str(reply.finish_reason, "tool_calls");
}

static void calls_named_in_other_ways(void **state) {
    (void)state;
    /* by id; index 0 for all of them; neither; an object for arguments; the old form; no arguments
     */
    assert_int_equal(
        STREAM(CALL("{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"1\"}}"),
               CALL("{\"id\":\"b\",\"function\":{\"name\":\"f\",\"arguments\":\"2\"}}"),
               CALL("{\"id\":\"a\",\"function\":{\"arguments\":\"3\"}}"), FINISH("tool_call")),
        CHELA_OK);
    assert_str(buf_str(&told), "C(a f 13)C(b f 2)");
    assert_int_equal(
        STREAM(CALL("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"1\"}}"),
               CALL("{\"index\":0,\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":\"2\"}}"),
               CALL("{\"index\":0,\"function\":{\"arguments\":\"3\"}}"), FINISH("tool_calls")),
        CHELA_OK);
    assert_str(buf_str(&told), "C(a f 1)C(b g 23)");
    assert_int_equal(STREAM(CALL("{\"function\":{\"name\":\"f\",\"arguments\":\"1\"}}"),
                            CALL("{\"function\":{\"arguments\":\"2\"}}"),
                            CALL("{\"function\":{\"name\":\"g\",\"arguments\":{\"k\": 3}}}"),
                            CALL("{\"function\":{\"name\":\"h\"}}"), FINISH("tool_calls")),
                     CHELA_OK);
    assert_str(buf_str(&told), "C( f 12)C( g {\"k\": 3})C( h {})");
    assert_int_equal(STREAM(DELTA("{\"function_call\":{\"name\":\"f\",\"arguments\":\"{\"}}"),
                            DELTA("{\"function_call\":{\"arguments\":\"}\"}}"),
                            FINISH("function_call")),
                     CHELA_OK);
    assert_str(buf_str(&told), "C( f {})");
    assert_str(reply.finish_reason, "tool_calls");
}

static void late_names_and_signatures(void **state) {
    (void)state;
    assert_int_equal(
        STREAM(CALL("{\"index\":0,\"function\":{\"arguments\":\"{}\"}}"),
               CALL("{\"index\":0,\"id\":\"late\",\"function\":{\"name\":\"f\"},"
                    "\"extra_content\":{\"google\":{\"thought_signature\":\"QUJD\"}}}"),
               CALL("{\"index\":0,\"id\":\"late\",\"function\":{\"name\":\"f\"}}"), FINISH("stop")),
        CHELA_OK);
    assert_str(buf_str(&told), "C(late f {})");
    assert_str(reply.calls[0].thought_signature, "QUJD");
    assert_str(reply.finish_reason, "stop");
}

static void call_bounds(void **state) {
    (void)state;
    static char chunk[CHAT_MAX_ERROR + 256];
    clean(NULL);
    struct chat_reader *r = chat_reader_new(&arena, &events);
    char big[16001];
    memset(big, 'x', 16000);
    big[16000] = '\0';
    snprintf(chunk, sizeof chunk,
             CALL("{\"index\":0,\"function\":{\"name\":\"f\",\"arguments\":\"%s\"}}"), big);
    for (int i = 0; i < 16; i++) /* 256,000 in all */
        assert_int_equal(chat_reader_chunk(r, str_c(chunk), &err), CHELA_OK);
    assert_int_equal(
        chat_reader_chunk(r, S(CALL("{\"index\":0,\"function\":{\"arguments\":\"x\"}}")), &err),
        CHELA_LIMIT);
    assert_message("(f) are over 256000 bytes");
    chat_reader_free(r);

    r = chat_reader_new(&arena, &events);
    enum chela_error rc = CHELA_OK;
    for (int i = 0; i <= 128; i++) {
        assert_int_equal(rc, CHELA_OK);
        snprintf(chunk, sizeof chunk, CALL("{\"index\":%d}"), i);
        rc = chat_reader_chunk(r, str_c(chunk), &err);
    }
    assert_int_equal(rc, CHELA_LIMIT);
    chat_reader_free(r);
}

/* ---- what is no answer ---- */

static void endings(void **state) {
    (void)state;
    assert_int_equal(STREAM(TEXT("half")), CHELA_CUT);
    assert_message("without a finish, after 4 bytes");
    assert_str(reply.text, "half");
    assert_int_equal(STREAM(TEXT("half"), DONE), CHELA_CUT);
    assert_int_equal(STREAM(DONE), CHELA_CUT);
    assert_int_equal(STREAM(STOP), CHELA_EMPTY);
    assert_int_equal(STREAM(TEXT(" \\n"), STOP, DONE), CHELA_EMPTY);
    assert_int_equal(STREAM(FINISH("tool_calls")), CHELA_EMPTY);
    assert_int_equal(STREAM(DELTA("{\"reasoning\":\"hm\"}"), STOP), CHELA_EMPTY);
    assert_message("only reasoning");
    assert_int_equal(STREAM(DELTA("{\"reasoning\":\"hm\"}"), FINISH("length")), CHELA_EMPTY);
    assert_non_null(strstr(err.hint, "maxTokens"));
    assert_str(reply.reasoning, "hm");
}

static void filtered(void **state) {
    (void)state;
    assert_int_equal(
        STREAM("{\"provider\":\"Azure\",\"choices\":[{\"delta\":{\"content\":\"par\"}}]}",
               "{\"choices\":[{\"delta\":{},\"finish_reason\":\"content_filter\","
               "\"native_finish_reason\":\"SAFETY\"}]}"),
        CHELA_FILTERED);
    assert_message("content filter of Azure (content_filter, \"SAFETY\" in the provider's words)");
    assert_null(strstr(buf_str(&told).p, "C("));
    assert_int_equal(STREAM(TEXT("a"), FINISH("error")), CHELA_UPSTREAM);
    assert_int_equal(STREAM(TEXT("a"), FINISH("network_error")), CHELA_UPSTREAM);
    assert_message("\"network_error\"");
}

static void malformed(void **state) {
    (void)state;
    assert_int_equal(STREAM(TEXT("a"), "{\"choices\":[{\"delta\""), CHELA_PROTOCOL);
    assert_message("event 2 of the stream is not JSON");
    assert_message("{\"choices\":[{\"delta\"");
    assert_int_equal(STREAM("Internal Server Error"), CHELA_PROTOCOL);
    assert_message(": Internal Server Error");
    assert_int_equal(STREAM("{\"a\":1}{\"b\":2}"), CHELA_PROTOCOL);
}

static void errors_in_the_stream(void **state) {
    (void)state;
    static const struct {
        const char *chunk;
        enum chela_error code;
        int status;
        const char *message;
    } cases[] = {
        { "{\"error\":{\"code\":502,\"message\":\"Provider disconnected\"},\"choices\":[{\"delta\":"
          "{\"content\":\"\"},\"finish_reason\":\"error\"}]}",
          CHELA_UPSTREAM, 502, "error 502 in the answer: Provider disconnected" },
        { "{\"error\":{\"code\":\"429\",\"message\":\"slow\"}}", CHELA_RATE_LIMITED, 429, "slow" },
        { "{\"error\":{\"code\":\"server_error\",\"message\":\"m\"}}", CHELA_UPSTREAM, 0, "m" },
        { "{\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"m\"}}", CHELA_RATE_LIMITED, 0,
          "m" },
        { "{\"error\":{\"message\":\"m\",\"metadata\":{\"error_type\":\"context_length_exceeded\"},"
          "\"code\":400}}",
          CHELA_LIMIT, 400, "m" },
        { "{\"error\":\"it broke\"}", CHELA_UPSTREAM, 0, "it broke" },
        { "{\"error\":{}}", CHELA_UPSTREAM, 0, "the service failed" },
        { "{\"choices\":[{\"delta\":{},\"error\":{\"code\":504,\"message\":\"late\"}}]}",
          CHELA_TIMEOUT, 504, "late" },
        { "{\"error\":{\"code\":502,\"message\":\"Provider returned error\",\"metadata\":"
          "{\"provider_name\":\"Azure\",\"raw\":\"{\\\"error\\\":{\\\"message\\\":\\\"boom\\\"}}\"}"
          "}}",
          CHELA_UPSTREAM, 502, "Provider returned error (Azure: boom)" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum chela_error rc = STREAM(TEXT("par"), cases[i].chunk);
        if (rc != cases[i].code) fail_msg("case %zu: %s: %s", i, err_code(rc), err.message);
        assert_int_equal(err.http_status, cases[i].status);
        assert_message(cases[i].message);
        assert_str(reply.text, "par");
    }
}

static void http_errors(void **state) {
    (void)state;
    static const struct {
        int status;
        const char *type, *body;
        enum chela_error code;
        const char *message, *hint;
    } cases[] = {
        { 400, "application/json", "{\"error\":{\"code\":400,\"message\":\"bad model\"}}",
          CHELA_REQUEST, "HTTP 400: bad model", "chela explain" },
        { 400, "application/json",
          "{\"error\":{\"code\":400,\"message\":\"long\",\"metadata\":{\"error_type\":"
          "\"context_length_exceeded\"}}}",
          CHELA_LIMIT, "long", "longer context" },
        { 400, "application/json",
          "{\"error\":{\"message\":\"m\",\"metadata\":{\"error_type\":\"content_policy_violation\"}"
          "}}",
          CHELA_FILTERED, "m", "another model" },
        { 401, "application/json", "{\"error\":{\"message\":\"No auth credentials found\"}}",
          CHELA_KEY_REFUSED, "HTTP 401: No auth credentials found", "settings/keys" },
        { 402, "application/json", "{\"error\":{\"message\":\"Insufficient credits\"}}",
          CHELA_PAYMENT, "Insufficient credits", "settings/credits" },
        { 403, "application/json", "{\"error\":{\"message\":\"Key limit exceeded (total)\"}}",
          CHELA_PAYMENT, "Key limit", "settings/credits" },
        { 403, "application/json",
          "{\"error\":{\"message\":\"m requires "
          "moderation\",\"code\":403,\"metadata\":{\"reasons\":"
          "[\"violence\",\"x\"],\"provider_name\":\"OpenAI\"}}}",
          CHELA_FORBIDDEN, "m requires moderation (OpenAI; reasons: violence, x)", "prompt" },
        { 404, "application/json",
          "{\"error\":{\"message\":\"No "
          "endpoints\",\"availability\":{\"code\":\"privacy_restricted\","
          "\"excluded_by\":[\"data_policy:zdr\"]}}}",
          CHELA_NOT_FOUND, "No endpoints (privacy_restricted; excluded by data_policy:zdr)",
          "openrouter.ai/models" },
        { 407, "", "", CHELA_FORBIDDEN, "HTTP 407: the service forbids this", "HTTPS_PROXY" },
        { 408, "", "slow\r\n  thing", CHELA_TIMEOUT, "HTTP 408: slow thing", "try again" },
        { 409, "", "conflict", CHELA_UPSTREAM, "conflict", "" },
        { 413, "text/html", "<html><head><title>413 Too Large</title>", CHELA_LIMIT,
          "an HTML page titled \"413 Too Large\"", "shorten" },
        { 422, "application/json", "{\"detail\":\"nope\"}", CHELA_REQUEST, "nope", "" },
        { 429, "application/json", "{\"error\":{\"message\":\"Rate limit\"}}", CHELA_RATE_LIMITED,
          "Rate limit", "wait" },
        { 451, "", "", CHELA_FORBIDDEN, "451", "" },
        { 500, "application/json", "{\"message\":\"oops\"}", CHELA_UPSTREAM, "HTTP 500: oops", "" },
        { 503, "application/json", "[{\"error\":{\"message\":\"list\"}}]", CHELA_UPSTREAM, "list",
          "" },
        { 504, "", "", CHELA_TIMEOUT, "took too long", "" },
        { 524, "", "", CHELA_TIMEOUT, "took too long", "" },
        { 529, "application/json", "{\"error\":{\"message\":\"busy\"}}", CHELA_UPSTREAM, "busy",
          "" },
        { 302, "", "", CHELA_PROTOCOL, "a redirect", "baseUrl" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        err = (struct err)ERR_INIT;
        enum chela_error rc =
            chat_http_error(cases[i].status, str_c(cases[i].type), str_c(cases[i].body), &err);
        if (rc != cases[i].code) fail_msg("case %zu: %s: %s", i, err_code(rc), err.message);
        assert_int_equal(err.code, rc);
        assert_int_equal(err.http_status, cases[i].status);
        assert_message(cases[i].message);
        if (!strstr(err.hint, cases[i].hint)) fail_msg("case %zu: hint: %s", i, err.hint);
        assert_true(err.hint[0]);
        assert_true(err.retry_after < 0);
    }
}

static void retry_after_is_kept(void **state) {
    (void)state;
    static const char body[] =
        "{\"error\":{\"message\":\"m\",\"availability\":{\"retry_after\":9}}}";
    err = (struct err)ERR_INIT;
    chat_http_error(429, S("application/json"), str_c(body), &err);
    assert_true(err.retry_after == 9);
    err.retry_after = 3;
    chat_http_error(429, S("application/json"), str_c(body), &err);
    assert_true(err.retry_after == 3);
    assert_int_equal(chat_http_error(429, S(""), S(""), NULL), CHELA_RATE_LIMITED);
}

static void keys_do_not_come_back(void **state) {
    (void)state;
    err = (struct err)ERR_INIT;
    chat_http_error(401, S(""), S("bad key sk-or-v1-0123456789abcdef"), &err);
    assert_null(strstr(err.message, "0123456789abcdef"));
}

static void long_errors_stay_one_line(void **state) {
    (void)state;
    static char body[CHAT_MAX_ERROR];
    memset(body, '\n', sizeof body);
    for (size_t i = 0; i < sizeof body; i += 7) memcpy(body + i, "\xc3\xa9", 2);
    err = (struct err)ERR_INIT;
    chat_http_error(500, S("text/plain"), (str){ body, sizeof body }, &err);
    assert_null(strchr(err.message, '\n'));
    assert_true(strlen(err.message) < 400);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_answer),
        cmocka_unit_test(usage_anywhere),
        cmocka_unit_test(odd_chunks_are_tolerated),
        cmocka_unit_test(all_parts_of_a_delta),
        cmocka_unit_test(content_in_parts),
        cmocka_unit_test(finish_words),
        cmocka_unit_test(whole_answer),
        cmocka_unit_test(closing_message_is_not_doubled),
        cmocka_unit_test(bad_bytes_become_replacement_characters),
        cmocka_unit_test(reasoning_fields_are_not_doubled),
        cmocka_unit_test(details_of_every_type),
        cmocka_unit_test(details_keep_their_bytes),
        cmocka_unit_test(details_pieces_are_joined),
        cmocka_unit_test(details_that_are_not_one),
        cmocka_unit_test(calls_in_pieces),
        cmocka_unit_test(calls_named_in_other_ways),
        cmocka_unit_test(late_names_and_signatures),
        cmocka_unit_test(call_bounds),
        cmocka_unit_test(endings),
        cmocka_unit_test(filtered),
        cmocka_unit_test(malformed),
        cmocka_unit_test(errors_in_the_stream),
        cmocka_unit_test(http_errors),
        cmocka_unit_test(retry_after_is_kept),
        cmocka_unit_test(keys_do_not_come_back),
        cmocka_unit_test(long_errors_stay_one_line),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    buf_free(&told);
    arena_free(&arena);
    return failed;
}
