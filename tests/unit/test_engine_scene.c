/* Prompts to plans, plans to places, and the tables they stand on. */
#include "unit.h"

#include "base/buf.h"
#include "engines/scene/layout.h"
#include "engines/scene/words.h"

#include <math.h>
#include <string.h>

static const struct plan_item *item_of(const struct plan *p, const char *name) {
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->items[i].kind->name, name) == 0 && p->items[i].count) return &p->items[i];
    fail_msg("no %s", name);
    return NULL;
}

/* ---- the tables ---- */

static void path_is_well_formed(const char *path) {
    static const char letters[] = "MLCQZOBS";
    static const int counts[] = { 2, 2, 6, 4, 0, 4, 5, 4 };
    int left = 0;
    bool begun = false;
    for (str word, rest = str_c(path); rest.n;) {
        double number;
        str_cut(rest, ' ', &word, &rest);
        const char *letter = word.n == 1 ? strchr(letters, word.p[0]) : NULL;
        if (letter) {
            if (left) fail_msg("too few numbers before %c in: %s", *letter, path);
            left = counts[letter - letters];
            if (!begun && !strchr("MOBS", *letter)) fail_msg("begins with %c: %s", *letter, path);
            begun = true;
        } else {
            if (!str_f64(word, &number)) fail_msg("'%.*s' in: %s", STR_ARG(word), path);
            if (left-- <= 0) fail_msg("too many numbers in: %s", path);
            assert_true(fabs(number) < 300);
        }
    }
    assert_int_equal(left, 0);
}

static void every_kind_can_be_drawn(void **state) {
    (void)state;
    assert_true(kind_count() >= 120);
    for (size_t i = 0; i < kind_count(); i++) {
        const struct kind *k = kind_at(i);
        assert_true(k->size >= 5 && k->size <= 60 && k->wide >= 20 && k->wide <= 330);
        assert_ptr_equal(kind_named(str_c(k->name)), k); /* no name twice */
        if (k->form != FORM_SHAPES) {
            assert_null(k->shapes);
            continue;
        }
        size_t n = 0;
        for (const struct shape *s = k->shapes; s->path; s++, n++) path_is_well_formed(s->path);
        if (n < 2) fail_msg("%s: %zu shapes", k->name, n);
    }
    assert_null(kind_at(kind_count()));
}

/* Each thing has a word that leads to it, in English and (but for a few) in Korean. */
static void every_kind_has_its_word(void **state) {
    (void)state;
    for (size_t i = 0; i < kind_count(); i++) {
        struct plan p;
        plan_read(&p, str_c(kind_at(i)->name));
        if (p.count != 1 || p.items[0].kind != kind_at(i) || p.unknown_count)
            fail_msg("\"%s\" is %s", kind_at(i)->name, p.count ? p.items[0].kind->name : "nothing");
    }
}

/* ---- prompts ---- */

