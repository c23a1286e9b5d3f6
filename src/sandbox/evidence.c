/* Values are found by their form (a number, a quoted text, an address) and by what stands around
 * them (a name and "is", a preposition). Nothing is guessed here: who asks decides what to do when
 * nothing was found. */
#include "sandbox/evidence.h"

#include "base/utf8.h"

#include <string.h>

static bool digit(char c) {
    return c >= '0' && c <= '9';
}

static bool letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char at(str s, size_t i) {
    return i < s.n ? s.p[i] : '\0';
}

static void add(struct evidence *e, enum evidence_kind kind, size_t from, size_t end, str text,
                double number) {
    if (e->n == EVIDENCE_MAX) return;
    e->item[e->n++] = (struct evidence_item){ kind, text, number, from, end, false };
}

/* ---- by form ---- */

static size_t quoted_length(str s, size_t *open, size_t *close) {
    static const char *const pairs[][2] = { { "\"", "\"" }, { "“", "”" }, { "「", "」" },
                                            { "`", "`" },   { "'", "'" }, { "‘", "’" } };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        str first = str_c(pairs[i][0]), last = str_c(pairs[i][1]);
        if (!str_starts(s, first)) continue;
        str inside = str_skip(s, first.n);
        ptrdiff_t end = str_find(inside, last);
        if (end <= 0) continue;
        if (str_chr(str_head(inside, (size_t)end), '\n') >= 0 && first.n == 1) continue;
        *open = first.n;
        *close = last.n;
        return first.n + (size_t)end + last.n;
    }
    return 0;
}

static size_t date_length(str s) {
    static const char form[] = "dddd-dd-dd";
    for (size_t i = 0; i < sizeof form - 1; i++)
        if (form[i] == 'd' ? !digit(at(s, i)) : at(s, i) != form[i]) return 0;
    unsigned month = (unsigned)(s.p[5] - '0') * 10 + (unsigned)(s.p[6] - '0');
    unsigned day = (unsigned)(s.p[8] - '0') * 10 + (unsigned)(s.p[9] - '0');
    return month >= 1 && month <= 12 && day >= 1 && day <= 28 + (month != 2) * 2 &&
                   !digit(at(s, 10))
               ? 10
               : 0;
}

static size_t time_length(str s) {
    size_t hour = digit(at(s, 1)) ? 2 : 1;
    if (!digit(at(s, 0)) || at(s, hour) != ':' || !digit(at(s, hour + 1)) ||
        !digit(at(s, hour + 2)))
        return 0;
    size_t n = hour + 3;
    if (at(s, n) == ':' && digit(at(s, n + 1)) && digit(at(s, n + 2))) n += 3;
    return digit(at(s, n)) ? 0 : n;
}

static size_t uuid_length(str s) {
    for (size_t i = 0; i < 36; i++) {
        char c = ascii_lower(at(s, i));
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? c != '-' : !(digit(c) || (c >= 'a' && c <= 'f'))) return 0;
    }
    return digit(at(s, 36)) || letter(at(s, 36)) ? 0 : 36;
}

static size_t url_length(str s) {
    if (!str_istarts(s, S("http://")) && !str_istarts(s, S("https://"))) return 0;
    size_t n = 0;
    while (n < s.n && (unsigned char)s.p[n] > 0x20 && (unsigned char)s.p[n] < 0x7F &&
           !strchr("\"'<>`{}|\\^", s.p[n]))
        n++;
    while (n && strchr(".,;:!?)", s.p[n - 1])) n--;
    return n > 8 ? n : 0;
}

static bool mail_char(char c) {
    return digit(c) || letter(c) || c == '.' || c == '_' || c == '-' || c == '+';
}

