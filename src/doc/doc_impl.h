/* Inside src/doc: how a document is kept.
 *
 * Text has addresses, not pointers: the source is [0, source.n), and what edits and decoding add
 * lies in chunks above it, which never move. A node is 32 bytes, two to a cache line, because a
 * large request is read once and the first touch of a page costs more than scanning it.
 *
 * Children are a chain. Between two neighbours that both stood in one text the gap (white space,
 * comma, comments) is the text between them; a gap that an edit made is an entry of its own in the
 * chain, of type NODE_GAP. So writing is a walk that copies ranges, and neighbouring ranges join.
 */
#ifndef CHELA_DOC_DOC_IMPL_H
#define CHELA_DOC_DOC_IMPL_H

#include "doc/doc.h"

enum { NODE_GAP = 7 }; /* beside the values of enum doc_type */

enum node_flag {
    NODE_TYPE = 7,         /* the bits of the type */
    NODE_ESCAPED = 8,      /* the string differs from its text */
    NODE_KEY_ESCAPED = 16, /* the key does */
    NODE_KEY_FAR = 32,     /* key_len and key_gap are an index into doc.far_key */
    NODE_DIRTY = 64,       /* an edit inside: `at`, `len` are the text before it */
    NODE_SHADOWED = 128,   /* scratch of doc_write_json: a twin that is not the last */
};

struct node {
    uint32_t at, len; /* the value's text */
    uint32_t next, parent;
    union {
        struct {
            uint32_t first, last; /* of the chain; `last` is never a gap */
        };
        const char *decoded; /* an escaped string, once it was asked for */
    };
    uint32_t count;   /* children; for a decoded string its bytes */
    uint16_t key_len; /* the key's text with quotes; it stands key_gap bytes before the value */
    uint8_t key_gap;  /* 0: no key */
    uint8_t kind;     /* type and flags */
};

/* A key that is very long, far from its value, or was decoded. */
struct far_key {
    uint32_t at, len;
    str decoded; /* p NULL: not yet */
};

struct chunk {
    uint32_t base, used, cap;
    char *bytes;
};

struct doc {
    str source;
    enum doc_syntax syntax;
    struct doc_limits limits;
    const struct scan *scan;
    struct node *node; /* node[0] is "no such node" */
    uint32_t count, cap;
    struct far_key *far_key;
    uint32_t far_count, far_cap;
    struct chunk *chunk;
    uint32_t chunk_count;
    size_t edit_bytes;
    uint32_t root, root_at, root_end; /* what is outside [root_at, root_end) surrounds the root */
    bool edited;
};

static inline const struct node *node_of(const struct doc *d, doc_node n) {
    return &d->node[n < d->count ? n : 0];
}

static inline enum doc_type node_type(const struct node *n) {
    return (enum doc_type)(n->kind & NODE_TYPE);
}

static inline bool node_is(const struct node *n, int type) {
    return (n->kind & NODE_TYPE) == type;
}

static inline bool node_has_key(const struct node *n) {
    return n->key_gap != 0 || (n->kind & NODE_KEY_FAR);
}

static inline uint32_t node_far(const struct node *n) {
    return n->key_len | (uint32_t)n->key_gap << 16;
}

/* ---- text.c: addresses and memory ---- */
const char *text_far(const struct doc *d, uint32_t at);

static inline const char *text_at(const struct doc *d, uint32_t at) {
    return at <= d->source.n ? d->source.p + at : text_far(d, at);
}

static inline str text_range(const struct doc *d, uint32_t at, uint32_t len) {
    return (str){ text_at(d, at), len };
}

/* Room for n bytes that will not move; NULL when out of memory or addresses. text_commit says how
 * many of them were used. */
