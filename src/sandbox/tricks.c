/* Small exercises that people try on any chat model, and test suites too: say this, count to ten,
 * how many r's are in strawberry, reverse a word, name three colours, the capital of a country. */
#include "sandbox/skills.h"

#include "base/utf8.h"

#include <string.h>

enum { COUNT_MAX = 1000 };

static bool word_int(const struct word *w, int64_t *out) {
    static const char *const names[] = { "zero", "one",   "two",   "three", "four", "five",
                                         "six",  "seven", "eight", "nine",  "ten" };
    for (size_t i = 0; i <= 10; i++) {
        if (!str_eq(w->text, str_c(names[i]))) continue;
        *out = (int64_t)i;
        return true;
    }
    return w->text.n <= 6 && str_i64(w->text, out);
}

/* ---- say X ---- */

static str after_word(const struct agent_turn *t, size_t word) {
    return str_skip(t->prompt, t->words.w[word].end);
}

/* The words of politeness a request may open with. */
static size_t skip_polite(const struct words *w) {
    size_t i = 0, n;
    while (i < w->n &&
           (words_phrase_at(w, "please|now|ok|okay|just|simply|hi|hello|hey|then|and", i, &n) ||
            words_phrase_at(w, "can|could|would|will you", i, &n)))
        i += n;
    return i;
}

/* "exactly this JSON: …", "the following text: …": words that introduce what follows a colon. */
static bool introduces(str s) {
    static const char words[] = " exactly only just the following this these with back valid json "
                                "word words string text sentence phrase message line lines code "
                                "number value after me to verbatim literally single quote ";
    for (str one, rest = s; rest.n;) {
        char padded[32];
        str_cut(rest, ' ', &one, &rest);
        if (!one.n) continue;
        if (one.n + 3 > sizeof padded) return false;
        size_t n = 0;
        padded[n++] = ' ';
        for (size_t i = 0; i < one.n; i++) padded[n++] = ascii_lower(one.p[i]);
        padded[n++] = ' ';
        padded[n] = '\0';
        if (!strstr(words, padded)) return false;
    }
    return true;
}

/* Without "exactly:", "the word", "only", "me" … in front, and quotes around. */
static str spoken_part(str s) {
    static const char *const leads[] = {
        "exactly",  "only",     "just",   "the following", "this",
        "with",     "the",      "word",   "words",         "string",
        "text",     "sentence", "phrase", "message",       "and nothing else",
        "after me", "back",     "to me",  "verbatim",      "literally",
        "single",   "number",
    };
    ptrdiff_t colon = str_chr(s, ':');
    if (colon >= 0 && colon < 80 && introduces(str_head(s, (size_t)colon)))
        return str_trim(str_skip(s, (size_t)colon + 1));
    for (bool again = true; again;) {
        again = false;
        s = str_trim(s);
        for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
            str lead = str_c(leads[i]);
            char next = s.n > lead.n ? s.p[lead.n] : '\0';
            if (!str_istarts(s, lead) || (next != ' ' && next != ':' && next != ',')) continue;
            /* "say this is a test" starts with a sentence, not with "this:". */
            if (str_eq(lead, S("this")) && next == ' ') continue;
            s = str_skip(s, lead.n);
            again = true;
        }
        s = str_trim(s);
        if (s.n && (s.p[0] == ':' || s.p[0] == ',')) {
            s = str_trim(str_skip(s, 1));
            break; /* what follows a colon is meant as it stands */
        }
    }
    return s;
}

static str before_ending(str s) {
    static const char *const endings[] = { " and nothing else", " and nothing more", " only",
                                           " and only that",    " exactly",          " verbatim" };
    str bare = text_bare(s);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        str end = str_c(endings[i]);
        if (bare.n > end.n && str_ieq(str_skip(bare, bare.n - end.n), end))
            return text_bare(str_head(bare, bare.n - end.n));
    }
    return s;
}

