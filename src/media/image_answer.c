#include "media/image_answer.h"

#include "base/base64.h"
#include "doc/json_stream.h"
#include "doc/json_write.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_PLACES = 12,       /* deeper than any shape */
    MAX_REST = 1 << 20,    /* of what is kept beside the pictures */
    MAX_STRING = 4096,     /* of one string in it */
    MAX_HEAD = 256,        /* of a data URL, up to its comma */
    MAX_SUBTYPE = 64,      /* of a data URL in running text */
    MAX_DECODED = 1 << 20, /* of one piece */
};

/* ---- where in the document we are ---- */

enum place {
    ELSEWHERE,
    ROOT,
    CHOICES, /* an array, as the other plurals */
    CHOICE,
    MESSAGE,
    IMAGES,
    IMAGE,
    URL, /* {"url": …} */
    PARTS,
    PART,
    INLINE, /* {"data": …} */
    DATA,
    DATUM,
};

/* What a string is, if the value that comes is one. */
enum role { PLAIN, DATA_URL, BASE64, RUNNING_TEXT, PART_TYPE };

/* The strings of one image or part that may be its picture. */
enum slot { SNAKE_URL, CAMEL_URL, B64_JSON, CAMEL_INLINE, SNAKE_INLINE, SLOTS };

static bool is_array(enum place p) {
    return p == CHOICES || p == IMAGES || p == PARTS || p == DATA;
}

/* ---- candidates ---- */

enum { NOBODY = -1 };
enum group { FROM_IMAGES, FROM_CONTENT, FROM_DATA };

struct candidate {
    unsigned handle;
    bool held;   /* by the sink: not dropped */
    bool good;   /* whole, and not empty */
    bool picked; /* a picture of the answer */
    unsigned choice;
    enum group group;
};

/* ---- a data URL in running text ---- */

enum hunt { HUNT_START, HUNT_SUBTYPE, HUNT_BASE64, HUNT_DATA };

struct image_answer {
    struct image_sink sink;
    struct json_stream json;
    enum place place[MAX_PLACES];
    unsigned depth; /* of the document, also beyond MAX_PLACES */
    enum place next;
    enum role role;
    enum slot slot;
    unsigned choice;

    struct candidate candidate[IMAGE_ANSWER_MOST];
    unsigned candidates, broken;

    /* the image or part that is being read */
    bool present[SLOTS];
    int in_slot[SLOTS];
    char type[16];
    size_t type_n;

    /* the string that is being read */
    enum role reading;
    int current; /* the candidate that its base64 goes to, or NOBODY */
    struct base64_stream base64;
    char head[MAX_HEAD];
    size_t head_n;
    bool head_done, no_picture;
    enum hunt hunt;
    size_t hunted; /* bytes of the word, or of the subtype, that were seen */

    struct buf decoded, string, rest;
    struct json_writer writer;
};

struct image_answer *image_answer_new(const struct image_sink *sink) {
    struct image_answer *a = calloc(1, sizeof *a);
    if (!a) return NULL;
    a->sink = *sink;
    a->current = NOBODY;
    a->next = ROOT;
    buf_init(&a->decoded, MAX_DECODED);
    buf_init(&a->string, MAX_STRING);
    buf_init(&a->rest, MAX_REST);
    a->writer = (struct json_writer)JSON_WRITER(&a->rest);
    return a;
}

static void let_go(struct image_answer *a, int index) {
    if (index == NOBODY || !a->candidate[index].held) return;
    a->candidate[index].held = a->candidate[index].picked = false;
    a->sink.drop(a->sink.ctx, a->candidate[index].handle);
}

void image_answer_free(struct image_answer *a) {
    if (!a) return;
    for (unsigned i = 0; i < a->candidates; i++)
        if (!a->candidate[i].picked) let_go(a, (int)i);
    buf_free(&a->decoded);
    buf_free(&a->string);
    buf_free(&a->rest);
    free(a);
}