static void nouns_have_numbers_and_colours(void **state) {
    (void)state;
    static const struct {
        const char *prompt, *name;
        unsigned count;
        uint32_t colour; /* 0: none */
    } rows[] = {
        { "three red balloons", "balloon", 3, 0xe03c34 },
        { "3 red balloons", "balloon", 3, 0xe03c34 },
        { "balloons", "balloon", 3, 0 },
        { "a balloon", "balloon", 1, 0 },
        { "a pair of foxes", "fox", 2, 0 },
        { "two butterflies", "butterfly", 2, 0 },
        { "a dozen stars", "star", 12, 0 },
        { "900 stars", "star", 40, 0 },
        { "The car is blue.", "car", 1, 0x3a7fd0 },
        { "A BLUE CAR!", "car", 1, 0x3a7fd0 },
        { "an orange cat", "cat", 1, 0xf28c2c },
        { "two oranges", "orange", 2, 0 },
        { "a dark green tree", "tree", 1, 0x2f6a3c },
        { "빨간 풍선 세 개", "balloon", 3, 0xe03c34 },
        { "고양이 두 마리와 개", "cat", 2, 0 },
        { "노란 자동차가 있다", "car", 1, 0xf7cf33 },
        { "게를 그려줘", "crab", 1, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct plan p;
        plan_read(&p, str_c(rows[i].prompt));
        const struct plan_item *item = item_of(&p, rows[i].name);
        if (item->count != rows[i].count) fail_msg("%s: %u", rows[i].prompt, item->count);
        if ((item->colour_count ? item->colours[0] : 0) != rows[i].colour)
            fail_msg("%s: colour", rows[i].prompt);
    }
}

static void places_times_and_styles_are_heard(void **state) {
    (void)state;
    static const struct {
        const char *prompt;
        enum place place;
        enum hour hour;
        enum style style;
        unsigned weather;
    } rows[] = {
        { "a crab on the beach at sunset", PLACE_BEACH, HOUR_SUNSET, STYLE_FLAT, 0 },
        { "a boat", PLACE_SEA, HOUR_DAY, STYLE_FLAT, 0 },
        { "fish in the sea", PLACE_UNDERWATER, HOUR_DAY, STYLE_FLAT, 0 },
        { "pixel art of a castle at night", PLACE_LAND, HOUR_NIGHT, STYLE_PIXEL, 0 },
        { "a line drawing of a cup and a book", PLACE_ROOM, HOUR_DAY, STYLE_LINE, 0 },
        { "a rainy city", PLACE_CITY, HOUR_DAY, STYLE_FLAT, WEATHER_RAIN | WEATHER_CLOUDS },
        { "watercolour of a cactus", PLACE_DESERT, HOUR_DAY, STYLE_WATERCOLOUR, 0 },
        { "a rocket and planets", PLACE_SPACE, HOUR_DAY, STYLE_FLAT, 0 },
        { "an astronaut on the moon", PLACE_MOON, HOUR_DAY, STYLE_FLAT, 0 },
        { "the moon and a house", PLACE_LAND, HOUR_NIGHT, STYLE_FLAT, 0 },
        { "a crab icon", PLACE_PLAIN, HOUR_DAY, STYLE_FLAT, 0 },
        { "밤에 바다 위의 배", PLACE_SEA, HOUR_NIGHT, STYLE_FLAT, 0 },
        { "눈 내리는 집", PLACE_LAND, HOUR_DAY, STYLE_FLAT, WEATHER_SNOW },
        { "a house, no rain", PLACE_LAND, HOUR_DAY, STYLE_FLAT, 0 },
        { "entropy of an idea-less void", PLACE_ANY, HOUR_DAY, STYLE_FLAT, 0 },
        { "", PLACE_ANY, HOUR_DAY, STYLE_FLAT, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct plan p;
        plan_read(&p, str_c(rows[i].prompt));
        if (p.place != rows[i].place || p.hour != rows[i].hour || p.style != rows[i].style ||
            p.weather != rows[i].weather)
            fail_msg("%s: place %d, hour %d, style %d, weather %u", rows[i].prompt, (int)p.place,
                     (int)p.hour, (int)p.style, p.weather);
    }
}

static void relations_name_both_sides(void **state) {
    (void)state;
    static const struct {
        const char *prompt, *what, *to;
        enum relation relation;
    } rows[] = {
        { "a cat on a chair", "cat", "chair", REL_ON },
        { "a cat sitting on a red chair", "cat", "chair", REL_ON },
        { "a cat and a dog on a boat", "dog", "boat", REL_ON },
        { "a cat and a dog on a boat", "cat", "boat", REL_ON },
        { "three balloons above a castle", "balloon", "castle", REL_ABOVE },
        { "a ball under a table", "ball", "table", REL_BELOW },
        { "a tree to the left of a house", "tree", "house", REL_LEFT },
        { "a tree next to a house", "tree", "house", REL_BESIDE },
        { "a cat wearing a hat, sitting on a chair", "hat", "cat", REL_WEAR },
        { "a cat wearing a hat, sitting on a chair", "cat", "chair", REL_ON },
        { "a dog with a hat", "hat", "dog", REL_WEAR },
        { "a girl with an umbrella", "umbrella", "girl", REL_HOLD },
        { "집 옆에 나무", "tree", "house", REL_BESIDE },
        { "고양이가 의자 위에 있는 그림", "cat", "chair", REL_ON },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct plan p;
        plan_read(&p, str_c(rows[i].prompt));
        const struct plan_item *item = item_of(&p, rows[i].what);
        if (item->relation != rows[i].relation || item->target < 0 ||
            strcmp(p.items[item->target].kind->name, rows[i].to) != 0)
            fail_msg("%s: %s has relation %d to %d", rows[i].prompt, rows[i].what,
                     (int)item->relation, item->target);
    }
}

static void what_is_not_wanted_is_left_out(void **state) {
    (void)state;
    struct plan p;
    plan_read(&p, S("a house and a cat, but no cat and without clouds"));
    for (size_t i = 0; i < p.count; i++)
        assert_true(p.items[i].count == 0 || strcmp(p.items[i].kind->name, "house") == 0);
    assert_true(p.weather & WEATHER_CLEAR);
}

static void quoted_words_are_written_not_drawn(void **state) {
    (void)state;
    struct plan p;
    plan_read(&p, S("a sign that says \"hello world\" next to a house"));
    assert_string_equal(p.text, "hello world");
    assert_int_equal(p.count, 2);
    plan_read(&p, S("the dog's ball isn't here"));
    assert_string_equal(p.text, "");
}

static void it_says_what_it_did_not_understand(void **state) {
    (void)state;
    struct plan p;
    struct buf text = BUF_INIT(4096);
    plan_read(&p, S("two zebras and three red balloons at night"));
    plan_tell(&p, &text);
    assert_string_equal(text.p, "3 × balloon, in the sky, at night; not understood: zebras");
    buf_free(&text);
}

static void long_and_broken_prompts_are_bounded(void **state) {
    (void)state;
    struct plan p;
    struct buf text = BUF_INIT(1 << 20);
    for (int i = 0; i < 3000; i++) buf_add(&text, S("nine cats and "));
    plan_read(&p, buf_str(&text));
    unsigned things = 0;
    for (size_t i = 0; i < p.count; i++) things += p.items[i].count;
    assert_true(p.count <= PLAN_ITEMS && things < 200);
    buf_clear(&text);
    for (int i = 0; i < 5000; i++) buf_addc(&text, (char)(i * 37));
    plan_read(&p, buf_str(&text));
    buf_free(&text);
}

/* ---- places ---- */

static const struct placed *placed_of(const struct layout *l, const char *name) {
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->things[i].kind->name, name) == 0 && !l->things[i].decor) return &l->things[i];
    fail_msg("no %s is placed", name);
    return NULL;
}