/* A quoted text that opens s; empty when there is none. */
static str opening_quote(str s) {
    if (s.n < 2 || (s.p[0] != '"' && s.p[0] != '\'' && s.p[0] != '`')) {
        if (!str_starts(s, S("“"))) return (str){ 0 };
        s = str_skip(s, strlen("“"));
        ptrdiff_t end = str_find(s, S("”"));
        return end > 0 ? str_head(s, (size_t)end) : (str){ 0 };
    }
    ptrdiff_t end = str_chr(str_skip(s, 1), s.p[0]);
    return end > 0 ? (str){ s.p + 1, (size_t)end } : (str){ 0 };
}

/* "hello three times": takes the count off. */
static int64_t times(str *s) {
    static const char *const names[] = { "once", "twice", "thrice" };
    struct word last = { 0 };
    str bare = text_bare(*s);
    for (size_t i = 0; i < 3; i++) {
        str name = str_c(names[i]);
        if (bare.n <= name.n + 1 || !str_ieq(str_skip(bare, bare.n - name.n), name)) continue;
        *s = str_trim(str_head(bare, bare.n - name.n));
        return (int64_t)i + 1;
    }
    if (bare.n < 9 || !str_ieq(str_skip(bare, bare.n - 6), S(" times"))) return 1;
    bare = str_head(bare, bare.n - 6);
    ptrdiff_t blank = str_rchr(bare, ' ');
    int64_t count = 1;
    last.text = str_skip(bare, (size_t)(blank + 1));
    if (blank <= 0 || !word_int(&last, &count) || count < 1 || count > 100) return 1;
    *s = str_trim(str_head(bare, (size_t)blank));
    return count;
}

static bool say(struct agent_turn *t, str s, bool single) {
    s = spoken_part(s);
    int64_t count = times(&s);
    str quoted = opening_quote(s);
    if (quoted.n) {
        s = quoted;
    } else {
        s = before_ending(s);
        if (single && str_chr(str_trim(s), ' ') < 0) s = text_bare(s);
    }
    if (!str_trim(s).n) return false;
    for (int64_t i = 0; i < count && !t->out->failed; i++) {
        if (i) buf_addc(t->out, ' ');
        buf_add(t->out, s);
    }
    return true;
}

static bool korean_repeat(struct agent_turn *t) {
    static const char *const leads[] = { "따라 해", "따라해",      "따라 말해",  "따라말해",
                                         "반복해",  "그대로 말해", "그대로 출력" };
    static const char *const quotes[] = { "이라고 말해", "라고 말해", "이라고 대답", "라고 대답",
                                          "이라고 답해", "라고 답해", "이라고 해",   "라고 해" };
    str p = t->prompt;
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
        ptrdiff_t at = str_find(p, str_c(leads[i])), colon = str_chr(p, ':');
        if (at >= 0 && colon > at) return say(t, str_skip(p, (size_t)colon + 1), false);
    }
    for (size_t i = 0; i < sizeof quotes / sizeof quotes[0]; i++) {
        ptrdiff_t at = str_find(p, str_c(quotes[i]));
        if (at > 0) return say(t, text_unquote(str_head(p, (size_t)at)), false);
    }
    return false;
}

