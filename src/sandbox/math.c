/* Arithmetic found in a sentence.
 *
 * The prompt becomes tokens: numbers, operators (signs and words, English and Korean), and breaks
 * for everything else. The longest run that parses as an expression with at least one operation is
 * calculated, when the rest of the sentence asks for it: "call 555-1234" and "on 2024-01-02" are no
 * subtractions. "add 3 and 5" and Korean "3에 5를 더하면" are a second form: a verb and two or more
 * numbers.
 */
#include "sandbox/decimal.h"
#include "sandbox/skills.h"

#include <math.h>
#include <string.h>

enum { MAX_TOKENS = 512, MAX_DEPTH = 64, MAX_PROMPT = 4096 };

enum token_kind {
    T_BREAK,
    T_NUMBER,
    T_ADD,
    T_SUB,
    T_MUL,
    T_DIV,
    T_MOD,
    T_POW,
    T_PERCENT, /* '%': a hundredth, or the remainder when a number follows */
    T_OF,      /* "of", 의: times */
    T_OFF,     /* "20% off 50" */
    T_OPEN,
    T_CLOSE,
    T_ROOT,      /* square root of what follows */
    T_CUBE_ROOT, /* these too: of what follows */
    T_FACTORIAL,
    T_SQUARE_OF,
    T_CUBE_OF,
    T_SQUARED,
    T_CUBED,
    T_POST_ROOT,      /* Korean: 2의 제곱근 */
    T_POST_FACTORIAL, /* 5 factorial */
};

struct token {
    enum token_kind kind;
    size_t at, end;
    bool tight; /* no blank before it */
    struct decimal value;
};

struct math {
    struct token *t;
    size_t n;
};

/* ---- tokens ---- */

static bool digit(char c) {
    return c >= '0' && c <= '9';
}

