/* OpenAI's Responses API over chat/completions: each direction, and reasoning there and back. */
#include "skin_case.h"

#define ASKS "'messages':[{'role':'user','content':'Hi'}]"

static const struct skin_request_case requests[] = {
    /* what nobody knows goes on as it came, routing too */
    { "{'model':'a/b','input':'Hi','x':{'z':1.0},'models':['c'],'temperature':0.10,'user':'u'}",
      'p', "{'model':'a/b','x':{'z':1.0},'models':['c'],'temperature':0.10,'user':'u'," ASKS "}" },
    { "{'input':'Hi','provider':{'order':['x']},'session_id':'s','plugins':[],'metadata':{'a':'b'}"
      "}",
      'o',
      "{'provider':{'order':['x']},'session_id':'s','plugins':[],'metadata':{'a':'b'}," ASKS "}" },
    { "{'input':'Hi','session_id':'s','metadata':{},'include':['reasoning.encrypted_content'],"
      "'truncation':'auto','store':false,'previous_response_id':null,'background':false}",
      'p', "{" ASKS "}" },
    /* messages and their parts */
    { "{'instructions':'Be kind.','input':[{'role':'developer','content':'a'},{'type':'message',"
      "'role':'user','content':[{'type':'input_text','text':'x'},{'type':'input_image','image_url':"
      "'u','detail':'low'},{'type':'input_file','filename':'f.pdf','file_data':'data:,x'},{'type':"
      "'input_audio','input_audio':{'data':'AA','format':'wav'}}]}]}",
      'p',
      "{'messages':[{'role':'system','content':'Be kind.'},{'role':'system','content':'a'},{"
      "'role':'user','content':[{'type':'text','text':'x'},{'type':'image_url','image_url':{"
      "'url':'u','detail':'low'}},{'type':'file','file':{'filename':'f.pdf','file_data':"
      "'data:,x'}},{'type':'input_audio','input_audio':{'data':'AA','format':'wav'}}]}]}" },
    { "{'input':[{'role':'developer','content':[{'type':'input_text','text':'a'},{'type':"
      "'input_text','text':'b','cache_control':{'type':'ephemeral'}}]}]}",
      'o',
      "{'messages':[{'role':'developer','content':[{'type':'text','text':'a'},{'type':'text',"
      "'text':'b','cache_control':{'type':'ephemeral'}}]}]}" },
    { "{'input':[{'role':'user','content':[{'type':'input_image','file_id':'f'}]}]}", 'p',
      "!input[0].content[0]: files are not kept" },
    /* a turn of the model is one message, whatever its items; another message is another turn */
    { "{'input':[{'role':'user','content':'Hi'},{'type':'message','role':'assistant','id':'m',"
      "'content':[{'type':'output_text','text':'let "
      "'},{'type':'output_text','text':'me'}]},{'type':"
      "'function_call','call_id':'c1','name':'look','arguments':'{\\'a\\':1.0}'},{'type':"
      "'custom_tool_call','call_id':'c2','name':'patch','input':'a\\nb'},{'type':"
      "'function_call_output','call_id':'c1','output':'sun'},{'type':'custom_tool_call_output',"
      "'call_id':'c2','output':[{'type':'input_text','text':'ok'}]},{'role':'assistant','content':"
      "'one'},{'role':'assistant','content':'two'}]}",
      'p',
      "{'messages':[{'role':'user','content':'Hi'},{'role':'assistant','content':'let me',"
      "'tool_calls':[{'id':'c1','type':'function','function':{'name':'look','arguments':"
      "'{\\'a\\':1.0}'}},{'id':'c2','type':'function','function':{'name':'patch','arguments':"
      "'{\\'input\\':\\'a\\\\nb\\'}'}}]},{'role':'tool','tool_call_id':'c1','content':'sun'},{"
      "'role':'tool','tool_call_id':'c2','content':'ok'},{'role':'assistant','content':'one'},"
      "{'role':'assistant','content':'two'}]}" },
    /* reasoning of OpenAI's own */
    { "{'input':[{'type':'reasoning','id':'rs_1','summary':[{'type':'summary_text','text':'hm'}],"
      "'encrypted_content':'ZW5j'},{'role':'assistant','content':'so'}]}",
      'o',
      "{'messages':[{'role':'assistant','content':'so','reasoning_details':[{'type':"
      "'reasoning.summary','summary':'hm','id':'rs_1','format':'openai-responses-v1','index':0}"
      ",{'type':'reasoning.encrypted','data':'ZW5j','id':'rs_1','format':'openai-responses-v1',"
      "'index':1}]}]}" },
    { "{'input':[{'type':'reasoning','summary':[{'type':'summary_text','text':'hm'}]},{'role':"
      "'assistant','content':'so'}]}",
      'p', "{'messages':[{'role':'assistant','content':'so','reasoning':'hm'}]}" },
    /* tools */
    { "{'input':'Hi','tools':[{'type':'function','name':'look','description':'d','parameters':{"
      "'a':1.0},'strict':true},{'type':'custom','name':'patch','format':{'type':'text'}}],"
      "'tool_choice':{'type':'function','name':'look'},'parallel_tool_calls':false}",
      'p',
      "{'parallel_tool_calls':false," ASKS
      ",'tools':[{'type':'function','function':{'name':'look','description':'d','parameters':{"
      "'a':1.0},'strict':true}},{'type':'function','function':{'name':'patch','parameters':{"
      "'type':'object','properties':{'input':{'type':'string'}},'required':['input']}}}],"
      "'tool_choice':{'type':'function','function':{'name':'look'}}}" },
    { "{'input':'Hi','tools':[{'type':'function','name':'a'},{'type':'function','name':'b'}],"
      "'tool_choice':{'type':'allowed_tools','mode':'required','tools':[{'type':'function','name':"
      "'b'}]}}",
      'p',
      "{" ASKS ",'tools':[{'type':'function','function':{'name':'b'}}],'tool_choice':"
      "'required'}" },
    { "{'input':[{'type':'function_call','call_id':'c','namespace':'n','name':'f','arguments':'{}'}"
      "],"
      "'tools':[{'type':'namespace','name':'n','tools':[{'type':'function','name':'f'},{'type':"
      "'function','name':'g'}]}]}",
      'p',
      "{'messages':[{'role':'assistant','content':null,'tool_calls':[{'id':'c','type':'function',"
      "'function':{'name':'n__f','arguments':'{}'}}]}],'tools':[{'type':'function','function':{"
      "'name':'n__f'}},{'type':'function','function':{'name':'n__g'}}]}" },
    { "{'input':'Hi','tools':[{'type':'web_search'}]}", 'o',
      "!tools[0]: a tool of type \"web_search\"" },
    { "{'input':'Hi','tool_choice':{'type':'file_search'}}", 'p', "!tool_choice: " },
    /* how to answer */
    { "{'input':'Hi','max_output_tokens':9,'top_logprobs':2,'reasoning':{'effort':'low','summary':"
      "'auto'},'text':{'verbosity':'low','format':{'type':'json_schema','name':'n','strict':true,"
      "'schema':{'a':1}}}}",
      'o',
      "{" ASKS ",'max_tokens':9,'logprobs':true,'top_logprobs':2,'response_format':{'type':"
      "'json_schema','json_schema':{'name':'n','schema':{'a':1},'strict':true}},'verbosity':"
      "'low','reasoning':{'effort':'low','summary':'auto'}}" },
    { "{'input':'Hi','reasoning':{'effort':'low'},'text':{'format':{'type':'json_object'}}}", 'r',
      "{" ASKS ",'response_format':{'type':'json_object'},'reasoning_effort':'low'}" },
    { "{'input':'Hi','reasoning':{'effort':'low'},'text':{'format':{'type':'text'}}}", 'p',
      "{" ASKS "}" },
    /* what would need a memory */
    { "{'input':'Hi','previous_response_id':'resp_1'}", 'p', "!previous_response_id: " },
    { "{'input':'Hi','store':true}", 'o', "!store: " },
    { "{'input':'Hi','background':true}", 'p', "!background: " },
    { "{'input':'Hi','conversation':'c'}", 'p', "!conversation: " },
    { "{'input':[{'type':'item_reference','id':'x'}]}", 'p', "!input[0]: this gateway keeps" },
    { "{'input':[{'type':'web_search_call','id':'x'}]}", 'p', "!input[0]: an item of type" },
    { "{'model':'x'}", 'p', "!input: a text or a list of items is needed" },
};