static void pick(struct image_answer *a, int index, enum group group) {
    if (index == NOBODY) return;
    struct candidate *c = &a->candidate[index];
    c->picked = c->good;
    c->choice = a->choice;
    c->group = group;
    if (!c->good) a->broken++;
    if (!c->good) let_go(a, index);
}

/* A key that stands twice: what its first value brought does not count. */
static void forget(struct image_answer *a, bool every_choice, bool data, int group) {
    for (unsigned i = 0; i < a->candidates; i++) {
        const struct candidate *c = &a->candidate[i];
        if (!c->picked || (c->group == FROM_DATA) != data) continue;
        if (!every_choice && c->choice != a->choice) continue;
        if (group >= 0 && (int)c->group != group) continue;
        let_go(a, (int)i);
    }
}

static void clear_slot(struct image_answer *a, enum slot slot) {
    let_go(a, a->in_slot[slot]);
    a->in_slot[slot] = NOBODY;
    a->present[slot] = false;
}

static void begin_item(struct image_answer *a) {
    for (int s = 0; s < SLOTS; s++) {
        a->in_slot[s] = NOBODY;
        a->present[s] = false;
    }
    a->type_n = 0;
}

static enum slot chosen_slot(const struct image_answer *a, enum place item) {
    enum slot url = a->present[SNAKE_URL] ? SNAKE_URL : CAMEL_URL;
    if (item == IMAGE) return url;
    if (item == DATUM) return B64_JSON;
    bool is_url = str_eq((str){ a->type, a->type_n }, S("image_url"));
    if (is_url && a->present[url]) return url;
    if (a->present[B64_JSON]) return B64_JSON;
    return a->present[CAMEL_INLINE] ? CAMEL_INLINE : SNAKE_INLINE;
}

static void end_item(struct image_answer *a, enum place item) {
    enum slot chosen = chosen_slot(a, item);
    pick(a, a->in_slot[chosen],
         item == IMAGE  ? FROM_IMAGES
         : item == PART ? FROM_CONTENT
                        : FROM_DATA);
    for (int s = 0; s < SLOTS; s++)
        if (s != (int)chosen) clear_slot(a, (enum slot)s);
}

/* ---- base64 that goes to the sink ---- */

static enum chela_error new_candidate(struct image_answer *a, struct err *e) {
    if (a->candidates == IMAGE_ANSWER_MOST)
        return err_set(e, CHELA_LIMIT, "the answer holds more than %d pictures", IMAGE_ANSWER_MOST);
    struct candidate *c = &a->candidate[a->candidates];
    *c = (struct candidate){ .held = true };
    enum chela_error rc = a->sink.begin(a->sink.ctx, &c->handle, e);
    if (rc != CHELA_OK) return rc;
    a->current = (int)a->candidates++;
    a->base64 = (struct base64_stream){ 0 };
    return CHELA_OK;
}

static enum chela_error write_decoded(struct image_answer *a, struct err *e) {
    struct candidate *c = &a->candidate[a->current];
    if (a->decoded.failed) return err_set(e, CHELA_NOMEM, "out of memory");
    if (!a->decoded.n) return CHELA_OK;
    c->good = true;
    return a->sink.write(a->sink.ctx, c->handle, buf_str(&a->decoded), e);
}

static enum chela_error decode(struct image_answer *a, str text, struct err *e) {
    enum chela_error rc = CHELA_OK;
    if (!text.n) return rc;
    if (a->current == NOBODY) rc = new_candidate(a, e);
    while (text.n && rc == CHELA_OK) {
        str piece = str_head(text, MAX_DECODED / 2);
        buf_clear(&a->decoded);
        bool good = base64_feed(&a->base64, &a->decoded, piece);
        rc = write_decoded(a, e);
        if (!good) break; /* told by the stream until its end */
        text = str_skip(text, piece.n);
    }
    return rc;
}

static enum chela_error end_decoding(struct image_answer *a, struct err *e) {
    enum chela_error rc = CHELA_OK;
    if (a->current == NOBODY) return rc;
    buf_clear(&a->decoded);
    bool good = base64_finish(&a->base64, &a->decoded);
    if (good) rc = write_decoded(a, e);
    if (!good) a->candidate[a->current].good = false;
    return rc;
}