static size_t email_length(str s) {
    size_t n = 0, point = 0;
    while (mail_char(at(s, n))) n++;
    if (n == 0 || at(s, n) != '@' || at(s, 0) == '.' || at(s, n - 1) == '.') return 0;
    for (n++; mail_char(at(s, n)) && at(s, n) != '_' && at(s, n) != '+'; n++)
        if (at(s, n) == '.' && letter(at(s, n + 1))) point = n;
    while (n && !letter(at(s, n - 1)) && !digit(at(s, n - 1))) n--;
    return point && point < n ? n : 0;
}

static size_t number_length(str s, size_t place, str text, double *value) {
    char digits[48];
    size_t i = 0, n = 0;
    bool minus =
        at(s, 0) == '-' && digit(at(s, 1)) &&
        (place == 0 || ascii_space(text.p[place - 1]) || strchr(":=([", text.p[place - 1]));
    if (minus) digits[n++] = s.p[i++];
    if (!digit(at(s, i))) return 0;
    for (bool point = false; n + 1 < sizeof digits; i++) {
        char c = at(s, i);
        if (c == '.' && !point && digit(at(s, i + 1)))
            point = true;
        else if (c == ',' && digit(at(s, i + 1)) && digit(at(s, i + 2)) && digit(at(s, i + 3)) &&
                 !digit(at(s, i + 4)))
            continue;
        else if (!digit(c))
            break;
        digits[n++] = c;
    }
    return str_f64((str){ digits, n }, value) ? i : 0;
}

static bool starts_word(str s, size_t i) {
    return i == 0 || !(digit(s.p[i - 1]) || letter(s.p[i - 1]) || s.p[i - 1] == '_');
}

static size_t find_at(struct evidence *e, str text, size_t i) {
    str s = str_skip(text, i);
    size_t n, open, close;
    double value;
    bool fresh = starts_word(text, i);
    if ((n = quoted_length(s, &open, &close))) {
        bool apostrophe = s.p[0] == '\'' && !fresh;
        if (!apostrophe) {
            add(e, EVIDENCE_QUOTED, i, i + n, (str){ s.p + open, n - open - close }, 0);
            return n;
        }
    }
    if (!fresh) return 0;
    if ((n = url_length(s)))
        add(e, EVIDENCE_URL, i, i + n, str_head(s, n), 0);
    else if ((n = uuid_length(s)))
        add(e, EVIDENCE_UUID, i, i + n, str_head(s, n), 0);
    else if ((n = email_length(s)))
        add(e, EVIDENCE_EMAIL, i, i + n, str_head(s, n), 0);
    else if ((n = date_length(s)))
        add(e, EVIDENCE_DATE, i, i + n, str_head(s, n), 0);
    else if ((n = time_length(s)))
        add(e, EVIDENCE_TIME, i, i + n, str_head(s, n), 0);
    else if ((n = number_length(s, i, text, &value)))
        add(e, EVIDENCE_NUMBER, i, i + n, str_head(s, n), value);
    return n;
}

/* ---- names of persons and places ---- */

static bool capital(const struct evidence *e, const struct word *w) {
    char c = e->words.raw.p[w->at];
    return c >= 'A' && c <= 'Z';
}

static bool opens_sentence(const struct evidence *e, const struct word *w) {
    size_t i = w->at;
    while (i && (ascii_space(e->words.raw.p[i - 1]) || strchr("\"'(", e->words.raw.p[i - 1]))) i--;
    return i == 0 || strchr(".!?:\n", e->words.raw.p[i - 1]);
}

static bool joined(const struct evidence *e, size_t i) { /* word i and the next, by one blank */
    const struct word *a = &e->words.w[i], *b = &e->words.w[i + 1];
    size_t gap = b->at - a->end;
    return (gap == 1 && (e->words.raw.p[a->end] == ' ' || e->words.raw.p[a->end] == '-')) ||
           (gap == 2 && e->words.raw.p[a->end] == '.' && a->text.n <= 2);
}

static bool taken(const struct evidence *e, size_t place) {
    for (size_t i = 0; i < e->n; i++)
        if (place >= e->item[i].at && place < e->item[i].end) return true;
    return false;
}