bool skill_repeat(struct agent_turn *t) {
    const struct words *w = &t->words;
    size_t i = skip_polite(w), n;
    if (i >= w->n) return false;
    if (words_phrase_at(w, "repeat after me", i, &n) || words_phrase_at(w, "echo", i, &n) ||
        words_phrase_at(w, "repeat|say exactly|back|verbatim|this|the", i, &n) ||
        words_phrase_at(w, "respond|reply|answer exactly|only|just", i, &n) ||
        words_phrase_at(w, "reply|respond|answer with", i, &n) ||
        words_phrase_at(w, "print|output|write exactly|only|just", i, &n) ||
        words_phrase_at(w, "print|output|write the word|words|string|text|following", i, &n) ||
        (words_phrase_at(w, "respond|reply|answer|print|output|write", i, &n) &&
         opening_quote(str_trim(after_word(t, i))).n)) {
        bool repeat = str_eq(w->w[i].text, S("repeat")) || str_eq(w->w[i].text, S("echo"));
        str rest = after_word(t, i);
        /* "Answer with JSON", "reply with a number": a form is asked for, not these words. */
        if (!repeat && words_phrase_at(w, "a|an|json|yes|one|two|in|number", i + n, NULL))
            return false;
        if (!repeat && words_any(w, "what|how|why|who|which|whether|if")) return false;
        return say(t, rest, !repeat);
    }
    if (words_phrase_at(w, "repeat", i, &n) && str_chr(t->prompt, ':') > 0)
        return say(t, str_skip(t->prompt, (size_t)str_chr(t->prompt, ':') + 1), false);
    if (words_phrase_at(w, "say something|anything", i, &n)) return false;
    if (words_phrase_at(w, "say", i, &n)) return say(t, after_word(t, i), true);
    return korean_repeat(t);
}

/* ---- counting ---- */

static bool count_numbers(struct agent_turn *t) {
    const struct words *w = &t->words;
    if (w->n > 20 || !words_any(w, "count|세어|세봐|세 줘")) return false;
    int64_t number[3];
    size_t n = 0;
    for (size_t i = 0; i < w->n && n < 3; i++) {
        str digits = w->w[i].text;
        n += word_int(&(struct word){ .text = digits }, &number[n]);
    }
    if (n == 0 || n == 3 || !words_any(w, "to|from|down|backwards|부터|까지")) return false;
    bool down = words_any(w, "down|backwards|backward|거꾸로");
    int64_t first = n == 2 ? number[0] : down ? number[0] : 1;
    int64_t last = n == 2 ? number[1] : down ? 1 : number[0];
    if (down && first < last) {
        int64_t swap = first;
        first = last;
        last = swap;
    }
    int64_t step = first <= last ? 1 : -1, span = (last - first) * step;
    if (span > COUNT_MAX) {
        span = COUNT_MAX - 1;
    }
    for (int64_t i = 0, value = first; i <= span; i++, value += step)
        buf_addf(t->out, "%s%lld", i ? ", " : "", (long long)value);
    return true;
}

/* ---- letters and words ---- */

/* What a question is about: a quoted text, else the last word, else what follows ':'. */
static str subject(const struct agent_turn *t, size_t after) {
    str rest = after < t->words.n ? after_word(t, after) : (str){ 0 };
    for (size_t i = 0; i < rest.n; i++) {
        str quoted = opening_quote(str_skip(rest, i));
        bool apostrophe = rest.p[i] == '\'' && i > 0 && !ascii_space(rest.p[i - 1]);
        if (quoted.n && !apostrophe) return quoted;
    }
    ptrdiff_t colon = str_chr(rest, ':');
    if (colon >= 0) return text_bare(str_skip(rest, (size_t)colon + 1));
    rest = text_bare(rest);
    static const char *const leads[] = { "of ",     "in ",   "the ",     "word ",
                                         "string ", "text ", "letters ", "this " };
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++)
        if (str_istarts(rest, str_c(leads[i]))) rest = str_trim(str_skip(rest, strlen(leads[i])));
    return text_unquote(rest);
}

