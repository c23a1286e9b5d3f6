#include "base/suggest.h"

enum { LONGEST = 96 };

static unsigned least(unsigned a, unsigned b) {
    return a < b ? a : b;
}

/* Damerau's distance with adjacent swaps, letters alike in either case. */
static unsigned distance(str a, str b) {
    unsigned rows[3][LONGEST + 1];
    for (size_t j = 0; j <= b.n; j++) rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a.n; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i - 1) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.n; j++) {
            char x = ascii_lower(a.p[i - 1]), y = ascii_lower(b.p[j - 1]);
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == ascii_lower(b.p[j - 2]) && y == ascii_lower(a.p[i - 2]))
                row[j] = least(row[j], above2[j - 2] + 1);
        }
    }
    return rows[a.n % 3][b.n];
}

void suggest_init(struct suggest *s, str typed) {
    *s = (struct suggest){ .typed = typed };
}

void suggest_offer(struct suggest *s, str candidate) {
    if (s->typed.n > LONGEST || candidate.n > LONGEST || !s->typed.n || !candidate.n) return;
    unsigned d = distance(s->typed, candidate);
    unsigned near = s->typed.n < 4 ? 1 : (unsigned)(s->typed.n / 3);
    if (d > near || (s->best.n && d >= s->edits)) return;
    s->best = candidate;
    s->edits = d;
}
