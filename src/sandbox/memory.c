/* What was said earlier in the conversation. The request carries it all, so nothing is stored: a
 * question about "my name" looks through the user's (and the system's) earlier messages, the latest
 * first. */
#include "sandbox/evidence.h"
#include "sandbox/skills.h"

#include <string.h>

enum { LOOK_BACK = 200, QUOTE_MAX = 300 };

static const struct agent_message *message(const struct agent_turn *t, size_t i) {
    return &t->r->messages[i];
}

/* ---- facts ---- */

/* "I am Alice", "call me Al", "저는 철수입니다": a name without the word. */
static str bare_name(const struct evidence *e) {
    size_t n;
    for (size_t i = 0; i + 1 < e->words.n; i++) {
        bool call = words_phrase_at(&e->words, "call me", i, &n);
        if (!call && !words_phrase_at(&e->words, "i am|m", i, &n) &&
            !words_phrase_at(&e->words, "im", i, &n) &&
            !words_phrase_at(&e->words, "this is", i, &n))
            continue;
        if (i + n >= e->words.n) continue;
        const struct word *w = &e->words.w[i + n];
        char c = e->words.raw.p[w->at];
        if (word_is_common(w->text)) continue;
        if ((c >= 'A' && c <= 'Z') || call) return (str){ e->words.raw.p + w->at, w->end - w->at };
    }
    return (str){ 0 };
}

/* "내 이름은 철수야": what follows the key and its particle, without the ending. */
static str korean_fact(str text, str key) {
    static const char *const particles[] = { "은", "는", "이", "가" };
    static const char *const endings[] = { "이라고 합니다", "라고 합니다", "이라고 해", "라고 해",
                                           "입니다",        "이에요",      "예요",      "이야",
                                           "이고",          "야",          "이다",      "다" };
    ptrdiff_t at = str_find(text, key);
    if (at < 0) return (str){ 0 };
    str rest = str_skip(text, (size_t)at + key.n);
    bool particle = false;
    for (size_t i = 0; i < 4 && !particle; i++) {
        if (!str_starts(rest, str_c(particles[i]))) continue;
        rest = str_trim(str_skip(rest, strlen(particles[i])));
        particle = true;
    }
    if (!particle || !rest.n) return (str){ 0 };
    size_t end = 0;
    while (end < rest.n && !strchr(".!?,\n", rest.p[end])) end++;
    if (end < rest.n && rest.p[end] == '?') return (str){ 0 };
    rest = str_trim(str_head(rest, end));
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        str ending = str_c(endings[i]);
        if (rest.n > ending.n && str_ends(rest, ending))
            return str_trim(str_head(rest, rest.n - ending.n));
    }
    return rest;
}

static str fact_in(struct agent_turn *t, str text, const str *key, size_t n, str korean_key) {
    struct evidence e;
    str found = { 0 };
    if (korean_key.n) return korean_fact(text_cut(text, EVIDENCE_TEXT_MAX), korean_key);
    bool name = n == 1 && str_eq(key[0], S("name"));
    /* Most messages do not have the key's word at all. */
    if (!name && !str_ihas(text_cut(text, EVIDENCE_TEXT_MAX), str_head(key[n - 1], 3)))
        return found;
    if (!evidence_find(&e, text, t->r->arena)) return found;
    found = text_bare(evidence_keyed(&e, key, n));
    if (!found.n && name) found = bare_name(&e);
    return found;
}

static str recall(struct agent_turn *t, const str *key, size_t n, str korean_key) {
    for (size_t i = t->asked_index, looked = 0; i > 0 && looked < LOOK_BACK; i--, looked++) {
        const struct agent_message *m = message(t, i - 1);
        if (m->role != AGENT_USER && m->role != AGENT_SYSTEM) continue;
        str found = fact_in(t, m->text, key, n, korean_key);
        if (found.n) return found;
    }
    /* "My name is Alice. What is my name?": in the question itself. */
    return korean_key.n ? (str){ 0 } : fact_in(t, t->prompt, key, n, korean_key);
}