/* ---- strings ---- */

/* "data:" "image/" … [";" params] ";base64" */
static bool head_promises_picture(str head) {
    head = str_trim(head);
    return str_istarts(head, S("data:image/")) && head.n >= 18 &&
           str_ieq(str_skip(head, head.n - 7), S(";base64"));
}

static enum chela_error data_url(struct image_answer *a, str text, struct err *e) {
    if (a->no_picture) return CHELA_OK;
    while (!a->head_done && text.n) {
        char c = text.p[0];
        text = str_skip(text, 1);
        if (c == ',') {
            a->head_done = true;
            a->no_picture = !head_promises_picture((str){ a->head, a->head_n });
        } else if (a->head_n == sizeof a->head) {
            a->no_picture = true;
        } else {
            a->head[a->head_n++] = c;
        }
        if (a->no_picture) return CHELA_OK;
    }
    return decode(a, text, e);
}

static const str scheme = STR_INIT("data:image/"), encoding = STR_INIT("base64,");

static bool is_digit_of_base64(char c) {
    char l = ascii_lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
}

static bool in_subtype(char c) {
    return (unsigned char)c > ' ' && c != 0x7f && !strchr("\"'<>(),;", c);
}

static enum chela_error end_hunted(struct image_answer *a, struct err *e) {
    enum chela_error rc = end_decoding(a, e);
    pick(a, a->current, FROM_CONTENT);
    a->current = NOBODY;
    a->hunt = HUNT_START;
    a->hunted = 0;
    return rc;
}

/* One byte before the data: where it takes the hunt. */
static void hunt_step(struct image_answer *a, char c) {
    bool again = false;
    switch (a->hunt) {
    case HUNT_START: break;
    case HUNT_SUBTYPE:
        if (c == ';' && a->hunted) {
            a->hunt = HUNT_BASE64;
            a->hunted = 0;
            return;
        }
        if (in_subtype(c) && a->hunted++ < MAX_SUBTYPE) return;
        again = true;
        break;
    default:
        if (ascii_lower(c) == encoding.p[a->hunted]) {
            if (++a->hunted == encoding.n) a->hunt = HUNT_DATA;
            return;
        }
        again = true;
    }
    if (again) a->hunted = 0;
    a->hunt = HUNT_START;
    /* No part of the word repeats its beginning, so a mismatch can only start it anew. */
    if (ascii_lower(c) != scheme.p[a->hunted]) a->hunted = 0;
    if (ascii_lower(c) == scheme.p[a->hunted]) a->hunted++;
    if (a->hunted == scheme.n) {
        a->hunt = HUNT_SUBTYPE;
        a->hunted = 0;
    }
}

static enum chela_error running_text(struct image_answer *a, str text, struct err *e) {
    enum chela_error rc = CHELA_OK;
    while (text.n && rc == CHELA_OK) {
        if (a->hunt == HUNT_DATA) {
            size_t n = 0;
            while (n < text.n && is_digit_of_base64(text.p[n])) n++;
            rc = decode(a, str_head(text, n), e);
            text = str_skip(text, n);
            if (text.n && rc == CHELA_OK) rc = end_hunted(a, e);
            continue;
        }
        hunt_step(a, text.p[0]);
        text = str_skip(text, 1);
    }
    return rc;
}

static void begin_string(struct image_answer *a) {
    a->reading = a->role;
    a->current = NOBODY;
    a->head_n = 0;
    a->head_done = a->no_picture = false;
    a->hunt = HUNT_START;
    a->hunted = 0;
    buf_clear(&a->string);
}

static enum chela_error string_text(struct image_answer *a, str text, struct err *e) {
    buf_add(&a->string, str_head(text, MAX_STRING - a->string.n));
    switch (a->reading) {
    case DATA_URL: return data_url(a, text, e);
    case BASE64: return decode(a, text, e);
    case RUNNING_TEXT: return running_text(a, text, e);
    default: return CHELA_OK;
    }
}