char *text_reserve(struct doc *d, size_t n, uint32_t *at);
void text_commit(struct doc *d, size_t n);
/* Room in the node array for n more, so that the next n node_new cannot fail. */
enum chela_error nodes_reserve(struct doc *d, uint32_t n, struct err *e);
/* Gives node n the key whose text is [at, at + len); its value starts at node.at. */
bool node_set_key(struct doc *d, doc_node n, uint32_t at, uint32_t len, bool escaped);
/* The far_key of a member, made when it had none; NULL when out of memory. */
struct far_key *node_far_key(struct doc *d, doc_node n);

/* ---- where things are ---- */
uint32_t key_at(const struct doc *d, const struct node *n); /* node_has_key only */
str key_text(const struct doc *d, const struct node *n);    /* with its quotes */
/* Where a member or item starts: its key, or its value. */
static inline uint32_t node_start(const struct doc *d, const struct node *n) {
    return node_has_key(n) ? key_at(d, n) : n->at;
}
static inline uint32_t node_end(const struct node *n) {
    return n->at + n->len;
}

/* ---- read.c ---- */
bool member_is(const struct doc *d, doc_node member, str key);
static inline bool node_holds(const struct node *n) { /* other nodes */
    return node_is(n, DOC_ARRAY) || node_is(n, DOC_OBJECT);
}

/* ---- parse.c ---- */
struct parser {
    struct doc *d;
    const char *base, *end; /* the text */
    uint32_t address;       /* of base */
    uint32_t depth;         /* of what the text becomes part of */
    struct err *e;
    enum chela_error code;
};

/* Parses one value with what may surround it; NULL and *e filled on failure, else where the text
 * after the value ends. *out is the node, without parent and key. */
bool parse_text(struct parser *s, doc_node *out);
/* "line 3, column 7: expected <what>, found …"; returns NULL. `at` is in the parser's text. */
const char *parse_expected(struct parser *s, const char *at, const char *what, ...)
    __attribute__((format(printf, 3, 4)));
void place_in(str text, size_t at, unsigned *line, unsigned *column);

/* ---- json5.c: the lexical half of JSON5. All return where the token ends, NULL on failure. ----
 */
const char *json5_space(struct parser *s, const char *p);
const char *json5_string(struct parser *s, const char *p, bool *escaped);
const char *json5_number(struct parser *s, const char *p);
const char *json5_name(struct parser *s, const char *p, bool *escaped);
bool json5_is_name(str key); /* could be written without quotes (ASCII only) */
/* The length of the white space (line breaks included) at p, 0 when there is none. */
size_t json5_blank(const char *p, const char *end);

uint32_t utf8_code(const char *p, size_t n); /* of a valid sequence of n bytes */
bool name_char(uint32_t c, bool first);      /* may stand in a name; or start one */

/* ---- decode.c ---- */
/* Decodes the text of a string or a name into dst, which holds as many bytes. Returns the length.
 */
size_t decode_text(str text, char *dst);
bool decode_equals(str text, str decoded);
bool decode_double(str number, double *out);
bool decode_int(str number, int64_t *out);

/* ---- layout.c: what stands between members ---- */
enum { LAYOUT_PIECES = 8 };
struct pieces {
    str piece[LAYOUT_PIECES];
    size_t count, bytes;
};

struct insertion {
    struct pieces lead, tail; /* before the new member, and between it and the closing bracket */
    str colon;                /* between its key and its value */
    char quote;               /* '"', '\'' or 0 for a bare name */
};
void layout_insert(const struct doc *d, doc_node container, str key, struct insertion *out);
/* What is left of the gaps around a removed child. */
void layout_remove(str before, str after, bool has_previous, bool has_next, struct pieces *out);
char *pieces_copy(const struct pieces *p, char *dst); /* returns the end */
/* The gap between child n and the one before it (0: none); the gap behind n; the gap before the
 * closing bracket. *entry: the gap's own node, 0 when it is what stands between in the text. */
str gap_between(const struct doc *d, doc_node previous, doc_node n, doc_node *entry);
doc_node child_before(const struct doc *d, doc_node n); /* O(children) */
str gap_after(const struct doc *d, doc_node n, doc_node *entry);
str gap_tail(const struct doc *d, doc_node container, doc_node *entry);

#endif