static bool count_letters(struct agent_turn *t) {
    const struct words *w = &t->words;
    ptrdiff_t how = words_phrase(w, "how many", 0, NULL), in;
    if (how < 0 || (size_t)how + 3 >= w->n) return false;
    const struct word *what = &w->w[how + 2];
    in = words_phrase(w, "in|does|are", (size_t)how + 2, NULL);
    if (in < 0) return false;
    ptrdiff_t last_in = words_phrase(w, "in", (size_t)how + 2, NULL);
    if (last_in >= 0) in = last_in;
    str of = subject(t, (size_t)in);
    if (!of.n) return false;
    if (words_phrase_at(w, "words", (size_t)how + 2, NULL) ||
        words_phrase_at(w, "letters|characters", (size_t)how + 2, NULL)) {
        bool letters = !str_eq(what->text, S("words"));
        size_t count = 0;
        if (letters) {
            for (str s = of; s.n; count += !ascii_space(s.p[0]), s = str_skip(s, utf8_step(s)))
                if (!utf8_step(s)) break;
        } else {
            struct words inside;
            if (!words_split(&inside, of, t->r->arena)) return false;
            count = inside.n;
        }
        t->number = arena_printf(t->r->arena, "%zu", count);
        buf_addf(t->out, "\"%.*s\" has %zu %s%s.", STR_ARG(text_cut(of, 200)), count,
                 letters ? "letter" : "word", count == 1 ? "" : "s");
        return true;
    }
    /* how many r's (r, rs, letter r) are in strawberry */
    str letter =
        str_eq(what->text, S("letter")) && (size_t)how + 3 < w->n ? w->w[how + 3].text : what->text;
    if (letter.n == 2 && letter.p[1] == 's') letter = str_head(letter, 1);
    if (letter.n != 1) return false;
    unsigned count = 0;
    for (size_t i = 0; i < of.n; i++) count += ascii_lower(of.p[i]) == letter.p[0];
    t->number = arena_printf(t->r->arena, "%u", count);
    buf_addf(t->out, "\"%.*s\" has %u × \"%.*s\".", STR_ARG(text_cut(of, 200)), count,
             STR_ARG(letter));
    return true;
}

static bool transform(struct agent_turn *t) {
    const struct words *w = &t->words;
    size_t i = skip_polite(w);
    if (i >= w->n) return false;
    bool reverse = words_phrase_at(w, "reverse", i, NULL);
    bool upper = words_phrase_at(w, "uppercase|upcase|capitalize|capitalise", i, NULL);
    bool lower = words_phrase_at(w, "lowercase|downcase", i, NULL);
    if (!reverse && !upper && !lower) return false;
    str of = subject(t, i);
    if (!of.n || of.n > 4096) return false;
    if (!reverse) {
        for (size_t k = 0; k < of.n; k++) {
            char c = ascii_lower(of.p[k]);
            buf_addc(t->out, upper && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
        }
        return true;
    }
    char *copy = arena_alloc(t->r->arena, of.n + 1);
    if (!copy) return false;
    size_t at = of.n;
    for (str s = of; s.n;) {
        size_t n = utf8_step(s);
        if (!n) n = 1;
        at -= n;
        memcpy(copy + at, s.p, n);
        s = str_skip(s, n);
    }
    return buf_add(t->out, (str){ copy, of.n });
}

/* ---- lists and capitals: what a test suite asks of any model ---- */

static const struct {
    const char *ask; /* alternatives */
    const char *items;
} lists[] = {
    { "colors|colours|color|colour|색|색깔",
      "red,blue,green,yellow,orange,purple,white,black,brown,pink" },
    { "fruits|fruit|과일", "apple,banana,orange,grape,mango,pear,peach,cherry,melon,plum" },
    { "animals|animal|동물", "crab,cat,dog,horse,elephant,penguin,dolphin,owl,fox,whale" },
    { "planets|planet|행성", "Mercury,Venus,Earth,Mars,Jupiter,Saturn,Uranus,Neptune" },
    { "days|weekdays|요일", "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday" },
    { "months|month", "January,February,March,April,May,June,July,August,September,October,"
                      "November,December" },
    { "primes|prime|소수", "2,3,5,7,11,13,17,19,23,29" },
    { "cities|city|도시", "Seoul,Paris,London,Tokyo,Berlin,Madrid,Rome,Cairo,Lima,Oslo" },
    { "countries|country|나라", "Korea,France,Japan,Brazil,Kenya,Canada,India,Italy,Norway,Peru" },
    { "languages", "C,Python,JavaScript,Rust,Go,Java,Lua,Ruby,Swift,Haskell" },
};

static bool list_things(struct agent_turn *t) {
    const struct words *w = &t->words;
    if (w->n > 12 || !words_any(w, "list|name|give|tell|enumerate|알려|말해|나열")) return false;
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++) {
        if (!words_any(w, lists[k].ask)) continue;
        int64_t wanted = words_any(w, "a|an|one") ? 1 : 3, given;
        if (words_any(w, "all|the") || str_starts(str_c(lists[k].ask), S("days"))) wanted = 12;
        for (size_t i = 0; i < w->n; i++)
            if (word_int(&w->w[i], &given) && given > 0) wanted = given;
        str item, rest = str_c(lists[k].items);
        for (int64_t i = 0; i < wanted && rest.n; i++) {
            str_cut(rest, ',', &item, &rest);
            buf_addf(t->out, "%s%.*s", i ? ", " : "", STR_ARG(item));
        }
        return true;
    }
    return false;
}

