/* A prompt becomes a plan. One pass over the words, with what was said before the next noun in
 * hand. */
#include "engines/scene/plan.h"
#include "engines/scene/words.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <string.h>

enum { COUNT_MOST = 40, ALL_THINGS = 120 /* counts together */ };

struct reader {
    struct plan *plan;
    /* said of the next noun */
    unsigned count;
    double size;
    uint32_t colours[4];
    unsigned colour_count;
    unsigned side;
    enum relation relation; /* between `subject` and the next noun */
    int subject;            /* -1: none */
    enum relation post;     /* Korean: the next noun is there, seen from `landmark` */
    int landmark;
    int last, group; /* items[group..last] are joined by "and" */
    bool negated, is, was_and, korean;
    unsigned things;
};

/* ---- the text ---- */

/* Lower case, one blank between words, punctuation as words of its own: "," joins, "." parts. */
static void normalise(struct buf *out, str prompt) {
    for (size_t n; prompt.n; prompt = str_skip(prompt, n)) {
        n = utf8_step(prompt);
        char c = prompt.p[0];
        if (n > 1) {
            buf_add(out, str_head(prompt, n));
            continue;
        }
        n = 1;
        if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
            c == '-' || c == '\'' || c == '&')
            buf_addc(out, ascii_lower(c));
        else if (c == ',')
            buf_add(out, S(" , "));
        else if (c == '.' || c == ';' || c == '!' || c == '?' || c == '\n')
            buf_add(out, S(" . "));
        else
            buf_addc(out, ' ');
    }
}

/* The first text between quotation marks, which is not one for an apostrophe: kept, and *before and
 * *after are what is around it. */
static void take_quoted(struct plan *p, str prompt, str *before, str *after) {
    static const char *const marks[][2] = {
        { "\"", "\"" }, { "“", "”" }, { "'", "'" }, { "「", "」" }
    };
    for (size_t i = 0; i < 4; i++) {
        str open = str_c(marks[i][0]), close = str_c(marks[i][1]);
        ptrdiff_t at = str_find(prompt, open);
        if (at < 0 || (i == 2 && at > 0 && prompt.p[at - 1] != ' ')) continue;
        str rest = str_skip(prompt, (size_t)at + open.n);
        ptrdiff_t end = str_find(rest, close);
        if (end <= 0 || end >= PLAN_TEXT) continue;
        str text = str_head(rest, (size_t)end);
        if (!utf8_valid(text) || str_chr(text, '\n') >= 0) continue;
        str_copy(p->text, sizeof p->text, text);
        *before = str_head(prompt, (size_t)at);
        *after = str_skip(rest, (size_t)end + close.n);
        return;
    }
}

/* ---- nouns ---- */

static void forget(struct reader *r) {
    r->count = 0;
    r->size = 1;
    r->colour_count = 0;
    r->side = 0;
    r->negated = false;
}

static int find_item(const struct plan *p, const struct kind *kind) {
    for (size_t i = 0; i < p->count; i++)
        if (p->items[i].kind == kind) return (int)i;
    return -1;
}

static void set_place(struct plan *p, enum place place) {
    /* "a boat on the sea at the beach": the more particular one stays. */
    if (p->place_said && place == PLACE_SEA && p->place == PLACE_BEACH) return;
    if (p->place_said && place == PLACE_SKY) return;
    p->place = place;
    p->place_said = true;
}

/* "a forest with a fox", "in the city": what is behind everything. */
static bool is_setting(const struct kind *kind) {
    return kind->form == FORM_FOREST || kind->form == FORM_CITY;
}

static void negate(struct reader *r, const struct kind *kind) {
    struct plan *p = r->plan;
    int at = find_item(p, kind);
    if (kind->form == FORM_CLOUD) p->weather |= WEATHER_CLEAR;
    if (at >= 0) p->items[at].count = 0;
    forget(r);
}

/* A second "cat" without a colour or number of its own speaks of the first. */
static bool is_the_same(const struct reader *r, const struct kind *kind) {
    int at = find_item(r->plan, kind);
    return at >= 0 && !r->count && !r->colour_count && (r->relation || r->post);
}

static bool can_be_held(const struct kind *kind) {
    return kind->lane == LANE_TABLE || (kind->lane == LANE_AIR && !kind->alive) ||
           str_eq(str_c(kind->name), S("umbrella")) || str_eq(str_c(kind->name), S("flag")) ||
           (kind->lane == LANE_LOW && !kind->alive && kind->size < 20);
}

