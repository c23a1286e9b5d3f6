/* A pattern becomes a small program (Thompson's construction); matching runs all its threads at
 * once, so the time is text × program whatever the pattern. Making a text is the same walk with a
 * free choice of characters: layer by layer, the states that can be reached after so many
 * characters, until one of them can end. */
#include "sandbox/pattern.h"

#include "base/utf8.h"

#include <string.h>

enum { MAX_PROGRAM = 512, MAX_RANGES = 8, MAX_REPEAT = 256, MAX_DEPTH = 32, MAX_MADE = 512 };

enum operation { OP_CLASS, OP_SPLIT, OP_JUMP, OP_START, OP_END, OP_MATCH };

struct range {
    uint32_t low, high;
};

struct char_class {
    uint64_t ascii[2];
    struct range range[MAX_RANGES]; /* beyond ASCII */
    unsigned ranges;
    bool other; /* every other character beyond ASCII */
};

struct step {
    enum operation op;
    uint16_t x, y; /* SPLIT: both, JUMP: x */
    uint16_t set;  /* CLASS */
};

struct pattern {
    struct step *step;
    struct char_class *set;
    uint16_t n, sets;
};

struct compiler {
    struct pattern *p;
    str s;
    size_t i;
    unsigned depth;
    bool failed;
};

static uint32_t decode(str s, size_t *n) {
    const unsigned char *p = (const unsigned char *)s.p;
    *n = utf8_step(s);
    switch (*n) {
    case 1: return p[0];
    case 2: return (uint32_t)(p[0] & 31) << 6 | (p[1] & 63);
    case 3: return (uint32_t)(p[0] & 15) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63);
    case 4:
        return (uint32_t)(p[0] & 7) << 18 | (uint32_t)(p[1] & 63) << 12 |
               (uint32_t)(p[2] & 63) << 6 | (p[3] & 63);
    default: *n = s.n ? 1 : 0; return 0xFFFD;
    }
}

/* ---- classes ---- */

static void set_range(struct char_class *c, uint32_t low, uint32_t high) {
    for (uint32_t k = low; k <= high && k < 128; k++) c->ascii[k / 64] |= (uint64_t)1 << (k % 64);
    if (high < 128) return;
    if (c->ranges < MAX_RANGES)
        c->range[c->ranges++] = (struct range){ low < 128 ? 128 : low, high };
}

static bool set_has(const struct char_class *c, uint32_t k) {
    if (k < 128) return c->ascii[k / 64] >> (k % 64) & 1;
    bool in = false;
    for (unsigned i = 0; i < c->ranges; i++)
        in = in || (k >= c->range[i].low && k <= c->range[i].high);
    return in != c->other;
}

static void set_invert(struct char_class *c) {
    c->ascii[0] = ~c->ascii[0];
    c->ascii[1] = ~c->ascii[1];
    c->other = !c->other;
}

/* \d \w \s and capitals; false: no such letter. */
static bool set_named(struct char_class *c, char name) {
    struct char_class one = { 0 };
    switch (ascii_lower(name)) {
    case 'd': set_range(&one, '0', '9'); break;
    case 'w':
        set_range(&one, '0', '9');
        set_range(&one, 'A', 'Z');
        set_range(&one, 'a', 'z');
        set_range(&one, '_', '_');
        break;
    case 's':
        set_range(&one, '\t', '\r');
        set_range(&one, ' ', ' ');
        break;
    default: return false;
    }
    if (name != ascii_lower(name)) set_invert(&one);
    c->ascii[0] |= one.ascii[0];
    c->ascii[1] |= one.ascii[1];
    c->other = c->other || one.other;
    return true;
}

/* ---- compiling ---- */

static uint16_t emit(struct compiler *c, struct step s) {
    if (c->p->n == MAX_PROGRAM) {
        c->failed = true;
        return 0;
    }
    c->p->step[c->p->n] = s;
    return c->p->n++;
}

