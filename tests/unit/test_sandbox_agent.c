/* sandbox/agent: prompts and what must be true of the answers. */
#include "sandbox_ask.h"

/* ---- single prompts ---- */

struct row {
    const char *prompt;
    const char *rule;   /* NULL: any */
    const char *has[3]; /* all of them are in the answer */
    const char *exact;  /* or the whole answer */
};

static void check_row(const struct row *row) {
    struct ask *a = ask_prompt(row->prompt, "");
    if (a->failed) fail_msg("%s: %s", row->prompt, a->e.message);
    if (row->rule && strcmp(row->rule, a->answer.rule) != 0)
        fail_msg("%s: rule %s, expected %s: %s", row->prompt, a->answer.rule, row->rule, a->text);
    for (size_t i = 0; i < 3 && row->has[i]; i++)
        if (!strstr(a->text, row->has[i]))
            fail_msg("%s: no \"%s\" in: %s", row->prompt, row->has[i], a->text);
    if (row->exact && strcmp(row->exact, a->text) != 0)
        fail_msg("%s: expected \"%s\", got: %s", row->prompt, row->exact, a->text);
    assert_int_equal(a->answer.finish, FINISH_STOP);
    ask_done(a);
}

static void check_rows(const struct row *rows, size_t n) {
    for (size_t i = 0; i < n; i++) check_row(&rows[i]);
}

