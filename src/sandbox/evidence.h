/* What a text offers as values: for arguments of tools and for the fields of a JSON schema.
 *
 * Everything is found once, in order; taking a value marks it used, so that "from Oslo to Rome"
 * fills two fields with two cities.
 */
#ifndef CHELA_SANDBOX_EVIDENCE_H
#define CHELA_SANDBOX_EVIDENCE_H

#include "sandbox/words.h"

enum evidence_kind {
    EVIDENCE_NUMBER,
    EVIDENCE_QUOTED, /* between quotation marks, without them */
    EVIDENCE_EMAIL,
    EVIDENCE_URL,
    EVIDENCE_DATE, /* 2026-01-31 */
    EVIDENCE_TIME, /* 10:30, 10:30:00 */
    EVIDENCE_UUID,
    EVIDENCE_PROPER, /* capitalised words that follow each other */
    EVIDENCE_DAY,    /* Friday, March 5 */
};

enum { EVIDENCE_MAX = 256, EVIDENCE_TEXT_MAX = 8192 };

struct evidence_item {
    enum evidence_kind kind;
    str text;
    double number; /* of EVIDENCE_NUMBER */
    size_t at, end;
    bool used;
};

struct evidence {
    struct words words; /* of the text, at most EVIDENCE_TEXT_MAX bytes of it */
    struct evidence_item *item;
    size_t n;
};

bool evidence_find(struct evidence *e, str text, struct arena *a);

/* The words of a field's name: "firstName", "first_name" → first, name. At most cap of them. */
size_t evidence_name(str name, struct arena *a, str *words, size_t cap);

/* "NAME is VALUE", "NAME: VALUE", "NAME = VALUE", "named VALUE"; empty when there is none. */
str evidence_keyed(const struct evidence *e, const str *name, size_t n);
/* Values that belong to a place: "in Paris and Tokyo" gives two; Korean "서울 날씨" one. */
size_t evidence_places(const struct evidence *e, str *out, size_t cap);
/* What follows one of the prepositions ("from", "to|into"); empty when nothing does. */
str evidence_after(const struct evidence *e, const char *prepositions);
/* The first unused item of a kind, or NULL. */
struct evidence_item *evidence_next(struct evidence *e, enum evidence_kind kind);
/* The unused number next to one of the name's words ("3 nights", "room 12", "30 years old" for an
 * age, "$9" for a price); NULL when there is none. */
struct evidence_item *evidence_number(struct evidence *e, const str *name, size_t n);
/* Whether the word or phrase is in the text as whole words, in either case. */
bool evidence_has(const struct evidence *e, str phrase);
/* Marks what overlaps the slice (of the text) as used. */
void evidence_use(struct evidence *e, str slice);

#endif