static struct char_class *new_set(struct compiler *c) {
    if (c->p->sets == MAX_PROGRAM) {
        c->failed = true;
        return &c->p->set[0];
    }
    emit(c, (struct step){ .op = OP_CLASS, .set = c->p->sets });
    return &c->p->set[c->p->sets++];
}

static bool more(const struct compiler *c) {
    return c->i < c->s.n;
}

static char look(const struct compiler *c, size_t ahead) {
    return c->i + ahead < c->s.n ? c->s.p[c->i + ahead] : '\0';
}

static bool hex(struct compiler *c, size_t digits, uint32_t *out) {
    uint32_t value = 0;
    for (size_t k = 0; k < digits; k++) {
        char d = ascii_lower(look(c, k));
        if (d >= '0' && d <= '9')
            value = value * 16 + (uint32_t)(d - '0');
        else if (d >= 'a' && d <= 'f')
            value = value * 16 + (uint32_t)(d - 'a') + 10;
        else
            return false;
    }
    c->i += digits;
    *out = value;
    return true;
}

/* After a backslash: one character, or a named class added to `set` (then *single is false). */
static bool escape(struct compiler *c, struct char_class *set, uint32_t *out, bool *single) {
    char e = look(c, 0);
    static const char letters[] = "tnrfv0";
    static const char values[] = "\t\n\r\f\v\0";
    *single = true;
    if (set_named(set, e)) {
        *single = false;
        c->i++;
        return true;
    }
    const char *at = e ? strchr(letters, e) : NULL;
    if (at) {
        *out = (unsigned char)values[at - letters];
        c->i++;
        return true;
    }
    if (e == 'u' || e == 'x') {
        c->i++;
        return hex(c, e == 'u' ? 4 : 2, out);
    }
    if ((e >= 'a' && e <= 'z') || (e >= 'A' && e <= 'Z') || (e >= '1' && e <= '9')) return false;
    size_t n;
    *out = decode(str_skip(c->s, c->i), &n);
    c->i += n;
    return n > 0;
}

static void parse_class(struct compiler *c) { /* after '[' */
    struct char_class *set = new_set(c);
    bool inverted = look(c, 0) == '^';
    c->i += inverted;
    for (bool first = true;; first = false) {
        if (!more(c)) {
            c->failed = true;
            return;
        }
        if (look(c, 0) == ']' && !first) break;
        if (look(c, 0) == ']' && first) break; /* [] matches nothing, as in JavaScript */
        uint32_t low = 0, high;
        bool single = true;
        size_t n;
        if (look(c, 0) == '\\') {
            c->i++;
            if (!escape(c, set, &low, &single)) c->failed = true;
        } else {
            low = decode(str_skip(c->s, c->i), &n);
            c->i += n;
        }
        if (c->failed) return;
        if (!single) continue;
        high = low;
        if (look(c, 0) == '-' && look(c, 1) != ']' && c->i + 1 < c->s.n) {
            c->i++;
            if (look(c, 0) == '\\') {
                c->i++;
                if (!escape(c, set, &high, &single) || !single) c->failed = true;
            } else {
                high = decode(str_skip(c->s, c->i), &n);
                c->i += n;
            }
            if (high < low) c->failed = true;
        }
        if (c->failed) return;
        set_range(set, low, high);
    }
    c->i++;
    if (inverted) set_invert(set);
}

static void parse_alternatives(struct compiler *c);

static void parse_group(struct compiler *c) { /* after '(' */
    if (look(c, 0) == '?') {
        if (look(c, 1) == ':') {
            c->i += 2;
        } else if (look(c, 1) == '<' && look(c, 2) != '=' && look(c, 2) != '!') {
            while (more(c) && look(c, 0) != '>') c->i++;
            c->i++;
        } else {
            c->failed = true; /* look-around */
            return;
        }
    }
    if (++c->depth > MAX_DEPTH) c->failed = true;
    if (!c->failed) parse_alternatives(c);
    c->depth--;
    if (look(c, 0) != ')') c->failed = true;
    c->i++;
}