static void test_requests(void **state) {
    (void)state;
    check_requests(&skin_responses, requests, sizeof requests / sizeof requests[0]);
}

/* ---- answers ---- */

static void answer_of(const char *chat, struct buf *out) {
    struct err e = ERR_INIT;
    assert_int_equal(skin_answer(&skin_responses, json_of(chat), &skin_test_facts, out, &e),
                     CHELA_OK);
}

static void test_a_whole_answer(void **state) {
    (void)state;
    struct buf out = BUF_INIT(1 << 20);
    answer_of(
        "{'id':'gen-1','created':5,'model':'a/b','choices':[{'finish_reason':'length',"
        "'message':{'content':'let me','images':[{'image_url':{'url':'data:image/png;base64,AA'"
        "}}],'tool_calls':[{'id':'t1','function':{'name':'look','arguments':'{\\'a\\': 1.0}'}}]"
        "}}],'usage':{'prompt_tokens':40,'completion_tokens':9,'cost':0.000520,'cost_details':{"
        "'upstream_inference_prompt_cost':1e-5}}}",
        &out);
    expect_json(
        0, buf_str(&out),
        "{'id':'resp_gen-1','object':'response','created_at':5,'completed_at':1790000000,'status':"
        "'incomplete','error':null,'incomplete_details':{'reason':'max_output_tokens'},'model':'a/"
        "b'"
        ",'output':[{'id':'msg_gen-1_0','type':'message','role':'assistant','content':[{'type':"
        "'output_text','text':'let "
        "me','annotations':[],'logprobs':[]}],'status':'completed'},{'id':"
        "'ig_gen-1_1','type':'image_generation_call','result':'AA','status':'completed'},{'id':"
        "'fc_gen-1_2','type':'function_call','call_id':'t1','name':'look','arguments':'{\\'a\\': "
        "1.0}','status':'completed'}],'usage':{'input_tokens':40,'input_tokens_details':{"
        "'cached_tokens':0,'cache_write_tokens':0},'output_tokens':9,'output_tokens_details':{"
        "'reasoning_tokens':0},'total_tokens':49,'cost':0.000520,'cost_details':{"
        "'upstream_inference_prompt_cost':1e-5,'upstream_inference_input_cost':1e-5,"
        "'upstream_inference_output_cost':0}}}");
    buf_free(&out);
}

