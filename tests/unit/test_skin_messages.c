/* Anthropic's Messages API over chat/completions: each direction, and reasoning there and back. */
#include "skin_case.h"

#define ASKS "'messages':[{'role':'user','content':'Hi'}]"
#define CALL "{'type':'tool_use','id':'t1','name':'look','input':{'b':1.50,'a':[]}}"
#define CALLED                                                                                     \
    "'tool_calls':[{'id':'t1','type':'function','function':{'name':'look','arguments':"            \
    "'{\\'b\\':1.50,\\'a\\':[]}'}}]"

static const struct skin_request_case requests[] = {
    /* what nobody knows goes on as it came, routing too */
    { "{'model':'a/b','max_tokens':9,'x':{'z':1.0,'a':[]},'models':['c'],'temperature':0.10," ASKS
      "}",
      'p',
      "{'model':'a/b','max_tokens':9,'x':{'z':1.0,'a':[]},'models':['c'],'temperature':0.10," ASKS
      "}" },
    { "{'provider':{'order':['x']},'session_id':'s','plugins':[]," ASKS "}", 'o',
      "{'provider':{'order':['x']},'session_id':'s','plugins':[]," ASKS "}" },
    { "{'session_id':'s','top_k':3,'anthropic_version':'1'," ASKS "}", 'p', "{" ASKS "}" },
    /* system, and blocks: lists where markers are read, one text elsewhere */
    { "{'system':'Be kind.'," ASKS "}", 'p',
      "{'messages':[{'role':'system','content':'Be kind.'},{'role':'user','content':'Hi'}]}" },
    { "{'system':[{'type':'text','text':'a','cache_control':{'type':'ephemeral'}},{'type':'text',"
      "'text':'b'}]," ASKS "}",
      'o',
      "{'messages':[{'role':'system','content':[{'type':'text','text':'a','cache_control':{"
      "'type':'ephemeral'}},{'type':'text','text':'b'}]},{'role':'user','content':'Hi'}]}" },
    { "{'system':[{'type':'text','text':'a','cache_control':{'type':'ephemeral'}},{'type':'text',"
      "'text':'b'}]," ASKS "}",
      'p', "{'messages':[{'role':'system','content':'a\\n\\nb'},{'role':'user','content':'Hi'}]}" },
    /* pictures and files */
    { "{'messages':[{'role':'user','content':[{'type':'image','source':{'type':'base64',"
      "'media_type':'image/png','data':'AAAA'}},{'type':'image','source':{'type':'url','url':'u'}},"
      "{'type':'document','title':'t.pdf','source':{'type':'base64','media_type':"
      "'application/pdf','data':'BBBB'}},{'type':'document','source':{'type':'text','data':'x'}}]}"
      "]}",
      'p',
      "{'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':"
      "'data:image/png;base64,AAAA'}},{'type':'image_url','image_url':{'url':'u'}},{'type':"
      "'file','file':{'filename':'t.pdf','file_data':'data:application/pdf;base64,BBBB'}},{"
      "'type':'text','text':'x'}]}]}" },
    { "{'messages':[{'role':'user','content':[{'type':'image','source':{'type':'file',"
      "'file_id':'f'}}]}]}",
      'p', "!messages[0].content[0].source: " },
    { "{'messages':[{'role':'user','content':[{'type':'container_upload'}]}]}", 'p',
      "!messages[0].content[0]: a block of type \"container_upload\"" },
    /* tools: results come first, each a message; a failure is told */
    { "{'messages':[{'role':'assistant','content':[{'type':'text','text':'let me'}," CALL
      "]},{'role':'user','content':[{'type':'text','text':'and?'},{'type':'tool_result',"
      "'tool_use_id':'t1','content':[{'type':'text','text':'sun'},{'type':'text','text':'ny'}]},{"
      "'type':'tool_result','tool_use_id':'t2','is_error':true,'content':'exit 1'}]}]}",
      'p',
      "{'messages':[{'role':'assistant','content':'let me'," CALLED
      "},{'role':'tool','tool_call_id':'t1','content':'sun\\nny'},{'role':'tool',"
      "'tool_call_id':'t2','content':'Error: exit 1'},{'role':'user','content':'and?'}]}" },
    { "{'messages':[{'role':'assistant','content':[" CALL "]},{'role':'user','content':[{'type':"
      "'tool_result','tool_use_id':'t1'}]}]}",
      'o',
      "{'messages':[{'role':'assistant','content':null," CALLED
      "},{'role':'tool','tool_call_id':'t1','content':''}]}" },
    /* a tool's picture: only OpenRouter takes it where it was */
    { "{'messages':[{'role':'user','content':[{'type':'tool_result','tool_use_id':'t','content':[{"
      "'type':'text','text':'see'},{'type':'image','source':{'type':'url','url':'u'}}]}]}]}",
      'o',
      "{'messages':[{'role':'tool','tool_call_id':'t','content':[{'type':'text','text':'see'},"
      "{'type':'image_url','image_url':{'url':'u'}}]}]}" },
    { "{'messages':[{'role':'user','content':[{'type':'tool_result','tool_use_id':'t','content':[{"
      "'type':'text','text':'see'},{'type':'image','source':{'type':'url','url':'u'}}]}]}]}",
      'p',
      "{'messages':[{'role':'tool','tool_call_id':'t','content':'see'},{'role':'user',"
      "'content':[{'type':'image_url','image_url':{'url':'u'}}]}]}" },
    { "{" ASKS ",'tools':[{'name':'look','description':'d','input_schema':{'type':'object'},"
      "'cache_control':{'type':'ephemeral'}}],'tool_choice':{'type':'any',"
      "'disable_parallel_tool_use':true}}",
      'o',
      "{" ASKS ",'tools':[{'type':'function','function':{'name':'look','description':'d',"
      "'parameters':{'type':'object'}},'cache_control':{'type':'ephemeral'}}],'tool_choice':"
      "'required','parallel_tool_calls':false}" },
    { "{" ASKS ",'tools':[],'tool_choice':{'type':'tool','name':'look'}}", 'p',
      "{" ASKS ",'tool_choice':{'type':'function','function':{'name':'look'}}}" },
    { "{" ASKS ",'tools':[{'type':'web_search_20250305','name':'web_search'}]}", 'o',
      "!tools[0]: a tool of type \"web_search_20250305\"" },
    /* how to answer */
    { "{" ASKS ",'stop_sequences':['x'],'thinking':{'type':'enabled','budget_tokens':2048},"
      "'metadata':{'user_id':'u'},'service_tier':'auto'}",
      'o', "{" ASKS ",'stop':['x'],'reasoning':{'max_tokens':2048},'user':'u'}" },
    { "{" ASKS ",'thinking':{'type':'enabled','budget_tokens':2048}}", 'r',
      "{" ASKS ",'reasoning_effort':'low'}" },
    { "{" ASKS ",'thinking':{'type':'enabled','budget_tokens':2048}}", 'p', "{" ASKS "}" },
    { "{" ASKS ",'thinking':{'type':'adaptive'},'output_config':{'effort':'high'}}", 'o',
      "{" ASKS ",'reasoning':{'effort':'high'}}" },
    { "{" ASKS ",'thinking':{'type':'disabled'},'output_config':{'effort':'high'}}", 'o',
      "{" ASKS "}" },
    { "{" ASKS ",'output_config':{'format':{'type':'json_schema','schema':{'a':1}}},'service_tier':"
      "'standard_only'}",
      'p',
      "{" ASKS ",'response_format':{'type':'json_schema','json_schema':{'name':'answer',"
      "'strict':true,'schema':{'a':1}}},'service_tier':'default'}" },
    { "{" ASKS ",'mcp_servers':[]}", 'p', "!mcp_servers: " },
    { "{" ASKS ",'container':null,'context_management':{'edits':[]}}", 'p', "{" ASKS "}" },
    { "{'model':'x'}", 'p', "!messages: a list is needed" },
    { "{'messages':[{'role':'tool','content':'x'}]}", 'p', "!messages[0]: role" },
    /* thinking of Anthropic's own */
    { "{'messages':[{'role':'assistant','content':[{'type':'thinking','thinking':'hm','signature':"
      "'c2ln'},{'type':'redacted_thinking','data':'ZGF0'},{'type':'text','text':'so'}]}]}",
      'o',
      "{'messages':[{'role':'assistant','content':'so','reasoning_details':[{'type':"
      "'reasoning.text','text':'hm','signature':'c2ln','format':'anthropic-claude-v1',"
      "'index':0},{'type':'reasoning.encrypted','data':'ZGF0','format':'anthropic-claude-v1',"
      "'index':1}]}]}" },
};