static void parse_atom(struct compiler *c) {
    char first = look(c, 0);
    bool single = true;
    uint32_t k = 0;
    size_t n;
    switch (first) {
    case '(':
        c->i++;
        parse_group(c);
        return;
    case '[':
        c->i++;
        parse_class(c);
        return;
    case '^':
        c->i++;
        emit(c, (struct step){ .op = OP_START });
        return;
    case '$':
        c->i++;
        emit(c, (struct step){ .op = OP_END });
        return;
    case '*':
    case '+':
    case '?': c->failed = true; return;
    case '.': {
        c->i++;
        struct char_class *set = new_set(c);
        set_range(set, '\n', '\n');
        set_range(set, '\r', '\r');
        set_invert(set);
        return;
    }
    case '\\': {
        c->i++;
        struct char_class *set = new_set(c);
        if (!escape(c, set, &k, &single)) c->failed = true;
        if (single && !c->failed) set_range(set, k, k);
        return;
    }
    default:
        k = decode(str_skip(c->s, c->i), &n);
        c->i += n;
        set_range(new_set(c), k, k);
    }
}

/* {n}, {n,}, {n,m} at the cursor; false: none, '{' is a character then. */
static bool parse_counts(struct compiler *c, unsigned *least, unsigned *most) {
    size_t i = c->i + 1;
    unsigned value[2] = { 0, 0 };
    bool comma = false, digits[2] = { false, false };
    for (; i < c->s.n && c->s.p[i] != '}'; i++) {
        char d = c->s.p[i];
        if (d == ',' && !comma) {
            comma = true;
        } else if (d >= '0' && d <= '9') {
            value[comma] =
                value[comma] > MAX_REPEAT ? value[comma] : value[comma] * 10 + (unsigned)(d - '0');
            digits[comma] = true;
        } else {
            return false;
        }
    }
    if (i == c->s.n || !digits[0]) return false;
    *least = value[0];
    *most = comma ? (digits[1] ? value[1] : UINT32_MAX) : value[0];
    c->i = i + 1;
    return true;
}

/* Appends a block that was written at `start`: what it points at moves along. */
static void append(struct compiler *c, const struct step *block, uint16_t n, uint16_t start) {
    int by = c->p->n - start;
    for (uint16_t k = 0; k < n && !c->failed; k++) {
        struct step s = block[k];
        s.x = (uint16_t)(s.x + by);
        s.y = (uint16_t)(s.y + by);
        emit(c, s);
    }
}

static void split_at(struct compiler *c, uint16_t split, uint16_t other) {
    c->p->step[split].x = (uint16_t)(split + 1);
    c->p->step[split].y = other;
}

static void parse_repeat(struct compiler *c) {
    uint16_t start = c->p->n;
    parse_atom(c);
    unsigned least, most;
    char q = look(c, 0);
    if (c->failed) return;
    if (q == '*' || q == '+' || q == '?') {
        least = q == '+';
        most = q == '?' ? 1 : UINT32_MAX;
        c->i++;
    } else if (q != '{' || !parse_counts(c, &least, &most)) {
        return;
    }
    if (look(c, 0) == '?') c->i++; /* lazy or not makes no difference to whether it matches */
    if (least > MAX_REPEAT || (most != UINT32_MAX && (most > MAX_REPEAT || most < least))) {
        c->failed = true;
        return;
    }
    struct step block[MAX_PROGRAM];
    uint16_t n = (uint16_t)(c->p->n - start);
    memcpy(block, c->p->step + start, n * sizeof *block);
    c->p->n = start; /* rewritten as often as asked for */
    for (unsigned k = 0; k < least && !c->failed; k++) append(c, block, n, start);
    if (most == UINT32_MAX) {
        uint16_t split = emit(c, (struct step){ .op = OP_SPLIT });
        append(c, block, n, start);
        emit(c, (struct step){ .op = OP_JUMP, .x = split });
        if (!c->failed) split_at(c, split, c->p->n);
        return;
    }
    uint16_t splits[MAX_REPEAT];
    unsigned count = 0;
    for (unsigned k = least; k < most && !c->failed; k++) {
        splits[count++] = emit(c, (struct step){ .op = OP_SPLIT });
        append(c, block, n, start);
    }
    for (unsigned k = 0; k < count && !c->failed; k++) split_at(c, splits[k], c->p->n);
}