static void add_noun(struct reader *r, const struct kind *kind, bool plural) {
    struct plan *p = r->plan;
    if (r->negated) {
        negate(r, kind);
        return;
    }
    bool same = is_the_same(r, kind);
    int at = same ? find_item(p, kind) : (int)p->count;
    if (!same && p->count == PLAN_ITEMS) return;
    struct plan_item *item = &p->items[at];
    if (!same) {
        unsigned count = r->count ? r->count : plural ? 3 : 1;
        if (count > COUNT_MOST) count = COUNT_MOST;
        if (is_setting(kind) || kind->form == FORM_GRASS) count = 1;
        if (r->things + count > ALL_THINGS) count = 1;
        r->things += count;
        *item = (struct plan_item){ .kind = kind,
                                    .count = count,
                                    .size = r->size,
                                    .colour_count = r->colour_count,
                                    .target = -1,
                                    .side = r->side };
        memcpy(item->colours, r->colours, sizeof item->colours);
        p->count++;
    }
    if (r->relation && r->subject >= 0 && r->subject != at) {
        const struct kind *other = p->items[r->subject].kind;
        bool of_mine = other->alive && (r->relation == REL_WEAR || r->relation == REL_HOLD);
        if (of_mine && (r->relation == REL_WEAR || kind->lane == LANE_WORN)) {
            item->relation = REL_WEAR; /* the hat is where its wearer is */
            item->target = r->subject;
        } else if (of_mine && can_be_held(kind)) {
            item->relation = REL_HOLD;
            item->target = r->subject;
        } else if (r->relation != REL_HOLD && r->relation != REL_WEAR) {
            for (int i = r->group; i <= r->subject; i++) {
                struct plan_item *joined = &p->items[i];
                if (i == at) continue; /* nothing stands on itself */
                if (i != r->subject && joined->kind->alive != p->items[r->subject].kind->alive)
                    continue;
                joined->relation = r->relation;
                joined->target = at;
            }
        }
    }
    if (r->post && r->landmark >= 0 && r->landmark != at) {
        item->relation = r->post;
        item->target = r->landmark;
    }
    bool worn = (item->relation == REL_WEAR || item->relation == REL_HOLD) && item->target >= 0;
    if (worn)
        r->group = item->target;
    else if (!r->was_and || r->relation || r->group < 0) /* a comma may follow a full stop */
        r->group = at;
    r->relation = r->post = REL_NONE;
    r->last = r->subject = worn ? item->target : at; /* what follows speaks of the wearer */
    r->was_and = r->is = false;
    forget(r);
}

static void add_colour(struct reader *r, uint32_t colour) {
    struct plan *p = r->plan;
    if (r->is && r->last >= 0) { /* "the car is red" */
        struct plan_item *item = &p->items[r->last];
        if (item->colour_count < 4) item->colours[item->colour_count++] = colour;
    } else if (r->colour_count < 4) {
        r->colours[r->colour_count++] = colour;
    }
}

static void add_count(struct reader *r, int64_t n) {
    unsigned count = n < 1 ? 1 : n > COUNT_MOST ? COUNT_MOST : (unsigned)n;
    if (r->korean && r->last >= 0 && r->plan->items[r->last].count == 1 && !r->relation &&
        !r->was_and)
        r->plan->items[r->last].count = count; /* "풍선 세 개" */
    else
        r->count = count;
}

static void add_weather(struct plan *p, int value) {
    p->weather |= (unsigned)value;
    if (value == WEATHER_STORM) p->weather |= WEATHER_RAIN | WEATHER_CLOUDS | WEATHER_WIND;
    if (value == WEATHER_RAIN) p->weather |= WEATHER_CLOUDS;
    if (value == WEATHER_SNOW) p->season = SEASON_WINTER;
}

/* ---- words ---- */

static void take_place(struct reader *r, int value) {
    struct plan *p = r->plan;
    if (!r->negated) set_place(p, (enum place)value);
    r->relation = r->post = REL_NONE;
    forget(r);
}

static void take_word(struct reader *r, const struct word *w, bool plural) {
    struct plan *p = r->plan;
    switch (w->means) {
    case MEANS_NOTHING: break;
    case MEANS_KIND: add_noun(r, kind_named(str_c(w->name)), plural); break;
    case MEANS_COLOUR: add_colour(r, (uint32_t)w->value); break;
    case MEANS_COUNT: add_count(r, w->value); break;
    case MEANS_COUNTER: break;
    case MEANS_SIZE: r->size = w->value / 100.0; break;
    case MEANS_PLACE: take_place(r, w->value); break;
    case MEANS_HOUR:
        p->hour = (enum hour)w->value;
        p->hour_said = true;
        r->relation = REL_NONE;
        break;
    case MEANS_SEASON: p->season = (enum season)w->value; break;
    case MEANS_WEATHER:
        if (!r->negated) add_weather(p, w->value);
        r->relation = REL_NONE;
        r->negated = false;
        break;
    case MEANS_STYLE: p->style = (enum style)w->value; break;
    case MEANS_RELATION:
        r->relation = (enum relation)w->value;
        r->subject = r->last;
        r->is = false;
        break;
    case MEANS_POST:
        r->post = (enum relation)w->value;
        r->landmark = r->last;
        break;
    case MEANS_SIDE:
        if (r->last >= 0)
            p->items[r->last].side |= (unsigned)w->value;
        else
            r->side |= (unsigned)w->value;
        break;
    case MEANS_AND: r->was_and = true; break;
    case MEANS_NOT: r->negated = true; break;
    case MEANS_IS: r->is = true; break;
    case MEANS_ROAD: p->road = true; break;
    case MEANS_RIVER: p->river = true; break;
    case MEANS_GROUND:
        if (r->colour_count) p->ground_colour = r->colours[0];
        forget(r);
        r->relation = REL_NONE;
        break;
    }
}

