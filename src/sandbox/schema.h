/* A JSON value that is valid against a schema, with what a text offers put where it belongs.
 *
 * Supported: type (also lists), enum, const, default, properties, required, additionalProperties,
 * min/maxProperties, items, prefixItems, min/maxItems, uniqueItems, minimum, maximum, exclusive
 * bounds (numbers, or booleans as in draft 4), multipleOf, min/maxLength, pattern
 * (pattern.h), format, $ref inside the schema, allOf, anyOf, oneOf. Not looked at: not, if,
 * contains, dependent…, patternProperties, propertyNames.
 *
 * Bounded: 2,000 values, depth 40; what would be deeper or more is null.
 */
#ifndef CHELA_SANDBOX_SCHEMA_H
#define CHELA_SANDBOX_SCHEMA_H

#include "base/buf.h"
#include "doc/doc.h"
#include "sandbox/evidence.h"

struct schema_values {
    struct doc *doc; /* of the schema */
    struct arena *arena;
    struct evidence *facts; /* values are marked as they are taken */
    str prompt;             /* the whole text, for fields that want text */
    str answer;             /* what would be said without a schema; "" when nothing */
    bool answer_is_list;    /* "red, blue, green" */
    bool people_apart;      /* a list of people is one of the fields: names are not for the title */
    str number, expression; /* of a calculation in the prompt; "" when there is none */
    int64_t now_s;
    bool thrifty;          /* arguments of a tool: optional fields only when the text has them */
    str given_name, given; /* a top-level field whose value is decided already */
    /* out: the first required top-level field that the text has nothing for; "" when none */
    str missing;
    unsigned count; /* values written so far */
};

/* Appends the value. schema 0: any object. False: *out is full or memory is out. */
bool schema_fill(struct schema_values *v, doc_node schema, struct buf *out);
/* An object for a prompt that asks for JSON without a schema: the keys that it names, else the
 * "key: value" pairs that it has, else {"answer": …}. */
bool schema_free_object(struct schema_values *v, struct buf *out);

#endif