static void parse_alternatives(struct compiler *c) {
    uint16_t jumps[64];
    unsigned count = 0;
    for (;;) {
        /* A split when another alternative follows, which is known only at the end of this one. */
        uint16_t front = emit(c, (struct step){ .op = OP_JUMP, .x = (uint16_t)(c->p->n + 1) });
        while (more(c) && look(c, 0) != '|' && look(c, 0) != ')' && !c->failed) parse_repeat(c);
        if (c->failed || look(c, 0) != '|') break;
        if (count == 64) {
            c->failed = true;
            break;
        }
        jumps[count++] = emit(c, (struct step){ .op = OP_JUMP });
        c->p->step[front].op = OP_SPLIT;
        if (!c->failed) split_at(c, front, c->p->n);
        c->i++;
    }
    for (unsigned k = 0; k < count; k++) c->p->step[jumps[k]].x = c->p->n;
}

struct pattern *pattern_compile(str source, struct arena *a) {
    struct pattern *p = arena_alloc(a, sizeof *p);
    if (!p || source.n > 1024) return NULL;
    p->step = arena_alloc(a, (MAX_PROGRAM + 1) * sizeof *p->step);
    p->set = arena_alloc(a, MAX_PROGRAM * sizeof *p->set);
    if (!p->step || !p->set) return NULL;
    struct compiler c = { .p = p, .s = source };
    parse_alternatives(&c);
    if (c.failed || c.i != source.n || p->n == MAX_PROGRAM) return NULL;
    emit(&c, (struct step){ .op = OP_MATCH });
    return p;
}

/* ---- running ---- */

struct threads {
    uint16_t at[MAX_PROGRAM];
    uint16_t from[MAX_PROGRAM]; /* index in the layer before */
    bool on[MAX_PROGRAM];
    unsigned n;
};

/* Adds state s and all it reaches without a character. An explicit stack: patterns nest. */
static void reach(const struct pattern *p, struct threads *t, uint16_t s, uint16_t from, bool start,
                  bool end) {
    uint16_t stack[MAX_PROGRAM * 2];
    unsigned depth = 0;
    stack[depth++] = s;
    while (depth) {
        uint16_t k = stack[--depth];
        if (t->on[k]) continue;
        t->on[k] = true;
        const struct step *step = &p->step[k];
        switch (step->op) {
        case OP_SPLIT:
            stack[depth++] = step->y;
            stack[depth++] = step->x;
            break;
        case OP_JUMP: stack[depth++] = step->x; break;
        case OP_START:
            if (start) stack[depth++] = (uint16_t)(k + 1);
            break;
        case OP_END:
            if (end) stack[depth++] = (uint16_t)(k + 1);
            break;
        default: t->at[t->n] = k; t->from[t->n++] = from;
        }
    }
}

static void clear(struct threads *t) {
    memset(t->on, 0, sizeof t->on);
    t->n = 0;
}

static bool ends(const struct pattern *p, const struct threads *t) {
    for (unsigned i = 0; i < t->n; i++)
        if (p->step[t->at[i]].op == OP_MATCH) return true;
    return false;
}

