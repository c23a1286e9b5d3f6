/* What libcurl's failures mean to a person. Inside net/ only. */
#ifndef CHELA_NET_HTTP_ERROR_H
#define CHELA_NET_HTTP_ERROR_H

#include "net/curl_lib.h"
#include "net/http.h"

struct http_failure {
    const struct curl_lib *lib;
    CURL *easy;
    CURLcode code;
    const char *text; /* libcurl's error buffer */
    struct url url;
    bool sent;      /* the request was put on a wire */
    bool head_done; /* the answer's head is complete */
    int64_t connect_ms;
};

/* Fills *e and *permanent; returns the code. */
enum chela_error http_explain(const struct http_failure *f, bool *permanent, struct err *e);
/* "openrouter.ai:443" */
void http_peer(const struct url *u, char *dst, size_t cap);

#endif
