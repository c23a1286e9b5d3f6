/* Summaries by extraction: the sentences whose words are the most frequent in the text, in the
 * order they had there. Nothing is reworded, so nothing can be made up. */
#include "sandbox/skills.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

enum {
    TEXT_MAX = 256 << 10, /* bytes that are looked at */
    MAX_SENTENCES = 400,
    LONG_TEXT = 1200,   /* bytes from which a text without a question is summarised */
    SUMMARY_MAX = 1500, /* bytes of a summary, its first sentence aside */
    TABLE = 8192,       /* of word counts; a power of two */
};

struct sentence {
    str text;
    size_t first_word, words;
    double score;
    bool chosen;
};

struct summary {
    struct sentence s[MAX_SENTENCES];
    size_t n;
    struct {
        str word;
        unsigned count;
    } table[TABLE];
};

/* ---- sentences ---- */

static bool abbreviation(str before) {
    static const char *const list[] = { "e.g", "i.e", "etc", "Mr", "Mrs", "Ms", "Dr", "vs", "No" };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        if (str_ends(before, str_c(list[i]))) return true;
    return before.n >= 2 && before.p[before.n - 2] == ' ' && before.p[before.n - 1] >= 'A' &&
           before.p[before.n - 1] <= 'Z'; /* an initial */
}

size_t text_sentence(str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\n' && i + 1 < s.n &&
            (s.p[i + 1] == '\n' || s.p[i + 1] == '-' || s.p[i + 1] == '*'))
            return i + 1;
        if (str_starts(str_skip(s, i), S("。")) || str_starts(str_skip(s, i), S("？")))
            return i + 3;
        if (c != '.' && c != '!' && c != '?') continue;
        if (i + 1 < s.n && !ascii_space(s.p[i + 1]) && s.p[i + 1] != '"' && s.p[i + 1] != ')')
            continue;
        if (c == '.' && abbreviation(str_head(s, i))) continue;
        return i + 1 + (i + 1 < s.n && (s.p[i + 1] == '"' || s.p[i + 1] == ')'));
    }
    return s.n;
}

static void split(struct summary *m, str text) {
    while (text.n && m->n < MAX_SENTENCES) {
        size_t n = text_sentence(text);
        str one = str_trim(str_head(text, n));
        if (one.n > 2) m->s[m->n++].text = one;
        text = str_skip(text, n);
    }
}

/* ---- frequencies ---- */

static unsigned *count_of(struct summary *m, str word) {
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < word.n; i++) h = (h ^ (unsigned char)word.p[i]) * 16777619u;
    for (unsigned k = 0; k < 16; k++) { /* a full neighbourhood: the word does not count */
        size_t slot = (h + k) & (TABLE - 1);
        if (!m->table[slot].word.n) m->table[slot].word = word;
        if (str_eq(m->table[slot].word, word)) return &m->table[slot].count;
    }
    return NULL;
}

static void score(struct summary *m, struct arena *a) {
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < m->n; i++) {
            struct words w;
            double sum = 0;
            struct arena scratch = ARENA_INIT(1u << 20);
            if (!words_split(&w, m->s[i].text, pass ? &scratch : a)) w.n = 0;
            for (size_t k = 0; k < w.n; k++) {
                if (word_is_common(w.w[k].text) || w.w[k].text.n < 3) continue;
                unsigned *count = count_of(m, w.w[k].text);
                if (!pass && count) ++*count;
                if (pass && count) sum += *count - 1;
            }
            arena_free(&scratch);
            /* Long sentences have more words: half of that advantage is taken away. */
            double length = w.n > 4 ? (double)w.n : 4;
            double root = 1;
            while (root * root < length) root += 1;
            m->s[i].score = sum / root * (i == 0 ? 1.25 : 1);
        }
    }
}

static void choose(struct summary *m, size_t wanted) {
    size_t bytes = 0;
    for (size_t k = 0; k < wanted; k++) {
        struct sentence *best = NULL;
        for (size_t i = 0; i < m->n; i++)
            if (!m->s[i].chosen && (!best || m->s[i].score > best->score)) best = &m->s[i];
        if (!best || (bytes && bytes + best->text.n > SUMMARY_MAX)) return;
        best->chosen = true;
        bytes += best->text.n;
    }
}

static bool summarise(struct agent_turn *t, str text, size_t wanted) {
    struct summary *m = calloc(1, sizeof *m);
    if (!m) return false;
    text = text_cut(str_trim(text), TEXT_MAX);
    split(m, text);
    if (m->n) {
        score(m, t->r->arena);
        if (!wanted) wanted = m->n <= 3 ? 1 : m->n / 4 < 5 ? m->n / 4 + 1 : 5;
        choose(m, wanted);
    }
    bool any = false;
    for (size_t i = 0; i < m->n; i++) {
        if (!m->s[i].chosen) continue;
        str one = text_cut(m->s[i].text, SUMMARY_MAX);
        buf_addf(t->out, "%s%.*s%s", any ? " " : "", STR_ARG(one),
                 one.n < m->s[i].text.n ? "…" : "");
        any = true;
    }
    free(m);
    return any;
}