static void remember_unknown(struct plan *p, str word) {
    if (p->unknown_count == PLAN_UNKNOWN || word.n < 3 || word.n >= PLAN_WORD) return;
    if (!utf8_valid(word)) return;
    for (size_t i = 0; i < p->unknown_count; i++)
        if (str_eq(word, str_c(p->unknown[i]))) return;
    str_copy(p->unknown[p->unknown_count++], PLAN_WORD, word);
}

static bool ends_in(str word, str ending) {
    return word.n > ending.n + 2 && str_ends(word, ending);
}

/* Adjectives and verbs that no drawing needs to know are not worth a remark. */
static bool is_describing(str word) {
    return ends_in(word, S("ing")) || ends_in(word, S("ly")) || ends_in(word, S("ed")) ||
           ends_in(word, S("ful")) || ends_in(word, S("ish")) || ends_in(word, S("ous"));
}

/* "an orange cat", but "an orange": it is a colour when a noun follows. */
static void settle_orange(struct word *w, str rest) {
    struct word next;
    size_t used;
    bool plural;
    if (w->means != MEANS_KIND || !str_eq(str_c(w->name), S("orange"))) return;
    if (!word_find(str_trim(rest), &next, &used, &plural) || next.means != MEANS_KIND) return;
    *w = (struct word){ MEANS_COLOUR, 0xf28c2c, NULL };
}

static void read_words(struct reader *r, str text) {
    bool inside = false; /* behind a Korean noun, in the same word */
    while (text.n) {
        struct word w = { MEANS_NOTHING, 0, NULL };
        size_t used;
        bool plural;
        if (text.p[0] == ' ') {
            text = str_skip(text, 1);
            inside = false;
            continue;
        }
        str word = str_head(text, word_length(text));
        int64_t n;
        if (str_eq(word, S(","))) {
            r->was_and = true;
            r->is = false;
            used = word.n;
        } else if (str_eq(word, S("."))) {
            r->was_and = r->is = false;
            r->relation = r->post = REL_NONE;
            r->group = r->last = -1;
            used = word.n;
        } else if (str_i64(word, &n)) {
            add_count(r, n);
            used = word.n;
        } else if (word_find(text, &w, &used, &plural)) {
            bool korean = (unsigned char)text.p[0] >= 0x80;
            settle_orange(&w, str_skip(text, used));
            r->korean = korean;
            if (!inside || w.means != MEANS_KIND) take_word(r, &w, plural);
            inside = korean;
        } else {
            if (!inside && !is_describing(word)) remember_unknown(r->plan, word);
            used = word.n;
        }
        text = str_skip(text, used);
    }
}

/* ---- what was not said ---- */

static bool has_form(const struct plan *p, enum form form) {
    for (size_t i = 0; i < p->count; i++)
        if (p->items[i].kind->form == form && p->items[i].count) return true;
    return false;
}

static unsigned in_lane(const struct plan *p, enum lane lane) {
    unsigned n = 0;
    for (size_t i = 0; i < p->count; i++)
        n += p->items[i].kind->lane == lane && p->items[i].count > 0;
    return n;
}

static bool has(const struct plan *p, const char *name) {
    int at = find_item(p, kind_named(str_c(name)));
    return at >= 0 && p->items[at].count > 0;
}