static void test_what_is_repeated(void **state) {
    (void)state;
    struct buf echo = BUF_INIT(1 << 16);
    struct doc *d = parsed(json_of("{'instructions':'a','temperature':0.10,'tools':[ {'type':"
                                   "'custom', 'name':'p'} ],'user':'u'}"));
    skin_responses.echo(d, &echo);
    expect_json(
        0, buf_str(&echo),
        "'instructions':'a','metadata':{},'temperature':0.10,'top_p':null,"
        "'presence_penalty':null,'frequency_penalty':null,'tools':[{'type':'custom','name':"
        "'p'}],'tool_choice':'auto','parallel_tool_calls':true,'max_output_tokens':null,"
        "'max_tool_calls':null,'previous_response_id':null,'background':false,'store':false,"
        "'truncation':'disabled','text':{'format':{'type':'text'}},'user':'u'");
    doc_free(d);
    struct skin_facts facts = skin_test_facts;
    facts.echo = buf_str(&echo);
    struct buf out = BUF_INIT(1 << 16);
    assert_int_equal(
        skin_answer(&skin_responses,
                    json_of("{'choices':[{'message':{'tool_calls':[{'id':'t','function'"
                            ":{'name':'p','arguments':'{\\'input\\':\\'x\\'}'}}]},"
                            "'finish_reason':'tool_calls'}]}"),
                    &facts, &out, NULL),
        CHELA_OK);
    assert_non_null(strstr(out.p, "\"type\":\"custom_tool_call\",\"call_id\":\"t\",\"name\":\"p\","
                                  "\"input\":\"x\""));
    buf_free(&out);
    buf_free(&echo);
}