static bool alnum(char c) {
    return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Bytes of a number at the start of s, 0 when there is none: 1,234.5 has its separators, a version
 * (1.2.3) and a word that goes on (3rd) are no numbers. */
static size_t number_length(str s, char digits[], size_t cap) {
    size_t i = 0, n = 0;
    bool point = false;
    for (; i < s.n && n + 1 < cap; i++) {
        char c = s.p[i];
        if (digit(c)) {
            digits[n++] = c;
        } else if (c == '.' && i + 1 < s.n && digit(s.p[i + 1])) {
            if (point) return 0;
            point = true;
            digits[n++] = c;
        } else if (c == ',' && !point && i > 0 && i + 3 < s.n && digit(s.p[i + 1]) &&
                   digit(s.p[i + 2]) && digit(s.p[i + 3]) && !(i + 4 < s.n && digit(s.p[i + 4]))) {
            continue;
        } else {
            break;
        }
    }
    if (n == 0 || (n == 1 && digits[0] == '.') || n + 1 == cap) return 0;
    digits[n] = '\0';
    if (i < s.n && alnum(s.p[i]) && !(s.p[i] == 'x' && i + 1 < s.n && digit(s.p[i + 1]))) return 0;
    return i;
}

static bool is_date(str s) {
    static const char form[] = "dddd-dd-dd";
    if (s.n < sizeof form - 1) return false;
    for (size_t i = 0; i < sizeof form - 1; i++)
        if (form[i] == 'd' ? !digit(s.p[i]) : s.p[i] != form[i]) return false;
    return true;
}

static const struct {
    const char *text;
    enum token_kind kind;
} signs[] = {
    { "**", T_POW },  { "+", T_ADD },  { "-", T_SUB },     { "−", T_SUB },
    { "*", T_MUL },   { "×", T_MUL },  { "·", T_MUL },     { "/", T_DIV },
    { "÷", T_DIV },   { "^", T_POW },  { "%", T_PERCENT }, { "(", T_OPEN },
    { ")", T_CLOSE }, { "√", T_ROOT }, { "²", T_SQUARED }, { "³", T_CUBED },
};

static const struct {
    const char *text; /* words, longest phrase first */
    enum token_kind kind;
} phrases[] = {
    { "multiplied by", T_MUL },
    { "divided by", T_DIV },
    { "to the power of", T_POW },
    { "raised to the power of", T_POW },
    { "to the power", T_POW },
    { "raised to", T_POW },
    { "the square root of", T_ROOT },
    { "square root of", T_ROOT },
    { "cube root of", T_CUBE_ROOT },
    { "the cube root of", T_CUBE_ROOT },
    { "root of", T_ROOT },
    { "the square of", T_SQUARE_OF },
    { "square of", T_SQUARE_OF },
    { "cube of", T_CUBE_OF },
    { "tip|tax on", T_OF },
    { "sqrt of", T_ROOT },
    { "sqrt", T_ROOT },
    { "the factorial of", T_FACTORIAL },
    { "factorial of", T_FACTORIAL },
    { "factorial", T_POST_FACTORIAL },
    { "squared", T_SQUARED },
    { "cubed", T_CUBED },
    { "plus", T_ADD },
    { "minus", T_SUB },
    { "times", T_MUL },
    { "over", T_DIV },
    { "modulo", T_MOD },
    { "mod", T_MOD },
    { "percent", T_PERCENT },
    { "of", T_OF },
    { "off", T_OFF },
};

static const struct {
    const char *text; /* found at the start of what follows, whatever is glued to it */
    enum token_kind kind;
} korean[] = {
    { "더하기", T_ADD },      { "빼기", T_SUB },         { "곱하기", T_MUL },
    { "나누기", T_DIV },      { "루트", T_ROOT },        { "의 제곱근", T_POST_ROOT },
    { "의 제곱", T_SQUARED }, { "퍼센트의", T_PERCENT }, { "퍼센트", T_PERCENT },
    { "의 ", T_OF },
};

static const char *const units[] = { "zero",    "one",     "two",       "three",    "four",
                                     "five",    "six",     "seven",     "eight",    "nine",
                                     "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                     "fifteen", "sixteen", "seventeen", "eighteen", "nineteen" };
static const char *const tens[] = { "",      "",      "twenty",  "thirty", "forty",
                                    "fifty", "sixty", "seventy", "eighty", "ninety" };

static int64_t number_word(str w) {
    for (size_t i = 0; i < 20; i++)
        if (str_eq(w, str_c(units[i]))) return (int64_t)i;
    for (size_t i = 2; i < 10; i++)
        if (str_eq(w, str_c(tens[i]))) return (int64_t)i * 10;
    return -1;
}

static int64_t scale_word(str w) {
    if (str_eq(w, S("hundred"))) return 100;
    if (str_eq(w, S("thousand"))) return 1000;
    if (str_eq(w, S("million"))) return 1000000;
    if (str_eq(w, S("billion"))) return 1000000000;
    return 0;
}

/* "two hundred and five", from word i; returns the words taken. */
static size_t words_number(const struct words *w, size_t i, int64_t *out) {
    int64_t total = 0, group = 0;
    size_t start = i;
    for (; i < w->n && i < start + 16; i++) {
        str word = w->w[i].text;
        int64_t small = number_word(word), scale = scale_word(word);
        if (small >= 0) {
            bool fits = i == start || group % 100 == 0 || (group % 10 == 0 && group % 100 > 10);
            if (!fits || (small >= 10 && group % 100)) break;
            group += small;
        } else if (scale == 100 && group && group < 100) {
            group *= 100;
        } else if (scale > 100 && group && total < 1000000000000) {
            total += group * scale;
            group = 0;
        } else if (!(str_eq(word, S("and")) && i > start && i + 1 < w->n &&
                     (group % 100 == 0 && number_word(w->w[i + 1].text) > 0) &&
                     scale_word(w->w[i - 1].text))) {
            break;
        }
    }
    *out = total + group;
    return i - start;
}

static size_t skip_blanks(str s, size_t i) {
    while (i < s.n && ascii_space(s.p[i])) i++;
    return i;
}

static struct token *push(struct math *m, enum token_kind kind, size_t at, size_t end) {
    if (m->n == MAX_TOKENS) return NULL;
    struct token *t = &m->t[m->n++];
    t->kind = kind;
    t->at = at;
    t->end = end;
    t->tight = m->n > 1 && m->t[m->n - 2].end == at;
    return t;
}

static bool previous_is_value(const struct math *m) {
    if (!m->n) return false;
    enum token_kind k = m->t[m->n - 1].kind;
    return k == T_NUMBER || k == T_CLOSE || k == T_PERCENT || k == T_SQUARED || k == T_CUBED;
}

static size_t scan_word(struct math *m, const struct words *w, size_t word) {
    const struct word *first = &w->w[word];
    if (words_phrase_at(w, "half of", word, NULL)) {
        struct token *half = push(m, T_NUMBER, first->at, first->end);
        if (half) decimal_parse(&half->value, S("0.5"));
        push(m, T_MUL, w->w[word + 1].at, w->w[word + 1].end);
        return 2;
    }
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
        size_t count;
        if (!words_phrase_at(w, phrases[i].text, word, &count)) continue;
        push(m, phrases[i].kind, first->at, w->w[word + count - 1].end);
        return count;
    }
    if (str_eq(first->text, S("x")) && previous_is_value(m)) {
        push(m, T_MUL, first->at, first->end);
        return 1;
    }
    int64_t value;
    size_t count = words_number(w, word, &value);
    if (count) {
        char text[32];
        struct buf digits = BUF_INIT(sizeof text);
        buf_addf(&digits, "%lld", (long long)value);
        struct token *t = push(m, T_NUMBER, first->at, w->w[word + count - 1].end);
        if (t) decimal_parse(&t->value, buf_str(&digits));
        buf_free(&digits);
        return count;
    }
    push(m, T_BREAK, first->at, first->end);
    return 1;
}

static size_t scan_korean(struct math *m, str raw, size_t i) {
    str rest = str_skip(raw, i);
    for (size_t k = 0; k < sizeof korean / sizeof korean[0]; k++) {
        str text = str_c(korean[k].text);
        if (!str_starts(rest, text)) continue;
        if (korean[k].kind == T_OF && !previous_is_value(m)) continue;
        push(m, korean[k].kind, i, i + text.n);
        return i + text.n;
    }
    return 0;
}

static size_t scan_sign(struct math *m, str raw, size_t i) {
    str rest = str_skip(raw, i);
    for (size_t k = 0; k < sizeof signs / sizeof signs[0]; k++) {
        str text = str_c(signs[k].text);
        if (!str_starts(rest, text)) continue;
        push(m, signs[k].kind, i, i + text.n);
        return i + text.n;
    }
    if (rest.p[0] == 'x' && previous_is_value(m) && rest.n > 1 && digit(rest.p[1])) {
        push(m, T_MUL, i, i + 1);
        return i + 1;
    }
    return 0;
}

static void tokenize(struct math *m, const struct words *w) {
    str raw = w->raw;
    char digits[DECIMAL_DIGITS];
    for (size_t i = skip_blanks(raw, 0), word = 0; i < raw.n; i = skip_blanks(raw, i)) {
        while (word < w->n && w->w[word].end <= i) word++;
        if (is_date(str_skip(raw, i))) {
            push(m, T_BREAK, i, i + 10);
            i += 10;
            continue;
        }
        static const char *const currencies[] = { "$", "€", "£", "₩" };
        for (size_t k = 0; k < 4; k++)
            if (str_starts(str_skip(raw, i), str_c(currencies[k]))) i += strlen(currencies[k]);
        size_t n = number_length(str_skip(raw, i), digits, sizeof digits);
        size_t next = n ? i + n : 0;
        if (n) {
            struct token *t = push(m, T_NUMBER, i, next);
            if (t) decimal_parse(&t->value, str_c(digits));
        }
        if (!next) next = scan_sign(m, raw, i);
        if (!next) next = scan_korean(m, raw, i);
        if (!next && word < w->n && w->w[word].at <= i) {
            bool whole = w->w[word].at == i;
            size_t count = whole ? scan_word(m, w, word) : 1;
            if (!whole) push(m, T_BREAK, i, w->w[word].end);
            next = w->w[word + count - 1].end;
            word += count;
        }
        if (!next) {
            push(m, T_BREAK, i, i + 1);
            next = i + 1;
        }
        if (m->n == MAX_TOKENS) return;
        i = next;
    }
}

/* ---- the expression ---- */

enum math_error { MATH_OK, MATH_SYNTAX, MATH_ZERO, MATH_LARGE, MATH_DOMAIN };

struct parser {
    const struct math *m;
    size_t at, operations;
    unsigned depth;
    enum math_error error; /* the first one of the values; syntax ends the parse */
};

static bool expression(struct parser *p, struct decimal *out);

static enum token_kind peek(const struct parser *p) {
    return p->at < p->m->n ? p->m->t[p->at].kind : T_BREAK;
}

static bool starts_value(const struct parser *p, size_t at) {
    if (at >= p->m->n) return false;
    enum token_kind k = p->m->t[at].kind;
    return k == T_NUMBER || k == T_OPEN || k == T_ROOT;
}

static void note(struct parser *p, bool ok, enum math_error error) {
    if (!ok && p->error == MATH_OK) p->error = error;
    p->operations++;
}

static void factorial(struct parser *p, struct decimal *v) {
    double of = decimal_double(v);
    struct decimal result, k;
    if (v->negative || !decimal_is_integer(v) || of > 170) {
        note(p, false, of > 170 ? MATH_LARGE : MATH_DOMAIN);
        return;
    }
    decimal_parse(&result, S("1"));
    for (int i = 2; i <= (int)of; i++)
        if (decimal_of(&k, i)) decimal_mul(&result, &result, &k);
    result.inexact = v->inexact; /* decimal_of marks what came from a double */
    *v = result;
    note(p, true, MATH_OK);
}

static void cube_root(struct parser *p, struct decimal *v) {
    struct decimal root, square, cube;
    bool good = decimal_of(&root, cbrt(decimal_double(v)));
    if (good && decimal_mul(&square, &root, &root) && decimal_mul(&cube, &square, &root) &&
        decimal_cmp(&cube, v) == 0)
        root.inexact = v->inexact;
    if (good) *v = root;
    note(p, good, MATH_LARGE);
}

static void function(struct parser *p, enum token_kind kind, struct decimal *v) {
    struct decimal exponent;
    decimal_parse(&exponent, kind == T_SQUARE_OF ? S("2") : S("3"));
    switch (kind) {
    case T_FACTORIAL: factorial(p, v); break;
    case T_CUBE_ROOT: cube_root(p, v); break;
    case T_ROOT: note(p, decimal_sqrt(v, v), v->negative ? MATH_DOMAIN : MATH_LARGE); break;
    default: note(p, decimal_pow(v, v, &exponent), MATH_LARGE);
    }
}

static bool primary(struct parser *p, struct decimal *out) {
    const struct token *t = &p->m->t[p->at < p->m->n ? p->at : 0];
    bool ok;
    switch (peek(p)) {
    case T_NUMBER:
        *out = t->value;
        p->at++;
        return true;
    case T_OPEN:
        p->at++;
        if (p->depth >= MAX_DEPTH) return false;
        p->depth++;
        ok = expression(p, out) && peek(p) == T_CLOSE;
        p->depth--;
        p->at += ok;
        return ok;
    case T_ROOT:
    case T_CUBE_ROOT:
    case T_FACTORIAL:
    case T_SQUARE_OF:
    case T_CUBE_OF:
        p->at++;
        if (p->depth >= MAX_DEPTH) return false;
        p->depth++;
        ok = primary(p, out);
        p->depth--;
        if (ok) function(p, t->kind, out);
        return ok;
    default: return false;
    }
}

static bool postfix(struct parser *p, struct decimal *out) {
    struct decimal k;
    if (!primary(p, out)) return false;
    for (;; p->at++) {
        enum token_kind kind = peek(p);
        if (kind == T_PERCENT && !starts_value(p, p->at + 1)) {
            decimal_parse(&k, S("0.01"));
            note(p, decimal_mul(out, out, &k), MATH_LARGE);
            p->operations -= 1; /* "17%" alone asks nothing */
        } else if (kind == T_SQUARED || kind == T_CUBED) {
            decimal_parse(&k, kind == T_SQUARED ? S("2") : S("3"));
            note(p, decimal_pow(out, out, &k), MATH_LARGE);
        } else if (kind == T_POST_FACTORIAL) {
            factorial(p, out);
        } else if (kind == T_POST_ROOT) {
            note(p, decimal_sqrt(out, out), out->negative ? MATH_DOMAIN : MATH_LARGE);
        } else {
            return true;
        }
    }
}

static bool unary(struct parser *p, struct decimal *out);

static bool power(struct parser *p, struct decimal *out) {
    if (!postfix(p, out)) return false;
    if (peek(p) != T_POW) return true;
    size_t before = p->at++;
    struct decimal exponent;
    if (p->depth >= MAX_DEPTH) return false;
    p->depth++;
    bool ok = unary(p, &exponent);
    p->depth--;
    if (!ok) {
        p->at = before;
        return true;
    }
    bool zero = decimal_is_zero(out) && exponent.negative;
    note(p, decimal_pow(out, out, &exponent),
         zero                                              ? MATH_ZERO
         : out->negative && !decimal_is_integer(&exponent) ? MATH_DOMAIN
                                                           : MATH_LARGE);
    return true;
}

static bool unary(struct parser *p, struct decimal *out) {
    if (peek(p) != T_SUB && peek(p) != T_ADD) return power(p, out);
    bool minus = peek(p) == T_SUB;
    p->at++;
    if (p->depth >= MAX_DEPTH) return false;
    p->depth++;
    bool ok = unary(p, out);
    p->depth--;
    if (ok && minus && !decimal_is_zero(out)) out->negative = !out->negative;
    return ok;
}

static void apply(struct parser *p, enum token_kind kind, struct decimal *a,
                  const struct decimal *b) {
    struct decimal one, rest;
    switch (kind) {
    case T_ADD: note(p, decimal_add(a, a, b), MATH_LARGE); break;
    case T_SUB: note(p, decimal_sub(a, a, b), MATH_LARGE); break;
    case T_MUL:
    case T_OF: note(p, decimal_mul(a, a, b), MATH_LARGE); break;
    case T_OFF:
        decimal_parse(&one, S("1"));
        note(p, decimal_sub(&rest, &one, a) && decimal_mul(a, &rest, b), MATH_LARGE);
        break;
    case T_DIV: note(p, decimal_div(a, a, b), decimal_is_zero(b) ? MATH_ZERO : MATH_LARGE); break;
    default: note(p, decimal_mod(a, a, b), decimal_is_zero(b) ? MATH_ZERO : MATH_LARGE); break;
    }
}

/* "17% of 250", "1/2 of 10", 250의 17%: but "2 of 3 people" multiplies nothing. */
static bool is_share(const struct parser *p, size_t of) {
    const struct token *t = p->m->t;
    return t[of - 1].kind == T_PERCENT || t[p->at - 1].kind == T_PERCENT ||
           (of >= 2 && t[of - 2].kind == T_DIV);
}

/* Operators of one precedence from the left; an operator without a right side ends the expression
 * before it ("3 times what?"). */
static bool product(struct parser *p, struct decimal *out) {
    if (!unary(p, out)) return false;
    for (;;) {
        enum token_kind kind = peek(p);
        bool of = kind == T_OF || kind == T_OFF;
        if (kind != T_MUL && kind != T_DIV && kind != T_MOD && kind != T_PERCENT && !of)
            return true;
        size_t before = p->at++;
        struct decimal b;
        if (!unary(p, &b) || (of && !is_share(p, before))) {
            p->at = before;
            return true;
        }
        apply(p, kind, out, &b);
    }
}

static bool expression(struct parser *p, struct decimal *out) {
    if (!product(p, out)) return false;
    for (;;) {
        enum token_kind kind = peek(p);
        if (kind != T_ADD && kind != T_SUB) return true;
        size_t before = p->at++;
        struct decimal b;
        if (!product(p, &b)) {
            p->at = before;
            return true;
        }
        apply(p, kind, out, &b);
    }
}

/* ---- what is asked ---- */

struct finding {
    size_t first, end; /* tokens */
    struct decimal value;
    enum math_error error;
    bool found;
};

static struct finding find_expression(const struct math *m) {
    struct finding best = { 0 };
    for (size_t i = 0; i < m->n; i++) {
        if (i > 0 && m->t[i - 1].kind != T_BREAK && m->t[i - 1].kind != T_OF &&
            m->t[i - 1].kind != T_ADD)
            continue;
        struct parser p = { .m = m, .at = i };
        struct decimal value;
        if (!expression(&p, &value) || !p.operations) continue;
        if (best.found && p.at - i <= best.end - best.first) continue;
        best = (struct finding){ i, p.at, value, p.error, true };
    }
    return best;
}

static bool asks(const struct agent_turn *t) {
    return words_any(&t->words, "what|whats|calculate|calc|compute|evaluate|solve|equals|equal|"
                                "result|answer|math|sum|much|many|얼마|계산|몇|결과|값|은?|는?") ||
           str_has(t->prompt, S("="));
}

/* 555-1234, 24/7, 3-5: joined without blanks, between two bare numbers. */
static bool looks_like_a_name(const struct math *m, const struct finding *f) {
    return f->end - f->first == 3 && m->t[f->first + 1].tight && m->t[f->first + 2].tight &&
           (m->t[f->first + 1].kind == T_SUB || m->t[f->first + 1].kind == T_DIV);
}

static bool wanted(const struct agent_turn *t, const struct math *m, const struct finding *f) {
    size_t others = 0;
    for (size_t i = 0; i < t->words.n; i++) {
        const struct word *w = &t->words.w[i];
        others += (w->end <= m->t[f->first].at || w->at >= m->t[f->end - 1].end) &&
                  !word_is_common(w->text);
    }
    bool alone = m->t[f->first].at == 0 && m->t[f->end - 1].end + 2 >= t->prompt.n;
    if (looks_like_a_name(m, f) && !alone) return others <= 3 && asks(t);
    return others <= 3 || (others <= 12 && asks(t));
}

static bool only_number(const struct agent_turn *t) {
    return words_phrase(&t->words, "only|just the|a number|result|answer", 0, NULL) >= 0 ||
           words_phrase(&t->words, "number|result|answer only", 0, NULL) >= 0 ||
           words_any(&t->words, "숫자만|답만|결과만");
}

static void write_result(struct agent_turn *t, str left, const struct decimal *value) {
    struct buf number = BUF_INIT(DECIMAL_DIGITS * 2 + 8);
    decimal_write(value, &number);
    t->number = arena_dup(t->r->arena, buf_str(&number));
    t->expression = left;
    buf_free(&number);
    if (!only_number(t) && left.n)
        buf_addf(t->out, "%.*s %s ", STR_ARG(left), value->inexact ? "≈" : "=");
    buf_add(t->out, t->number);
}

static void write_error(struct agent_turn *t, str left, enum math_error error) {
    buf_addf(t->out, "%.*s: ", STR_ARG(left));
    if (error == MATH_ZERO)
        turn_say(t, "division by zero has no result.", "0으로 나눌 수 없습니다.");
    else if (error == MATH_DOMAIN)
        turn_say(t, "that has no real result.", "실수 범위에 결과가 없습니다.");
    else
        turn_say(t, "the result has more digits than I keep (400).",
                 "결과의 자릿수가 제가 다루는 한도(400)를 넘습니다.");
}

/* "add 3 and 5", "the average of 1, 2 and 3", "10에서 3을 빼면". */
static bool by_verb(struct agent_turn *t, const struct math *m) {
    static const struct {
        const char *verb;
        enum token_kind kind;
        bool swap; /* subtract 3 from 10 */
    } verbs[] = {
        { "add|sum|total|더하|더해|합", T_ADD, false },
        { "multiply|product|곱하|곱해", T_MUL, false },
        { "subtract", T_SUB, true },
        { "difference|빼면|빼줘|뺀|빼고", T_SUB, false },
        { "divide|나누면|나눠|나눈", T_DIV, false },
        { "average|mean|평균", T_PERCENT, false },
    };
    const struct decimal *number[64];
    size_t n = 0, first = 0, last = 0;
    for (size_t i = 0; i < m->n && n < 64; i++) {
        if (m->t[i].kind != T_NUMBER) continue;
        if (!n) first = i;
        last = i;
        number[n++] = &m->t[i].value;
    }
    if (n < 2) return false;
    /* Between the numbers only commas and connecting words, or Korean particles. */
    for (size_t i = first; i <= last; i++) {
        str word = { t->prompt.p + m->t[i].at, m->t[i].end - m->t[i].at };
        if (m->t[i].kind == T_BREAK && word.n && (unsigned char)word.p[0] < 0x80 &&
            !str_ieq(word, S("and")) && !str_ieq(word, S("by")) && !str_ieq(word, S("from")) &&
            !str_ieq(word, S("to")) && !str_ieq(word, S("with")) && !str_eq(word, S(",")))
            return false;
    }
    for (size_t v = 0; v < sizeof verbs / sizeof verbs[0]; v++) {
        if (!words_any(&t->words, verbs[v].verb)) continue;
        enum token_kind kind = verbs[v].kind;
        bool mean = kind == T_PERCENT, pair = kind == T_SUB || kind == T_DIV;
        if (pair && n != 2) return false;
        struct decimal value = *number[verbs[v].swap ? 1 : 0];
        struct parser p = { 0 };
        struct buf left = BUF_INIT(8192);
        static const char sign[] = { [T_ADD] = '+', [T_SUB] = '-', [T_MUL] = '*', [T_DIV] = '/' };
        if (mean) buf_add(&left, S("("));
        decimal_write(&value, &left);
        for (size_t i = 1; i < n; i++) {
            const struct decimal *b = number[verbs[v].swap ? 0 : i];
            apply(&p, mean ? T_ADD : kind, &value, b);
            buf_addf(&left, " %c ", sign[mean ? T_ADD : kind]);
            decimal_write(b, &left);
        }
        if (mean) {
            struct decimal count;
            buf_addf(&left, ") / %zu", n);
            decimal_of(&count, (double)n);
            count.inexact = false;
            apply(&p, T_DIV, &value, &count);
        }
        str text = arena_dup(t->r->arena, buf_str(&left));
        buf_free(&left);
        if (p.error)
            write_error(t, text, p.error);
        else
            write_result(t, text, &value);
        return true;
    }
    return false;
}

/* "Which is larger, 9.11 or 9.9?" */
static bool by_comparison(struct agent_turn *t, const struct math *m) {
    bool large =
        words_any(&t->words, "larger|bigger|greater|largest|biggest|greatest|higher|더 큰|더 클");
    bool small = words_any(&t->words, "smaller|less|lower|smallest|lowest|더 작");
    const struct token *a = NULL, *b = NULL;
    if (large == small) return false;
    for (size_t i = 0; i < m->n; i++) {
        if (m->t[i].kind != T_NUMBER) continue;
        if (b) return false;
        *(a ? &b : &a) = &m->t[i];
    }
    if (!b) return false;
    int order = decimal_cmp(&a->value, &b->value);
    if (order && (order < 0) == large) {
        const struct token *swap = a;
        a = b;
        b = swap;
    }
    str x = { t->prompt.p + a->at, a->end - a->at }, y = { t->prompt.p + b->at, b->end - b->at };
    const char *relation = order == 0 ? "=" : large ? ">" : "<";
    t->number = arena_dup(t->r->arena, x);
    buf_addf(t->out, "%.*s (%.*s %s %.*s)", STR_ARG(x), STR_ARG(x), relation, STR_ARG(y));
    return true;
}

bool skill_math(struct agent_turn *t) {
    bool has_digit = false, has_word = false;
    if (t->prompt.n > MAX_PROMPT) return false;
    for (size_t i = 0; i < t->prompt.n && !has_digit; i++) has_digit = digit(t->prompt.p[i]);
    for (size_t i = 0; i < t->words.n && !has_word && !has_digit; i++)
        has_word = number_word(t->words.w[i].text) >= 0;
    if (!has_digit && !has_word) return false;
    struct math m = { .t = arena_alloc(t->r->arena, MAX_TOKENS * sizeof(struct token)) };
    if (!m.t) return false;
    tokenize(&m, &t->words);
    struct finding f = find_expression(&m);
    if (f.found && wanted(t, &m, &f)) {
        size_t at = m.t[f.first].at;
        str left = { t->prompt.p + at, m.t[f.end - 1].end - at };
        if (f.error)
            write_error(t, left, f.error);
        else
            write_result(t, left, &f.value);
        return true;
    }
    return by_comparison(t, &m) || by_verb(t, &m);
}