static void test_requests(void **state) {
    (void)state;
    check_requests(&skin_messages, requests, sizeof requests / sizeof requests[0]);
}

/* ---- answers ---- */

#define USAGE                                                                                      \
    "'usage':{'prompt_tokens':40,'completion_tokens':9,'total_tokens':49,'cost':0.000520,"         \
    "'prompt_tokens_details':{'cached_tokens':12},'cost_details':{'x':1e-5}}"
#define COUNTED                                                                                    \
    "'usage':{'input_tokens':28,'cache_creation_input_tokens':0,'cache_read_input_tokens':12,"     \
    "'output_tokens':9,'output_tokens_details':{'thinking_tokens':0},'cache_creation':null,"       \
    "'inference_geo':null,'server_tool_use':null,'service_tier':'standard','cost':0.000520,"       \
    "'cost_details':{'x':1e-5}}"

static void answer_of(const char *chat, struct buf *out, struct err *e, enum chela_error wanted) {
    str json = json_of(chat);
    assert_int_equal(skin_answer(&skin_messages, json, &skin_test_facts, out, e), wanted);
}

static void test_a_whole_answer(void **state) {
    (void)state;
    struct buf out = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    answer_of(
        "{'id':'gen-1','model':'a/b','choices':[{'index':0,'finish_reason':'tool_calls',"
        "'message':{'role':'assistant','content':'let me','tool_calls':[{'id':'t1','type':"
        "'function','function':{'name':'look','arguments':'{\\'a\\': 1.0}'}},{'id':'t2','type'"
        ":'function','function':{'name':'look','arguments':''}},{'id':'t3','function':{'name'"
        ":'look','arguments':'{\\'a'}}]}}]," USAGE "}",
        &out, &e, CHELA_OK);
    expect_json(
        0, buf_str(&out),
        "{'id':'msg_gen-1','type':'message','role':'assistant','model':'a/b','content':[{"
        "'type':'text','text':'let me','citations':null},{'type':'tool_use','id':'t1','name'"
        ":'look','input':{'a': 1.0}},{'type':'tool_use','id':'t2','name':'look','input':{}},"
        "{'type':'tool_use','id':'t3','name':'look','input':'{\\'a'}],'stop_reason':"
        "'tool_use','stop_sequence':null,'stop_details':null,'container':null," COUNTED "}");
    buf_free(&out);
}

