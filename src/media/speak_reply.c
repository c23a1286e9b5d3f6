#include "media/speak_reply.h"

enum { SHORTEST = 10, MAX_REPLY = 1 << 20 };

/* ---- directives ---- */

enum tag { NO_TAG, OPEN_TEXT, CLOSE_TEXT, OPEN_SPAN, CLOSE_SPAN, SETTINGS, OTHER_TAG };

/* The directive that s begins with; its length and, of settings, their text. */
static enum tag tag_at(str s, size_t *length, str *settings) {
    if (!str_starts(s, S("[["))) return NO_TAG;
    ptrdiff_t end = str_find(s, S("]]"));
    if (end < 0 || str_chr(str_head(s, (size_t)end), '\n') >= 0) return NO_TAG;
    str inner = str_trim(str_head(str_skip(s, 2), (size_t)end - 2));
    bool closes = str_starts(inner, S("/"));
    if (closes) inner = str_trim(str_skip(inner, 1));
    if (!str_istarts(inner, S("tts"))) return NO_TAG;
    str rest = str_trim(str_skip(inner, 3));
    if (rest.n && rest.p[0] != ':') return NO_TAG;
    rest = str_trim(str_skip(rest, 1));
    *length = (size_t)end + 2;
    *settings = rest;
    if (str_ieq(rest, S("text"))) return closes ? CLOSE_TEXT : OPEN_TEXT;
    if (!rest.n) return closes ? CLOSE_SPAN : OPEN_SPAN;
    return closes ? OTHER_TAG : SETTINGS;
}

static void read_settings(struct spoken_words *out, str settings, const struct speech_config *set) {
    static const str voices[] = { STR_INIT("voice"), STR_INIT("voice_id"), STR_INIT("voiceid"),
                                  STR_INIT("openrouter_voice"), STR_INIT("openroutervoice") };
    static const str models[] = { STR_INIT("model"), STR_INIT("model_id"), STR_INIT("modelid"),
                                  STR_INIT("openrouter_model"), STR_INIT("openroutermodel") };
    str word, key, value;
    while (settings.n) {
        str_cut(settings, ' ', &word, &settings);
        if (!str_cut(word, '=', &key, &value) || !value.n) continue;
        for (size_t i = 0; i < 5; i++) {
            if (set->may_voice && str_ieq(key, voices[i])) out->voice = value;
            if (set->may_model && str_ieq(key, models[i])) out->model = value;
        }
    }
}

/* How long the code that s begins with is: a fenced block, or a span in backticks; 0: none. */
static size_t code_at(str s) {
    if (!str_starts(s, S("`"))) return 0;
    size_t ticks = 0;
    while (ticks < s.n && s.p[ticks] == '`') ticks++;
    ptrdiff_t end = str_find(str_skip(s, ticks), str_head(s, ticks));
    return end < 0 ? 0 : ticks + (size_t)end + ticks;
}

struct texts {
    struct buf shown, hidden, span;
    bool in_text, in_span, had_text, had_span;
};

static void add(struct texts *t, str piece) {
    if (t->in_text) {
        if (!t->had_text) buf_add(&t->hidden, piece);
        return;
    }
    buf_add(&t->shown, piece);
    if (t->in_span) buf_add(&t->span, piece);
}

static void take_tag(struct texts *t, enum tag tag, bool may_text) {
    if (tag == OPEN_TEXT) t->in_text = true;
    if (tag == CLOSE_TEXT && t->in_text) {
        t->in_text = false;
        t->had_text = t->had_text || (may_text && t->hidden.n);
    }
    if (tag == OPEN_SPAN) t->in_span = true;
    if (tag == CLOSE_SPAN) {
        t->had_span = t->had_span || t->span.n;
        t->in_span = false;
    }
}

enum chela_error spoken_words(struct spoken_words *out, str reply, const struct speech_config *set,
                              struct arena *a, struct err *e) {
    struct texts t = { .shown = BUF_INIT(MAX_REPLY),
                       .hidden = BUF_INIT(MAX_REPLY),
                       .span = BUF_INIT(MAX_REPLY) };
    *out = (struct spoken_words){ .shown = reply };
    for (str rest = reply; rest.n && set->directives;) {
        str settings;
        size_t length = code_at(rest);
        enum tag tag = length ? NO_TAG : tag_at(rest, &length, &settings);
        if (tag == NO_TAG) {
            if (!length) length = 1;
            add(&t, str_head(rest, length));
        } else {
            out->tagged = true;
            take_tag(&t, tag, set->may_text);
            if (tag == SETTINGS) read_settings(out, settings, set);
        }
        rest = str_skip(rest, length);
    }
    if (set->directives) out->shown = arena_dup(a, str_trim(buf_str(&t.shown)));
    str said = t.had_text ? buf_str(&t.hidden) : t.had_span ? buf_str(&t.span) : out->shown;
    out->said = spoken_plain(said, a);
    out->voice = arena_dup(a, out->voice);
    out->model = arena_dup(a, out->model);
    bool failed = t.shown.failed || t.hidden.failed || t.span.failed || arena_failed(a);
    bool enough = t.had_text || out->said.n >= SHORTEST;
    if (!enough) out->said = (str){ 0 };
    buf_free(&t.shown);
    buf_free(&t.hidden);
    buf_free(&t.span);
    return failed ? err_set(e, CHELA_LIMIT, "the reply is too long to be spoken") : CHELA_OK;
}

