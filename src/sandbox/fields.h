/* The fields of a media request, from a JSON body or a form, with the first mistake remembered.
 *
 * A reader asks for what it needs, one after the other, and looks at `e.code` once, at the end: as
 * strict as request.c, because a developer wants to hear of a wrong field before it costs money.
 * null is absent; a form's numbers and booleans are texts.
 */
#ifndef CHELA_SANDBOX_FIELDS_H
#define CHELA_SANDBOX_FIELDS_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"
#include "server/multipart.h"

enum { FIELDS_MOST_FILES = 20 };

struct fields {
    struct doc *d; /* freed by fields_close */
    bool form;
    struct part files[FIELDS_MOST_FILES];
    size_t file_count;
    struct err e; /* CHELA_OK so far */
};

/* content_type decides. Text is copied into the arena where it must be; the body is borrowed. */
void fields_open(struct fields *f, str content_type, str body, struct arena *a);
void fields_close(struct fields *f);

doc_node fields_get(struct fields *f, const char *key); /* 0: absent or null */
/* Absent: the fallback. `most` bytes; an empty text counts as absent unless most is 0. */
str fields_text(struct fields *f, const char *key, const char *fallback, size_t most);
str fields_needed(struct fields *f, const char *key, size_t most); /* must be there, not empty */
bool fields_bool(struct fields *f, const char *key, bool fallback);
double fields_number(struct fields *f, const char *key, double fallback, double low, double high);
int64_t fields_int(struct fields *f, const char *key, int64_t fallback, int64_t low, int64_t high);
void fields_wrong(struct fields *f, const char *key, const char *expected);

#endif
