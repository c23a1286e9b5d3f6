/* Calling the tools a request offers.
 *
 * A prompt is cut into clauses; each clause chooses at most one tool by the words that its name,
 * description and parameters share with it. The result is a plan, an ordered list of calls. Because
 * the same prompt always gives the same plan, nothing needs to be remembered between the turns of a
 * tool loop: the calls that were already made since the user spoke are skipped, the rest is called,
 * and when nothing is left the answer is given from the results.
 *
 * With tool_choice auto a call is made only when every required argument is in the prompt: a
 * guessed argument helps nobody. "required" and a named function always call.
 */
#include "sandbox/skills.h"

#include "doc/json_write.h"
#include "sandbox/schema.h"

#include <string.h>

enum {
    CLAUSE_WORDS = 64,
    MAX_PLAN = 8,
    MAX_CLAUSES = 8,
    THRESHOLD = 30,
    ARGUMENTS_MAX = 256 << 10,
    RESULT_MAX = 2000
};

/* ---- how well a tool fits a clause ---- */

/* Words that mean the same to a tool. */
static const char *const concepts[] = {
    "weather|forecast|temperature|rain|rainy|sunny|snow|humidity|날씨|기온",
    "calculator|calculate|calculation|calc|compute|math|arithmetic|evaluate|expression|계산",
    "add|sum|plus|더하",
    "multiply|times|product|곱하",
    "search|find|lookup|google|검색|찾아",
    "email|mail|이메일|메일",
    "translate|translation|번역",
    "image|picture|photo|draw|drawing|illustration|그림|사진|이미지",
    "video|clip|movie|동영상|비디오",
    "speak|speech|voice|tts|aloud|audio|say|음성|읽어",
    "time|clock|hour|시간|시각|몇",
    "date|calendar|day|날짜|일정",
    "stock|share|shares|ticker|주식|주가",
    "convert|conversion|exchange|변환|환율",
    "currency|dollar|dollars|euro|euros|usd|eur|won",
    "file|document|파일|문서",
    "remind|reminder|알림",
    "schedule|meeting|appointment|book|booking|reserve|reservation|예약|회의",
    "status|state|상태",
    "buy|order|purchase|주문|구매",
    "user|customer|account|profile|사용자|고객",
    "city|location|place|도시",
    "news|headline|headlines|뉴스",
    "music|song|play|음악|노래",
    "light|lights|lamp|조명|불",
    "random|dice|roll|coin|주사위",
};

/* A bit for each concept that the word belongs to. */
static uint64_t concepts_of(str word) {
    uint64_t mask = 0;
    struct words one = { word, &(struct word){ word, 0, word.n }, 1 };
    for (size_t k = 0; k < sizeof concepts / sizeof concepts[0]; k++)
        if (words_any(&one, concepts[k])) mask |= (uint64_t)1 << k;
    return mask;
}

/* A part of the prompt; its words that could name a tool, with their concepts. */
struct clause {
    struct words words;
    str word[CLAUSE_WORDS];
    uint64_t concept[CLAUSE_WORDS];
    size_t n;
};

static bool read_clause(struct clause *c, str text, struct arena *a) {
    c->n = 0;
    if (!words_split(&c->words, text, a)) return false;
    for (size_t i = 0; i < c->words.n && c->n < CLAUSE_WORDS; i++) {
        str word = c->words.w[i].text;
        if (word_is_common(word)) continue;
        c->word[c->n] = word;
        c->concept[c->n++] = concepts_of(word);
    }
    return true;
}

static unsigned shared_words(const str *of, size_t n, const struct clause *c) {
    unsigned shared = 0;
    for (size_t i = 0; i < n; i++) {
        if (word_is_common(of[i]) || of[i].n < 3) continue;
        uint64_t concept = concepts_of(of[i]);
        bool found = false;
        for (size_t k = 0; k < c->n && !found; k++)
            found = (concept & c->concept[k]) || word_alike(of[i], c->word[k]);
        shared += found;
    }
    return shared;
}

/* Generic verbs of tool names decide nothing by themselves: get_…, list_…, create_… */
static bool is_weak(str word) {
    static const char list[] = "create|list|read|write|update|delete|fetch|show|check|send|run|"
                               "open|new|message|process|execute|query|data|info";
    return words_any(&(struct words){ word, &(struct word){ word, 0, word.n }, 1 }, list);
}

