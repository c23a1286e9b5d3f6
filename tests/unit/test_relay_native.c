/* Streams of other APIs on their way through: what is held back, what is seen in them, whatever the
 * pieces. */
#include "gateway/relay.h"

#include "skin_case.h"

#define EVENT(name, data) "event: " name "\ndata: {'type':'" name "'" data "}\n\n"
#define START                                                                                      \
    EVENT("message_start", ",'message':{'id':'msg_1','model':'m','usage':{'input_tokens':20,"      \
                           "'cache_read_input_tokens':12,'output_tokens':1}}")
#define BLOCK EVENT("content_block_start", ",'index':0,'content_block':{'type':'text','text':''}")
#define PIECE EVENT("content_block_delta", ",'index':0,'delta':{'type':'text_delta','text':'a'}")
#define DELTA                                                                                      \
    EVENT("message_delta", ",'delta':{'stop_reason':'end_turn'},'usage':{'output_tokens':9}")
#define STOP   EVENT("message_stop", "")
#define PING   EVENT("ping", "")
#define MERROR EVENT("error", ",'error':{'type':'overloaded_error','message':'busy'}")
#define COUNTED                                                                                    \
    "{'prompt_tokens':32,'completion_tokens':9,'total_tokens':41,'prompt_tokens_details':{"        \
    "'cached_tokens':12,'cache_write_tokens':0},'completion_tokens_details':{'reasoning_tokens':"  \
    "0}}"

#define CREATED                                                                                    \
    EVENT("response.created", ",'sequence_number':0,'response':{'id':'resp_1','model':'m'}")
#define ADDED EVENT("response.output_item.added", ",'sequence_number':1,'item':{}")
#define TEXT  EVENT("response.output_text.delta", ",'sequence_number':2,'delta':'a'")
#define COMPLETED                                                                                  \
    EVENT("response.completed", ",'sequence_number':3,'response':{'usage':{'input_tokens':32,"     \
                                "'input_tokens_details':{'cached_tokens':12},'output_tokens':9,"   \
                                "'cost':0.000520}}")
#define FAILED                                                                                     \
    EVENT("response.failed", ",'sequence_number':3,'response':{'error':{'code':'server_error',"    \
                             "'message':'gone'}}")

static const struct {
    const struct skin *skin;
    const char *bytes;
    enum relay_verdict verdict; /* at the end of the bytes, or where it came */
    const char *given;          /* all of it */
    const char *facts;          /* c: content, f: finished, e: finished badly */
    const char *usage;
} cases[] = {
    { &skin_messages, START PING BLOCK, RELAY_GO, "", "",
      "{'prompt_tokens':32,'completion_tokens':1,'total_tokens':33,'prompt_tokens_details':{"
      "'cached_tokens':12,'cache_write_tokens':0},'completion_tokens_details':{'reasoning_tokens':"
      "0}"
      "}" },
    { &skin_messages, START BLOCK PIECE DELTA STOP "more", RELAY_DONE, START BLOCK PIECE DELTA STOP,
      "cf", COUNTED },
    { &skin_messages, START DELTA STOP, RELAY_DONE, "", "f", COUNTED },
    { &skin_messages, EVENT("content_block_start", ",'content_block':{'type':'tool_use'}"),
      RELAY_GO, EVENT("content_block_start", ",'content_block':{'type':'tool_use'}"), "c", "" },
    { &skin_messages, START MERROR, RELAY_ERROR, "", "", NULL },
    { &skin_messages, PIECE MERROR, RELAY_DONE, PIECE MERROR, "cfe", "" },
    { &skin_messages, PIECE "data: {'type':\n\n", RELAY_TORN, PIECE, "c", "" },
    { &skin_responses, CREATED ADDED, RELAY_GO, "", "", "" },
    { &skin_responses, CREATED ADDED TEXT COMPLETED "data: [DONE]\n\n", RELAY_DONE,
      CREATED ADDED TEXT COMPLETED, "cf",
      "{'prompt_tokens':32,'completion_tokens':9,'total_tokens':41,'prompt_tokens_details':{"
      "'cached_tokens':12,'cache_write_tokens':0},'completion_tokens_details':{'reasoning_tokens':"
      "0}"
      ",'cost':0.000520}" },
    { &skin_responses, CREATED FAILED, RELAY_ERROR, "", "", "" },
    { &skin_responses, CREATED TEXT FAILED, RELAY_DONE, CREATED TEXT FAILED, "cfe", "" },
    { &skin_responses, EVENT("error", ",'code':'rate_limit_exceeded','message':'slow'"),
      RELAY_ERROR, "", "", "" },
};

static enum relay_verdict feed(struct relay *r, str bytes, size_t step, struct buf *given) {
    enum relay_verdict v = RELAY_GO;
    for (size_t at = 0; at < bytes.n && v == RELAY_GO; at += step) {
        str out;
        v = relay_take(r, str_head(str_skip(bytes, at), step), &out);
        buf_add(given, out);
        relay_given(r);
    }
    return v;
}

static void test_pieces_change_nothing(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t step = strlen(cases[i].bytes); step > 0; step--) {
            str bytes = json_of(cases[i].bytes), wanted = json_of(cases[i].given);
            struct relay r;
            struct buf given = BUF_INIT(1 << 20);
            char facts[8];
            relay_init(&r);
            assert_true(relay_is_native(&r, cases[i].skin));
            enum relay_verdict v = feed(&r, bytes, step, &given);
            snprintf(facts, sizeof facts, "%s%s%s", r.content ? "c" : "", r.finished ? "f" : "",
                     r.finished_badly ? "e" : "");
            if (v != cases[i].verdict || strcmp(facts, cases[i].facts) != 0 ||
                !str_eq(buf_str(&given), wanted))
                fail_msg("case %zu by %zu: %d '%s' %.*s", i, step, v, facts,
                         STR_ARG(buf_str(&given)));
            if (cases[i].usage) expect_json(i, buf_str(&r.usage), cases[i].usage);
            buf_free(&given);
            relay_free(&r);
        }
    }
}

static void test_what_is_seen(void **state) {
    (void)state;
    struct relay r;
    str out;
    relay_init(&r);
    relay_is_native(&r, &skin_messages);
    relay_take(&r, json_of(START MERROR), &out);
    assert_string_equal(r.id, "msg_1");
    assert_string_equal(r.model, "m");
    assert_non_null(strstr(r.error.message, "busy"));
    relay_free(&r);
    relay_init(&r); /* a last event without its blank line, and a stream that just ends */
    relay_is_native(&r, &skin_responses);
    str all = json_of(TEXT COMPLETED);
    relay_take(&r, str_head(all, all.n - 2), &out);
    relay_given(&r);
    assert_int_equal(relay_end(&r, &out), RELAY_DONE);
    assert_string_equal(r.finish, "completed");
    relay_free(&r);
    relay_init(&r);
    relay_is_native(&r, &skin_responses);
    relay_take(&r, json_of(TEXT), &out);
    relay_given(&r);
    assert_int_equal(relay_end(&r, &out), RELAY_GO);
    relay_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_change_nothing),
        cmocka_unit_test(test_what_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