static enum place likely_place(const struct plan *p) {
    unsigned stands = in_lane(p, LANE_FRONT) + in_lane(p, LANE_BACK), far = in_lane(p, LANE_FAR);
    if (p->road || p->river) return PLACE_LAND;
    if (has_form(p, FORM_CITY)) return PLACE_CITY;
    if (has_form(p, FORM_FOREST)) return PLACE_FOREST;
    if (in_lane(p, LANE_FLOAT) || has_form(p, FORM_ISLAND) || has(p, "lighthouse"))
        return PLACE_SEA;
    if (in_lane(p, LANE_UNDER) && !stands) return PLACE_UNDERWATER;
    if (has(p, "sandcastle") || has(p, "starfish") || has(p, "palm") || has(p, "crab") ||
        has(p, "shell"))
        return PLACE_BEACH;
    if (has(p, "cactus") || has(p, "pyramid")) return PLACE_DESERT;
    if ((has(p, "rocket") || has(p, "astronaut") || has_form(p, FORM_PLANET) ||
         has(p, "satellite") || has(p, "alien") || has(p, "comet")) &&
        !in_lane(p, LANE_BACK) && !far)
        return PLACE_SPACE;
    if ((in_lane(p, LANE_TABLE) || has(p, "bed") || has(p, "piano") || has(p, "chair") ||
         has(p, "table")) &&
        !in_lane(p, LANE_BACK) && !far && !in_lane(p, LANE_SKY) && !p->weather)
        return PLACE_ROOM;
    if (has(p, "heart") || has(p, "face")) return PLACE_PLAIN;
    if ((in_lane(p, LANE_SKY) || in_lane(p, LANE_AIR)) && !stands && !far && !in_lane(p, LANE_LOW))
        return PLACE_SKY;
    if (!p->count && !p->hour_said && !p->weather) return PLACE_ANY;
    return PLACE_LAND;
}

static void complete(struct plan *p) {
    if (!p->place_said) p->place = likely_place(p);
    if (p->place == PLACE_LAND && has_form(p, FORM_CITY)) p->place = PLACE_CITY;
    if (!p->hour_said && has_form(p, FORM_MOON) && !has_form(p, FORM_SUN)) p->hour = HOUR_NIGHT;
    if (!p->hour_said && has_form(p, FORM_STAR) && p->place != PLACE_PLAIN) p->hour = HOUR_NIGHT;
    if (!p->hour_said &&
        (has_form(p, FORM_FIREWORK) || has(p, "ghost") || has(p, "bat") || p->style == STYLE_NEON))
        p->hour = HOUR_NIGHT;
    /* "fish in the sea": nobody stands on it, so it is looked into. */
    if (p->place == PLACE_SEA && in_lane(p, LANE_UNDER) && !in_lane(p, LANE_FLOAT) &&
        !in_lane(p, LANE_BACK) && !in_lane(p, LANE_FAR) && !in_lane(p, LANE_SKY))
        p->place = PLACE_UNDERWATER;
}

void plan_read(struct plan *out, str prompt) {
    struct buf text = BUF_INIT(PROMPT_MOST * 4);
    struct reader r = {
        .plan = out, .size = 1, .subject = -1, .landmark = -1, .last = -1, .group = -1
    };
    *out = (struct plan){ 0 };
    prompt = str_head(prompt, PROMPT_MOST);
    out->hash = 14695981039346656037u;
    for (size_t i = 0; i < prompt.n; i++)
        out->hash = (out->hash ^ (unsigned char)prompt.p[i]) * 1099511628211u;
    str before = prompt, after = { 0 };
    take_quoted(out, prompt, &before, &after);
    normalise(&text, before);
    normalise(&text, after);
    read_words(&r, buf_str(&text));
    buf_free(&text);
    if (r.post &&
        r.landmark >
            0) { /* "고양이가 의자 위에": nothing follows, so it is said of the noun before */
        out->items[r.landmark - 1].relation = r.post;
        out->items[r.landmark - 1].target = r.landmark;
    }
    complete(out);
}

/* ---- telling ---- */

void plan_tell(const struct plan *p, struct buf *out) {
    static const char *const places[] = { "",
                                          "",
                                          "at sea",
                                          "on a beach",
                                          "under water",
                                          "in space",
                                          "on the moon",
                                          "in a city",
                                          "in a desert",
                                          "in a forest",
                                          "in a room",
                                          "in the sky",
                                          "on an empty ground" };
    static const char *const hours[] = { "", "at dawn", "at sunset", "at night" };
    bool any = false;
    for (size_t i = 0; i < p->count; i++) {
        const struct plan_item *item = &p->items[i];
        if (!item->count) continue;
        if (item->count > 1)
            buf_addf(out, "%s%u × %s", any ? ", " : "", item->count, item->kind->name);
        else
            buf_addf(out, "%s%s", any ? ", " : "", item->kind->name);
        any = true;
    }
    if (!any) buf_add(out, p->place == PLACE_ANY ? S("an abstract picture") : S("a landscape"));
    if (places[p->place][0]) buf_addf(out, ", %s", places[p->place]);
    if (hours[p->hour][0]) buf_addf(out, ", %s", hours[p->hour]);
    for (size_t i = 0; i < p->unknown_count; i++)
        buf_addf(out, "%s%s", i ? ", " : "; not understood: ", p->unknown[i]);
}