/* The prompt names the tool: get_weather anywhere, a one-word name as in "use calculator". */
static bool is_called(str name, bool compound, const struct words *clause) {
    if (name.n > 3 && compound) return str_ihas(clause->raw, name);
    for (size_t i = 0; i < clause->n; i++) {
        struct words before = { clause->raw, i ? &clause->w[i - 1] : NULL, i ? 1 : 0 };
        struct words article = { clause->raw, i > 1 ? &clause->w[i - 2] : NULL, i > 1 ? 1 : 0 };
        struct words after = { clause->raw, &clause->w[i] + 1, i + 1 < clause->n ? 1 : 0 };
        if (!str_ieq(clause->w[i].text, name)) continue;
        if (words_any(&before, "use|using|call|invoke") || words_any(&after, "tool|function") ||
            (words_any(&before, "the") && words_any(&article, "use|using|call|invoke")))
            return true;
    }
    return false;
}

static unsigned score(const struct agent_turn *t, const struct agent_tool *tool,
                      const struct clause *c) {
    const struct words *clause = &c->words;
    struct arena *a = t->r->arena;
    struct doc *d = t->r->doc;
    str name[16], strong[16], text[32];
    size_t names = evidence_name(tool->name, a, name, 16), strongs = 0, texts = 0;
    if (is_called(tool->name, names > 1, clause)) return 1000;
    bool whole = names > 1;
    for (size_t i = 0; i < names; i++) {
        if (!is_weak(name[i])) strong[strongs++] = name[i];
        bool there = word_is_common(name[i]);
        for (size_t k = 0; k < c->n && !there; k++) there = word_alike(name[i], c->word[k]);
        whole = whole && there;
    }
    unsigned by_name = shared_words(strong, strongs, c);
    unsigned weak = shared_words(name, names, c) - by_name;
    struct words description;
    if (!words_split(&description, text_cut(tool->description, 160), a)) return 0;
    for (size_t i = 0; i < description.n && texts < 32; i++)
        if (!is_weak(description.w[i].text)) text[texts++] = description.w[i].text;
    unsigned by_text = shared_words(text, texts, c), by_field = 0, looked = 0;
    doc_node properties = doc_get(d, tool->parameters, S("properties"));
    for (doc_node p = doc_first(d, properties); p && looked < 16; p = doc_next(d, p), looked++) {
        str words[8];
        size_t n = evidence_name(doc_key(d, p), a, words, 8);
        by_field += shared_words(words, n, c) > 0;
    }
    unsigned total = by_name * 30 + weak * 12 + (by_text > 4 ? 4 : by_text) * 8 + by_field * 4;
    if (whole) total += 20;
    /* A sum in the prompt is what a calculator is for. */
    struct words own = { tool->name, description.w, description.n };
    if (t->number.n &&
        words_any(&own, "calculator|calculate|calculates|math|arithmetic|expression"))
        return total + 40;
    /* Descriptions alone must agree in three words or more. */
    if (!by_name && !whole && !(weak && by_text >= 2) && by_text < 3) return 0;
    return total;
}

static size_t best_tool(const struct agent_turn *t, const struct clause *c, unsigned *points) {
    size_t best = 0;
    *points = 0;
    for (size_t i = 0; i < t->r->tool_count && i < 256; i++) {
        unsigned s = score(t, &t->r->tools[i], c);
        if (s <= *points) continue;
        *points = s;
        best = i;
    }
    return best;
}

/* ---- clauses ---- */

static size_t split_clauses(str prompt, str *out, size_t cap) {
    static const char *const joints[] = { " and then ", ", then ", " then ", ", and ", " and ",
                                          "; ",         ". ",      "? ",     "! ",     "\n",
                                          " 그리고 ",   "하고 ",   ", " };
    size_t n = 0, start = 0;
    for (size_t i = 0; i < prompt.n && n + 1 < cap;) {
        size_t cut = 0;
        for (size_t k = 0; k < sizeof joints / sizeof joints[0] && !cut; k++)
            if (str_starts(str_skip(prompt, i), str_c(joints[k]))) cut = strlen(joints[k]);
        if (!cut) {
            i++;
            continue;
        }
        out[n++] = (str){ prompt.p + start, i - start };
        i += cut;
        start = i;
    }
    out[n++] = str_skip(prompt, start);
    return n;
}