static const struct {
    const char *choice, *reason;
} reasons[] = {
    { "'finish_reason':'stop'", "'end_turn','stop_sequence':null" },
    { "'finish_reason':'length'", "'max_tokens'" },
    { "'finish_reason':'content_filter'", "'refusal'" },
    { "'finish_reason':'stop','native_finish_reason':'stop_sequence'", "'stop_sequence'" },
    { "'finish_reason':'stop','stop_reason':'###'", "'stop_sequence','stop_sequence':'###'" },
    { "'finish_reason':'function_call'", "'tool_use'" },
};

static void test_why_it_stopped(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        struct buf chat = BUF_INIT(4096), out = BUF_INIT(1 << 20);
        struct err e = ERR_INIT;
        buf_addf(&chat, "{'choices':[{'message':{'content':'x'},%s}]}", reasons[i].choice);
        answer_of(chat.p, &out, &e, CHELA_OK);
        str wanted = json_of(reasons[i].reason), found = buf_str(&out);
        found = str_skip(found, (size_t)str_find(found, S("\"stop_reason\":")) + 14);
        if (!str_starts(found, wanted)) fail_msg("case %zu: %.*s", i, STR_ARG(found));
        buf_free(&chat);
        buf_free(&out);
    }
}

static void test_an_answer_that_is_an_error(void **state) {
    (void)state;
    struct buf out = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    answer_of("{'choices':[{'message':{'content':'half'},'finish_reason':'error','error':{'code':"
              "429,'message':'slow down'}}]}",
              &out, &e, CHELA_RATE_LIMITED);
    assert_non_null(strstr(e.message, "slow down"));
    buf_free(&out);
}

