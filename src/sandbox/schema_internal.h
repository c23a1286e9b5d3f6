/* Between schema.c (structure), schema_number.c and schema_text.c. */
#ifndef CHELA_SANDBOX_SCHEMA_INTERNAL_H
#define CHELA_SANDBOX_SCHEMA_INTERNAL_H

#include "sandbox/schema.h"

/* The schemas that apply to one value together: itself, what $ref leads to, allOf, the chosen
 * branch of anyOf and oneOf. */
enum { VIEW_PARTS = 24, FIELD_WORDS = 8, FIELD_HINTS = 24 };
struct schema_view {
    doc_node part[VIEW_PARTS];
    size_t n;
};

struct schema_field {
    str name;
    str word[FIELD_WORDS]; /* of the name, lower case */
    size_t words;
    struct words hint; /* of the description; n 0: none */
    bool required, top;
    unsigned index; /* in an array with unique items: which one */
};

enum schema_origin { SCHEMA_MADE, SCHEMA_FOUND }; /* FOUND: the text had it */

/* The first part's value of a keyword, or 0. */
doc_node view_get(const struct schema_values *v, const struct schema_view *view, const char *key);
bool view_number(const struct schema_values *v, const struct schema_view *view, const char *key,
                 double *out);
size_t view_size(const struct schema_values *v, const struct schema_view *view, const char *key,
                 size_t otherwise);
/* Whether the field's name, or else its description, has one of the alternatives. */
bool field_is(const struct schema_field *f, const char *alternatives);
bool field_named(const struct schema_field *f, const char *alternatives);

enum schema_origin schema_string(struct schema_values *v, const struct schema_view *view,
                                 const struct schema_field *f, struct buf *out);
enum schema_origin schema_number(struct schema_values *v, const struct schema_view *view,
                                 const struct schema_field *f, bool integer, struct buf *out);
enum schema_origin schema_bool(struct schema_values *v, const struct schema_view *view,
                               const struct schema_field *f, struct buf *out);
/* False: the schema has no enum and no const. */
bool schema_enum(struct schema_values *v, const struct schema_view *view,
                 const struct schema_field *f, struct buf *out, enum schema_origin *origin);

#endif