/* ---- arguments ---- */

struct step {
    const struct agent_tool *tool;
    str arguments;
    str missing; /* a required argument that the prompt does not have */
};

struct plan {
    struct step step[MAX_PLAN];
    size_t n;
};

/* The parameter whose several values mean several calls: the only required text. */
static str many_parameter(const struct agent_turn *t, const struct agent_tool *tool) {
    struct doc *d = t->r->doc;
    doc_node required = doc_get(d, tool->parameters, S("required"));
    doc_node properties = doc_get(d, tool->parameters, S("properties"));
    str found = { 0 }, name, type;
    if (!doc_len(d, required) && doc_len(d, properties) == 1)
        return doc_key(d, doc_first(d, properties));
    for (doc_node c = doc_first(d, required); c; c = doc_next(d, c)) {
        if (!doc_string(d, c, &name)) continue;
        doc_node p = doc_get(d, properties, name);
        if (!doc_string(d, doc_get(d, p, S("type")), &type) || !str_eq(type, S("string"))) continue;
        if (doc_get(d, p, S("enum")) || found.n) return (str){ 0 };
        found = name;
    }
    return found;
}

static bool is_place(const struct agent_turn *t, str parameter) {
    str word[8];
    size_t n = evidence_name(parameter, t->r->arena, word, 8);
    for (size_t i = 0; i < n; i++)
        if (words_any(&(struct words){ word[i], &(struct word){ word[i], 0, word[i].n }, 1 },
                      "city|location|place|country|town|region|cities|timezone"))
            return true;
    return false;
}

/* The several values: places for a place, else several quoted texts. */
static size_t many_values(const struct agent_turn *t, str parameter, str text, str *out,
                          size_t cap) {
    struct evidence e;
    if (!parameter.n || !evidence_find(&e, text, t->r->arena)) return 0;
    if (is_place(t, parameter)) return evidence_places(&e, out, cap);
    size_t n = 0;
    for (size_t i = 0; i < e.n && n < cap; i++)
        if (e.item[i].kind == EVIDENCE_QUOTED) out[n++] = e.item[i].text;
    return n;
}

static void add_step(struct agent_turn *t, struct plan *plan, const struct agent_tool *tool,
                     str text, str parameter, str value) {
    struct step *s = &plan->step[plan->n];
    struct evidence facts;
    struct buf out = BUF_INIT(ARGUMENTS_MAX);
    if (plan->n == MAX_PLAN || !evidence_find(&facts, text, t->r->arena)) return;
    struct schema_values v = { .doc = t->r->doc,
                               .arena = t->r->arena,
                               .facts = &facts,
                               .prompt = text,
                               .number = t->number,
                               .expression = t->expression,
                               .now_s = t->r->now_s,
                               .thrifty = true,
                               .given_name = value.n ? parameter : (str){ 0 },
                               .given = value };
    bool good = schema_fill(&v, tool->parameters, &out);
    /* A schema that is no object still gets one: arguments are an object by definition. */
    if (!good || !out.n || out.p[0] != '{') {
        buf_clear(&out);
        buf_add(&out, S("{}"));
    }
    *s = (struct step){ tool, arena_dup(t->r->arena, buf_str(&out)), v.missing };
    buf_free(&out);
    for (size_t i = 0; i < plan->n; i++) /* "weather in Paris, in Paris": once */
        if (plan->step[i].tool == tool && str_eq(plan->step[i].arguments, s->arguments)) return;
    plan->n++;
}

static void add_calls(struct agent_turn *t, struct plan *plan, const struct agent_tool *tool,
                      str text) {
    str parameter = many_parameter(t, tool), values[MAX_PLAN];
    size_t n = many_values(t, parameter, text, values, MAX_PLAN);
    bool several = n > 1;
    for (size_t i = 0; several && i < n; i++) add_step(t, plan, tool, text, parameter, values[i]);
    if (!several) add_step(t, plan, tool, text, (str){ 0 }, (str){ 0 });
}