bool pattern_matches(const struct pattern *p, str text) {
    struct threads layers[2], *now = &layers[0], *next = &layers[1];
    clear(now);
    for (bool first = true;; first = false) {
        reach(p, now, 0, 0, first, text.n == 0); /* a match may start here */
        if (ends(p, now)) return true;
        if (!text.n) return false;
        size_t n;
        uint32_t k = decode(text, &n);
        text = str_skip(text, n);
        clear(next);
        for (unsigned i = 0; i < now->n; i++) {
            const struct step *step = &p->step[now->at[i]];
            if (set_has(&p->set[step->set], k))
                reach(p, next, (uint16_t)(now->at[i] + 1), 0, false, text.n == 0);
        }
        struct threads *swap = now;
        now = next;
        next = swap;
    }
}

/* A character of the class for place i: digits count up, letters go through the alphabet. */
static bool pick(const struct char_class *c, size_t i, uint32_t *out) {
    const uint32_t wishes[] = { '1' + (uint32_t)(i % 9),
                                'a' + (uint32_t)(i % 26),
                                'A' + (uint32_t)(i % 26),
                                '0',
                                'a',
                                'A',
                                '-',
                                ' ' };
    for (size_t k = 0; k < sizeof wishes / sizeof wishes[0]; k++) {
        if (!set_has(c, wishes[k])) continue;
        *out = wishes[k];
        return true;
    }
    for (uint32_t k = 0x21; k < 127; k++)
        if (set_has(c, *out = k)) return true;
    for (unsigned k = 0; k < c->ranges; k++)
        for (uint32_t at = c->range[k].low; at <= c->range[k].high && at < c->range[k].low + 64;
             at++)
            if (set_has(c, *out = at) && !(at >= 0xD800 && at <= 0xDFFF)) return true;
    for (uint32_t k = 0; k < 0x21; k++)
        if (set_has(c, *out = k)) return true;
    *out = 0xE9;
    return set_has(c, *out);
}

/* A text of exactly n characters. layer[k] is what is reached after k of them. */
static bool generate(const struct pattern *p, size_t n, struct threads *layer, struct buf *out) {
    for (size_t k = 0; k <= n; k++) clear(&layer[k]);
    reach(p, &layer[0], 0, 0, true, n == 0);
    for (size_t k = 0; k < n; k++) {
        for (unsigned i = 0; i < layer[k].n; i++) {
            const struct step *step = &p->step[layer[k].at[i]];
            uint32_t any;
            if (step->op == OP_MATCH) /* found without $: anything may follow */
                reach(p, &layer[k + 1], layer[k].at[i], (uint16_t)i, false, false);
            else if (pick(&p->set[step->set], k, &any))
                reach(p, &layer[k + 1], (uint16_t)(layer[k].at[i] + 1), (uint16_t)i, false,
                      k + 1 == n);
        }
        if (!layer[k + 1].n) return false;
    }
    unsigned at = 0;
    while (at < layer[n].n && p->step[layer[n].at[at]].op != OP_MATCH) at++;
    if (at == layer[n].n) return false;
    uint32_t made[MAX_MADE];
    for (size_t k = n; k > 0; k--) {
        at = layer[k].from[at];
        const struct step *step = &p->step[layer[k - 1].at[at]];
        made[k - 1] = 'x';
        if (step->op == OP_CLASS) pick(&p->set[step->set], k - 1, &made[k - 1]);
    }
    for (size_t k = 0; k < n; k++) {
        char bytes[4];
        size_t length = utf8_put(bytes, made[k]);
        buf_add(out, (str){ bytes, length });
    }
    return !out->failed;
}

bool pattern_generate(const struct pattern *p, size_t min, size_t max, struct buf *out) {
    if (min > MAX_MADE || max < min) return false;
    size_t last = max < min + 64 ? max : min + 64;
    if (last > MAX_MADE) last = MAX_MADE;
    struct arena scratch = ARENA_INIT(2u << 20);
    struct threads *layer = arena_alloc(&scratch, (last + 1) * sizeof *layer);
    bool made = false;
    for (size_t n = min; layer && n <= last && !made; n++) made = generate(p, n, layer, out);
    arena_free(&scratch);
    return made;
}