/* ---- plain text ---- */

/* Marks at the start of a line: headings, quotes, bullets, fences, tables' rules. */
static str without_lead(str line) {
    str text = str_trim(line);
    while (text.n && (text.p[0] == '#' || text.p[0] == '>')) text = str_trim(str_skip(text, 1));
    if (text.n > 1 && (text.p[0] == '-' || text.p[0] == '*' || text.p[0] == '+') &&
        text.p[1] == ' ')
        text = str_trim(str_skip(text, 2));
    bool fence = str_starts(text, S("```")) || str_starts(text, S("---"));
    return fence ? (str){ 0 } : text;
}

/* "[words](address)" says its words. */
static size_t link_at(str s, str *words) {
    ptrdiff_t middle = str_starts(s, S("[")) ? str_find(s, S("](")) : -1;
    if (middle < 0) return 0;
    ptrdiff_t end = str_chr(str_skip(s, (size_t)middle), ')');
    *words = str_head(str_skip(s, 1), (size_t)middle - 1);
    return end < 0 ? 0 : (size_t)(middle + end + 1);
}

static bool is_word(char c) {
    char l = ascii_lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static void add_line(struct buf *out, str line) {
    while (line.n) {
        str words;
        size_t length = link_at(line, &words);
        if (length) {
            buf_add(out, words);
        } else {
            char c = line.p[0];
            bool inside = out->n && line.n > 1 && is_word(out->p[out->n - 1]) && is_word(line.p[1]);
            bool mark = c == '*' || c == '`' || c == '|' || (c == '_' && !inside);
            if (!mark) buf_addc(out, c);
            length = 1;
        }
        line = str_skip(line, length);
    }
}

str spoken_plain(str markdown, struct arena *a) {
    struct buf out = BUF_INIT(MAX_REPLY);
    str line;
    while (markdown.n) {
        str_cut(markdown, '\n', &line, &markdown);
        line = without_lead(line);
        if (!line.n) continue;
        if (out.n) buf_addc(&out, '\n');
        add_line(&out, line);
    }
    str plain = arena_dup(a, str_trim(buf_str(&out)));
    buf_free(&out);
    return plain;
}

/* ---- speaking ---- */

/* At most `most` characters, the last three of them dots when something is missing. */
static str cut(str text, int64_t most, struct arena *a) {
    int64_t characters = 0;
    size_t keep = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (((unsigned char)text.p[i] & 0xC0) == 0x80) continue;
        if (characters == most - 3) keep = i;
        if (++characters > most) return arena_printf(a, "%.*s...", STR_ARG(str_head(text, keep)));
    }
    return text;
}

static bool is_wanted(const struct speech_config *set, const struct spoken_words *w,
                      bool inbound_audio) {
    if (set->when == SPEECH_TAGGED) return w->tagged;
    if (set->when == SPEECH_INBOUND) return inbound_audio;
    return set->when == SPEECH_ALWAYS;
}

enum chela_error media_speak_reply(const struct speak_reply *q, struct config *c, str *shown,
                                   struct media_result *r, struct err *e) {
    struct arena a;
    struct speech_config set;
    struct spoken_words words;
    *shown = q->reply;
    media_result_init(r, "tts.convert");
    arena_init(&a, 16u << 20);
    enum chela_error rc = speech_config(&set, c, q->agent, &a, e);
    bool on = rc == CHELA_OK && set.when != SPEECH_OFF;
    if (on) rc = spoken_words(&words, q->reply, &set, &a, e);
    if (on && rc == CHELA_OK) {
        bool speak = is_wanted(&set, &words, q->inbound_audio) && words.said.n &&
                     !str_has(q->reply, S("MEDIA:"));
        int64_t most = set.max_length < set.max_text ? set.max_length : set.max_text;
        const struct speech_request request = { .text = speak ? cut(words.said, most, &a) : S(""),
                                                .model = words.model,
                                                .voice = words.voice,
                                                .agent = q->agent,
                                                .cancel = q->cancel };
        if (speak) rc = speech_run(&request, c, r, e);
        *shown = arena_dup(&r->arena, words.shown);
    }
    arena_free(&a);
    return rc;
}
