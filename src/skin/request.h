/* What the two request translators share. Inside skin/ only. */
#ifndef CHELA_SKIN_REQUEST_H
#define CHELA_SKIN_REQUEST_H

#include "doc/json_write.h"
#include "skin/skin.h"

struct request { /* being written */
    struct doc *d;
    const struct skin_target *to;
    struct json_writer w;
    struct err *e;
};

/* "messages[3].content[0].source: …" */
enum chela_error refuse(struct request *r, doc_node where, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
enum chela_error no_memory(struct request *r);
str type_of(struct request *r, doc_node n); /* its member "type" */
bool is_type(struct request *r, doc_node n, const char *type);
str member_text(struct request *r, doc_node object, const char *key); /* "" none */
/* 0 also for null */
doc_node member(struct request *r, doc_node object, const char *key);
/* Writes the member as it came, under another name; nothing when there is none. */
void copy_as(struct request *r, doc_node object, const char *key, const char *name);
void write_raw(struct request *r, const char *key, str json);

/* ---- members of the body ---- */
enum field_rule {
    FIELD_OURS,        /* translated by code of its own */
    FIELD_DROP,        /* without a counterpart, and harmless without */
    FIELD_REFUSE,      /* without a counterpart */
    FIELD_REFUSE_TRUE, /* only false is harmless */
    FIELD_OPENROUTER,  /* goes on as it is to OpenRouter, nowhere else */
};
struct field {
    str name;
    enum field_rule rule;
    const char *why; /* of a refusal: what to do */
};
/* The whole body: members that no row names as they came, in their order, then what each step
 * writes. */
enum chela_error request_write(struct request *r, const struct field *rows, size_t count,
                               enum chela_error (*const *steps)(struct request *), size_t n);

/* ---- parts of a content ---- */
void begin_part(struct request *r, const char *type);
/* A text, with the block's cache_control when it is understood there. */
void text_part(struct request *r, str text, doc_node block);
void image_part(struct request *r, str url, str detail);
void file_part(struct request *r, str filename, str data);
/* {"type":"function","function":{"name":…}} */
void named_function(struct request *r, doc_node choice);
bool has_marker(struct request *r, doc_node block); /* cache_control that goes on */

/* ---- reasoning that comes back ---- */
struct thoughts {
    struct buf details; /* items, comma between them */
    size_t count;
    struct buf text; /* of a field */
    char field[24];
    struct buf beside; /* what belongs beside calls, items with a comma between them */
};
/* text: what the client could read; seal: what it could not. False: out of memory. A text that is
 * not ours is `plain`: with a signature (Anthropic) or encrypted (OpenAI, with its id). */
enum plain_kind { PLAIN_SIGNATURE, PLAIN_REDACTED, PLAIN_ENCRYPTED };
bool thoughts_add(struct thoughts *t, str text, str seal, enum plain_kind plain, str id);
void thoughts_write(const struct thoughts *t, struct json_writer *w);
/* The extra_content that came with this call, if one did. */
void thoughts_beside(const struct thoughts *t, str call, struct json_writer *w);
bool thoughts_any(const struct thoughts *t);
void thoughts_reset(struct thoughts *t); /* also frees */
#define THOUGHTS_INIT                                                                              \
    { .details = BUF_INIT(SKIN_BODY), .text = BUF_INIT(SKIN_BODY), .beside = BUF_INIT(SKIN_BODY) }

/* For a service that speaks the client's API: what `key` of the holder has sealed is put there in
 * the open (the member `own` of the item), or the holder is another API's, and goes. fits NULL:
 * every item that has one. */
enum chela_error unseal_member(struct doc *d, doc_node holder, const char *key, const char *own,
                               bool (*fits)(struct doc *item), struct err *e);

#endif
