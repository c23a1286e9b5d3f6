/* JSON answers: always valid against the schema, and filled with what the prompt says. */
#include "sandbox_ask.h"
#include "schema_check.h"

#include "sandbox/pattern.h"

static struct ask *fill(const char *prompt, const char *schema) {
    struct buf more = BUF_INIT(1 << 18);
    buf_addf(&more,
             ",'response_format':{'type':'json_schema','json_schema':{'name':'x','schema':%s}}",
             schema);
    char *text = buf_detach(&more);
    struct ask *a = ask_prompt(prompt, text);
    free(text);
    if (a->failed) fail_msg("%s: %s", schema, a->e.message);
    return a;
}

static struct doc *parse(const char *text) {
    struct doc *d;
    struct err e = ERR_INIT;
    if (doc_parse(&d, str_c(text), DOC_JSON, NULL, &e)) fail_msg("%s: %s", e.message, text);
    return d;
}

static void check_valid(const char *prompt, const char *schema) {
    struct ask *a = fill(prompt, schema);
    char *quoted = strdup(schema);
    for (char *p = quoted; *p; p++)
        if (*p == '\'') *p = '"';
    struct schema_check c = { .s = parse(quoted), .v = parse(a->text) };
    c.root = doc_root(c.s);
    if (!check_value(&c, c.root, doc_root(c.v))) fail_msg("%s\n  %s\n  %s", c.why, quoted, a->text);
    doc_free(c.s);
    doc_free(c.v);
    free(quoted);
    ask_done(a);
}

#define OBJECT(properties, required)                                                               \
    "{'type':'object','properties':{" properties "},'required':[" required                         \
    "],'additionalProperties':false}"

static const char *const schemas[] = {
    "{'type':'string'}",
    "{'type':'integer'}",
    "{'type':'number','minimum':0.5,'maximum':0.75}",
    "{'type':'number','exclusiveMinimum':0,'exclusiveMaximum':1}",
    "{'type':'integer','minimum':10}",
    "{'type':'integer','maximum':-10}",
    "{'type':'integer','exclusiveMinimum':5,'multipleOf':7}",
    "{'type':'number','multipleOf':0.25,'minimum':1.1}",
    "{'type':'boolean'}",
    "{'type':'null'}",
    "{'type':['null','integer'],'minimum':3}",
    "{'type':'array','items':{'type':'string'},'minItems':3}",
    "{'type':'array','items':{'type':'integer'},'minItems':3,'uniqueItems':true}",
    "{'type':'array','items':{'enum':['a','b','c']},'minItems':3,'uniqueItems':true}",
    "{'type':'array','items':{'type':'string','format':'date'},'minItems':3,'uniqueItems':true}",
    "{'type':'array','items':{'type':'string','format':'email'},'minItems':2,'uniqueItems':true}",
    "{'type':'array','items':{'type':'string','format':'uuid'},'minItems':2,'uniqueItems':true}",
    "{'type':'array','items':{'type':'boolean'},'minItems':2,'uniqueItems':true}",
    "{'type':'array','maxItems':0}",
    "{'type':'array','prefixItems':[{'type':'string'},{'type':'integer'}],'items':false}",
    "{'type':'array','items':[{'type':'boolean'},{'type':'null'}]}",
    "{'type':'string','minLength':30}",
    "{'type':'string','maxLength':2}",
    "{'type':'string','minLength':3,'maxLength':3}",
    "{'type':'string','pattern':'^[A-Z]{3}-[0-9]{4}$'}",
    "{'type':'string','pattern':'^(red|green)$'}",
    "{'type':'string','pattern':'^[a-z]+$','minLength':20}",
    "{'type':'string','pattern':'x+y?z'}",
    "{'type':'string','format':'date'}",
    "{'type':'string','format':'time'}",
    "{'type':'string','format':'date-time'}",
    "{'type':'string','format':'email'}",
    "{'type':'string','format':'uri'}",
    "{'type':'string','format':'uuid'}",
    "{'type':'string','format':'ipv4'}",
    "{'enum':['small','large',3,null]}",
    "{'const':{'a':[1,2.50]}}",
    "{'type':'object','properties':{'a':{'type':'string'}}}",
    "{'type':'object','additionalProperties':{'type':'integer','minimum':1}}",
    "{'type':'object','minProperties':3}",
    "{'type':'object','properties':{'a':{},'b':{},'c':{}},'maxProperties':2,'required':['c']}",
    "{'type':'object','required':['only','named']}",
    "{'properties':{'a':{'type':'integer'}},'required':['a']}",
    "{'anyOf':[{'type':'null'},{'type':'integer','minimum':4}]}",
    "{'oneOf':[{'type':'object','properties':{'kind':{'const':'circle'},'r':{'type':'number'}},"
    "'required':['kind','r']},{'type':'object','properties':{'kind':{'const':'square'},"
    "'side':{'type':'number'}},'required':['kind','side']}]}",
    "{'allOf':[{'type':'object','properties':{'a':{'type':'string'}},'required':['a']},"
    "{'properties':{'b':{'type':'integer','minimum':2}},'required':['b']}]}",
    "{'$ref':'#/$defs/node','$defs':{'node':" OBJECT(
        "'value':{'type':'integer'},'children':{'type':'array','items':{'$ref':'#/$defs/node'}}",
        "'value','children'") "}}",
    "{'$ref':'#/definitions/a~1b','definitions':{'a~1b':{'type':'integer'},'a/b':{'type':"
    "'integer'}}}",
    OBJECT("'next':{'anyOf':[{'$ref':'#'},{'type':'null'}]},'v':{'type':'integer'}", "'v'"),
    OBJECT("'name':{'type':'string'},'age':{'type':'integer','minimum':0},"
           "'tags':{'type':'array','items':{'type':'string'}},'address':" OBJECT(
               "'city':{'type':'string'},'zip':{'type':'string','pattern':'^[0-9]{5}$'}",
               "'city','zip'"),
           "'name','age','tags','address'"),
    OBJECT("'steps':{'type':'array','items':" OBJECT(
               "'explanation':{'type':'string'},'output':{'type':'string'}",
               "'explanation','output'") "},'final_answer':{'type':'string'}",
           "'steps','final_answer'"),
};