static void find_proper(struct evidence *e) {
    static const char days[] = "monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|"
                               "february|march|april|june|july|august|september|october|november|"
                               "december";
    static const char verbs[] =
        "extract|get|give|find|create|generate|return|write|make|list|tell|show|search|send|add|"
        "set|call|use|book|schedule|look|translate|summarize|read|calculate|compute|convert|check|"
        "what|who|where|when|which|how|is|are|the|my|i|hello|hi|hey|please|yes|no|ok|json|today|"
        "tomorrow|fill|name|describe|reply|answer|respond|classify|parse|produce|output|draw|run";
    for (size_t i = 0; i < e->words.n; i++) {
        if (!capital(e, &e->words.w[i]) || taken(e, e->words.w[i].at)) continue;
        size_t first = i, last = i;
        while (last + 1 < e->words.n && joined(e, last) && capital(e, &e->words.w[last + 1]))
            last++;
        struct words one = { e->words.raw, &e->words.w[first], 1 };
        bool lead = words_any(&one, verbs) || (opens_sentence(e, &e->words.w[first]) &&
                                               word_is_common(e->words.w[first].text));
        i = last;
        if (lead && first == last) continue;
        if (lead) first++;
        struct words day = { e->words.raw, &e->words.w[first], 1 };
        enum evidence_kind kind = words_any(&day, days) ? EVIDENCE_DAY : EVIDENCE_PROPER;
        if (kind == EVIDENCE_DAY && last + 1 < e->words.n && joined(e, last) &&
            e->words.w[last + 1].text.n <= 2 && digit(e->words.w[last + 1].text.p[0]))
            i = ++last;
        size_t from = e->words.w[first].at, end = e->words.w[last].end;
        add(e, kind, from, end, (str){ e->words.raw.p + from, end - from }, 0);
    }
}

bool evidence_find(struct evidence *e, str text, struct arena *a) {
    *e = (struct evidence){ 0 };
    text = text_cut(text, EVIDENCE_TEXT_MAX);
    e->item = arena_alloc(a, EVIDENCE_MAX * sizeof *e->item);
    if (!e->item || !words_split(&e->words, text, a)) return false;
    for (size_t i = 0; i < text.n;) {
        size_t n = find_at(e, text, i);
        i += n ? n : 1;
    }
    find_proper(e);
    return true;
}

/* ---- by name ---- */

size_t evidence_name(str name, struct arena *a, str *words, size_t cap) {
    size_t n = 0;
    char *lower = arena_alloc(a, name.n + 1);
    if (!lower) return 0;
    for (size_t i = 0; i < name.n; i++) lower[i] = ascii_lower(name.p[i]);
    for (size_t i = 0; i < name.n && n < cap;) {
        size_t start = i;
        while (i < name.n && !strchr("_-. /", name.p[i])) {
            bool hump = i > start && name.p[i] >= 'A' && name.p[i] <= 'Z' &&
                        !(name.p[i - 1] >= 'A' && name.p[i - 1] <= 'Z');
            if (hump) break;
            i++;
        }
        if (i > start)
            words[n++] = (str){ lower + start, i - start };
        else
            i++;
    }
    return n;
}

/* Whether the name's words stand at word i, in order. */
static bool name_at(const struct evidence *e, const str *name, size_t n, size_t i) {
    if (n == 0 || i + n > e->words.n) return false;
    for (size_t k = 0; k < n; k++)
        if (!word_alike(e->words.w[i + k].text, name[k])) return false;
    return true;
}