/* One call for each clause that chooses a tool; clauses of one tool are read together, so that
 * "weather in Paris and in Rome" keeps both. */
static void make_plan(struct agent_turn *t, struct plan *plan) {
    struct clause c;
    str clause[MAX_CLAUSES];
    unsigned points, whole_points;
    if (!read_clause(&c, t->prompt, t->r->arena)) return;
    size_t n = split_clauses(t->prompt, clause, MAX_CLAUSES);
    size_t whole = best_tool(t, &c, &whole_points), chosen[MAX_CLAUSES];
    bool differ = false, any = false;
    for (size_t i = 0; i < n; i++) {
        chosen[i] = SIZE_MAX;
        if (!read_clause(&c, clause[i], t->r->arena)) return;
        size_t tool = best_tool(t, &c, &points);
        if (points < THRESHOLD) continue;
        chosen[i] = tool;
        differ = differ || tool != whole;
        any = true;
    }
    if (!any && whole_points < THRESHOLD) return;
    if (!differ) {
        add_calls(t, plan, &t->r->tools[whole], t->prompt);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (chosen[i] == SIZE_MAX) continue;
        /* What follows without a tool of its own belongs to this clause. */
        size_t last = i;
        while (last + 1 < n && (chosen[last + 1] == SIZE_MAX || chosen[last + 1] == chosen[i]))
            last++;
        str text = { clause[i].p, (size_t)(clause[last].p + clause[last].n - clause[i].p) };
        add_calls(t, plan, &t->r->tools[chosen[i]], text);
        i = last;
    }
}

/* ---- the decision ---- */

static size_t calls_made(const struct agent_turn *t) {
    size_t made = 0;
    for (size_t i = t->asked_index; i < t->r->message_count; i++)
        made += doc_len(t->r->doc, t->r->messages[i].calls);
    return made;
}

static str call_id(const struct agent_turn *t, size_t index) {
    uint64_t h = 1469598103934665603u;
    for (size_t i = 0; i < t->prompt.n; i++)
        h = (h ^ (unsigned char)t->prompt.p[i]) * 1099511628211u;
    h = (h ^ t->r->message_count) * 1099511628211u;
    h = (h ^ index) * 1099511628211u;
    return arena_printf(t->r->arena, "call_%016llx", (unsigned long long)h);
}

static const struct agent_tool *named_tool(const struct agent_request *r) {
    for (size_t i = 0; i < r->tool_count; i++)
        if (str_eq(r->tools[i].name, r->named_tool)) return &r->tools[i];
    return NULL;
}

static bool give(struct agent_turn *t, const struct plan *plan, size_t from, size_t count,
                 struct agent_call **calls, size_t *n) {
    struct agent_call *out = arena_alloc(t->r->arena, (count + 1) * sizeof *out);
    if (!out) return false;
    for (size_t i = 0; i < count; i++) {
        const struct step *s = &plan->step[from + i];
        out[i] = (struct agent_call){ call_id(t, i), s->tool->name, s->arguments };
    }
    *calls = out;
    *n = count;
    return count > 0;
}

static void ask_for(struct agent_turn *t, const struct step *s) {
    if (t->korean)
        buf_addf(t->out, "%.*s 도구가 맞지만 글에서 필수 인수 `%.*s`을(를) 찾지 못했습니다.",
                 STR_ARG(s->tool->name), STR_ARG(s->missing));
    else
        buf_addf(t->out,
                 "The tool %.*s fits, but I found no value for its required argument `%.*s` in "
                 "your message. Please name it.",
                 STR_ARG(s->tool->name), STR_ARG(s->missing));
}