static void calculates(void **state) {
    (void)state;
    static const struct row rows[] = {
        { "what is 12*7?", "math", .exact = "12*7 = 84" },
        { "12 * 7 =", "math", .has = { "84" } },
        { "17% of 250", "math", .exact = "17% of 250 = 42.5" },
        { "square root of 2", "math", .has = { "≈ 1.41421356237" } },
        { "What's the square root of 144?", "math", .has = { "= 12" } },
        { "seven times six", "math", .has = { "= 42" } },
        { "what is one hundred and five plus two thousand?", "math", .has = { "= 2105" } },
        { "0.1 + 0.2", "math", .exact = "0.1 + 0.2 = 0.3" },
        { "10/3", "math", .has = { "≈ 3.33333333333" } },
        { "2/3", "math", .has = { "≈ 0.666666666667" } },
        { "10 divided by 4", "math", .has = { "= 2.5" } },
        { "(1+2)*(3+4)-5", "math", .has = { "= 16" } },
        { "2+3*4", "math", .has = { "= 14" } },
        { "2^3^2", "math", .has = { "= 512" } },
        { "-2^2", "math", .has = { "= -4" } },
        { "2 ** 10 mod 7", "math", .has = { "= 2" } },
        { "-7 % 3", "math", .has = { "= 2" } },
        { "2^200", "math",
          .has = { "1606938044258990275541962092341162602522202993782792835301376" } },
        { "factorial of 20", "math", .has = { "2432902008176640000" } },
        { "1,000 * 3", "math", .has = { "3000" } },
        { "7 squared", "math", .has = { "= 49" } },
        { "What's a 15% tip on $42.50?", "math", .has = { "= 6.375" } },
        { "half of 10", "math", .has = { "= 5" } },
        { "cube root of 27", "math", .has = { "= 3" } },
        { "the square of 5", "math", .has = { "= 25" } },
        { "5 factorial", "math", .has = { "= 120" } },
        { "20% off 50", "math", .has = { "= 40" } },
        { "add 3 and 5", "math", .has = { "= 8" } },
        { "subtract 3 from 10", "math", .has = { "10 - 3 = 7" } },
        { "the average of 1, 2 and 6", "math", .has = { "= 3" } },
        { "which is larger, 9.11 or 9.9?", "math", .has = { "9.9 > 9.11" } },
        { "12 더하기 7은?", "math", .has = { "= 19" } },
        { "3에 5를 더하면 얼마야?", "math", .has = { "= 8" } },
        { "250의 17%는?", "math", .has = { "= 42.5" } },
        { "9의 제곱근은?", "math", .has = { "= 3" } },
        { "10/0", "math", .has = { "division by zero" } },
        { "5 mod 0", "math", .has = { "division by zero" } },
        { "0^-1", "math", .has = { "division by zero" } },
        { "10을 0으로 나누면?", "math", .has = { "0으로 나눌 수 없습니다" } },
        { "sqrt(0-4)", "math", .has = { "no real result" } },
        { "9^99999", "math", .has = { "more digits" } },
        { "what is 6*7? only the number", "math", .exact = "42" },
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void answers_each_question(void **state) {
    (void)state;
    static const struct row rows[] = {
        { "What is chela? And what is 12*7?", "questions", .has = { "chela is", "\n\n", "= 84" } },
        { "What is 12*7? And what is chela?", "questions", .has = { "12*7 = 84\n\n" } },
        { "12 더하기 7은? 9의 제곱근은？", "questions", .has = { "= 19", "\n\n", "= 3" } },
        { "My name is Bo. What is my name? What is 2+2?", "questions", .has = { "Bo", "= 4" } },
        { "What is 2+2? Why do crabs dream of Saturn?", "questions",
          .has = { "2+2 = 4\n\n", "Why do crabs dream of Saturn?", "no rule" } },
        { "Why do crabs dream? And who paints Saturn?", "honest", .has = { "crabs" } },
        { "Say: what is it? and why?", "repeat", .exact = "what is it? and why?" },
        { "What is chela? A? B? C? D? E? F? G? H?", "intent", .has = { "chela is" } },
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

/* Numbers that nobody wants calculated. */
static void leaves_numbers_alone(void **state) {
    (void)state;
    static const char *const prompts[] = {
        "call me at 555-1234",          "what happened on 2024-01-02", "I have 2 of 3 apples",
        "he lives at 12 Long Street",   "version 1.2.3 is out",        "3-5 sentences about crabs",
        "open from 9-5 on weekdays or",
    };
    for (size_t i = 0; i < sizeof prompts / sizeof prompts[0]; i++) {
        struct ask *a = ask_prompt(prompts[i], "");
        if (strcmp(a->answer.rule, "math") == 0) fail_msg("%s: %s", prompts[i], a->text);
        ask_done(a);
    }
}

static void repeats(void **state) {
    (void)state;
    static const struct row rows[] = {
        { "Say hello", "repeat", .exact = "hello" },
        { "Say this is a test", "repeat", .exact = "this is a test" },
        { "say \"hello world\" and nothing else", "repeat", .exact = "hello world" },
        { "please repeat after me: the quick brown fox jumps over the lazy dog.", "repeat",
          .exact = "the quick brown fox jumps over the lazy dog." },
        { "echo foo bar", "repeat", .exact = "foo bar" },
        { "Reply with exactly: PONG", "repeat", .exact = "PONG" },
        { "Respond with only the word OK.", "repeat", .exact = "OK" },
        { "Respond 'pong'", "repeat", .exact = "pong" },
        { "Reply with just the number 7", "repeat", .exact = "7" },
        { "Repeat the word hello three times", "repeat", .exact = "hello hello hello" },
        { "say crab twice", "repeat", .exact = "crab crab" },
        { "Echo back exactly this JSON: {\"a\":1}", "repeat", .exact = "{\"a\":1}" },
        { "Can you say 안녕?", "repeat", .has = { "안녕" } },
        { "안녕이라고 말해줘", "repeat", .exact = "안녕" },
        { "따라 해: 바나나", "repeat", .exact = "바나나" },
        { "repeat: a:b", "repeat", .exact = "a:b" },
        { "ping", NULL, .exact = "pong" },
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void tricks(void **state) {
    (void)state;
    static const struct row rows[] = {
        { "count to 5", "tricks", .exact = "1, 2, 3, 4, 5" },
        { "count from 5 to 1", "tricks", .exact = "5, 4, 3, 2, 1" },
        { "count down from three", "tricks", .exact = "3, 2, 1" },
        { "how many r's are in strawberry?", "tricks", .has = { "3" } },
        { "how many words are in \"one two three\"?", "tricks", .has = { "3 words" } },
        { "reverse \"한글 abc\"", "tricks", .exact = "cba 글한" },
        { "uppercase foo", "tricks", .exact = "FOO" },
        { "list three colors", "tricks", .exact = "red, blue, green" },
        { "What is the capital of France?", "tricks", .has = { "Paris" } },
        { "프랑스의 수도는?", "tricks", .has = { "Paris" } },
        { "what time is it?", "clock", .has = { "12:00 UTC", "Saturday", "1 August 2026" } },
        { "what day is it today?", "clock", .has = { "Saturday" } },
        { "오늘 날짜 알려줘", "clock", .has = { "2026년 8월 1일 토요일" } },
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void knows_chela(void **state) {
    (void)state;
    static const struct row rows[] = {
        { "what is chela?", "intent", .has = { "OpenRouter", "openclaw.json" } },
        { "What is \"chela explain\"?", "intent", .has = { "explain" } },
        { "how do I install chela?", "intent", .has = { "./quickstart" } },
        { "chela 설치 방법 알려줘", "intent", .has = { "./quickstart" } },
        { "What is an API key?", "intent", .has = { "openrouter.ai/keys" } },
        { "chela가 뭐야?", "intent", .has = { "OpenRouter", "네이티브" } },
        { "who are you?", "intent", .has = { "sandbox/agent", "not a language model" } },
        { "Are you GPT?", "intent", .has = { "not a language model" } },
        { "너는 누구야?", "intent", .has = { "언어 모델이 아닙니다" } },
        { "what can you do?", "intent", .has = { "calculate", "tool" } },
        { "help", "intent", .has = { "I can" } },
        { "how do I set a key?", "intent", .has = { "OPENROUTER_API_KEY" } },
        { "API 키는 어디에 넣어?", "intent", .has = { "OPENROUTER_API_KEY" } },
        { "how do I get an API key?", "intent", .has = { "openrouter.ai/keys" } },
        { "how do I choose a model?", "intent", .has = { "--model", "agents.defaults.model" } },
        { "what models are available?", "intent", .has = { "/models" } },
        { "what is the sandbox?", "intent", .has = { "chela sandbox" } },
        { "what does explain do?", "intent", .has = { "chela explain" } },
        { "where is the configuration?", "intent", .has = { "chela config file" } },
        { "설정 파일은 어디에 있어?", "intent", .has = { "chela config file" } },
        { "How do I use an OpenAI SDK with this?", "intent", .has = { "base_url" } },
        { "what thinking levels are there?", "intent", .has = { "minimal", "xhigh" } },
        { "how does the response cache work?", "intent", .has = { "responseCache" } },
        { "what is the prompt cache?", "intent", .has = { "cache_control" } },
        { "what is openrouter/auto?", "intent", .has = { "automatic routing" } },
        { "what do exit codes mean?", "intent", .has = { "sysexits" } },
        { "how do I link the C library?", "intent", .has = { "chela.h" } },
        { "how much does the sandbox cost?", "intent", .has = { "0" } },
        { "hello", "talk", .has = { "sandbox/agent" } },
        { "안녕하세요", "talk", .has = { "안녕하세요" } },
        { "How are you?", "talk", .has = { "rules" } },
        { "thanks!", "talk", .has = { "welcome" } },
        { "고마워", "talk", .has = { "천만에요" } },
        { "[Wed 2026-05-06 10:00 UTC] hello", "talk", .has = { "sandbox/agent" } },
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void admits_what_it_is(void **state) {
    (void)state;
    static const struct row rows[] = {
        { "Explain quantum entanglement", "honest",
          .has = { "sandbox/agent", "language model", "quantum" } },
        { "Translate hello to Korean", "honest", .has = { "language model" } },
        { "write a poem about the sea", "honest", .has = { "language model" } },
        { "왜 하늘은 파란색이야?", "honest", .has = { "언어 모델이 아니라서", "하늘은" } },
        { "???", "empty", .has = { "sandbox/agent" } },
        { "", "empty", .has = { "sandbox/agent" } },
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void summarises(void **state) {
    (void)state;
    static const struct row rows[] = {
        { "Summarise in one sentence: Rain fell. Crabs walk sideways because crab legs bend "
          "sideways. The crab is old.",
          "summary", .exact = "Crabs walk sideways because crab legs bend sideways." },
        { "요약: 게는 옆으로 걷는다. 게는 다리가 열 개다. 하늘은 파랗다.", "summary",
          .has = { "게는" } },
        { "summarize", "summary", .has = { "Send me the text" } },
    };
    check_rows(rows, sizeof rows / sizeof rows[0]);

    /* A long text without an order: bounded, sentences in their order, none invented. */
    struct buf text = BUF_INIT(1 << 17);
    for (int i = 0; i < 400; i++)
        buf_addf(&text, "Sentence number %d tells of %s boats. ", i, i % 7 ? "small" : "harbour");
    char *prompt = buf_detach(&text);
    struct ask *a = ask_prompt(prompt, "");
    assert_string_equal(a->answer.rule, "long text");
    assert_true(a->answer.text.n < 4000);
    int last = -1;
    for (const char *p = a->text; (p = strstr(p, "number ")); p++) {
        int n = (int)strtol(p + 7, NULL, 10);
        assert_true(n > last);
        last = n;
    }
    assert_true(last >= 0);
    ask_done(a);

    /* The order stands behind a text that is longer than what rules look at. */
    char *longer = malloc(100000);
    size_t n = 0;
    while (n + strlen(prompt) + 64 < 100000) n += (size_t)snprintf(longer + n, 64, "Crabs dig. ");
    snprintf(longer + n, 64, "Please summarise the text above.");
    struct ask *b = ask_prompt(longer, "");
    assert_string_equal(b->answer.rule, "summary");
    assert_null(strstr(b->text, "summarise the text"));
    ask_done(b);
    free(longer);
    free(prompt);
}

/* ---- conversations ---- */

static void remembers(void **state) {
    (void)state;
    static const struct {
        const char *body, *has;
    } rows[] = {
        { "{'messages':[{'role':'user','content':'my name is alice'},"
          "{'role':'assistant','content':'hi'},{'role':'user','content':'What is my name?'}]}",
          "alice" },
        { "{'messages':[{'role':'user','content':'Hi, I am Bob and I live in Oslo'},"
          "{'role':'assistant','content':'hi'},{'role':'user','content':'Do you know my name?'}]}",
          "Bob" },
        { "{'messages':[{'role':'user','content':'my name is Ann'},{'role':'assistant','content':"
          "'hi'},{'role':'user','content':'Sorry, my name is Eve'},{'role':'assistant','content':"
          "'hi'},{'role':'user','content':'who am i?'}]}",
          "Eve" },
        { "{'messages':[{'role':'user','content':'My favourite colour is teal, I think.'},"
          "{'role':'assistant','content':'ok'},"
          "{'role':'user','content':'tell me my favourite colour'}]}",
          "teal" },
        { "{'messages':[{'role':'system','content':'The secret code is XK-42.'},"
          "{'role':'user','content':'what is the secret code?'}]}",
          "XK-42" },
        { "{'messages':[{'role':'user','content':'내 이름은 철수야'},"
          "{'role':'assistant','content':'네'},{'role':'user','content':'내 이름이 뭐야?'}]}",
          "철수" },
        { "{'messages':[{'role':'user','content':'crabs!'},{'role':'assistant','content':'ok'},"
          "{'role':'user','content':'What did I say?'}]}",
          "crabs!" },
        { "{'messages':[{'role':'user','content':'one'},{'role':'assistant','content':'two'},"
          "{'role':'user','content':'three'},{'role':'assistant','content':'four'},"
          "{'role':'user','content':'what was my first message?'}]}",
          "one" },
        { "{'messages':[{'role':'user','content':'one'},{'role':'assistant','content':'two'},"
          "{'role':'user','content':'what did you say?'}]}",
          "two" },
        { "{'messages':[{'role':'user','content':'What is my name?'}]}", "not told me" },
        { "{'messages':[{'role':'user','content':[{'type':'text','text':'my name is'},"
          "{'type':'text','text':'alice'}]},{'role':'user','content':'what is my name'}]}",
          "name" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ask *a = ask_quoted(rows[i].body);
        if (a->failed) fail_msg("%s: %s", rows[i].body, a->e.message);
        if (!strstr(a->text, rows[i].has)) fail_msg("%s: %s", rows[i].body, a->text);
        ask_done(a);
    }
}

/* ---- pictures ---- */

static void describes_pictures(void **state) {
    (void)state;
    static const struct {
        const char *url, *has;
    } rows[] = {
        { "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAoAAAAUCAYAAAC07w7b", "PNG 10×20" },
        { "data:image/gif;base64,R0lGODlhAwAEAIAAAAAAAP///yH5BAEAAAAALAAAAAADAAQAAAIDhG8FADs=",
          "GIF 3×4" },
        /* FFD8 FFE0(4 bytes) FFC0 0011 08 height 0005 width 0007 … */
        { "data:image/jpeg;base64,/9j/4AAEAAD/wAARCAAFAAcDASIAAhEBAxEB", "JPEG 7×5" },
        /* RIFF …WEBPVP8X, width-1 = 8, height-1 = 15 */
        { "data:image/webp;base64,UklGRhYAAABXRUJQVlA4WAoAAAAAAAAACAAADwAA", "WebP 9×16" },
        { "data:image/png;base64,####", "image/png" },
        { "https://example.com/crab.jpg", "not fetched" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char body[1024];
        snprintf(body, sizeof body,
                 "{'messages':[{'role':'user','content':[{'type':'text','text':'What is this?'},"
                 "{'type':'image_url','image_url':{'url':'%s'}}]}]}",
                 rows[i].url);
        struct ask *a = ask_quoted(body);
        assert_int_equal(a->failed, CHELA_OK);
        if (!strstr(a->text, rows[i].has) || !strstr(a->text, "1 picture"))
            fail_msg("%s: %s", rows[i].url, a->text);
        assert_true(a->answer.prompt_tokens > 256);
        ask_done(a);
    }
    /* A question that a rule answers is answered as well. */
    struct ask *a =
        ask_quoted("{'messages':[{'role':'user','content':[{'type':'text','text':'what is 6*7?'},"
                   "{'type':'image_url','image_url':{'url':'https://example.com/a.png'}}]}]}");
    assert_non_null(strstr(a->text, "1 picture"));
    assert_non_null(strstr(a->text, "42"));
    ask_done(a);
}

/* ---- tools ---- */

#define WEATHER                                                                                    \
    "{'type':'function','function':{'name':'get_weather','description':'Get the current weather "  \
    "in a location','parameters':{'type':'object','properties':{'location':{'type':'string'},"     \
    "'unit':{'type':'string','enum':['celsius','fahrenheit']}},'required':['location']}}}"
#define CLOCK                                                                                      \
    "{'type':'function','function':{'name':'get_time','description':'Current time in a city',"     \
    "'parameters':{'type':'object','properties':{'city':{'type':'string'}},'required':['city']}}}"
#define ADD                                                                                        \
    "{'type':'function','function':{'name':'add','description':'Add two numbers','parameters':"    \
    "{'type':'object','properties':{'a':{'type':'number'},'b':{'type':'number'}},"                 \
    "'required':['a','b']}}}"
#define CALCULATOR                                                                                 \
    "{'type':'function','function':{'name':'calculator','description':'Evaluate an expression',"   \
    "'parameters':{'type':'object','properties':{'expression':{'type':'string'}},"                 \
    "'required':['expression']}}}"
#define MAIL                                                                                       \
    "{'type':'function','function':{'name':'send_email','description':'Send an email',"            \
    "'parameters':{'type':'object','properties':{'to':{'type':'string'},'subject':{'type':"        \
    "'string'},'body':{'type':'string'}},'required':['to','subject','body']}}}"
#define WRITE                                                                                      \
    "{'type':'function','function':{'name':'write','description':'Write content to a file',"       \
    "'parameters':{'type':'object','properties':{'path':{'type':'string'},'content':{'type':"      \
    "'string'}},'required':['path','content']}}}"
#define STATUS                                                                                     \
    "{'type':'function','function':{'name':'session_status','description':'Show the status of "    \
    "this session','parameters':{'type':'object','properties':{}}}}"

#define DRAW                                                                                       \
    "{'type':'function','function':{'name':'image_generate','description':'Makes pictures',"       \
    "'parameters':{'type':'object','properties':{'action':{'type':'string','enum':['generate',"    \
    "'list']},'prompt':{'type':'string'},'size':{'type':'string'}}}}}"

/* "name(arguments) name(arguments)" of the calls, or "" */
static void list_calls(const struct ask *a, char *out, size_t cap) {
    struct buf text = BUF_INIT(8192);
    for (size_t i = 0; i < a->answer.call_count; i++)
        buf_addf(&text, "%s%.*s%.*s", i ? " " : "", STR_ARG(a->answer.calls[i].name),
                 STR_ARG(a->answer.calls[i].arguments));
    str_copy(out, cap, buf_str(&text));
    buf_free(&text);
}

static void calls_tools(void **state) {
    (void)state;
    static const struct {
        const char *prompt, *more, *calls;
    } rows[] = {
        { "What's the weather in Paris?", ",'tools':[" WEATHER "," CLOCK "]",
          "get_weather{'location':'Paris'}" },
        { "weather in paris please", ",'tools':[" WEATHER "]", "get_weather{'location':'paris'}" },
        { "Is it sunny in San Francisco today, in fahrenheit?", ",'tools':[" WEATHER "]",
          "get_weather{'location':'San Francisco','unit':'fahrenheit'}" },
        { "What's the weather in Paris and Tokyo?", ",'tools':[" WEATHER "]",
          "get_weather{'location':'Paris'} get_weather{'location':'Tokyo'}" },
        { "What's the weather in Paris and Tokyo?",
          ",'parallel_tool_calls':false,'tools':[" WEATHER "]", "get_weather{'location':'Paris'}" },
        { "What's the weather in Paris and what time is it in Tokyo?",
          ",'tools':[" WEATHER "," CLOCK "]",
          "get_weather{'location':'Paris'} get_time{'city':'Tokyo'}" },
        { "Tell me the weather in Paris, then the time in Tokyo",
          ",'tools':[" WEATHER "," CLOCK "]", "get_weather{'location':'Paris'}" },
        { "서울 날씨 어때?", ",'tools':[" WEATHER "]", "get_weather{'location':'서울'}" },
        { "서울과 부산의 날씨를 알려줘", ",'tools':[" WEATHER "]",
          "get_weather{'location':'서울'} get_weather{'location':'부산'}" },
        { "add 3 and 5", ",'tools':[" ADD "]", "add{'a':3,'b':5}" },
        { "What is 12*7?", ",'tools':[" CALCULATOR "]", "calculator{'expression':'12*7'}" },
        { "Send an email to bob@example.com with subject \"Hi\" and body \"See you\"",
          ",'tools':[" WEATHER "," MAIL "]",
          "send_email{'to':'bob@example.com','subject':'Hi','body':'See you'}" },
        { "use session_status", ",'tools':[" WEATHER "," STATUS "]", "session_status{}" },
        { "draw a cat beside a red house", ",'tools':[" WEATHER "," DRAW "]",
          "image_generate{'prompt':'draw a cat beside a red house'}" },
        { "고양이 그림을 그려줘", ",'tools':[" DRAW "," STATUS "]",
          "image_generate{'prompt':'고양이 그림을 그려줘'}" },
        { "What is the session status?", ",'tools':[" WEATHER "," STATUS "]", "session_status{}" },
        /* not called */
        { "What's the weather in Paris?", ",'tool_choice':'none','tools':[" WEATHER "]", "" },
        { "What's the weather?", ",'tools':[" WEATHER "]", "" },
        { "Hello, how are you?", ",'tools':[" WEATHER "," MAIL "," ADD "]", "" },
        { "write a poem about the sea", ",'tools':[" WRITE "," WEATHER "]", "" },
        { "what is chela?", ",'tools':[" WEATHER "," STATUS "," WRITE "]", "" },
        { "What's the weather in Paris?", ",'tools':[{'type':'openrouter:web_search'}]", "" },
        /* always called */
        { "Hello", ",'tool_choice':'required','tools':[" STATUS "]", "session_status{}" },
        { "3 and 4",
          ",'tool_choice':{'type':'function','function':{'name':'add'}},'tools':[" WEATHER "," ADD
          "]",
          "add{'a':3,'b':4}" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ask *a = ask_prompt(rows[i].prompt, rows[i].more);
        char calls[4096], expected[1024];
        str_copy(expected, sizeof expected, str_c(rows[i].calls));
        for (char *p = expected; *p; p++)
            if (*p == '\'') *p = '"';
        if (a->failed) fail_msg("%s: %s", rows[i].prompt, a->e.message);
        list_calls(a, calls, sizeof calls);
        if (strcmp(calls, expected) != 0)
            fail_msg("%s:\n  %s\n  expected %s", rows[i].prompt, calls, expected);
        bool called = a->answer.call_count > 0;
        assert_int_equal(a->answer.finish, called ? FINISH_TOOL_CALLS : FINISH_STOP);
        assert_int_equal(a->answer.text.n == 0, called);
        for (size_t k = 1; k < a->answer.call_count; k++)
            assert_false(str_eq(a->answer.calls[k].id, a->answer.calls[k - 1].id));
        ask_done(a);
    }
}

static void asks_for_an_argument(void **state) {
    (void)state;
    struct ask *a = ask_prompt("What's the weather?", ",'tools':[" WEATHER "]");
    assert_string_equal(a->answer.rule, "tool argument");
    assert_non_null(strstr(a->text, "`location`"));
    ask_done(a);
}

#define CALLED(id, name)                                                                           \
    "{'role':'assistant','content':null,'tool_calls':[{'id':'" id                                  \
    "','type':'function','function':{'name':'" name "','arguments':'{}'}}]}"
#define RESULT(id, text) "{'role':'tool','tool_call_id':'" id "','content':'" text "'}"

static void finishes_with_results(void **state) {
    (void)state;
    struct ask *a = ask_quoted("{'messages':[{'role':'user','content':'weather in Paris?'}," CALLED(
        "c1", "get_weather") "," RESULT("c1", "21 degrees") "],'tools':[" WEATHER "]}");
    assert_int_equal(a->answer.call_count, 0);
    assert_string_equal(a->text, "get_weather says: 21 degrees");
    ask_done(a);

    /* JSON results are read out. */
    struct ask *j = ask_new();
    ask_body(j, S("{\"messages\":[{\"role\":\"user\",\"content\":\"weather in Paris?\"},"
                  "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\","
                  "\"function\":{\"name\":\"get_weather\",\"arguments\":\"{}\"}}]},"
                  "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":"
                  "\"{\\\"temperature\\\":21,\\\"sky\\\":\\\"clear\\\"}\"}]}"));
    assert_string_equal(j->text, "get_weather says: temperature: 21, sky: clear");
    ask_done(j);

    /* The second half of a plan follows the first one's result; then the answer has both. */
    struct ask *b = ask_quoted(
        "{'parallel_tool_calls':false,'messages':[{'role':'user','content':'weather in Paris and "
        "time in Tokyo'}," CALLED("c1", "get_weather") "," RESULT(
            "c1", "rain") "],'tools':[" WEATHER "," CLOCK "]}");
    assert_int_equal(b->answer.call_count, 1);
    assert_true(str_eq(b->answer.calls[0].name, S("get_time")));
    ask_done(b);
    struct ask *c = ask_quoted(
        "{'parallel_tool_calls':false,'messages':[{'role':'user','content':'weather in Paris and "
        "time in Tokyo'}," CALLED("c1", "get_weather") "," RESULT("c1", "rain") "," CALLED(
            "c2", "get_time") "," RESULT("c2", "noon") "],'tools':[" WEATHER "," CLOCK "]}");
    assert_int_equal(c->answer.call_count, 0);
    assert_non_null(strstr(c->text, "rain"));
    assert_non_null(strstr(c->text, "noon"));
    ask_done(c);
}

/* ---- limits of an answer ---- */

static void honours_limits(void **state) {
    (void)state;
    struct ask *a = ask_prompt("count to 20", ",'max_tokens':5");
    assert_string_equal(a->text, "1, 2, 3");
    assert_int_equal(a->answer.finish, FINISH_LENGTH);
    assert_int_equal(a->answer.completion_tokens, 5);
    ask_done(a);

    a = ask_prompt("count to 20", ",'max_tokens':3,'max_completion_tokens':1");
    assert_string_equal(a->text, "1");
    ask_done(a);

    a = ask_prompt("say pong", ",'max_tokens':1"); /* exactly enough is no cut */
    assert_string_equal(a->text, "pong");
    assert_int_equal(a->answer.finish, FINISH_STOP);
    ask_done(a);

    a = ask_prompt("count to 20", ",'stop':['7',', 5']");
    assert_string_equal(a->text, "1, 2, 3, 4");
    assert_int_equal(a->answer.finish, FINISH_STOP);
    ask_done(a);

    a = ask_prompt("count to 20", ",'stop':' 2'");
    assert_string_equal(a->text, "1,");
    ask_done(a);

    a = ask_prompt("weather in Paris", ",'max_tokens':2,'tools':[" WEATHER "]");
    assert_int_equal(a->answer.call_count, 0);
    assert_int_equal(a->answer.finish, FINISH_LENGTH);
    ask_done(a);

    a = ask_prompt("안녕하세요라고 말해줘", ",'max_tokens':2"); /* no character is cut */
    assert_string_equal(a->text, "안녕");
    ask_done(a);
}

static void same_seed_same_answer(void **state) {
    (void)state;
    char first[8][256];
    unsigned different = 0;
    for (int round = 0; round < 2; round++) {
        for (int seed = 0; seed < 8; seed++) {
            char more[64];
            snprintf(more, sizeof more, ",'seed':%d", seed);
            struct ask *a = ask_prompt("hello", more);
            if (round == 0) str_copy(first[seed], sizeof first[seed], str_c(a->text));
            assert_string_equal(first[seed], a->text);
            different += seed > 0 && strcmp(first[seed], first[0]) != 0;
            ask_done(a);
        }
    }
    assert_true(different > 0);
}

static void continues_a_prefill(void **state) {
    (void)state;
    struct ask *a = ask_quoted("{'messages':[{'role':'user','content':'what is 6*7?'},"
                               "{'role':'assistant','content':'6*7 ='}]}");
    assert_string_equal(a->text, " 42");
    ask_done(a);
    a = ask_quoted("{'messages':[{'role':'user','content':'what is 6*7?'},"
                   "{'role':'assistant','content':'Well,'}]}");
    assert_string_equal(a->text, " 6*7 = 42");
    ask_done(a);
    a = ask_quoted("{'messages':[{'role':'user','content':'what is 6*7?'},"
                   "{'role':'assistant','content':'{'}],'response_format':{'type':'json_object'}}");
    assert_string_equal(a->text, "\"answer\":42}");
    ask_done(a);
}

static void reasons_when_asked(void **state) {
    (void)state;
    static const struct {
        const char *more;
        bool shown, counted;
    } rows[] = {
        { "", false, false },
        { ",'reasoning':{'effort':'none'}", false, false },
        { ",'reasoning':{'enabled':false}", false, false },
        { ",'reasoning':{'max_tokens':0}", false, false },
        { ",'reasoning':null", false, false },
        { ",'reasoning_effort':'none'", false, false },
        { ",'include_reasoning':false", false, false },
        { ",'reasoning':{'effort':'low'}", true, true },
        { ",'reasoning':{'effort':'xhigh'}", true, true },
        { ",'reasoning':{'enabled':true}", true, true },
        { ",'reasoning':'enabled'", true, true },
        { ",'reasoning':{'max_tokens':3}", true, true },
        { ",'reasoning_effort':'minimal'", true, true },
        { ",'include_reasoning':true", true, true },
        { ",'reasoning':{'effort':'high','exclude':true}", false, true },
        { ",'reasoning':{'effort':'high'},'include_reasoning':false", false, true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ask *a = ask_prompt("what is 6*7?", rows[i].more);
        if (a->failed) fail_msg("%s: %s", rows[i].more, a->e.message);
        if ((a->answer.reasoning.n > 0) != rows[i].shown) fail_msg("shown: %s", rows[i].more);
        if ((a->answer.reasoning_tokens > 0) != rows[i].counted)
            fail_msg("count: %s", rows[i].more);
        assert_string_equal(a->text, "6*7 = 42");
        assert_int_equal(a->answer.completion_tokens, 5 + a->answer.reasoning_tokens);
        ask_done(a);
    }
    struct ask *a = ask_prompt("what is 6*7?", ",'reasoning':{'max_tokens':3}");
    assert_int_equal(a->answer.reasoning_tokens, 3);
    ask_done(a);
    a = ask_prompt("count to 20", ",'reasoning':{'effort':'high'},'max_tokens':10");
    assert_int_equal(a->answer.completion_tokens, 10);
    assert_true(a->answer.text.n > 0); /* reasoning leaves room for an answer */
    ask_done(a);
}

/* ---- refusals ---- */

static void refuses_with_the_field(void **state) {
    (void)state;
    static const struct {
        const char *body, *has;
    } rows[] = {
        { "{'messages':", "line 1, column 13" },
        { "[]", "expected a JSON object, not an array" },
        { "{}", "messages: missing" },
        { "{'messages':null}", "messages: missing" },
        { "{'messages':'hi'}", "messages: expected an array" },
        { "{'messages':[]}", "messages: expected at least one" },
        { "{'messages':['hi']}", "messages[0]: expected an object" },
        { "{'messages':[{'content':'x'}]}", "messages[0].role" },
        { "{'messages':[{'role':'robot','content':'x'}]}", "messages[0].role" },
        { "{'messages':[{'role':'user'}]}", "messages[0].content" },
        { "{'messages':[{'role':'user','content':5}]}", "messages[0].content" },
        { "{'messages':[{'role':'user','content':['x']}]}", "messages[0].content" },
        { "{'messages':[{'role':'user','content':[{'type':'text'}]}]}", "messages[0].content" },
        { "{'messages':[{'role':'tool','content':'x'}]}", "messages[0].tool_call_id" },
        { "{'messages':[{'role':'assistant','tool_calls':{}}]}", "messages[0].tool_calls" },
#define REST "'messages':[{'role':'user','content':'x'}]}"
        { "{'model':5," REST, "model: expected a string" },
        { "{'models':'x'," REST, "models: " },
        { "{'stream':'yes'," REST, "stream: expected true or false" },
        { "{'temperature':3," REST, "temperature: expected a number from 0 to 2" },
        { "{'top_p':'1'," REST, "top_p: " },
        { "{'frequency_penalty':-3," REST, "frequency_penalty: " },
        { "{'max_tokens':0," REST, "max_tokens: " },
        { "{'max_completion_tokens':1.5," REST, "max_completion_tokens: " },
        { "{'seed':'a'," REST, "seed: expected an integer" },
        { "{'stop':['a','b','c','d','e']," REST, "stop: " },
        { "{'stop':[1]," REST, "stop: " },
        { "{'tools':{}," REST, "tools: expected an array" },
        { "{'tools':[{'type':'function','function':{}}]," REST, "tools[0].function" },
        { "{'tools':[{'type':'function'}]," REST, "tools[0].function" },
        { "{'tool_choice':'sometimes'," REST, "tool_choice: " },
        { "{'tool_choice':'required'," REST, "tool_choice: " },
        { "{'tool_choice':{'type':'function','function':{'name':'x'}}," REST, "\"x\"" },
        { "{'reasoning':'high'," REST, "reasoning: expected an object" },
        { "{'reasoning':{'effort':'huge'}," REST, "reasoning.effort: " },
        { "{'reasoning_effort':'huge'," REST, "reasoning_effort: " },
        { "{'reasoning_effort':'low','reasoning':{'effort':'high'}," REST, "contradicts" },
        { "{'response_format':{}," REST, "response_format: " },
        { "{'response_format':{'type':'json_schema'}," REST, "response_format.json_schema: " },
        { "{'response_format':{'type':'json_schema','json_schema':{'schema':[]}}," REST,
          "response_format.json_schema.schema: " },
        { "{'parallel_tool_calls':1," REST, "parallel_tool_calls: " },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ask *a = ask_quoted(rows[i].body);
        if (a->failed != CHELA_INPUT) fail_msg("%s: not refused", rows[i].body);
        if (!strstr(a->e.message, rows[i].has)) fail_msg("%s: %s", rows[i].body, a->e.message);
        ask_done(a);
    }
}

static void accepts_what_clients_send(void **state) {
    (void)state;
    static const char *const bodies[] = {
        "{'model':'openrouter/auto','stream':true,'stream_options':{'include_usage':true}," REST,
        "{'model':null,'stop':null,'seed':null,'tools':null,'temperature':null,'n':3," REST,
        "{'provider':{'order':['x']},'plugins':[],'unknown':{'a':[1]}," REST,
        "{'messages':[{'role':'developer','content':'x'},{'role':'user','content':[{'type':'text',"
        "'text':'hi','cache_control':{'type':'ephemeral'}}]}]}",
        "{'messages':[{'role':'system','content':'only a system prompt'}]}",
        "{'messages':[{'role':'assistant','content':null}]}",
        "{'messages':[{'role':'user','content':[]}]}",
        "{'messages':[{'role':'user','content':[{'type':'future_part','x':1}]}]}",
        "{'response_format':{'type':'text'}," REST,
        "{'stop':[]," REST,
        "{'tools':[]," REST,
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct ask *a = ask_quoted(bodies[i]);
        if (a->failed) fail_msg("%s: %s", bodies[i], a->e.message);
        assert_true(a->answer.text.n > 0);
        ask_done(a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calculates),
        cmocka_unit_test(answers_each_question),
        cmocka_unit_test(leaves_numbers_alone),
        cmocka_unit_test(repeats),
        cmocka_unit_test(tricks),
        cmocka_unit_test(knows_chela),
        cmocka_unit_test(admits_what_it_is),
        cmocka_unit_test(summarises),
        cmocka_unit_test(remembers),
        cmocka_unit_test(describes_pictures),
        cmocka_unit_test(calls_tools),
        cmocka_unit_test(asks_for_an_argument),
        cmocka_unit_test(finishes_with_results),
        cmocka_unit_test(honours_limits),
        cmocka_unit_test(same_seed_same_answer),
        cmocka_unit_test(continues_a_prefill),
        cmocka_unit_test(reasons_when_asked),
        cmocka_unit_test(refuses_with_the_field),
        cmocka_unit_test(accepts_what_clients_send),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
