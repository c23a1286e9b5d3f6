/* Documents: JSON and JSON5, read once, edited in place, written back.
 *
 * chela rewrites other people's documents: requests of hundreds of KB on their way to a model, and
 * a user's commented configuration. So a document is never rebuilt. Parsing indexes a text into a
 * flat array of nodes; a node is a range of the source, or of text in the document's arena once an
 * edit made it; writing copies every range that no edit touched exactly as it was.
 *
 * Ownership: the source text is borrowed and must outlive the document; strings that are returned
 * live until doc_free. A doc is used by one thread at a time.
 *
 * Twins: with a key twice in one object, reading gives the last one; doc_set changes the last and
 * removes the others; doc_remove_key removes all.
 */
#ifndef CHELA_DOC_DOC_H
#define CHELA_DOC_DOC_H

#include "base/buf.h"
#include "base/err.h"

enum doc_syntax {
    DOC_JSON,  /* RFC 8259 to the letter; text must be UTF-8 */
    DOC_JSON5, /* JSON5 1.0, and numeric separators (180_000) */
};

enum doc_type { DOC_NONE = 0, DOC_NULL, DOC_BOOL, DOC_NUMBER, DOC_STRING, DOC_ARRAY, DOC_OBJECT };

struct doc_limits {
    size_t max_bytes; /* of the source, and of the text that edits add */
    uint32_t max_nodes;
    uint32_t max_depth;
};
/* 64 MiB, 4 million nodes, depth 200. */
extern const struct doc_limits doc_default_limits;

struct doc;
typedef uint32_t doc_node; /* an index; 0 is "no such node" and reads as DOC_NONE everywhere */

/* limits NULL: the default ones. On failure *out is NULL and *e says line, column (both from 1; the
 * column counts characters) and what was expected there. A byte order mark is refused in JSON. */
enum chela_error doc_parse(struct doc **out, str text, enum doc_syntax syntax,
                           const struct doc_limits *limits, struct err *e);
void doc_free(struct doc *d); /* NULL is fine */
enum doc_syntax doc_syntax_of(const struct doc *d);

/* ---- reading ---- */
doc_node doc_root(const struct doc *d);
enum doc_type doc_type(const struct doc *d, doc_node n);
const char *doc_type_name(enum doc_type t);                      /* "an object", "a string" … */
doc_node doc_get(const struct doc *d, doc_node object, str key); /* 0: not there, or no object */
doc_node doc_at(const struct doc *d, doc_node array, size_t i);  /* O(i) */
size_t doc_len(const struct doc *d, doc_node n);                 /* members or items; else 0 */
/* Children in order, twins included: for (c = doc_first(d, n); c; c = doc_next(d, c)). */
doc_node doc_first(const struct doc *d, doc_node n);
doc_node doc_next(const struct doc *d, doc_node child);
doc_node doc_last(const struct doc *d, doc_node n);
doc_node doc_parent(const struct doc *d, doc_node n);
str doc_key(struct doc *d, doc_node member); /* decoded; empty for items and the root */
/* The value's own text: source or arena bytes. After edits inside it, it is the text before them:
 * use doc_write_node for what it says now. */
str doc_raw(const struct doc *d, doc_node n);
/* Decoded; a lone surrogate (\ud800) reads as U+FFFD. False if n is no string or memory is out. */
bool doc_string(struct doc *d, doc_node n, str *out);
/* JSON5's Infinity and NaN, and JSON numbers too large for a double, give those values. */
bool doc_number(const struct doc *d, doc_node n, double *out);
bool doc_int(const struct doc *d, doc_node n,
             int64_t *out); /* integers in range: 1, 1.0, 1e3, 0x1 */
bool doc_bool(const struct doc *d, doc_node n, bool *out);
/* Where n starts in the source, from 1. (0, 0) for text that an edit brought. */
void doc_place(const struct doc *d, doc_node n, unsigned *line, unsigned *column);

/* ---- editing ----
 * `value` is text of one value in the document's syntax (strict JSON is right for both); it is
 * copied, parsed and becomes nodes, so that what one rule wrote the next one reads. In JSON5 an
 * edit keeps comments and layout: a new member takes the indentation of its siblings. In JSON a new
 * member is written as compactly as its neighbours. 0 on failure, with *e filled and the document
 * as it was.
 *
 * A replaced value keeps its handle. A removed one reads as DOC_NONE, and doc_next of it still
 * gives what followed, so that a loop may remove. Handles to what was inside either still read what
 * was there; edits of them fail. */
doc_node doc_set(struct doc *d, doc_node object, str key, str value, struct err *e);
doc_node doc_replace(struct doc *d, doc_node n, str value, struct err *e);
doc_node doc_append(struct doc *d, doc_node array, str value, struct err *e);
bool doc_remove(struct doc *d, doc_node n);                     /* false: no member, no item */
size_t doc_remove_key(struct doc *d, doc_node object, str key); /* how many were removed */
bool doc_edited(const struct doc *d);

/* ---- writing ---- */
bool doc_write(const struct doc *d, struct buf *out);                  /* the whole document */
bool doc_write_node(const struct doc *d, doc_node n, struct buf *out); /* as it stands */
/* The subtree as compact strict JSON, whatever the syntax: JSON5 numbers, quotes, comments and
 * trailing commas are resolved; a number that JSON cannot say (Infinity, NaN) becomes null; of
 * twins only the last is written. Strict JSON number spelling is kept. */
bool doc_write_json(struct doc *d, doc_node n, struct buf *out);

/* ---- paths: agents.defaults.models["openrouter/auto"].params, messages[0].content ----
 * Names are dotted; [n] is an item; ["…"] (or ['…']) a key with any characters. "" is the root. */
doc_node doc_path_get(struct doc *d, str path, struct err *e); /* 0 with code OK: not there */
/* Makes missing objects on the way (an array where [0] follows). An index may equal the array's
 * length: it appends. */
doc_node doc_path_set(struct doc *d, str path, str value, struct err *e);
bool doc_path_unset(struct doc *d, str path, struct err *e); /* false, code OK: was not there */
/* Gives each step to fn, in order: a key, or item for an index; fn returns false to stop. False: no
 * path (or no memory), with *e. */
typedef bool doc_path_step(void *ctx, str key, bool item);
bool doc_path_steps(str path, doc_path_step *step, void *ctx, struct err *e);
/* Takes the last step off a path that doc_path_get can read; false: it has none. */
bool doc_path_up(str *path);
/* The path of n, as doc_path_get takes it, appended to *out. */
bool doc_path_of(struct doc *d, doc_node n, struct buf *out);

#endif
