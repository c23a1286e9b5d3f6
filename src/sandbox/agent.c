/* sandbox/agent: which rule answers, and what every answer goes through afterwards.
 *
 * The order of the rules is the whole of its judgement: a tool or a schema that the request asks
 * for comes before talk, an order ("say …") before a question, several questions before one, a
 * question about this conversation before one about the world, and honesty last.
 */
#include "sandbox/agent.h"

#include "sandbox/schema.h"
#include "sandbox/skills.h"

#include <string.h>

/* ---- the turn ---- */

size_t turn_variant(const struct agent_turn *t, unsigned place, size_t n) {
    if (!t->r->seeded || n == 0) return 0;
    uint64_t h = (uint64_t)t->r->seed * 0x9E3779B97F4A7C15u + place * 0xBF58476D1CE4E5B9u;
    h = (h ^ h >> 30) * 0xBF58476D1CE4E5B9u;
    h = (h ^ h >> 27) * 0x94D049BB133111EBu;
    return (size_t)((h ^ h >> 31) % n);
}

void turn_say(struct agent_turn *t, const char *english, const char *korean) {
    buf_add(t->out, str_c(t->korean ? korean : english));
}

/* A prompt may open with a stamp that an agent puts there: "[Wed 2026-05-06 10:00 UTC] hello". */
static str without_stamp(str s) {
    s = str_trim(s);
    if (!str_starts(s, S("["))) return s;
    ptrdiff_t end = str_chr(s, ']');
    bool digits = false;
    for (ptrdiff_t i = 0; i < end; i++) digits = digits || (s.p[i] >= '0' && s.p[i] <= '9');
    if (end < 0 || end > 64 || !digits) return s;
    str rest = str_trim(str_skip(s, (size_t)end + 1));
    return rest.n ? rest : s;
}

static bool turn_start(struct agent_turn *t, const struct agent_request *r, struct buf *out) {
    *t = (struct agent_turn){ .r = r, .out = out, .asked_index = r->message_count - 1 };
    for (size_t i = r->message_count; i > 0; i--) {
        if (r->messages[i - 1].role != AGENT_USER) continue;
        t->asked_index = i - 1;
        break;
    }
    t->asked = &r->messages[t->asked_index];
    bool answered = t->asked->role == AGENT_TOOL; /* nobody spoke: what tools say is no question */
    if (answered) t->asked = &r->messages[t->asked_index = 0];
    t->prompt = answered ? S("") : text_cut(without_stamp(t->asked->text), PROMPT_MAX);
    t->korean = text_is_korean(t->prompt);
    return words_split(&t->words, t->prompt, r->arena);
}

/* ---- the rules ---- */

static bool answer_each(struct agent_turn *t);

static const struct {
    const char *name;
    bool (*answer)(struct agent_turn *t);
} rules[] = {
    { "repeat", skill_repeat },   { "summary", skill_summary },     { "questions", answer_each },
    { "memory", skill_memory },   { "math", skill_math },           { "tricks", skill_tricks },
    { "clock", skill_clock },     { "note", skill_note },           { "intent", skill_intent },
    { "talk", skill_small_talk }, { "long text", skill_long_text },
};

static const char *first_rule(struct agent_turn *t) {
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (t->words.n && rules[i].answer(t)) return rules[i].name;
    return NULL;
}

/* ---- several questions in one prompt ---- */

enum { QUESTIONS_TEXT_MAX = 1024, QUESTIONS_MAX = 8 };

static bool is_question(str sentence) {
    sentence = str_trim(sentence);
    return str_ends(sentence, S("?")) || str_ends(sentence, S("？"));
}

static size_t count_questions(str text) {
    size_t n = 0;
    for (; text.n; text = str_skip(text, text_sentence(text)))
        n += is_question(str_head(text, text_sentence(text)));
    return n;
}

/* One sentence of it, as a prompt of its own; false: no rule knows it. */
static bool answer_sentence(struct agent_turn *t, str sentence) {
    struct agent_turn part = *t;
    size_t mark = t->out->n;
    part.prompt = str_trim(sentence);
    if (!words_split(&part.words, part.prompt, t->r->arena) || !part.words.n) return false;
    if (mark) buf_add(t->out, S("\n\n"));
    bool known = first_rule(&part) != NULL;
    if (!known && is_question(sentence)) {
        buf_addf(t->out,
                 t->korean ? "\"%.*s\"에는 답할 규칙이 없습니다." : "For \"%.*s\" I have no rule.",
                 STR_ARG(text_cut(part.prompt, 200)));
    } else if (!known) {
        t->out->n = mark;
    }
    t->number = part.number;
    t->expression = part.expression;
    return known;
}

