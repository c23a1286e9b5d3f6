/* What the parsers of requests and responses share. */
#ifndef CHELA_SERVER_HTTP1_IMPL_H
#define CHELA_SERVER_HTTP1_IMPL_H

#include "server/http1.h"

/* Kinds of bytes; one byte may be of several. */
enum { HTTP1_TOKEN = 1, HTTP1_VALUE = 2, HTTP1_TARGET = 4, HTTP1_HOST = 8 };

bool http1_all(str s, unsigned char kind);
bool http1_is_version(str s); /* "HTTP/1.1" */
enum http1_result http1_fail(struct http1_error *e, int status, const char *why);
str http1_find(const struct http1_header *headers, size_t count, str name);

struct http1_kind { /* of head */
    enum http1_result (*first_line)(str line, void *head, struct http1_error *e);
    void *head;
    struct http1_header *header; /* of HTTP1_MAX_HEADERS */
};
/* The lines of a head, as http1_head promises it. */
enum http1_result http1_lines(struct http1_scan *scan, str bytes, size_t max,
                              const struct http1_kind *kind, size_t *count, size_t *used,
                              struct http1_error *e);
/* What the headers say of the body and of what follows; f->minor is set. */
enum http1_result http1_framing(struct http1_framing *f, const struct http1_header *header,
                                size_t count, struct http1_error *e);

#endif