static enum chela_error end_string(struct image_answer *a, struct err *e) {
    enum chela_error rc = CHELA_OK;
    json_string(&a->writer, buf_str(&a->string));
    switch (a->reading) {
    case DATA_URL:
    case BASE64:
        rc = end_decoding(a, e);
        a->in_slot[a->slot] = a->current;
        a->present[a->slot] = a->reading == DATA_URL || a->string.n > 0;
        break;
    case RUNNING_TEXT:
        if (a->current != NOBODY) rc = end_hunted(a, e);
        break;
    case PART_TYPE:
        a->type_n = a->string.n < sizeof a->type ? a->string.n : 0;
        if (a->type_n) memcpy(a->type, a->string.p, a->type_n);
        break;
    case PLAIN: break;
    }
    a->current = NOBODY;
    return rc;
}

/* ---- structure ---- */

static enum place here(const struct image_answer *a) {
    return a->depth && a->depth <= MAX_PLACES ? a->place[a->depth - 1] : ELSEWHERE;
}

static void expect(struct image_answer *a, enum place next, enum role role) {
    a->next = next;
    a->role = role;
}

static void expect_in_slot(struct image_answer *a, enum slot slot, enum place next,
                           enum role role) {
    clear_slot(a, slot);
    a->slot = slot;
    expect(a, next, role);
}

static void key_of_item(struct image_answer *a, enum place item, str key) {
    if (str_eq(key, S("image_url")) && item != DATUM)
        expect_in_slot(a, SNAKE_URL, URL, PLAIN);
    else if (str_eq(key, S("imageUrl")) && item != DATUM)
        expect_in_slot(a, CAMEL_URL, URL, PLAIN);
    else if (str_eq(key, S("b64_json")) && item != IMAGE)
        expect_in_slot(a, B64_JSON, ELSEWHERE, BASE64);
    else if (str_eq(key, S("inlineData")) && item == PART)
        expect_in_slot(a, CAMEL_INLINE, INLINE, PLAIN);
    else if (str_eq(key, S("inline_data")) && item == PART)
        expect_in_slot(a, SNAKE_INLINE, INLINE, PLAIN);
    else if (str_eq(key, S("type")) && item == PART) {
        a->type_n = 0;
        expect(a, ELSEWHERE, PART_TYPE);
    }
}

static void key_of_message(struct image_answer *a, str key) {
    if (str_eq(key, S("images"))) {
        forget(a, false, false, FROM_IMAGES);
        expect(a, IMAGES, PLAIN);
    } else if (str_eq(key, S("content"))) {
        forget(a, false, false, FROM_CONTENT);
        expect(a, PARTS, RUNNING_TEXT);
    }
}

static void on_key(struct image_answer *a, str key) {
    expect(a, ELSEWHERE, PLAIN);
    switch (here(a)) {
    case ROOT:
        if (str_eq(key, S("choices")) || str_eq(key, S("data"))) {
            bool data = key.n == 4;
            forget(a, true, data, -1);
            a->choice = 0;
            expect(a, data ? DATA : CHOICES, PLAIN);
        }
        break;
    case CHOICE:
        if (!str_eq(key, S("message"))) break;
        forget(a, false, false, -1);
        expect(a, MESSAGE, PLAIN);
        break;
    case MESSAGE: key_of_message(a, key); break;
    case IMAGE:
    case PART:
    case DATUM: key_of_item(a, here(a), key); break;
    case URL:
        if (str_eq(key, S("url"))) expect_in_slot(a, a->slot, ELSEWHERE, DATA_URL);
        break;
    case INLINE:
        if (str_eq(key, S("data"))) expect_in_slot(a, a->slot, ELSEWHERE, BASE64);
        break;
    default: break;
    }
}

/* Before a value: inside an array it is an item, whatever came before it. */
static void expect_item(struct image_answer *a) {
    switch (here(a)) {
    case CHOICES: expect(a, CHOICE, PLAIN); break;
    case IMAGES: expect(a, IMAGE, PLAIN); break;
    case PARTS: expect(a, PART, PLAIN); break;
    case DATA: expect(a, DATUM, PLAIN); break;
    default: break;
    }
}