/* ---- what is asked ---- */

/* "in 2 sentences", "one sentence", "한 문장". */
static size_t wanted_sentences(const struct words *w) {
    static const char *const names[] = { "one|a|single|1", "two|2", "three|3", "four|4", "five|5" };
    for (size_t i = 0; i < 5; i++) {
        for (size_t k = 0; k + 1 < w->n && k < 60; k++) {
            struct words number = { w->raw, &w->w[k], 1 }, unit = { w->raw, &w->w[k + 1], 1 };
            if (!words_any(&number, names[i])) continue;
            if (words_any(&unit, "sentence|sentences|line|lines|point|points|bullet|bullets"))
                return i + 1;
        }
    }
    if (words_any(w, "한 문장|한문장|한 줄")) return 1;
    return words_any(w, "두 문장|두문장") ? 2 : words_any(w, "세 문장|세문장") ? 3 : 0;
}

/* The text to sum up: after the order's colon or line, or before an order that ends the message, or
 * the longest message before. */
static str subject(const struct agent_turn *t, size_t order_end, size_t order_at) {
    str whole = str_trim(t->asked->text), after = str_skip(whole, order_end);
    ptrdiff_t line = str_chr(after, '\n'), colon = str_chr(after, ':');
    ptrdiff_t cut = colon >= 0 && (line < 0 || colon < line) ? colon : line;
    if (cut >= 0 && cut < 160) {
        str rest = str_trim(str_skip(after, (size_t)cut + 1));
        if (rest.n > 20) return rest;
    }
    if (order_at > 200) return str_trim(str_head(whole, order_at));
    static const char *const leads[] = { " the following", " this", " text", " article",
                                         " paragraph" };
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++)
        if (str_istarts(after, str_c(leads[i]))) after = str_skip(after, strlen(leads[i]));
    after = text_unquote(str_trim(after));
    if (after.n > 60) return after;
    str longest = { 0 };
    for (size_t i = 0; i < t->asked_index; i++)
        if (t->r->messages[i].role != AGENT_SYSTEM && t->r->messages[i].text.n > longest.n)
            longest = t->r->messages[i].text;
    return longest;
}

/* A text so long that the prompt does not hold its end, where the order may be. */
static bool order_at_end(struct agent_turn *t) {
    str whole = str_trim(t->asked->text);
    str head = text_cut(whole, whole.n - 300), tail = str_skip(whole, head.n);
    if (!str_ihas(tail, S("summari")) && !str_has(tail, S("요약"))) return false;
    return summarise(t, head, 0);
}

bool skill_summary(struct agent_turn *t) {
    const struct words *w = &t->words;
    size_t count;
    ptrdiff_t at = -1, end = -1;
    static const char *const orders[] = {
        "summarize|summarise|summarizing", "summary of", "summary", "tl dr", "tldr", "key points"
    };
    for (size_t i = 0; i < sizeof orders / sizeof orders[0] && at < 0; i++) {
        ptrdiff_t word = words_phrase(w, orders[i], 0, &count);
        if (word < 0 || (word > 12 && (size_t)word + 12 < w->n)) continue;
        at = (ptrdiff_t)w->w[word].at;
        end = (ptrdiff_t)w->w[(size_t)word + count - 1].end;
    }
    ptrdiff_t korean = at < 0 ? str_find(t->prompt, S("요약")) : -1;
    if (korean >= 0) {
        at = korean;
        end = korean + (ptrdiff_t)strlen("요약");
    }
    if (at < 0 && str_trim(t->asked->text).n > PROMPT_MAX) return order_at_end(t);
    if (at < 0) return false;
    str text = subject(t, (size_t)end, (size_t)at);
    if (!text.n) {
        turn_say(t, "Send me the text with it: \"summarise: …\". I pick its main sentences.",
                 "요약할 글을 함께 보내 주세요: \"요약: …\". 중심 문장을 골라 드립니다.");
        return true;
    }
    return summarise(t, text, wanted_sentences(w));
}

bool skill_long_text(struct agent_turn *t) {
    if (t->asked->text.n < LONG_TEXT) return false;
    size_t mark = t->out->n;
    turn_say(
        t,
        "I am sandbox/agent, a rules engine. I found no question that I can answer in "
        "this long text; its main sentences are: ",
        "저는 규칙 엔진 sandbox/agent입니다. 이 긴 글에서 답할 수 있는 질문을 찾지 못했습니다. "
        "중심 문장은 다음과 같습니다: ");
    if (summarise(t, t->asked->text, 0)) return true;
    t->out->n = mark;
    return false;
}