static void lay_out(struct layout *l, const char *prompt, unsigned w, unsigned h) {
    struct plan p;
    plan_read(&p, str_c(prompt));
    layout_make(l, &p, w, h, 1, false);
}

static void things_stand_where_they_are_said_to(void **state) {
    (void)state;
    static struct layout l;
    lay_out(&l, "a tree to the left of a house", 1024, 1024);
    assert_true(placed_of(&l, "tree")->x < placed_of(&l, "house")->x);
    lay_out(&l, "a tree to the right of a house", 1024, 1024);
    assert_true(placed_of(&l, "tree")->x > placed_of(&l, "house")->x);
    lay_out(&l, "a lighthouse on the left and a boat on the right", 1024, 1024);
    assert_true(placed_of(&l, "lighthouse")->x < placed_of(&l, "boat")->x);
    lay_out(&l, "three balloons above a castle", 1024, 1024);
    const struct placed *castle = placed_of(&l, "castle");
    assert_true(placed_of(&l, "balloon")->y < castle->y - castle->size + 0.01);
    lay_out(&l, "a cat on a chair", 1024, 1024);
    const struct placed *cat = placed_of(&l, "cat"), *chair = placed_of(&l, "chair");
    assert_true(cat->y < chair->y && cat->y > chair->y - chair->size);
    assert_true(fabs(cat->x - chair->x) < placed_width(chair) / 2);
    assert_true(cat > chair); /* drawn after it */
    lay_out(&l, "a big cat and a small dog", 1024, 1024);
    assert_true(placed_of(&l, "cat")->size > 1.5 * placed_of(&l, "dog")->size);
}