/* Each in its order. When no rule knows any of them, the whole prompt is looked at as one. */
static bool answer_each(struct agent_turn *t) {
    size_t mark = t->out->n, questions = 0, known = 0;
    if (t->prompt.n <= QUESTIONS_TEXT_MAX) questions = count_questions(t->prompt);
    if (questions < 2 || questions > QUESTIONS_MAX) return false;
    for (str rest = t->prompt; rest.n; rest = str_skip(rest, text_sentence(rest)))
        known += answer_sentence(t, str_head(rest, text_sentence(rest)));
    if (!known) t->out->n = mark;
    return known > 0;
}

static const char *answer_in_words(struct agent_turn *t) {
    bool attached = skill_attachments(t);
    size_t mark = t->out->n;
    if (attached) buf_addc(t->out, ' ');
    const char *rule = first_rule(t);
    if (rule) return rule;
    if (attached) {
        t->out->n = mark;
        turn_say(t, " I can read their headers, not what they show.",
                 " 머리말은 읽지만 내용은 알아보지 못합니다.");
        return "attachments";
    }
    if (!t->words.n) {
        turn_say(t, "Your message holds no words that I could answer. I am sandbox/agent.",
                 "답할 낱말이 없습니다. 저는 sandbox/agent입니다.");
        return "empty";
    }
    skill_honest(t);
    return "honest";
}

/* The prompt, and after it the results of tools: what fields may be filled from. */
static str material(const struct agent_turn *t) {
    struct buf text = BUF_INIT(EVIDENCE_TEXT_MAX + 4096);
    buf_add(&text, text_cut(t->prompt, EVIDENCE_TEXT_MAX / 2));
    for (size_t i = t->asked_index + 1; i < t->r->message_count; i++) {
        const struct agent_message *m = &t->r->messages[i];
        if (m->role != AGENT_TOOL || text.n > EVIDENCE_TEXT_MAX) continue;
        buf_addc(&text, '\n');
        buf_add(&text, text_cut(m->text, 2048));
    }
    str all = arena_dup(t->r->arena, buf_str(&text));
    buf_free(&text);
    return all;
}

/* What is said in words becomes the material of the fields that want an answer. */
static bool answer_in_json(struct agent_turn *t, const char *rule) {
    struct evidence facts;
    str said = arena_dup(t->r->arena, buf_str(t->out));
    buf_clear(t->out);
    if (!evidence_find(&facts, material(t), t->r->arena)) return false;
    struct schema_values v = { .doc = t->r->doc,
                               .arena = t->r->arena,
                               .facts = &facts,
                               .prompt = t->prompt,
                               .answer = said,
                               .answer_is_list =
                                   strcmp(rule, "tricks") == 0 && str_chr(said, ',') > 0,
                               .number = t->number,
                               .expression = t->expression,
                               .now_s = t->r->now_s };
    if (t->r->format == FORMAT_JSON_SCHEMA) return schema_fill(&v, t->r->schema, t->out);
    return schema_free_object(&v, t->out);
}

/* ---- what every answer goes through ---- */

/* A trailing assistant message is the beginning of the answer: it is not said again. */
static void continue_prefill(const struct agent_turn *t, str *text, struct arena *a) {
    const struct agent_message *last = &t->r->messages[t->r->message_count - 1];
    if (last->role != AGENT_ASSISTANT || doc_len(t->r->doc, last->calls) || !last->text.n) return;
    str begun = str_trim(last->text);
    if (str_starts(*text, begun)) {
        *text = str_skip(*text, begun.n);
        if (begun.n < last->text.n) *text = str_trim(*text);
    } else if (t->r->format == FORMAT_TEXT && text->n) {
        bool blank = ascii_space(last->text.p[last->text.n - 1]);
        *text = arena_printf(a, "%s%.*s", blank ? "" : " ", STR_ARG(*text));
    }
}

static str stopped(const struct agent_request *r, str text) {
    for (size_t i = 0; i < r->stop_count; i++) {
        ptrdiff_t at = str_find(text, r->stop[i]);
        if (at >= 0) text = str_head(text, (size_t)at);
    }
    return text;
}

/* The first n tokens. */
static str limited(str text, int64_t n, bool *cut) {
    size_t at = 0;
    for (; n > 0 && at < text.n; n--) at += text_token(str_skip(text, at));
    if (at < text.n) *cut = true;
    return str_head(text, at);
}

static str reasoning_text(const struct agent_turn *t, const char *rule, size_t calls) {
    const struct agent_request *r = t->r;
    struct buf out = BUF_INIT(4096);
    str shown = text_cut(t->prompt, 120);
    buf_addf(&out, "The request has %zu message%s", r->message_count,
             r->message_count == 1 ? "" : "s");
    if (r->tool_count)
        buf_addf(&out, " and %zu tool%s", r->tool_count, r->tool_count == 1 ? "" : "s");
    buf_addf(&out, ". The rule that fits is \"%s\".", rule);
    if (r->effort >= EFFORT_MEDIUM) {
        buf_addf(&out, " The last thing that was asked is: %.*s%s", STR_ARG(shown),
                 shown.n < t->prompt.n ? "…" : "");
        if (calls) buf_addf(&out, " I make %zu call%s.", calls, calls == 1 ? "" : "s");
    }
    if (r->effort >= EFFORT_HIGH) {
        buf_add(&out, S(" Rules that come before it were tried in their order and did not fit:"));
        for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
            if (strcmp(rules[i].name, rule) == 0) break;
            buf_addf(&out, " %s;", rules[i].name);
        }
        buf_add(&out, S(" that is all the thinking a rules engine does."));
    }
    str text = arena_dup(r->arena, buf_str(&out));
    buf_free(&out);
    return text;
}

