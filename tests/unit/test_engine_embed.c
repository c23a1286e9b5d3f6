/* Hashed vectors: of length 1, the same for the same text, and nearer for texts that share words.
 */
#include "unit.h"

#include "engines/embed.h"

#include <math.h>
#include <string.h>

static double near(const char *a, const char *b, unsigned dimensions) {
    float x[EMBED_MOST], y[EMBED_MOST];
    double sum = 0;
    embed_text(str_c(a), x, dimensions);
    embed_text(str_c(b), y, dimensions);
    for (unsigned i = 0; i < dimensions; i++) sum += (double)x[i] * (double)y[i];
    return sum;
}

static void vectors_have_length_one(void **state) {
    (void)state;
    static const char *const texts[] = { "a cat",       "", "!", "안녕하세요", "\xff\xfe",
                                         "the the the", "a" };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        for (unsigned d = 1; d <= EMBED_MOST; d += 51) {
            double is = near(texts[i], texts[i], d);
            if (fabs(is - 1) > 1e-5) fail_msg("\"%s\", %u: %f", texts[i], d, is);
        }
}

static void similar_texts_are_nearer(void **state) {
    (void)state;
    static const struct {
        const char *text, *similar, *other;
    } rows[] = {
        { "The cat sleeps on the sofa", "A cat is sleeping on a sofa",
          "Stock markets fell sharply today" },
        { "How do I reset my password?", "password reset does not work",
          "The train leaves at noon" },
        { "three red balloons", "a red balloon", "the quarterly budget report" },
        { "colour of the sky", "the sky's colours", "a recipe for apple pie" },
        { "고양이가 소파에서 잔다", "소파에서 자는 고양이", "주식 시장이 오늘 급락했다" },
        { "configure the gateway", "gateway configuration", "a walk on the beach" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double alike = near(rows[i].text, rows[i].similar, EMBED_MOST);
        double apart = near(rows[i].text, rows[i].other, EMBED_MOST);
        if (alike < apart + 0.2) fail_msg("%s: %f against %f", rows[i].text, alike, apart);
    }
}

/* The values themselves are part of the promise: stored vectors must stay comparable. */
static void values_do_not_change(void **state) {
    (void)state;
    float v[4];
    embed_text(S("a cat"), v, 4);
    static const float is[] = { 0.345029622F, 0.845146537F, -0.345029622F, -0.218257636F };
    for (size_t i = 0; i < 4; i++) assert_true(fabs((double)(v[i] - is[i])) < 1e-6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_have_length_one),
        cmocka_unit_test(similar_texts_are_nearer),
        cmocka_unit_test(values_do_not_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
