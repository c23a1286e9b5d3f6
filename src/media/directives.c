#include "media/directives.h"

enum {
    MAX_TEXT = 1 << 20,
    MAX_TAG = 512,
    MAX_SPAN = 4096, /* of code in a line: an open backtick holds no more than this */
    MAX_LINE = 4096, /* of a line that may be a fence */
};

void directives_init(struct directives *d, const struct speech_config *set, void *ctx,
                     void (*on_shown)(void *ctx, str text)) {
    *d = (struct directives){ .may_text = set->may_text,
                              .may_voice = set->may_voice,
                              .may_model = set->may_model,
                              .may_provider = set->may_provider,
                              .ctx = ctx,
                              .on_shown = on_shown,
                              .hidden = BUF_INIT(MAX_TEXT),
                              .span = BUF_INIT(MAX_TEXT),
                              .held = BUF_INIT(MAX_TEXT),
                              .now = BUF_INIT(MAX_TEXT) };
}

void directives_free(struct directives *d) {
    buf_free(&d->hidden);
    buf_free(&d->span);
    buf_free(&d->held);
    buf_free(&d->now);
}

/* ---- what a directive says ---- */

static bool is_one_of(str key, const char *const *names) {
    for (; *names; names++)
        if (str_ieq(key, str_c(*names))) return true;
    return false;
}

/* voice= and model= are for the provider that the directive prefers, when that may be said; those
 * with its name in them are always for OpenRouter. */
static void read_settings(struct directives *d, str settings) {
    static const char *const voice[] = { "voice", "voice_id", "voiceid", NULL };
    static const char *const model[] = { "model", "model_id", "modelid", NULL };
    static const char *const own_voice[] = { "openrouter_voice", "openroutervoice", NULL };
    static const char *const own_model[] = { "openrouter_model", "openroutermodel", NULL };
    bool ours = true;
    str rest = settings, word, key, value;
    while (rest.n) {
        str_cut(rest, ' ', &word, &rest);
        if (str_cut(word, '=', &key, &value) && str_ieq(key, S("provider")) && d->may_provider)
            ours = str_ieq(value, S("openrouter"));
    }
    while (settings.n) {
        str_cut(settings, ' ', &word, &settings);
        if (!str_cut(word, '=', &key, &value) || !value.n) continue;
        if (d->may_voice && (is_one_of(key, own_voice) || (ours && is_one_of(key, voice))))
            str_copy(d->voice, sizeof d->voice, value);
        if (d->may_model && (is_one_of(key, own_model) || (ours && is_one_of(key, model))))
            str_copy(d->model, sizeof d->model, value);
    }
}

/* ---- text ---- */

static void show(struct directives *d, str text) {
    if (text.n) d->on_shown(d->ctx, text);
    if (d->in_span) buf_add(&d->span, text);
}

static void pass(struct directives *d, str text) {
    for (size_t i = 0; i < text.n; i++)
        d->in_line = text.p[i] != '\n' && (d->in_line || !ascii_space(text.p[i]));
    if (d->in_text)
        buf_add(&d->now, text);
    else
        show(d, text);
}

static void close_text(struct directives *d) {
    if (d->in_text && d->may_text && !d->has_hidden && d->now.n) {
        buf_add(&d->hidden, buf_str(&d->now));
        d->has_hidden = true;
    }
    d->in_text = false;
    buf_clear(&d->now);
}

/* inner: what stands between the brackets, "tts" and what follows it, trimmed. */
static void take(struct directives *d, str inner, bool closes) {
    str what = str_trim(str_skip(str_trim(str_skip(inner, 3)), 1)); /* behind "tts" and ":" */
    d->tagged = true;
    if (str_ieq(what, S("text")) && closes)
        close_text(d);
    else if (str_ieq(what, S("text")))
        d->in_text = true;
    else if (what.n && !closes)
        read_settings(d, what);
    else if (!what.n && !closes)
        d->in_span = true;
    else if (!what.n) {
        d->has_span = d->has_span || (d->in_span && d->span.n);
        d->in_span = false;
    }
}

/* ---- the scanner: each step says how many bytes it took; 0: more must be seen first ---- */

static size_t run_of(str s, char c) {
    size_t n = 0;
    while (n < s.n && s.p[n] == c) n++;
    return n;
}

static size_t blanks(str s) {
    size_t n = 0;
    while (n < s.n && (s.p[n] == ' ' || s.p[n] == '\t')) n++;
    return n;
}

static size_t plain(struct directives *d, str s, size_t n) {
    pass(d, str_head(s, n));
    return n;
}

/* The line that s begins with, its end included, as far as a fence may reach. *whole: no more of it
 * will come. */