int64_t agent_message_tokens(const struct agent_request *r, size_t i) {
    const struct agent_message *m = &r->messages[i];
    return 4 + text_tokens(m->text) + (int64_t)m->attached_count * 256 +
           (int64_t)(doc_raw(r->doc, m->calls).n / 4);
}

int64_t agent_tool_tokens(const struct agent_request *r) {
    int64_t n = 0;
    for (size_t i = 0; i < r->tool_count; i++)
        n += 8 + text_tokens(r->tools[i].name) + text_tokens(r->tools[i].description) +
             (int64_t)(doc_raw(r->doc, r->tools[i].parameters).n / 4);
    return n;
}

static int64_t prompt_tokens(const struct agent_request *r) {
    int64_t n = 3 + agent_tool_tokens(r); /* the answer is opened by a few tokens, too */
    for (size_t i = 0; i < r->message_count; i++) n += agent_message_tokens(r, i);
    return n;
}

static int64_t call_tokens(const struct agent_answer *a) {
    int64_t n = 0;
    for (size_t i = 0; i < a->call_count; i++)
        n += 4 + text_tokens(a->calls[i].name) + text_tokens(a->calls[i].arguments);
    return n;
}

/* Reasoning comes first and takes at most half of a limit, so that a word of the answer is left. */
static void measure(struct agent_answer *out, const struct agent_turn *t, str text) {
    const struct agent_request *r = t->r;
    int64_t left = r->max_tokens;
    bool cut = false, ignored = false;
    out->prompt_tokens = prompt_tokens(r);
    if (r->effort != EFFORT_NONE) {
        str thought = reasoning_text(t, out->rule, out->call_count);
        if (left) thought = limited(thought, left / 2, &ignored);
        if (r->max_reasoning_tokens) thought = limited(thought, r->max_reasoning_tokens, &ignored);
        out->reasoning_tokens = text_tokens(thought);
        if (left) left -= out->reasoning_tokens;
        if (!r->hide_reasoning) out->reasoning = thought;
    }
    if (out->call_count) {
        out->finish = FINISH_TOOL_CALLS;
        if (r->max_tokens && call_tokens(out) > left) { /* a call is whole or not at all */
            out->call_count = 0;
            out->finish = FINISH_LENGTH;
        }
        out->completion_tokens = out->reasoning_tokens + call_tokens(out);
        return;
    }
    text = stopped(r, text);
    if (r->max_tokens) text = limited(text, left, &cut);
    out->text = text;
    out->finish = cut ? FINISH_LENGTH : FINISH_STOP;
    out->completion_tokens = out->reasoning_tokens + text_tokens(text);
}

static const char *decide(struct agent_turn *t, struct agent_answer *out) {
    const struct agent_request *r = t->r;
    struct agent_call *calls = NULL;
    if (r->tool_count && t->words.n) skill_math(t); /* a sum is what a calculator tool is for */
    buf_clear(t->out);
    if (tools_call(t, &calls, &out->call_count)) {
        out->calls = calls;
        return "tool";
    }
    const char *rule = NULL;
    bool asking = t->out->n > 0; /* for an argument */
    if (tools_finish(t))
        rule = "tool result";
    else if (asking && r->format == FORMAT_TEXT)
        rule = "tool argument";
    else {
        buf_clear(t->out);
        rule = answer_in_words(t);
    }
    if (r->format == FORMAT_TEXT) return rule;
    return answer_in_json(t, rule) ? "json" : rule;
}

enum chela_error agent_answer(struct agent_answer *out, const struct agent_request *r,
                              struct err *e) {
    struct buf text = BUF_INIT(ANSWER_MAX);
    struct agent_turn t;
    *out = (struct agent_answer){ .text = S(""), .reasoning = S("") };
    bool good = turn_start(&t, r, &text);
    if (good) out->rule = decide(&t, out);
    bool large = text.failed == BUF_TOO_LARGE;
    str said = arena_dup(r->arena, buf_str(&text));
    good = good && !text.failed && !arena_failed(r->arena);
    buf_free(&text);
    if (large) return err_set(e, CHELA_LIMIT, "the answer is larger than %d bytes", ANSWER_MAX);
    if (good) {
        continue_prefill(&t, &said, r->arena);
        measure(out, &t, said);
    }
    if (!good || arena_failed(r->arena))
        return err_set(e, CHELA_NOMEM, "out of memory while answering");
    return CHELA_OK;
}