/* The key of "what is my favourite colour", and whether it is the user's own. */
static size_t asked_key(struct agent_turn *t, str *key, size_t cap, bool *own) {
    static const char *const leads[] = {
        "what|whats|who is|s|was|were|are my|the",
        "what|whats my|the",
        "tell|remind me my|the",
        "tell me again my|the",
        "remember|recall|know|say|forget my|the",
        "remember|recall|know what my|the",
    };
    const struct words *w = &t->words;
    for (size_t k = 0; k < sizeof leads / sizeof leads[0]; k++) {
        size_t count, n = 0;
        ptrdiff_t at = -1;
        for (size_t from = 0; from < w->n; from = (size_t)at + 1) { /* the last such question */
            ptrdiff_t next = words_phrase(w, leads[k], from, &count);
            if (next < 0) break;
            at = next;
        }
        if (at < 0) continue;
        *own = str_eq(w->w[(size_t)at + count - 1].text, S("my"));
        size_t i = (size_t)at + count;
        for (; i < w->n && n < cap; i++) {
            struct words one = { w->raw, &w->w[i], 1 };
            if (words_any(&one, "is|was|again|please|i|that|you|of|in|now|from|for")) break;
            key[n++] = w->w[i].text;
        }
        if (n && n < cap) return n;
    }
    return 0;
}

static bool who_am_i(const struct words *w) {
    return words_phrase(w, "who am i", 0, NULL) >= 0 ||
           words_phrase(w, "what am i called", 0, NULL) >= 0;
}

static str korean_key(const struct agent_turn *t) {
    static const char *const own[] = { "내 ", "제 ", "나의 ", "저의 " };
    static const char *const asks[] = { "뭐",  "무엇", "누구", "알아", "기억", "말해",
                                        "은?", "는?",  "뭔지", "어디", "몇" };
    static const char *const particles[] = { "은", "는", "이", "가", "을", "를" };
    bool asked = false;
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++)
        asked = asked || str_has(t->prompt, str_c(asks[i]));
    for (size_t i = 0; asked && i < sizeof own / sizeof own[0]; i++) {
        ptrdiff_t at = str_find(t->prompt, str_c(own[i]));
        if (at < 0) continue;
        str rest = str_skip(t->prompt, (size_t)at + strlen(own[i])), word, more;
        str_cut(rest, ' ', &word, &more);
        word = text_bare(word);
        for (size_t k = 0; k < 6; k++)
            if (word.n > 3 && str_ends(word, str_c(particles[k]))) {
                word.n -= strlen(particles[k]);
                break;
            }
        return word;
    }
    return (str){ 0 };
}

static bool facts(struct agent_turn *t) {
    str key[6], korean = t->korean ? korean_key(t) : (str){ 0 };
    bool own = true;
    size_t n = 0;
    if (t->words.n > 60) return false;
    if (who_am_i(&t->words)) {
        key[0] = S("name");
        n = 1;
    } else if (!korean.n) {
        n = asked_key(t, key, 6, &own);
    }
    if (!n && !korean.n) return false;
    str value = recall(t, key, n, korean);
    if (value.n) {
        value = text_cut(value, QUOTE_MAX);
        if (korean.n)
            buf_addf(t->out, "%.*s: %.*s", STR_ARG(korean), STR_ARG(value));
        else
            buf_addf(t->out, "%s ", own ? "Your" : "The");
        for (size_t i = 0; i < n; i++) buf_addf(t->out, "%.*s ", STR_ARG(key[i]));
        if (!korean.n) buf_addf(t->out, "is %.*s.", STR_ARG(value));
        return true;
    }
    if (!own) return false;
    if (korean.n) {
        buf_addf(t->out, "이 대화에서 %.*s을(를) 아직 말씀하지 않으셨습니다.", STR_ARG(korean));
        return true;
    }
    buf_add(t->out, S("You have not told me your "));
    for (size_t i = 0; i < n; i++) buf_addf(t->out, "%s%.*s", i ? " " : "", STR_ARG(key[i]));
    return buf_add(t->out, S(" in this conversation."));
}

/* ---- what was said ---- */

static const struct agent_message *earlier(const struct agent_turn *t, enum agent_role role,
                                           bool first) {
    const struct agent_message *found = NULL;
    for (size_t i = 0; i < t->asked_index; i++) {
        if (message(t, i)->role != role || !message(t, i)->text.n) continue;
        found = message(t, i);
        if (first) break;
    }
    return found;
}

