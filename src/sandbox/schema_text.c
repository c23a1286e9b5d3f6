/* Strings of a schema: what the prompt holds for a field of this name, then what its format,
 * pattern and lengths demand. The order below is from what was said outright to what is likely. */
#include "doc/json_write.h"
#include "sandbox/pattern.h"
#include "sandbox/schema_internal.h"
#include "sandbox/skills.h"

#include "base/utf8.h"

#include <string.h>

static size_t characters(str s) {
    size_t n = 0;
    for (size_t step; s.n; n++, s = str_skip(s, step)) {
        step = utf8_step(s);
        if (!step) step = 1;
    }
    return n;
}

static str first_characters(str s, size_t count) {
    size_t i = 0;
    for (size_t n = 0; i < s.n && n < count; n++) {
        size_t step = utf8_step(str_skip(s, i));
        i += step ? step : 1;
    }
    return str_head(s, i);
}

static str take(struct schema_values *v, enum evidence_kind kind) {
    struct evidence_item *item = evidence_next(v->facts, kind);
    if (!item) return (str){ 0 };
    item->used = true;
    return item->text;
}

/* ---- formats ---- */

static str today(const struct schema_values *v, unsigned days) {
    const struct words *w = &v->facts->words;
    int64_t day = words_any(w, "tomorrow|내일") ? 1 : words_any(w, "yesterday|어제") ? -1 : 0;
    day += days;
    struct civil c = civil_of(v->now_s + day * 86400);
    return arena_printf(v->arena, "%04lld-%02u-%02u", (long long)c.year, c.month, c.day);
}

static bool says_a_day(const struct schema_values *v) {
    return words_any(&v->facts->words, "today|tomorrow|yesterday|오늘|내일|어제");
}

static str clock_text(struct schema_values *v, bool *found) {
    str time = take(v, EVIDENCE_TIME);
    struct civil c = civil_of(v->now_s);
    *found = time.n > 0;
    if (!time.n) return arena_printf(v->arena, "%02u:%02u:%02uZ", c.hour, c.minute, c.second);
    bool seconds = str_rchr(time, ':') != str_chr(time, ':'), short_hour = str_chr(time, ':') == 1;
    return arena_printf(v->arena, "%s%.*s%sZ", short_hour ? "0" : "", STR_ARG(time),
                        seconds ? "" : ":00");
}

/* Empty: the format is not known (or says nothing about the text). */
static str of_format(struct schema_values *v, str format, unsigned index,
                     enum schema_origin *origin) {
    static const struct {
        const char *format;
        const char *text;         /* when the prompt has none */
        int kind;                 /* of evidence; -1: none */
        const char *front, *back; /* around the number of the others in a list */
        int width;
    } rows[] = {
        { "email", "user@example.com", EVIDENCE_EMAIL, "user", "@example.com", 1 },
        { "idn-email", "user@example.com", EVIDENCE_EMAIL, "user", "@example.com", 1 },
        { "uri", "https://example.com/", EVIDENCE_URL, "https://example.com/", "", 1 },
        { "url", "https://example.com/", EVIDENCE_URL, "https://example.com/", "", 1 },
        { "iri", "https://example.com/", EVIDENCE_URL, "https://example.com/", "", 1 },
        { "uri-reference", "https://example.com/", EVIDENCE_URL, "https://example.com/", "", 1 },
        { "uuid", "00000000-0000-4000-8000-000000000000", EVIDENCE_UUID, "00000000-0000-4000-8000-",
          "", 12 },
        { "ipv4", "192.0.2.1", -1, "192.0.2.", "", 1 },
        { "ipv6", "2001:db8::1", -1, "2001:db8::", "", 1 },
        { "hostname", "example.com", -1, "host", ".example.com", 1 },
        { "duration", "PT1H", -1, "PT", "H", 1 },
        { "json-pointer", "/value", -1, "/value/", "", 1 },
        { "regex", "^.*$", -1, "^.{", "}$", 1 },
    };
    bool found;
    *origin = SCHEMA_FOUND;
    if (str_eq(format, S("date")) || str_eq(format, S("date-time"))) {
        str date = take(v, EVIDENCE_DATE);
        if (!date.n && !says_a_day(v)) *origin = SCHEMA_MADE;
        if (!date.n || index) date = today(v, index);
        if (str_eq(format, S("date"))) return date;
        str time = clock_text(v, &found);
        if (found) *origin = SCHEMA_FOUND;
        return arena_printf(v->arena, "%.*sT%.*s", STR_ARG(date), STR_ARG(time));
    }
    if (str_eq(format, S("time"))) {
        str time = clock_text(v, &found);
        if (!found) *origin = SCHEMA_MADE;
        return time;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!str_eq(format, str_c(rows[i].format))) continue;
        str text = rows[i].kind < 0 ? (str){ 0 } : take(v, (enum evidence_kind)rows[i].kind);
        if (text.n) return text;
        *origin = SCHEMA_MADE;
        if (!index) return str_c(rows[i].text);
        return arena_printf(v->arena, "%s%0*u%s", rows[i].front, rows[i].width, index + 1,
                            rows[i].back);
    }
    return (str){ 0 };
}