static str line_at(str s, bool last, bool *whole) {
    str seen = str_head(s, MAX_LINE);
    ptrdiff_t end = str_chr(seen, '\n');
    *whole = end >= 0 || last || seen.n == MAX_LINE;
    return end < 0 ? seen : str_head(seen, (size_t)end + 1);
}

/* Inside a block of code, which ends with a line of as many backticks, or with the text. */
static size_t step_fence(struct directives *d, str s, bool last) {
    bool whole;
    str line = line_at(s, last, &whole), text = str_trim(line);
    size_t lead = blanks(line);
    bool may_close = !d->in_line && (lead == line.n || line.p[lead] == '`');
    if (may_close && !whole) return 0;
    bool closes = may_close && text.n >= d->fence && run_of(text, '`') == text.n;
    if (closes && line.n < MAX_LINE) d->fence = 0;
    return plain(d, s, line.n);
}

/* Code in a line, up to as many backticks; a paragraph's end leaves them what they are. */
static size_t step_span(struct directives *d, str s, size_t ticks, bool last) {
    for (size_t i = ticks; i < s.n && i < MAX_SPAN; i++) {
        str here = str_skip(s, i), next = str_skip(here, 1);
        size_t n = run_of(here, '`');
        if (n && n == here.n && !last) return 0;
        if (n == ticks) return plain(d, s, i + n);
        if (n) i += n - 1;
        if (here.p[0] == '\n' && str_starts(str_skip(next, blanks(next)), S("\n")))
            return plain(d, s, ticks);
    }
    return last || s.n >= MAX_SPAN ? plain(d, s, ticks) : 0;
}

/* Three or more at the start of a line open a block, unless there are others in the line. */
static size_t step_ticks(struct directives *d, str s, bool last) {
    bool whole;
    str line = line_at(s, last, &whole);
    size_t ticks = run_of(line, '`');
    if (ticks == line.n && !whole) return 0;
    if (d->in_line || ticks < 3) return step_span(d, s, ticks, last);
    if (!whole) return 0;
    if (str_chr(str_skip(line, ticks), '`') >= 0) return step_span(d, s, ticks, last);
    d->fence = ticks;
    return plain(d, s, line.n);
}

/* "[[tts:voice=x]]", or a bracket like any other. */
static size_t step_bracket(struct directives *d, str s, bool last) {
    static const str word = STR_INIT("tts");
    if (s.n >= 2 && s.p[1] != '[') return plain(d, s, 1);
    size_t at = 2 + blanks(str_skip(s, 2));
    bool closes = at < s.n && s.p[at] == '/';
    if (closes) at += 1 + blanks(str_skip(s, at + 1));
    str name = str_skip(s, at);
    bool begins = name.n < word.n ? str_istarts(word, name) : str_istarts(name, word);
    if (!begins || (last && name.n < word.n)) return plain(d, s, 1);
    size_t after = word.n + blanks(str_skip(name, word.n));
    str then = str_head(str_skip(name, after), 2);
    if (then.n && then.p[0] != ':' && !str_starts(S("]]"), then)) return plain(d, s, 1);
    str seen = str_head(name, MAX_TAG);
    ptrdiff_t end = str_find(seen, S("]]")), line = str_chr(seen, '\n');
    if ((line >= 0 && (end < 0 || line < end)) || (end < 0 && seen.n == MAX_TAG))
        return plain(d, s, 1);
    if (end < 0) return last ? s.n : 0;
    take(d, str_trim(str_head(name, (size_t)end)), closes);
    return at + (size_t)end + 2;
}

static size_t step(struct directives *d, str s, bool last) {
    if (d->fence) return step_fence(d, s, last);
    if (s.p[0] == '`') return step_ticks(d, s, last);
    if (s.p[0] == '[') return step_bracket(d, s, last);
    size_t n = 1;
    while (n < s.n && s.p[n] != '`' && s.p[n] != '[') n++;
    return plain(d, s, n);
}

static void scan(struct directives *d, bool last) {
    str rest = buf_str(&d->held);
    for (size_t n; rest.n && (n = step(d, rest, last)); rest = str_skip(rest, n)) {}
    buf_consume(&d->held, d->held.n - rest.n);
    d->failed = d->failed || d->held.failed || d->now.failed || d->hidden.failed || d->span.failed;
}

void directives_feed(struct directives *d, str piece) {
    buf_add(&d->held, piece);
    scan(d, false);
}

void directives_end(struct directives *d) {
    scan(d, true);
    if (d->in_text) show(d, buf_str(&d->now));
    d->in_text = d->in_span = false;
    buf_clear(&d->now);
}