static bool history(struct agent_turn *t) {
    const struct words *w = &t->words;
    if (w->n > 24) return false;
    bool mine =
        words_phrase(w, "did i just|first|originally", 0, NULL) >= 0 ||
        words_phrase(w, "did i say|ask|tell|write|mention", 0, NULL) >= 0 ||
        words_phrase(w, "my last|previous|first|earlier message|question|prompt", 0, NULL) >= 0 ||
        words_phrase(w, "what i said|asked", 0, NULL) >= 0 ||
        words_any(w, "내가 뭐라고|방금 뭐라고 했|이전 질문|내 첫 질문|내 질문");
    bool yours =
        words_phrase(w, "did you say|answer|reply", 0, NULL) >= 0 ||
        words_phrase(w, "did you just say|answer", 0, NULL) >= 0 ||
        words_phrase(w, "your last|previous answer|reply|message|response", 0, NULL) >= 0 ||
        words_any(w, "네가 뭐라고|너는 뭐라고|이전 답");
    if (!mine && !yours) return false;
    bool first = words_any(w, "first|originally|처음|첫");
    const struct agent_message *m = earlier(t, mine ? AGENT_USER : AGENT_ASSISTANT, first);
    if (!m) {
        turn_say(t, "This is the first message of this conversation.",
                 "이 대화의 첫 메시지입니다.");
        return true;
    }
    str text = text_cut(str_trim(m->text), QUOTE_MAX);
    const char *more = text.n < str_trim(m->text).n ? "…" : "";
    if (t->korean)
        buf_addf(t->out, "%s: \"%.*s%s\"", mine ? "하신 말씀" : "제 대답", STR_ARG(text), more);
    else
        buf_addf(t->out, "%s said: \"%.*s%s\"", mine ? "You" : "I", STR_ARG(text), more);
    return true;
}

bool skill_memory(struct agent_turn *t) {
    return history(t) || facts(t);
}

/* ---- statements ---- */

bool skill_note(struct agent_turn *t) {
    struct evidence e;
    static const str name[] = { STR_INIT("name") };
    if (t->words.n > 40 || str_has(t->prompt, S("?"))) return false;
    if (t->korean) {
        static const char *const keys[] = { "내 이름", "제 이름" };
        for (size_t i = 0; i < 2; i++) {
            str value = korean_fact(t->prompt, str_c(keys[i]));
            if (!value.n) continue;
            buf_addf(t->out, "반갑습니다, %.*s 님. 이 대화 동안 기억하겠습니다.", STR_ARG(value));
            return true;
        }
        return false;
    }
    if (!evidence_find(&e, t->prompt, t->r->arena)) return false;
    bool mine = words_any(&t->words, "my|i|call|im");
    str value = mine ? text_bare(fact_in(t, t->prompt, name, 1, (str){ 0 })) : (str){ 0 };
    if (value.n && value.n < 64) {
        static const char *const greet[] = { "Nice to meet you", "Hello", "Good to meet you" };
        buf_addf(t->out, "%s, %.*s. I will know your name for the rest of this conversation.",
                 greet[turn_variant(t, 1, 3)], STR_ARG(value));
        return true;
    }
    size_t count;
    ptrdiff_t my = words_phrase(&t->words, "my", 0, &count);
    ptrdiff_t is = my < 0 ? -1 : words_phrase(&t->words, "is|are", (size_t)my + 2, &count);
    if (my >= 0 && is > my + 1 && is - my <= 5) {
        const struct word *from = &t->words.w[my + 1], *to = &t->words.w[is];
        str what = str_trim((str){ t->prompt.p + from->at, to->at - from->at });
        str rest = text_bare(text_cut(str_skip(t->prompt, to->end), QUOTE_MAX));
        buf_addf(t->out, "Noted: your %.*s %.*s %.*s.", STR_ARG(what), STR_ARG(to->text),
                 STR_ARG(rest));
        return true;
    }
    if (words_phrase_at(&t->words, "remember", 0, NULL) ||
        words_phrase_at(&t->words, "please remember", 0, NULL)) {
        buf_add(t->out, S("Noted. I will find it in this conversation when you ask."));
        return true;
    }
    return false;
}