/* ---- patterns ---- */

static str word_that_fits(const struct schema_values *v, const struct pattern *p) {
    str raw = v->facts->words.raw;
    for (size_t i = 0; i < v->facts->n; i++)
        if (pattern_matches(p, v->facts->item[i].text)) return v->facts->item[i].text;
    for (size_t i = 0, tried = 0; i < raw.n && tried < 200; tried++) {
        while (i < raw.n && ascii_space(raw.p[i])) i++;
        size_t start = i;
        while (i < raw.n && !ascii_space(raw.p[i])) i++;
        str word = { raw.p + start, i - start };
        str bare = text_unquote(text_bare(word));
        if (bare.n && pattern_matches(p, bare)) return bare;
    }
    return (str){ 0 };
}

/* ---- by name ---- */

static const char place_words[] = "city|location|place|country|town|region|destination|origin|"
                                  "where|address|state|capital";
static const char text_words[] =
    "text|message|content|body|query|q|question|prompt|input|search|keyword|keywords|topic|"
    "subject|term|sentence|phrase|code|command|instruction|instructions|task|request|s|string";
static const char said_words[] =
    "answer|result|response|reply|output|message|explanation|summary|content|text|reason|"
    "reasoning|description|greeting|joke|poem|story|final|comment|thought|thoughts";

static str language(const struct schema_values *v) {
    static const char *const names[] = { "English",  "Korean",     "French",  "German", "Spanish",
                                         "Japanese", "Chinese",    "Italian", "Dutch",  "Russian",
                                         "Arabic",   "Portuguese", "Hindi",   "Turkish" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (evidence_has(v->facts, str_c(names[i]))) return str_c(names[i]);
    return (str){ 0 };
}

static str place(struct schema_values *v, const struct schema_field *f) {
    str found = { 0 };
    if (field_named(f, "from|origin|source|departure")) found = evidence_after(v->facts, "from");
    if (field_named(f, "to|destination|arrival|target"))
        found = evidence_after(v->facts, "to|into");
    str list[8];
    size_t n = found.n ? 0 : evidence_places(v->facts, list, 8);
    if (n) found = list[0];
    if (found.n) evidence_use(v->facts, found);
    return found;
}

/* A word that has digits and letters: an order, a ticket, a model number. */
static str code_word(const struct schema_values *v) {
    str raw = v->facts->words.raw;
    for (size_t i = 0; i < raw.n;) {
        while (i < raw.n && ascii_space(raw.p[i])) i++;
        size_t start = i;
        bool digits = false, letters = false;
        for (; i < raw.n && !ascii_space(raw.p[i]); i++) {
            char c = ascii_lower(raw.p[i]);
            digits = digits || (c >= '0' && c <= '9');
            letters = letters || (c >= 'a' && c <= 'z') || c == '#';
        }
        str word = text_unquote(text_bare((str){ raw.p + start, i - start }));
        if (digits && letters && word.n < 64) return word.p[0] == '#' ? str_skip(word, 1) : word;
    }
    return (str){ 0 };
}

/* The prompt without the words that order something: "search the web for crabs" → "crabs". */
static str subject(const struct schema_values *v) {
    static const char *const leads[] = {
        "please ",
        "can you ",
        "could you ",
        "would you ",
        "search for ",
        "search ",
        "look up ",
        "find ",
        "google ",
        "use ",
        "the web for ",
        "the internet for ",
        "online for ",
        "me ",
        "information about ",
        "information on ",
        "tell me about ",
        "about ",
        "for ",
        "what is ",
        "who is ",
        "the ",
    };
    str s = text_bare(v->prompt);
    ptrdiff_t colon = str_find(s, S(": "));
    if (colon > 0 && colon < 60) return text_unquote(str_trim(str_skip(s, (size_t)colon + 1)));
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
            str lead = str_c(leads[i]);
            if (s.n <= lead.n || !str_istarts(s, lead)) continue;
            s = str_trim(str_skip(s, lead.n));
            again = true;
        }
    }
    return s;
}

/* "going to a science fair on Friday": what a meeting, an event or a task is called. */
static str event_phrase(const struct schema_values *v) {
    const struct words *w = &v->facts->words;
    size_t count;
    ptrdiff_t at = words_phrase(w, "to|for|have|has|attend|attending a|an|the", 0, &count);
    if (at < 0) return (str){ 0 };
    size_t first = (size_t)at + count, last = first;
    for (; last < w->n && last < first + 6; last++) {
        struct words one = { w->raw, &w->w[last], 1 };
        if (words_any(&one, "on|at|with|in|tomorrow|today|next|this|from|and")) break;
        if (last > first && w->w[last].at > w->w[last - 1].end + 1) break;
    }
    if (last == first) return (str){ 0 };
    return (str){ w->raw.p + w->w[first].at, w->w[last - 1].end - w->w[first].at };
}