bool tools_call(struct agent_turn *t, struct agent_call **calls, size_t *count) {
    const struct agent_request *r = t->r;
    struct plan plan = { .n = 0 };
    *count = 0;
    if (!r->tool_count || r->choice == CHOICE_NONE) return false;
    bool forced = r->choice == CHOICE_REQUIRED || r->choice == CHOICE_NAMED;
    if (r->choice == CHOICE_NAMED)
        add_calls(t, &plan, named_tool(r), t->prompt);
    else
        make_plan(t, &plan);
    size_t made = calls_made(t);
    if (forced) {
        unsigned points;
        struct clause whole;
        if (!plan.n && read_clause(&whole, t->prompt, r->arena))
            add_calls(t, &plan, &r->tools[best_tool(t, &whole, &points)], t->prompt);
        if (!plan.n) return false;
        /* In a loop: what is left of the plan, then its last call again. */
        size_t from = made < plan.n ? made : plan.n - 1;
        return give(t, &plan, from, r->parallel ? plan.n - from : 1, calls, count);
    }
    size_t ready = made;
    while (ready < plan.n && !plan.step[ready].missing.n) ready++;
    if (ready == made) {
        if (made == 0 && plan.n) ask_for(t, &plan.step[0]);
        return false;
    }
    /* "then" makes the second call wait for the first one's result. */
    bool in_order = words_any(&t->words, "then|afterwards|그다음|그리고나서");
    return give(t, &plan, made, r->parallel && !in_order ? ready - made : 1, calls, count);
}

/* ---- results ---- */

static str name_of_call(const struct agent_turn *t, str id) {
    struct doc *d = t->r->doc;
    for (size_t i = t->r->message_count; i > 0; i--) {
        doc_node calls = t->r->messages[i - 1].calls;
        for (doc_node c = doc_first(d, calls); c; c = doc_next(d, c)) {
            str own, name;
            if (doc_string(d, doc_get(d, c, S("id")), &own) && str_eq(own, id) &&
                doc_string(d, doc_get(d, doc_get(d, c, S("function")), S("name")), &name))
                return name;
        }
    }
    return S("tool");
}

/* {"temp": 21, "sky": "clear"} → temp: 21, sky: clear. Deeper values stay JSON. */
static void say_json(struct doc *d, doc_node n, struct buf *out) {
    size_t shown = 0;
    str text;
    if (doc_string(d, n, &text)) {
        buf_add(out, text_cut(text, RESULT_MAX));
    } else if (doc_type(d, n) == DOC_OBJECT && doc_len(d, n)) {
        for (doc_node c = doc_first(d, n); c && shown < 40; c = doc_next(d, c), shown++) {
            buf_addf(out, "%s%.*s: ", shown ? ", " : "", STR_ARG(doc_key(d, c)));
            if (doc_string(d, c, &text))
                buf_add(out, text_cut(text, RESULT_MAX));
            else
                doc_write_json(d, c, out);
        }
    } else {
        doc_write_json(d, n, out);
    }
}

static void say_result(struct agent_turn *t, str result) {
    struct doc *d = NULL;
    struct buf text = BUF_INIT(ANSWER_MAX);
    result = str_trim(result);
    bool json = result.n && strchr("{[\"", result.p[0]) && result.n < 64 << 10 &&
                doc_parse(&d, result, DOC_JSON, NULL, NULL) == CHELA_OK;
    if (json) {
        say_json(d, doc_root(d), &text);
        result = buf_str(&text);
    }
    str shown = text_cut(result, RESULT_MAX);
    buf_addf(t->out, "%.*s%s", STR_ARG(shown), shown.n < result.n ? "…" : "");
    if (!result.n) turn_say(t, "nothing", "없음");
    buf_free(&text);
    doc_free(d);
}

bool tools_finish(struct agent_turn *t) {
    const struct agent_request *r = t->r;
    size_t first = r->message_count;
    while (first > 0 && r->messages[first - 1].role == AGENT_TOOL) first--;
    if (first == r->message_count) return false;
    /* Results of earlier rounds of the same question belong to the answer, too. */
    for (size_t i = t->asked_index + 1; i < first; i++)
        if (r->messages[i].role == AGENT_TOOL) {
            first = i;
            break;
        }
    size_t shown = 0;
    for (size_t i = first; i < r->message_count && shown < MAX_PLAN * 2; i++) {
        const struct agent_message *m = &r->messages[i];
        if (m->role != AGENT_TOOL) continue;
        str name = name_of_call(t, m->tool_call_id);
        if (t->korean)
            buf_addf(t->out, "%s%.*s 결과: ", shown ? "\n" : "", STR_ARG(name));
        else
            buf_addf(t->out, "%s%.*s says: ", shown ? "\n" : "", STR_ARG(name));
        say_result(t, m->text);
        shown++;
    }
    return true;
}