static void always_valid(void **state) {
    (void)state;
    static const char *const prompts[] = {
        "hello",
        ("John Smith, 42 years old, lives in Oslo; call him at \"noon\" on 2026-12-24 at 9:30. "
         "ABC-1234, john@example.com, https://example.com/x, large, -3.5 and 1,000"),
        "what is 6*7?",
        "서울에 사는 김철수는 30살입니다",
        "???",
    };
    for (size_t s = 0; s < sizeof schemas / sizeof schemas[0]; s++)
        for (size_t p = 0; p < sizeof prompts / sizeof prompts[0]; p++)
            check_valid(prompts[p], schemas[s]);
}

static void filled_from_the_prompt(void **state) {
    (void)state;
    static const struct {
        const char *prompt, *schema, *value;
    } rows[] = {
        { "John Smith is 30 years old and lives in Oslo. His email is john@example.com.",
          OBJECT("'name':{'type':'string'},'age':{'type':'integer'},'city':{'type':'string'},"
                 "'email':{'type':'string','format':'email'}",
                 "'name','age','city','email'"),
          "{'name':'John Smith','age':30,'city':'Oslo','email':'john@example.com'}" },
        { "Extract: title: War and Peace, pages: 1225",
          OBJECT("'title':{'type':'string'},'pages':{'type':'integer'}", "'title','pages'"),
          "{'title':'War and Peace','pages':1225}" },
        { "The room number is 12 and we stay 3 nights.",
          OBJECT("'nights':{'type':'integer'},'room':{'type':'integer'}", "'nights','room'"),
          "{'nights':3,'room':12}" },
        { "What is 15 * 4?", OBJECT("'answer':{'type':'number'}", "'answer'"), "{'answer':60}" },
        { "I hate this, it is terrible",
          OBJECT("'sentiment':{'enum':['positive','negative','neutral']}", "'sentiment'"),
          "{'sentiment':'negative'}" },
        { "a large red shirt, not gift wrapped",
          OBJECT("'size':{'enum':['small','large']},'color':{'enum':['blue','red']},"
                 "'gift':{'type':'boolean'}",
                 "'size','color','gift'"),
          "{'size':'large','color':'red','gift':false}" },
        { "Alice and Bob are going to a science fair on Friday.",
          OBJECT("'name':{'type':'string'},'date':{'type':'string'},'participants':{'type':"
                 "'array','items':{'type':'string'}}",
                 "'name','date','participants'"),
          "{'name':'science fair','date':'Friday','participants':['Alice','Bob']}" },
        { "tags: crab, sea and sand",
          OBJECT("'tags':{'type':'array','items':{'type':'string'}}", "'tags'"),
          "{'tags':['crab','sea','sand']}" },
        { "list three colors",
          OBJECT("'colors':{'type':'array','items':{'type':'string'}}", "'colors'"),
          "{'colors':['red','blue','green']}" },
        { "a square with side 4",
          "{'oneOf':[{'type':'object','properties':{'kind':{'const':'circle'},'radius':{'type':"
          "'number'}},'required':['kind','radius']},{'type':'object','properties':{'kind':"
          "{'const':'square'},'side':{'type':'number'}},'required':['kind','side']}]}",
          "{'kind':'square','side':4}" },
        { "ticket ABC-1234 is broken",
          OBJECT("'ticket':{'type':'string','pattern':'^[A-Z]{3}-[0-9]{4}$'}", "'ticket'"),
          "{'ticket':'ABC-1234'}" },
        { "meet me tomorrow", OBJECT("'date':{'type':'string','format':'date'}", "'date'"),
          "{'date':'2026-08-02'}" },
        /* optional fields only when the text has them */
        { "my name is Ann", OBJECT("'name':{'type':'string'},'age':{'type':'integer'}", "'name'"),
          "{'name':'Ann'}" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ask *a = fill(rows[i].prompt, rows[i].schema);
        char expected[1024];
        str_copy(expected, sizeof expected, str_c(rows[i].value));
        for (char *p = expected; *p; p++)
            if (*p == '\'') *p = '"';
        if (strcmp(a->text, expected) != 0)
            fail_msg("%s\n  %s\n  expected %s", rows[i].prompt, a->text, expected);
        ask_done(a);
    }
}

static void free_objects(void **state) {
    (void)state;
    static const struct {
        const char *prompt, *value;
    } rows[] = {
        { "Give me JSON with keys name and age for Bob, 42 years old", "{'name':'Bob','age':42}" },
        { "What is 3*3? reply in json", "{'answer':9}" },
        { "title: War and Peace, author: Leo Tolstoy, pages: 1225",
          "{'title':'War and Peace','author':'Leo Tolstoy','pages':1225}" },
        { "what is the capital of France? JSON please", "{'answer':'Paris.'}" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ask *a = ask_prompt(rows[i].prompt, ",'response_format':{'type':'json_object'}");
        char expected[1024];
        str_copy(expected, sizeof expected, str_c(rows[i].value));
        for (char *p = expected; *p; p++)
            if (*p == '\'') *p = '"';
        assert_string_equal(a->text, expected);
        ask_done(a);
    }
}

/* The results of tools are material for the fields, too. */
static void filled_from_results(void **state) {
    (void)state;
    struct ask *a = ask_new();
    ask_body(a, S("{\"messages\":[{\"role\":\"user\",\"content\":\"weather in Paris\"},"
                  "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\","
                  "\"function\":{\"name\":\"get_weather\",\"arguments\":\"{}\"}}]},"
                  "{\"role\":\"tool\",\"tool_call_id\":\"c\",\"content\":"
                  "\"{\\\"temperature\\\":21,\\\"sky\\\":\\\"clear\\\"}\"}],"
                  "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":"
                  "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},"
                  "\"temperature\":{\"type\":\"number\"},\"sky\":{\"type\":\"string\"}},"
                  "\"required\":[\"city\",\"temperature\",\"sky\"]}}}}"));
    assert_string_equal(a->text, "{\"city\":\"Paris\",\"temperature\":21,\"sky\":\"clear\"}");
    ask_done(a);
}

/* Schemas that cannot be satisfied, or that are huge, end in bounded JSON. */
static void hostile_schemas(void **state) {
    (void)state;
    static const char *const rows[] = {
        "{'$ref':'#'}",
        "{'$ref':'#/nowhere'}",
        "{'$ref':'#/$defs/a','$defs':{'a':{'$ref':'#/$defs/b'},'b':{'$ref':'#/$defs/a'}}}",
        "{'allOf':[{'$ref':'#'}]}",
        OBJECT("'a':{'$ref':'#'},'b':{'$ref':'#'}", "'a','b'"),
        "{'type':'array','items':{'$ref':'#'},'minItems':2}",
        "{'type':'array','minItems':1000000000,'items':{'type':'integer'}}",
        "{'type':'string','minLength':1000000000}",
        "{'type':'string','pattern':'((((a{200}){200}){200}){200})'}",
        "{'type':'string','pattern':'^(?=x)('}",
        "{'type':'integer','minimum':5,'maximum':1}",
        "{'type':'string','enum':[]}",
        "{'type':5,'properties':7,'required':'x'}",
        "{'type':'object','properties':{'a':true,'b':false},'required':['a','b',3]}",
        "{'type':'integer','multipleOf':1e-300,'minimum':1e300}",
        "{'type':'object','minProperties':1000000}",
        "{'type':'array','items':{'minimum':1e100},'minItems':3,'uniqueItems':true}",
        "true",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ask *a = fill("make one, 3 or \"four\"", rows[i]);
        if (!a->answer.text.n || a->answer.text.n > 200000)
            fail_msg("%s: %zu bytes", rows[i], a->answer.text.n);
        struct doc *d;
        struct err e = ERR_INIT;
        if (doc_parse(&d, a->answer.text, DOC_JSON, NULL, &e))
            fail_msg("%s: %s", rows[i], e.message);
        doc_free(d);
        ask_done(a);
    }
}

/* ---- patterns ---- */

static void patterns(void **state) {
    (void)state;
    static const struct {
        const char *pattern, *yes, *no;
    } rows[] = {
        { "^abc$", "abc", "abcd" },
        { "b", "abc", "xyz" },
        { "^a|b$", "xb", "xbx" },
        { "^(?:ab|cd)+$", "abcdab", "abc" },
        { "^[^a-c]$", "d", "b" },
        { "^\\d{2,3}$", "123", "1234" },
        { "^\\w+\\s\\W$", "ab !", "ab c" },
        { "^[\\d\\-]+$", "1-2", "1_2" },
        { "^\\u0041\\x42$", "AB", "ab" },
        { "^.$", "가", "\n" },
        { "^[가-힣]+$", "한글", "abc" },
        { "^(?<year>\\d{4})$", "2026", "26" },
        { "^a{0}b?$", "", "a" },
        { "^x*?y$", "xxy", "xx" },
        { "^a{,3}$", "a{,3}", "aaa" },
    };
    struct arena a = ARENA_INIT(1 << 22);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pattern *p = pattern_compile(str_c(rows[i].pattern), &a);
        assert_non_null(p);
        if (!pattern_matches(p, str_c(rows[i].yes))) fail_msg("%s: not matched", rows[i].pattern);
        if (pattern_matches(p, str_c(rows[i].no))) fail_msg("%s: matched", rows[i].pattern);
        struct buf made = BUF_INIT(4096);
        if (pattern_generate(p, 0, 100, &made) && !pattern_matches(p, buf_str(&made)))
            fail_msg("%s: made \"%s\"", rows[i].pattern, made.p);
        buf_free(&made);
    }
    static const char *const refused[] = { "(",   ")",      "a**", "[a",     "(?=a)",
                                           "\\b", "(a)\\1", "*",   "a{300}", "[b-a]" };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (pattern_compile(str_c(refused[i]), &a)) fail_msg("%s: accepted", refused[i]);
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(always_valid),    cmocka_unit_test(filled_from_the_prompt),
        cmocka_unit_test(free_objects),    cmocka_unit_test(filled_from_results),
        cmocka_unit_test(hostile_schemas), cmocka_unit_test(patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