static str by_name(struct schema_values *v, const struct schema_field *f) {
    str found = evidence_keyed(v->facts, f->word, f->words);
    if (found.n) {
        evidence_use(v->facts, found);
        return found;
    }
    if ((field_is(f, "email|mail|recipient") || field_named(f, "to|cc|bcc")) &&
        (found = take(v, EVIDENCE_EMAIL)).n)
        return found;
    if (field_is(f, "url|uri|link|website|webpage") && (found = take(v, EVIDENCE_URL)).n)
        return found;
    if (field_named(f, "expression|formula|equation|calculation") && v->expression.n)
        return v->expression;
    if (field_is(f, "date|day|when") && (found = take(v, EVIDENCE_DATE)).n) return found;
    if (field_is(f, "date|day|when|weekday") && (found = take(v, EVIDENCE_DAY)).n) return found;
    if (field_named(f, "date|day|when") && says_a_day(v)) return today(v, 0);
    bool title =
        field_named(f, "title|event|subject") || (v->people_apart && field_named(f, "name"));
    if (title && (found = event_phrase(v)).n) return found;
    if (field_named(f, "time|hour") && (found = take(v, EVIDENCE_TIME)).n) return found;
    if (field_is(f, "language|lang|locale") && (found = language(v)).n) return found;
    if ((field_is(f, place_words) || field_named(f, "from|to")) && (found = place(v, f)).n)
        return found;
    if (field_named(f, "id|code|sku|ticket|order|number|reference") && (found = code_word(v)).n)
        return found;
    bool person = field_named(f, "name|person|user|author|contact|customer|assignee|recipient|who");
    if (person && (found = take(v, EVIDENCE_PROPER)).n) return found;
    if (!v->thrifty && v->answer.n && field_named(f, said_words)) return v->answer;
    /* A tool's prompt is what was asked for, also where other actions of it need none. */
    if (v->thrifty && f->top && !f->required && field_named(f, "prompt")) return subject(v);
    if ((found = take(v, EVIDENCE_QUOTED)).n) return found;
    if (field_named(f, text_words) && f->required) return subject(v);
    if (!v->thrifty && !v->people_apart && !field_named(f, text_words) && f->words)
        return take(v, EVIDENCE_PROPER);
    return (str){ 0 };
}

static str made(struct schema_values *v, const struct schema_view *view) {
    str text;
    doc_node examples = view_get(v, view, "examples");
    if (doc_string(v->doc, view_get(v, view, "default"), &text)) return text;
    if (doc_string(v->doc, doc_first(v->doc, examples), &text)) return text;
    return S("unknown");
}

/* ---- the whole ---- */

static str fit_length(struct schema_values *v, str text, size_t least, size_t most) {
    size_t n = characters(text);
    if (n > most) return first_characters(text, most);
    if (n >= least) return text;
    if (least > 4096) least = 4096;
    struct buf longer = BUF_INIT(text.n + 8192);
    buf_add(&longer, text);
    for (; n < least; n++) buf_addc(&longer, '.');
    text = arena_dup(v->arena, buf_str(&longer));
    buf_free(&longer);
    return text;
}

static str with_pattern(struct schema_values *v, str source, str text, size_t least, size_t most,
                        unsigned index, enum schema_origin *origin) {
    struct pattern *p = pattern_compile(source, v->arena);
    if (!p || (text.n && characters(text) >= least && characters(text) <= most &&
               pattern_matches(p, text)))
        return text;
    str word = word_that_fits(v, p);
    if (word.n && !index && characters(word) >= least && characters(word) <= most) {
        *origin = SCHEMA_FOUND;
        return word;
    }
    struct buf built = BUF_INIT(8192);
    *origin = SCHEMA_MADE;
    if (pattern_generate(p, least + index, most, &built) ||
        (buf_clear(&built), pattern_generate(p, least, most, &built)))
        text = arena_dup(v->arena, buf_str(&built));
    buf_free(&built);
    return text;
}

enum schema_origin schema_string(struct schema_values *v, const struct schema_view *view,
                                 const struct schema_field *f, struct buf *out) {
    enum schema_origin origin = SCHEMA_FOUND;
    str text = { 0 }, format, source;
    size_t least = view_size(v, view, "minLength", 0),
           most = view_size(v, view, "maxLength", 1 << 20);
    bool given = f->top && v->given_name.n && str_eq(v->given_name, f->name);
    if (given)
        text = v->given;
    else if (doc_string(v->doc, view_get(v, view, "format"), &format))
        text = of_format(v, format, f->index, &origin);
    bool formatted = text.n > 0 && !given;
    if (!text.n) {
        text = by_name(v, f);
        origin = text.n ? SCHEMA_FOUND : SCHEMA_MADE;
    }
    if (!text.n) text = made(v, view);
    if (f->index && !formatted)
        text = arena_printf(v->arena, "%.*s%u", STR_ARG(text), f->index + 1);
    if (!formatted) text = fit_length(v, text, least, most);
    if (doc_string(v->doc, view_get(v, view, "pattern"), &source))
        text = with_pattern(v, source, text, least, most, f->index, &origin);
    json_quote(out, text);
    return origin;
}