static void enter(struct image_answer *a, bool array) {
    enum place p = a->next;
    if (is_array(p) != array) p = ELSEWHERE;
    if (a->depth < MAX_PLACES) a->place[a->depth] = p;
    a->depth++;
    if (p == IMAGE || p == PART || p == DATUM) begin_item(a);
    expect(a, ELSEWHERE, PLAIN); /* items of an array that is none of ours */
}

static void leave(struct image_answer *a) {
    enum place p = here(a);
    a->depth--;
    if (p == IMAGE || p == PART || p == DATUM) end_item(a, p);
    expect(a, ELSEWHERE, PLAIN);
}

/* An item of choices or data is over, also one that is no object: the next has the next number. */
static void count_item(struct image_answer *a) {
    if (here(a) == CHOICES || here(a) == DATA) a->choice++;
}

static enum chela_error on_token(void *ctx, enum json_token token, str text, struct err *e) {
    struct image_answer *a = ctx;
    enum chela_error rc = CHELA_OK;
    switch (token) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        expect_item(a);
        enter(a, token == JSON_ARRAY);
        if (token == JSON_OBJECT)
            json_object(&a->writer);
        else
            json_array(&a->writer);
        break;
    case JSON_OBJECT_END:
    case JSON_ARRAY_END:
        leave(a);
        count_item(a);
        if (token == JSON_OBJECT_END)
            json_object_end(&a->writer);
        else
            json_array_end(&a->writer);
        break;
    case JSON_KEY:
        on_key(a, text);
        json_key(&a->writer, text);
        break;
    case JSON_STRING:
        expect_item(a);
        begin_string(a);
        break;
    case JSON_TEXT: rc = string_text(a, text, e); break;
    case JSON_STRING_END:
        rc = end_string(a, e);
        count_item(a);
        break;
    case JSON_LITERAL:
        json_raw(&a->writer, text.n ? text : S("null"));
        count_item(a);
        break;
    }
    return rc;
}

static enum chela_error judge(enum chela_error rc, struct err *e) {
    if (rc != CHELA_INPUT) return rc;
    if (e) e->code = CHELA_PROTOCOL;
    return err_prefix(e, CHELA_PROTOCOL, "the answer is not JSON: ");
}

enum chela_error image_answer_feed(struct image_answer *a, str bytes, struct err *e) {
    if (!a->json.on_token) json_stream_init(&a->json, a, on_token);
    return judge(json_stream_feed(&a->json, bytes, e), e);
}

enum chela_error image_answer_end(struct image_answer *a, struct err *e) {
    if (!a->json.on_token) json_stream_init(&a->json, a, on_token);
    return judge(json_stream_end(&a->json, e), e);
}

static bool stands_before(const struct candidate *x, const struct candidate *y) {
    if ((x->group == FROM_DATA) != (y->group == FROM_DATA)) return y->group == FROM_DATA;
    if (x->choice != y->choice) return x->choice < y->choice;
    return x->group < y->group;
}

size_t image_answer_pictures(const struct image_answer *a, unsigned handles[IMAGE_ANSWER_MOST]) {
    const struct candidate *list[IMAGE_ANSWER_MOST];
    size_t n = 0;
    for (unsigned i = 0; i < a->candidates; i++) {
        if (!a->candidate[i].picked) continue;
        size_t at = n++; /* in order of arrival among those of one rank */
        for (; at && stands_before(&a->candidate[i], list[at - 1]); at--) list[at] = list[at - 1];
        list[at] = &a->candidate[i];
    }
    for (size_t i = 0; i < n; i++) handles[i] = list[i]->handle;
    return n;
}

unsigned image_answer_broken(const struct image_answer *a) {
    return a->broken;
}

str image_answer_rest(const struct image_answer *a) {
    return a->rest.failed ? (str){ 0 } : buf_str(&a->rest);
}