/* What stands from byte i on, up to the end of the phrase. */
static str value_from(const struct evidence *e, size_t i, bool colon) {
    str raw = e->words.raw;
    while (i < raw.n && ascii_space(raw.p[i])) i++;
    str s = str_skip(raw, i);
    size_t open, close, n = quoted_length(s, &open, &close);
    if (n) return (str){ s.p + open, n - open - close };
    for (size_t k = 0; k < s.n; k++) {
        char c = s.p[k];
        bool sentence = strchr(".!?", c) && (k + 1 == s.n || ascii_space(s.p[k + 1]));
        bool list = c == ',' && !(k > 0 && digit(s.p[k - 1]) && digit(at(s, k + 1)));
        if (c == '\n' || c == ';' || list || sentence || c == '}' || c == ']')
            return str_trim(str_head(s, k));
        if (colon || c != ' ') continue;
        str rest = str_skip(s, k);
        static const char *const stops[] = {
            " and ", " but ", " with ", " who ", " which ", " for "
        };
        for (size_t w = 0; w < sizeof stops / sizeof stops[0]; w++)
            if (str_istarts(rest, str_c(stops[w]))) return str_trim(str_head(s, k));
    }
    return str_trim(s);
}

static str without_article(str s) {
    static const char *const articles[] = { "the ", "a ", "an " };
    for (size_t i = 0; i < 3; i++)
        if (str_istarts(s, str_c(articles[i]))) return str_trim(str_skip(s, strlen(articles[i])));
    return s;
}

str evidence_keyed(const struct evidence *e, const str *name, size_t n) {
    str raw = e->words.raw;
    for (size_t i = 0; n && i + n <= e->words.n; i++) {
        if (!name_at(e, name, n, i)) continue;
        size_t end = e->words.w[i + n - 1].end, k = end, open, close;
        size_t quoted =
            at(raw, end) == ' ' ? quoted_length(str_skip(raw, end + 1), &open, &close) : 0;
        if (quoted) return (str){ raw.p + end + 1 + open, quoted - open - close };
        while (k < raw.n && strchr(" \t\"'*`", raw.p[k])) k++;
        if (k < raw.n && (raw.p[k] == ':' || raw.p[k] == '=')) {
            str value = value_from(e, k + 1, true);
            if (value.n) return value;
        }
        if (i + n >= e->words.n || e->words.w[i + n].at - end > 1) continue;
        const struct word *verb = &e->words.w[i + n];
        struct words one = { raw, &e->words.w[i + n], 1 };
        if (!words_any(&one, "is|are|was|were|be|equals|named|called|to|of|am")) continue;
        if (words_any(&one, "to|of") && !words_any(&e->words, "set|change|update")) continue;
        str value = without_article(value_from(e, verb->end, false));
        /* A question says nothing: "is my name Bob?" */
        if (value.n && at(raw, (size_t)(value.p - raw.p) + value.n) != '?') return value;
    }
    bool person = n && str_eq(name[n - 1], S("name"));
    for (size_t i = 0; person && i + 1 < e->words.n; i++) {
        struct words one = { raw, &e->words.w[i], 1 };
        if (words_any(&one, "named|called")) return value_from(e, e->words.w[i].end, false);
    }
    return (str){ 0 };
}

static size_t place_list(const struct evidence *e, size_t word, str *out, size_t cap) {
    static const char ends[] = "today|tomorrow|now|right|please|using|with|this|next|on|at|for|in|"
                               "is|be|like|tonight|by|to|from|via|then|as|within|between";
    str raw = e->words.raw;
    size_t n = 0, start = 0, end = 0;
    for (size_t i = word; i <= e->words.n; i++) {
        struct words one = { raw, i < e->words.n ? &e->words.w[i] : NULL, 1 };
        bool stop = i == e->words.n || words_any(&one, ends);
        bool joiner = !stop && words_any(&one, "and|or|vs|versus");
        bool article = !stop && i == word && words_any(&one, "the|both");
        if (article) continue;
        str gap = { raw.p + end, !stop && end ? e->words.w[i].at - end : 0 };
        bool comma = str_chr(gap, ',') >= 0 || str_chr(gap, '/') >= 0;
        bool sentence = str_chr(gap, '.') >= 0 || str_chr(gap, '?') >= 0 ||
                        str_chr(gap, '\n') >= 0 || str_chr(gap, '!') >= 0;
        if (end && (stop || joiner || comma || sentence)) {
            if (n < cap) out[n++] = (str){ raw.p + start, end - start };
            end = 0;
        }
        if (stop || sentence) break;
        if (joiner) continue;
        /* after "and" only what looks like one more place: "in Paris and tell me" */
        if (n && !capital(e, &e->words.w[i]) && (unsigned char)raw.p[e->words.w[i].at] < 0x80)
            break;
        if (!end) start = e->words.w[i].at;
        end = e->words.w[i].end;
        if (end - start > 60) break;
    }
    return n;
}

