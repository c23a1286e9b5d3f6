#include "cli/gateway_ask.h"

#include "chat/chat.h"
#include "cli/editing.h"
#include "net/http.h"

#include <stdio.h>

enum { CONNECT_MS = 3000, TOTAL_MS = 10000, MAX_ANSWER = 4 << 20 };

const struct option_spec gateway_ask_options[] = {
    { "url", 0, OPTION_TEXT, "URL", "where the gateway is (http://127.0.0.1:8484)" },
    { "json", 0, OPTION_FLAG, NULL, "print the result as JSON" },
    { 0 },
};

static enum chela_error find_key(struct cli *c, str origin, struct secret *key, struct err *e) {
    const char *given = env_get(c->env, "CHELA_GATEWAY_KEY");
    struct config *config;
    char source[256];
    if (given && *given)
        return secret_set(key, str_c(given), origin) ? CHELA_OK
                                                     : err_set(e, CHELA_NOMEM, "out of memory");
    enum chela_error code = config_load(&config, c->env, e);
    if (code != CHELA_OK) return code;
    struct doc *own = config_chela_doc(config);
    doc_node first = doc_path_get(own, S("gateway.keys[0]"), NULL);
    if (first) code = config_secret(config, own, first, origin, key, source, sizeof source, e);
    config_free(config);
    return code;
}

static enum chela_error on_body(void *ctx, str piece, struct err *e) {
    struct gateway_reply *reply = ctx;
    return buf_add(&reply->body, piece) ? CHELA_OK : err_set(e, CHELA_LIMIT, "too long an answer");
}

static enum chela_error read_reply(struct gateway_reply *reply, int status, struct err *e) {
    if (status != 200) {
        enum chela_error code =
            chat_http_error(status, S("application/json"), buf_str(&reply->body), e);
        return code == CHELA_KEY_REFUSED
                   ? err_hint(e, code, "give one of its keys in CHELA_GATEWAY_KEY")
                   : code;
    }
    if (doc_parse(&reply->doc, buf_str(&reply->body), DOC_JSON, NULL, NULL) == CHELA_OK) {
        reply->data = doc_get(reply->doc, doc_root(reply->doc), S("data"));
        if (!reply->data) reply->data = doc_root(reply->doc);
        if (doc_type(reply->doc, reply->data) == DOC_OBJECT) return CHELA_OK;
    }
    return err_set(e, CHELA_PROTOCOL, "what answers there is no gateway of chela");
}

static enum chela_error ask(struct cli *c, const char *method, const char *path,
                            struct gateway_reply *reply, struct err *e) {
    str base = cli_given(c, "url") ? cli_text(c, "url") : S("http://127.0.0.1:8484");
    char origin[300], url[400];
    struct secret key = { 0 };
    struct http_outcome outcome;
    if (!url_origin(base, origin, sizeof origin))
        return err_set(e, CHELA_USAGE, "--url: \"%.*s\" is no http or https address",
                       STR_ARG(base));
    enum chela_error code = find_key(c, str_c(origin), &key, e);
    snprintf(url, sizeof url, "%s%s", origin, path);
    const struct http_request request = {
        .method = str_c(method),
        .url = str_c(url),
        .bearer = secret_is_set(&key) ? &key : NULL,
        .timeouts = { CONNECT_MS, TOTAL_MS, TOTAL_MS, TOTAL_MS },
        .max_body = MAX_ANSWER,
        .ctx = reply,
        .on_body = on_body,
    };
    if (code == CHELA_OK) {
        code = http_run(&request, &outcome, e);
        if (code == CHELA_UNAVAILABLE)
            code = err_hint(e, code, "start it with: chela gateway, or name it with --url");
    }
    secret_free(&key);
    return code == CHELA_OK ? read_reply(reply, outcome.status, e) : code;
}

static void write_json(const struct gateway_reply *r, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_kbool(&w, "ok", true);
    for (doc_node n = doc_first(r->doc, r->data); n; n = doc_next(r->doc, n)) {
        json_key(&w, doc_key(r->doc, n));
        json_raw(&w, doc_raw(r->doc, n));
    }
    json_object_end(&w);
}

enum chela_error gateway_tell(struct cli *c, const char *method, const char *path,
                              void (*write_text)(const struct gateway_reply *r, struct buf *out),
                              struct err *e) {
    struct gateway_reply reply = { .body = BUF_INIT(MAX_ANSWER) };
    struct buf out = BUF_INIT(MAX_ANSWER);
    enum chela_error code = ask(c, method, path, &reply, e);
    if (code == CHELA_OK) {
        if (c->json)
            write_json(&reply, &out);
        else
            write_text(&reply, &out);
        code = editing_print(c, &out, e);
    }
    doc_free(reply.doc);
    buf_free(&reply.body);
    return code;
}