static void test_tools_of_a_namespace(void **state) {
    (void)state;
    struct skin_facts facts = skin_test_facts;
    struct buf out = BUF_INIT(1 << 16), echo = BUF_INIT(1 << 10);
    buf_add(&echo, json_of("'tools':[{'type':'namespace','name':'n','tools':[{'type':'function',"
                           "'name':'f'},{'type':'custom','name':'p'}]},{'type':'function','name':"
                           "'n__x'}]"));
    facts.echo = buf_str(&echo);
    assert_int_equal(
        skin_answer(
            &skin_responses,
            json_of("{'choices':[{'message':{'tool_calls':[{'id':'a','function':{'name':"
                    "'n__f'}},{'id':'b','function':{'name':'n__p','arguments':'{\\'input\\':"
                    "\\'x\\'}'}},{'id':'c','function':{'name':'n__x'}}]},'finish_reason':"
                    "'tool_calls'}]}"),
            &facts, &out, NULL),
        CHELA_OK);
    static const char *const holds[] = {
        "'type':'function_call','call_id':'a','name':'f','namespace':'n','arguments':'{}'",
        "'type':'custom_tool_call','call_id':'b','name':'p','namespace':'n','input':'x'",
        "'type':'function_call','call_id':'c','name':'n__x','arguments':'{}'",
    };
    for (size_t i = 0; i < 3; i++)
        if (!str_has(buf_str(&out), json_of(holds[i]))) fail_msg("no %s in %s", holds[i], out.p);
    buf_free(&out);
    buf_free(&echo);
}

/* ---- streams ---- */

#define HEAD         "'id':'gen-1','model':'a/b','created':5"
#define D(delta)     "{" HEAD ",'choices':[{'index':0,'delta':{" delta "},'finish_reason':null}]}\n"
#define F(finish)    "{" HEAD ",'choices':[{'index':0,'delta':{},'finish_reason':'" finish "'}]}\n"
#define DETAIL(item) "'reasoning_details':[{" item "}]"
#define BEGIN        "response.created response.in_progress "
#define TEXT                                                                                       \
    "response.output_item.added response.content_part.added response.output_text.delta "           \
    "response.output_text.done response.content_part.done response.output_item.done "

static const struct {
    const char *chunks, *names, *holds;
} streams[] = {
    { D("'role':'assistant','content':''") D("'content':'Hi'") F("stop"),
      BEGIN TEXT "response.completed",
      "'type':'response.output_text.delta','sequence_number':4,'output_index':0,'item_id':"
      "'msg_gen-1_0','content_index':0,'delta':'Hi'" },
    { D(DETAIL("'type':'reasoning.text','text':'h','index':0"))
          D(DETAIL("'type':'reasoning.text','text':'m','signature':'s','index':0"))
              D(DETAIL("'type':'reasoning.summary','summary':'z','index':1")) D("'content':'Hi'")
                  F("length"),
      BEGIN "response.output_item.added response.content_part.added "
            "response.reasoning_text.delta response.reasoning_text.delta "
            "response.reasoning_text.done response.content_part.done response.output_item.done "
            "response.output_item.added response.reasoning_summary_part.added "
            "response.reasoning_summary_text.delta response.reasoning_summary_text.done "
            "response.reasoning_summary_part.done response.output_item.done " TEXT
            "response.incomplete",
      "'type':'response.reasoning_text.done','sequence_number':6,'output_index':0,'item_id':"
      "'rs_gen-1_0','content_index':0,'text':'hm'" },
    { D("'tool_calls':[{'index':0,'id':'t1','function':{'name':'look','arguments':'{'}}]")
          D("'tool_calls':[{'index':0,'function':{'arguments':'}'}}]") F("tool_calls"),
      BEGIN "response.output_item.added response.function_call_arguments.delta "
            "response.function_call_arguments.delta response.function_call_arguments.done "
            "response.output_item.done response.completed",
      "'type':'response.function_call_arguments.done','sequence_number':5,'output_index':0,"
      "'item_id':'fc_gen-1_0','arguments':'{}','name':'look'" },
    { D("'refusal':'no'") F("stop"),
      BEGIN "response.output_item.added response.content_part.added response.refusal.delta "
            "response.refusal.done response.content_part.done response.output_item.done "
            "response.completed",
      "{'type':'refusal','refusal':'no'}" },
};

