/* The head of an answer, collected line by line as libcurl hands it over. Inside net/ only. */
#ifndef CHELA_NET_HTTP_HEAD_H
#define CHELA_NET_HTTP_HEAD_H

#include "net/curl_lib.h"
#include "net/http.h"

struct http_head {
    struct buf lines; /* of the last head: an interim answer (1xx) is forgotten */
    int status;
    bool begun, done; /* done: the empty line of a final answer was read */
    char content_type[128];
};

void http_head_init(struct http_head *h);
void http_head_free(struct http_head *h);
/* One line with its end. Lines after `done` are trailers and are dropped. */
enum chela_error http_head_line(struct http_head *h, str line, struct err *e);
/* The slices live as long as h. */
struct http_answer http_head_answer(struct http_head *h, const struct curl_lib *lib);
/* Seconds from now, at least 0 and at most 30 days; -1 when nothing was said or understood. */
double http_retry_after(const struct http_answer *a, const struct curl_lib *lib);

#endif
