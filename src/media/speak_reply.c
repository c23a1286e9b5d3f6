#include "media/speak_reply.h"

#include "base/utf8.h"
#include "media/directives.h"
#include "media/place.h"
#include "media/summary.h"

enum { SHORTEST = 10 /* characters */, MAX_REPLY = 1 << 20, KEPT_SECONDS = 24 * 60 * 60 };
static const char kept_name[] = "reply"; /* nobody asked for these files by name */

static void add_shown(void *ctx, str text) {
    buf_add(ctx, text);
}

enum chela_error spoken_words(struct spoken_words *out, str reply, const struct speech_config *set,
                              struct arena *a, struct err *e) {
    struct buf shown = BUF_INIT(MAX_REPLY);
    struct directives d;
    *out = (struct spoken_words){ .shown = reply, .said = str_trim(reply) };
    if (!set->directives) return CHELA_OK;
    directives_init(&d, set, &shown, add_shown);
    directives_feed(&d, reply);
    directives_end(&d);
    bool failed = d.failed || shown.failed;
    if (!failed) {
        out->shown = arena_dup(a, str_trim(buf_str(&shown)));
        str said = d.has_hidden ? buf_str(&d.hidden) : d.has_span ? buf_str(&d.span) : out->shown;
        out->said = arena_dup(a, str_trim(said));
        out->voice = arena_dup(a, str_c(d.voice));
        out->model = arena_dup(a, str_c(d.model));
        out->tagged = d.tagged;
        out->hidden = d.has_hidden;
    }
    directives_free(&d);
    buf_free(&shown);
    failed = failed || arena_failed(a);
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

/* ---- what is said ---- */

/* At most `most` characters, the last three of them dots when something is missing. */
static str cut(str text, int64_t most, struct arena *a) {
    if ((int64_t)utf8_length(text) <= most) return text;
    str head = utf8_head(text, most > 3 ? (size_t)most - 3 : 0);
    return arena_printf(a, "%.*s...", STR_ARG(head));
}

/* A reply that is longer than a person wants to listen to is summed up; what cannot be, is cut. */
static str shorten(const struct speak_reply *q, struct config *c, const struct speech_config *set,
                   str said, struct arena *a) {
    int64_t most = set->max_length < set->max_text ? set->max_length : set->max_text;
    if ((int64_t)utf8_length(said) <= most) return said;
    const struct summary ask = { .text = said,
                                 .length = most,
                                 .model = set->summary_model,
                                 .agent = q->agent,
                                 .timeout_ms = set->timeout_ms,
                                 .cancel = q->cancel };
    struct chat_usage used;
    struct err why = ERR_INIT;
    str summary;
    if (!set->summarize) return cut(said, most, a);
    enum chela_error rc = summary_make(&ask, c, a, &summary, &used, &why);
    if (rc != CHELA_OK) summary = cut(said, most, a);
    if (rc != CHELA_OK && rc != CHELA_CANCELLED && q->on_notice) {
        err_prefix(&why, rc, "the reply is cut to be spoken, for it could not be summed up: ");
        q->on_notice(q->ctx, why.message);
    }
    if (q->used) chat_usage_add(q->used, &used);
    return cut(summary, set->max_text, a);
}

static bool is_wanted(const struct speak_reply *q, const struct speech_config *set,
                      const struct spoken_words *w) {
    if (q->between && !set->every_kind) return false;
    if (q->has_sound || !w->said.n || str_has(q->reply, S("MEDIA:"))) return false;
    if (!w->hidden && utf8_length(w->said) < SHORTEST) return false;
    if (set->when == SPEECH_TAGGED) return w->tagged;
    if (set->when == SPEECH_INBOUND) return q->inbound_audio;
    return set->when == SPEECH_ALWAYS;
}

static enum chela_error speak(const struct speak_reply *q, struct config *c,
                              const struct speech_config *set, const struct spoken_words *w,
                              struct arena *a, struct media_result *r, struct err *e) {
    if (q->on_speech) q->on_speech(q->ctx);
    str said = spoken_plain(shorten(q, c, set, w->said, a), a);
    if (!said.n || (!w->hidden && utf8_length(said) < SHORTEST)) return CHELA_OK;
    const struct speech_request request = { .text = said,
                                            .model = w->model,
                                            .voice = w->voice,
                                            .agent = q->agent,
                                            .kind = kept_name,
                                            .cancel = q->cancel };
    place_prune(c, kept_name, KEPT_SECONDS);
    return speech_run(&request, c, r, e);
}

enum chela_error media_speak_reply(const struct speak_reply *q, struct config *c, str *shown,
                                   struct media_result *r, struct err *e) {
    struct arena a;
    struct speech_config set;
    struct spoken_words words = { .shown = q->reply };
    media_result_init(r, "tts.convert");
    arena_init(&a, 16u << 20);
    enum chela_error rc = speech_config(&set, c, q->agent, &a, e);
    if (set.when == SPEECH_OFF) {
        *shown = q->reply;
        arena_free(&a);
        return CHELA_OK;
    }
    enum chela_error read = spoken_words(&words, q->reply, &set, &a, rc == CHELA_OK ? e : NULL);
    if (rc == CHELA_OK) rc = read;
    if (rc == CHELA_OK && is_wanted(q, &set, &words)) rc = speak(q, c, &set, &words, &a, r, e);
    *shown = arena_dup(&r->arena, words.shown);
    arena_free(&a);
    return rc;
}