static void things_stay_in_the_picture_and_apart(void **state) {
    (void)state;
    static const char *const prompts[] = {
        "a crab",
        "a whale and two fish",
        "nine cats",
        "a train and a bus",
        "twelve balloons",
        "a house and a castle",
        "an icon of a heart",
        "a boat and a lighthouse",
        "three cows, four sheep and a horse in front of a barn",
    };
    static const unsigned sizes[][2] = { { 1024, 1024 }, { 1536, 672 }, { 768, 1344 } };
    static struct layout l;
    for (size_t i = 0; i < sizeof prompts / sizeof prompts[0]; i++)
        for (size_t k = 0; k < 3; k++) {
            lay_out(&l, prompts[i], sizes[k][0], sizes[k][1]);
            for (size_t n = 0; n < l.count; n++) {
                const struct placed *p = &l.things[n];
                if (p->decor) continue;
                double left = p->x - placed_width(p) / 2, right = p->x + placed_width(p) / 2;
                if (left < -0.03 || right > l.width + 0.03 || p->y > l.height + 0.03 ||
                    p->y - p->size < -0.03 || p->size < 0.03)
                    fail_msg("%s, %ux%u: %s from %.2f to %.2f, %.2f high, at %.2f", prompts[i],
                             sizes[k][0], sizes[k][1], p->kind->name, left, right, p->size, p->y);
                for (size_t o = n + 1; o < l.count; o++) { /* no two in one place */
                    const struct placed *q = &l.things[o];
                    if (!q->decor && fabs(p->x - q->x) + fabs(p->y - q->y) < 0.01)
                        fail_msg("%s, %ux%u: %s and %s at %.2f, %.2f", prompts[i], sizes[k][0],
                                 sizes[k][1], p->kind->name, q->kind->name, p->x, p->y);
                }
            }
        }
}

static bool same_places(const struct layout *a, const struct layout *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; i < a->count && same; i++) {
        const struct placed *p = &a->things[i], *q = &b->things[i];
        same = p->kind == q->kind && p->seed == q->seed && fabs(p->x - q->x) < 1e-12 &&
               fabs(p->y - q->y) < 1e-12 && fabs(p->size - q->size) < 1e-12;
    }
    return same;
}

static void the_same_words_and_seed_give_the_same_places(void **state) {
    (void)state;
    static struct layout a, b;
    struct plan p;
    plan_read(&p, S("five flowers, a house and two birds"));
    layout_make(&a, &p, 800, 600, 7, false);
    layout_make(&b, &p, 800, 600, 7, false);
    assert_true(same_places(&a, &b));
    layout_make(&b, &p, 800, 600, 8, false);
    assert_false(same_places(&a, &b));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_can_be_drawn),
        cmocka_unit_test(every_kind_has_its_word),
        cmocka_unit_test(nouns_have_numbers_and_colours),
        cmocka_unit_test(places_times_and_styles_are_heard),
        cmocka_unit_test(relations_name_both_sides),
        cmocka_unit_test(what_is_not_wanted_is_left_out),
        cmocka_unit_test(quoted_words_are_written_not_drawn),
        cmocka_unit_test(it_says_what_it_did_not_understand),
        cmocka_unit_test(long_and_broken_prompts_are_bounded),
        cmocka_unit_test(things_stand_where_they_are_said_to),
        cmocka_unit_test(things_stay_in_the_picture_and_apart),
        cmocka_unit_test(the_same_words_and_seed_give_the_same_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