static str korean_place(str word) {
    static const char *const particles[] = {
        "에서의", "에서", "의", "은", "는", "에", "으로", "로"
    };
    for (size_t i = 0; i < sizeof particles / sizeof particles[0]; i++) {
        str p = str_c(particles[i]);
        if (word.n > p.n + 3 && str_ends(word, p)) return str_head(word, word.n - p.n);
    }
    return word;
}

/* 서울과 도쿄의 날씨: the word before 날씨, and those joined to it by 과, 와, 랑, 하고. */
static size_t korean_places(const struct evidence *e, str *out, size_t cap) {
    static const char *const topics[] = { "날씨", "기온", "온도", "현재", "시간", "지도" };
    static const char *const joints[] = { "이랑", "랑", "하고", "과", "와" };
    str raw = e->words.raw;
    for (size_t i = 1; i < e->words.n; i++) {
        bool topic = false;
        for (size_t k = 0; k < sizeof topics / sizeof topics[0]; k++)
            topic = topic || str_starts(e->words.w[i].text, str_c(topics[k]));
        if (!topic) continue;
        size_t n = 0, first = i - 1;
        for (bool more = true; more && first > 0;) {
            more = false;
            str before = e->words.w[first - 1].text;
            for (size_t k = 0; k < sizeof joints / sizeof joints[0]; k++)
                more = more || (before.n > 3 && str_ends(before, str_c(joints[k])));
            first -= more;
        }
        for (size_t w = first; w < i && n < cap; w++) {
            str one = { raw.p + e->words.w[w].at, e->words.w[w].end - e->words.w[w].at };
            for (size_t k = 0; w + 1 < i && k < sizeof joints / sizeof joints[0]; k++) {
                if (!str_ends(one, str_c(joints[k]))) continue;
                one = str_head(one, one.n - strlen(joints[k]));
                break;
            }
            out[n++] = w + 1 < i ? one : korean_place(one);
        }
        static const char skip[] = "오늘|내일|지금|현재";
        struct words only = { out[0], &e->words.w[first], 1 };
        if (n == 1 && words_any(&only, skip)) return 0;
        return n;
    }
    return 0;
}

size_t evidence_places(const struct evidence *e, str *out, size_t cap) {
    size_t n = korean_places(e, out, cap);
    if (n) return n;
    for (size_t i = 0; i + 1 < e->words.n && cap; i++) {
        struct words one = { e->words.raw, &e->words.w[i], 1 };
        if (!words_any(&one, "in|at|for|near|to|from|of")) continue;
        bool sure = capital(e, &e->words.w[i + 1]) || words_any(&one, "in|near");
        if (!sure) continue;
        n = place_list(e, i + 1, out, cap);
        if (n) return n;
    }
    for (size_t i = 0; i < e->n && cap; i++) { /* "Seoul weather" */
        if (e->item[i].kind != EVIDENCE_PROPER) continue;
        out[0] = e->item[i].text;
        return 1;
    }
    return 0;
}

str evidence_after(const struct evidence *e, const char *prepositions) {
    str out = { 0 };
    for (size_t i = 0; i + 1 < e->words.n; i++) {
        struct words one = { e->words.raw, &e->words.w[i], 1 };
        if (words_any(&one, prepositions) && capital(e, &e->words.w[i + 1]) &&
            place_list(e, i + 1, &out, 1))
            return out;
    }
    return out;
}