/* ---- streams ---- */

#define HEAD        "'id':'gen-1','model':'a/b','created':5"
#define D(delta)    "{" HEAD ",'choices':[{'index':0,'delta':{" delta "},'finish_reason':null}]}\n"
#define F(finish)   "{" HEAD ",'choices':[{'index':0,'delta':{},'finish_reason':'" finish "'}]}\n"
#define LAST        "{" HEAD ",'choices':[]," USAGE "}\n"
#define PIECE(more) "'tool_calls':[{" more "}]"

static const struct {
    const char *chunks, *names, *holds;
} streams[] = {
    { D("'role':'assistant','content':''") D("'content':'Hel'") D("'content':'lo'") F("stop") LAST,
      "message_start content_block_start content_block_delta content_block_delta "
      "content_block_stop message_delta message_stop",
      "'delta':{'stop_reason':'end_turn','stop_sequence':null,'stop_details':null,'container':null}"
      "," COUNTED },
    { D("'reasoning':'hm'") D("'reasoning':'m'") D("'content':'so'") F("stop"),
      "message_start content_block_start content_block_delta content_block_delta "
      "content_block_delta content_block_stop content_block_start content_block_delta "
      "content_block_stop message_delta message_stop",
      "{'type':'content_block_delta','index':0,'delta':{'type':'thinking_delta','thinking':'m'}}" },
    /* two calls: the second waits until the first is whole, whatever the order of their pieces */
    { D(PIECE("'index':0,'id':'t1','function':{'name':'look','arguments':'{\\'a\\''}"))
          D(PIECE("'index':1,'id':'t2','function':{'name':'see','arguments':'{}'}"))
              D(PIECE("'index':0,'function':{'arguments':':1}'}")) F("tool_calls"),
      "message_start content_block_start content_block_delta content_block_delta "
      "content_block_stop content_block_start content_block_delta content_block_stop "
      "message_delta message_stop",
      "{'type':'content_block_delta','index':1,'delta':{'type':'input_json_delta','partial_json':"
      "'{}'}}" },
    { D(PIECE("'index':0,'id':'t1','function':{'name':'look','arguments':''}")) F("stop"),
      "message_start content_block_start content_block_stop message_delta message_stop",
      "'stop_reason':'tool_use'" },
    { D("'reasoning_details':[{'type':'reasoning.encrypted','data':'x','id':'r','index':0}]")
          D("'content':'a'") F("stop"),
      "message_start content_block_start content_block_stop content_block_start "
      "content_block_delta content_block_stop message_delta message_stop",
      "'content_block':{'type':'redacted_thinking','data':'chela1." },
};

static void test_streams(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++)
        check_stream(&skin_messages, i, streams[i].chunks, streams[i].names, streams[i].holds);
}

static void test_an_error_in_a_stream(void **state) {
    (void)state;
    struct buf out = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    assert_int_equal(feed_stream(&skin_messages,
                                 D("'content':'a'") "{'error':{'code':429,'message':'no'},"
                                                    "'choices':[{'delta':{'content':''},"
                                                    "'finish_reason':'error'}]}\n",
                                 7, &out, &e),
                     CHELA_RATE_LIMITED);
    assert_null(strstr(out.p, "message_stop"));
    struct skin_stream *s = skin_stream_new(&skin_messages, &skin_test_facts);
    const struct skin_failure f = { .status = 429,
                                    .message = S("no"),
                                    .error_type = S("rate_limit_exceeded"),
                                    .request_id = S("req-1") };
    buf_clear(&out);
    skin_stream_fail(s, &f, &out);
    assert_string_equal(out.p, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":"
                               "\"rate_limit_error\",\"message\":\"no\",\"error_type\":"
                               "\"rate_limit_exceeded\"},\"request_id\":\"req-1\"}\n\n");
    skin_stream_free(s);
    buf_free(&out);
}