static void test_streams(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++)
        check_stream(&skin_responses, i, streams[i].chunks, streams[i].names, streams[i].holds);
}

static void test_a_broken_stream(void **state) {
    (void)state;
    struct buf out = BUF_INIT(1 << 20), names = BUF_INIT(4096);
    struct skin_stream *s = skin_stream_new(&skin_responses, &skin_test_facts);
    struct err e = ERR_INIT;
    str chunk = json_of("data: {'choices':[{'delta':{'content':'half'}}]}\n\n");
    const struct skin_failure f = { .status = 502,
                                    .message = S("gone"),
                                    .error_type = S("provider_unavailable") };
    assert_int_equal(skin_stream_take(s, chunk, &out, &e), CHELA_OK);
    skin_stream_fail(s, &f, &out);
    names_of(buf_str(&out), &names);
    assert_string_equal(names.p, BEGIN "response.output_item.added response.content_part.added "
                                       "response.output_text.delta response.failed");
    assert_non_null(strstr(out.p, "\"status\":\"failed\",\"error\":{\"code\":\"server_error\","
                                  "\"message\":\"gone\"},\"error_type\":\"provider_unavailable\""));
    assert_non_null(strstr(out.p, "\"text\":\"half\",\"annotations\":[],\"logprobs\":[]}],"
                                  "\"status\":\"incomplete\""));
    assert_true(str_ends(buf_str(&out), S("data: [DONE]\n\n")));
    skin_stream_free(s);
    buf_free(&out);
    buf_free(&names);
}

/* ---- reasoning, there and back ---- */

static void test_reasoning_returns_byte_for_byte(void **state) {
    (void)state;
    check_reasoning(&skin_responses, "output", "{\"input\":", "}");
}

static void test_what_was_sealed_is_opened(void **state) {
    (void)state;
    struct buf own = BUF_INIT(4096), other = BUF_INIT(4096), out = BUF_INIT(1 << 16);
    struct buf body = BUF_INIT(1 << 16);
    struct err e = ERR_INIT;
    seal_write(&own, json_of("{'type':'reasoning.encrypted','data':'ZW5j','id':'rs_1'}"));
    seal_write(&other, json_of("{'type':'reasoning.text','text':'','signature':'s'}"));
    buf_addf(&body,
             "{\"input\":[{\"type\":\"reasoning\",\"encrypted_content\":\"%s\"},{\"type\":"
             "\"reasoning\",\"encrypted_content\":\"%s\"},{\"type\":\"reasoning\","
             "\"encrypted_content\":\"bmF0\"}]}",
             own.p, other.p);
    struct doc *d = parsed(buf_str(&body));
    assert_int_equal(skin_responses.unseal(d, &e), CHELA_OK);
    assert_true(doc_write_json(d, doc_root(d), &out));
    expect_json(0, buf_str(&out),
                "{'input':[{'type':'reasoning','encrypted_content':'ZW5j'},{'type':'reasoning',"
                "'encrypted_content':'bmF0'}]}");
    doc_free(d);
    buf_free(&own);
    buf_free(&other);
    buf_free(&body);
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_a_whole_answer),
        cmocka_unit_test(test_what_is_repeated),
        cmocka_unit_test(test_tools_of_a_namespace),
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_a_broken_stream),
        cmocka_unit_test(test_reasoning_returns_byte_for_byte),
        cmocka_unit_test(test_what_was_sealed_is_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