static bool capital(struct agent_turn *t) {
    static const char *const rows[][3] = {
        { "france", "프랑스", "Paris" },
        { "germany", "독일", "Berlin" },
        { "italy", "이탈리아", "Rome" },
        { "spain", "스페인", "Madrid" },
        { "portugal", "포르투갈", "Lisbon" },
        { "england", "영국", "London" },
        { "uk", "영국", "London" },
        { "kingdom", "영국", "London" },
        { "ireland", "아일랜드", "Dublin" },
        { "japan", "일본", "Tokyo" },
        { "korea", "한국", "Seoul" },
        { "china", "중국", "Beijing" },
        { "india", "인도", "New Delhi" },
        { "australia", "호주", "Canberra" },
        { "canada", "캐나다", "Ottawa" },
        { "usa", "미국", "Washington, D.C." },
        { "states", "미국", "Washington, D.C." },
        { "brazil", "브라질", "Brasília" },
        { "mexico", "멕시코", "Mexico City" },
        { "argentina", "아르헨티나", "Buenos Aires" },
        { "russia", "러시아", "Moscow" },
        { "ukraine", "우크라이나", "Kyiv" },
        { "poland", "폴란드", "Warsaw" },
        { "sweden", "스웨덴", "Stockholm" },
        { "norway", "노르웨이", "Oslo" },
        { "finland", "핀란드", "Helsinki" },
        { "denmark", "덴마크", "Copenhagen" },
        { "netherlands", "네덜란드", "Amsterdam" },
        { "belgium", "벨기에", "Brussels" },
        { "switzerland", "스위스", "Bern" },
        { "austria", "오스트리아", "Vienna" },
        { "greece", "그리스", "Athens" },
        { "turkey", "튀르키예", "Ankara" },
        { "egypt", "이집트", "Cairo" },
        { "kenya", "케냐", "Nairobi" },
        { "thailand", "태국", "Bangkok" },
        { "vietnam", "베트남", "Hanoi" },
        { "indonesia", "인도네시아", "Jakarta" },
    };
    const struct words *w = &t->words;
    if (w->n > 20 || !words_any(w, "capital|수도") || words_any(w, "north|북한")) return false;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!words_any(w, rows[i][0]) && !str_has(t->prompt, str_c(rows[i][1]))) continue;
        str city = str_c(rows[i][2]);
        buf_addf(t->out, "%.*s%s", STR_ARG(city), t->korean || str_ends(city, S(".")) ? "" : ".");
        return true;
    }
    return false;
}

bool skill_tricks(struct agent_turn *t) {
    return count_numbers(t) || count_letters(t) || transform(t) || capital(t) || list_things(t);
}