struct evidence_item *evidence_next(struct evidence *e, enum evidence_kind kind) {
    for (size_t i = 0; i < e->n; i++)
        if (e->item[i].kind == kind && !e->item[i].used) return &e->item[i];
    return NULL;
}

/* Words that a number of this name stands beside. */
static const char *number_company(str name) {
    static const char *const rows[][2] = {
        { "age", "years|year|old|aged|살|세" },
        { "price", "dollars|dollar|euros|euro|usd|eur|won|원|달러" },
        { "cost", "dollars|dollar|euros|euro|usd|eur|won|원|달러" },
        { "amount", "dollars|dollar|euros|euro|usd|eur|won|원|달러" },
        { "temperature", "degrees|degree|celsius|fahrenheit|도" },
        { "percent", "percent" },
        { "people", "people|persons|guests|adults|명" },
        { "guests", "people|persons|guests|adults|명" },
        { "duration", "seconds|second|minutes|minute|hours|hour|초|분|시간" },
        { "quantity", "pieces|copies|items|times|개" },
        { "count", "pieces|copies|items|times|개" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (word_alike(name, str_c(rows[i][0]))) return rows[i][1];
    return NULL;
}

static bool is_company(const struct evidence *e, size_t word, const str *name, size_t n) {
    if (word >= e->words.n) return false;
    str text = e->words.w[word].text;
    struct words one = { text, &e->words.w[word], 1 };
    for (size_t k = 0; k < n; k++) {
        const char *company = number_company(name[k]);
        if (word_alike(text, name[k]) || (company && words_any(&one, company))) return true;
    }
    return false;
}

struct evidence_item *evidence_number(struct evidence *e, const str *name, size_t n) {
    for (unsigned distance = 1; distance <= 3; distance++) {
        for (size_t i = 0; i < e->n; i++) {
            struct evidence_item *item = &e->item[i];
            if (item->kind != EVIDENCE_NUMBER || item->used) continue;
            size_t before = 0, after = 0;
            while (before < e->words.n && e->words.w[before].end <= item->at) before++;
            for (after = before; after < e->words.n && e->words.w[after].at < item->end;) after++;
            if (is_company(e, after + distance - 1, name, n)) return item;
            if (before >= distance && is_company(e, before - distance, name, n)) return item;
            char sign = item->at ? e->words.raw.p[item->at - 1] : '\0';
            for (size_t k = 0; k < n && sign == '$'; k++)
                if (number_company(name[k]) && strstr(number_company(name[k]), "dollar"))
                    return item;
        }
    }
    return NULL;
}

bool evidence_has(const struct evidence *e, str phrase) {
    str raw = e->words.raw;
    if (!phrase.n || phrase.n > raw.n) return false;
    for (size_t i = 0; i + phrase.n <= raw.n; i++) {
        if (ascii_lower(raw.p[i]) != ascii_lower(phrase.p[0])) continue;
        if (!str_ieq((str){ raw.p + i, phrase.n }, phrase)) continue;
        char last = phrase.p[phrase.n - 1], next = at(raw, i + phrase.n);
        bool starts = starts_word(raw, i) || !(digit(phrase.p[0]) || letter(phrase.p[0]));
        bool ends = !(digit(last) || letter(last)) || !(digit(next) || letter(next) || next == '_');
        if (starts && ends) return true;
    }
    return false;
}

void evidence_use(struct evidence *e, str slice) {
    if (!slice.n || slice.p < e->words.raw.p || slice.p > e->words.raw.p + e->words.raw.n) return;
    size_t from = (size_t)(slice.p - e->words.raw.p), end = from + slice.n;
    for (size_t i = 0; i < e->n; i++)
        if (e->item[i].at < end && from < e->item[i].end) e->item[i].used = true;
}