/* ---- reasoning, there and back ---- */

static void test_reasoning_returns_byte_for_byte(void **state) {
    (void)state;
    check_reasoning(&skin_messages, "content",
                    "{\"messages\":[{\"role\":\"assistant\",\"content\":", "}]}");
}

/* The field that a service without reasoning_details uses is the one that it gets back. */
static void test_plain_reasoning_returns_in_its_field(void **state) {
    (void)state;
    str seal = seal_of("{'reasoning_content':''}");
    struct buf body = BUF_INIT(1 << 16), chat = BUF_INIT(1 << 16);
    struct err e = ERR_INIT;
    buf_addf(&body,
             "{\"messages\":[{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\","
             "\"thinking\":\"hm\",\"signature\":\"%.*s\"},{\"type\":\"text\",\"text\":\"x\"}]}]}",
             STR_ARG(seal));
    struct doc *d = parsed(buf_str(&body));
    const struct skin_target to = { 0 };
    assert_int_equal(skin_messages.request(d, &to, &chat, &e), CHELA_OK);
    expect_json(0, buf_str(&chat),
                "{'messages':[{'role':'assistant','content':'x','reasoning_content':'hm'}]}");
    doc_free(d);
    free((char *)(uintptr_t)seal.p);
    buf_free(&body);
    buf_free(&chat);
}

/* A service that speaks the same API gets its own signatures back, and nothing of another model. */
static void test_what_was_sealed_is_opened(void **state) {
    (void)state;
    str own = seal_of("{'type':'reasoning.text','text':'','format':'anthropic-claude-v1','index':0,"
                      "'signature':'c2ln'}");
    str other = seal_of("{'type':'reasoning.encrypted','data':'x','format':'google-gemini-v1'}");
    struct buf body = BUF_INIT(1 << 16), out = BUF_INIT(1 << 16);
    struct err e = ERR_INIT;
    buf_addf(&body,
             "{ \"messages\": [{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\","
             "\"thinking\":\"hm\",\"signature\":\"%.*s\"}, {\"type\":\"redacted_thinking\","
             "\"data\":\"%.*s\"},{\"type\":\"thinking\",\"thinking\":\"n\",\"signature\":\"bmF0\"}]"
             "}]}",
             STR_ARG(own), STR_ARG(other));
    struct doc *d = parsed(buf_str(&body));
    assert_int_equal(skin_messages.unseal(d, &e), CHELA_OK);
    assert_true(doc_write(d, &out));
    assert_string_equal(
        out.p, "{ \"messages\": [{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\","
               "\"thinking\":\"hm\",\"signature\":\"c2ln\"}, {\"type\":\"thinking\",\"thinking\":"
               "\"n\",\"signature\":\"bmF0\"}]}]}");
    doc_free(d);
    free((char *)(uintptr_t)own.p);
    free((char *)(uintptr_t)other.p);
    buf_free(&body);
    buf_free(&out);
}

static void test_the_count_is_of_what_is_read(void **state) {
    (void)state;
    str body =
        json_of("{'model':'x','system':'12345678901234','messages':[{'role':'user','content':"
                "[{'type':'image','source':{'type':'base64','data':'AAAAAAAAAAAA'}}]}],"
                "'tools':[{'name':'a'}]}");
    struct doc *d = parsed(body);
    assert_int_equal(skin_messages_count(d), 4 + 2 + 1600 + 4 + 4);
    doc_free(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_a_whole_answer),
        cmocka_unit_test(test_why_it_stopped),
        cmocka_unit_test(test_an_answer_that_is_an_error),
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_an_error_in_a_stream),
        cmocka_unit_test(test_reasoning_returns_byte_for_byte),
        cmocka_unit_test(test_plain_reasoning_returns_in_its_field),
        cmocka_unit_test(test_what_was_sealed_is_opened),
        cmocka_unit_test(test_the_count_is_of_what_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
