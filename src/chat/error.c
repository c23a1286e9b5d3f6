/* What a refusal means, and what to do about it.
 *
 * OpenRouter's error object is {code, message, metadata}; the words that help are often deeper, in
 * metadata.raw (what the model's provider said), in its reasons, or in `availability`. Other
 * servers behind a custom base URL send other shapes, a string, or a page of HTML. All of it is
 * brought into one line; the code comes from the status, and from error_type where the status is
 * too coarse. */
#include "chat/chat_internal.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 700 };

struct said {
    int status; /* 0: it did not say */
    str type;   /* error_type, or a code that is a word */
    double retry_after;
    struct buf line;
};

/* ---- collecting words ---- */

static str string_at(struct doc *d, doc_node object, str key) {
    str s = { 0 };
    return doc_string(d, doc_get(d, object, key), &s) ? str_trim(s) : (str){ 0 };
}

/* Appends text as part of one line: runs of blanks and control characters become one blank, long
 * text is cut. */
static void add_words(struct buf *out, str text, size_t most) {
    text = str_trim(text);
    str head = str_head(text, most);
    if (head.n < text.n) head.n -= utf8_partial_tail(head);
    for (size_t i = 0; i < head.n; i++) {
        bool blank = (unsigned char)head.p[i] <= ' ' || head.p[i] == 0x7f;
        bool again = blank && out->n && out->p[out->n - 1] == ' ';
        if (!again) buf_add(out, blank ? S(" ") : (str){ head.p + i, 1 });
    }
    if (head.n < text.n) buf_add(out, S("…"));
}

static void add_list(struct buf *out, struct doc *d, doc_node list, const char *lead) {
    size_t count = 0;
    str item;
    if (doc_type(d, list) != DOC_ARRAY) return;
    for (doc_node n = doc_first(d, list); n && count < 8; n = doc_next(d, n)) {
        if (!doc_string(d, n, &item)) continue;
        buf_addf(out, "%s", count++ ? ", " : lead);
        add_words(out, item, 60);
    }
}

/* metadata.raw is what the provider sent: text, JSON text, or JSON. */
static void add_raw(struct buf *out, struct doc *d, doc_node metadata, str message) {
    doc_node raw = doc_get(d, metadata, S("raw"));
    str text = string_at(d, metadata, S("raw"));
    if (!text.n && (doc_type(d, raw) == DOC_OBJECT || doc_type(d, raw) == DOC_ARRAY))
        text = doc_raw(d, raw);
    if (!text.n || str_eq(text, message)) return;
    struct doc *inner = NULL;
    str deeper = { 0 };
    if (doc_parse(&inner, text, DOC_JSON, NULL, NULL) == CHELA_OK) {
        doc_node root = doc_root(inner), error = doc_get(inner, root, S("error"));
        if (!doc_string(inner, error, &deeper)) deeper = string_at(inner, error, S("message"));
        if (!deeper.n) deeper = string_at(inner, root, S("message"));
        if (!deeper.n) deeper = string_at(inner, root, S("detail"));
    }
    buf_add(out, S(": "));
    add_words(out, deeper.n ? deeper : text, 300);
    doc_free(inner);
}

static void add_details(struct said *s, struct doc *d, doc_node error, str message) {
    doc_node metadata = doc_get(d, error, S("metadata"));
    doc_node availability = doc_get(d, error, S("availability"));
    struct buf more = BUF_INIT(2048);
    str provider = string_at(d, metadata, S("provider_name"));
    add_words(&more, provider, 80);
    add_raw(&more, d, metadata, message);
    add_list(&more, d, doc_get(d, metadata, S("reasons")), "; reasons: ");
    add_list(&more, d, doc_get(d, metadata, S("patterns")), "; patterns: ");
    str code = string_at(d, availability, S("code"));
    if (code.n) buf_add(&more, S("; "));
    add_words(&more, code, 60);
    add_list(&more, d, doc_get(d, availability, S("excluded_by")), "; excluded by ");
    str detail = string_at(d, doc_get(d, availability, S("constraint")), S("detail"));
    if (detail.n) buf_add(&more, S("; "));
    add_words(&more, detail, 120);
    doc_number(d, doc_get(d, availability, S("retry_after")), &s->retry_after);
    str text = buf_str(&more);
    while (text.n && (text.p[0] == ';' || text.p[0] == ':' || text.p[0] == ' '))
        text = str_skip(text, 1);
    if (text.n && !more.failed) {
        buf_add(&s->line, S(" ("));
        buf_add(&s->line, text);
        buf_addc(&s->line, ')');
    }
    buf_free(&more);
}

static void read_code(struct said *s, struct doc *d, doc_node error) {
    doc_node metadata = doc_get(d, error, S("metadata"));
    int64_t number = 0;
    str code = string_at(d, error, S("code"));
    if (!doc_int(d, doc_get(d, error, S("code")), &number) && !str_i64(code, &number))
        doc_int(d, doc_get(d, error, S("http_status")), &number);
    if (number >= 400 && number <= 599) s->status = (int)number;
    s->type = string_at(d, metadata, S("error_type"));
    if (!s->type.n) s->type = string_at(d, error, S("error_type"));
    if (!s->type.n && !number) s->type = code;
    if (!s->type.n) s->type = string_at(d, error, S("type"));
}

static void read_object(struct said *s, struct doc *d, doc_node error) {
    str message = { 0 };
    if (doc_string(d, error, &message)) {
        add_words(&s->line, message, LINE_MAX_BYTES);
        return;
    }
    message = string_at(d, error, S("message"));
    read_code(s, d, error);
    add_words(&s->line, message.n ? message : s->type, LINE_MAX_BYTES);
    add_details(s, d, error, message);
}

/* {"error": …}, [{"error": …}], {"message": …}, {"detail": …} */
static void read_envelope(struct said *s, struct doc *d) {
    doc_node root = doc_root(d);
    if (doc_type(d, root) == DOC_ARRAY) root = doc_first(d, root);
    doc_node error = doc_get(d, root, S("error"));
    if (doc_type(d, error) == DOC_OBJECT || doc_type(d, error) == DOC_STRING) {
        read_object(s, d, error);
        return;
    }
    str message = string_at(d, root, S("message"));
    if (!message.n) message = string_at(d, root, S("detail"));
    if (!message.n) message = doc_raw(d, root);
    add_words(&s->line, message, LINE_MAX_BYTES);
}

/* ---- codes ---- */

static enum chela_error code_of_status(int status) {
    switch (status) {
    case 0: return CHELA_UPSTREAM;
    case 401: return CHELA_KEY_REFUSED;
    case 402: return CHELA_PAYMENT;
    case 403:
    case 407:
    case 451: return CHELA_FORBIDDEN;
    case 404:
    case 410: return CHELA_NOT_FOUND;
    case 408:
    case 504:
    case 524: return CHELA_TIMEOUT;
    case 409: return CHELA_UPSTREAM;
    case 413:
    case 414:
    case 431: return CHELA_LIMIT;
    case 429: return CHELA_RATE_LIMITED;
    default: break;
    }
    if (status < 400) return CHELA_PROTOCOL;
    return status < 500 ? CHELA_REQUEST : CHELA_UPSTREAM;
}

static const struct {
    const char *type;
    enum chela_error code;
} types[] = {
    { "context_length_exceeded", CHELA_LIMIT },
    { "max_tokens_exceeded", CHELA_LIMIT },
    { "token_limit_exceeded", CHELA_LIMIT },
    { "string_too_long", CHELA_LIMIT },
    { "payload_too_large", CHELA_LIMIT },
    { "content_policy_violation", CHELA_FILTERED },
    { "content_filter", CHELA_FILTERED },
    { "refusal", CHELA_FILTERED },
    { "authentication", CHELA_KEY_REFUSED },
    { "invalid_api_key", CHELA_KEY_REFUSED },
    { "permission_denied", CHELA_FORBIDDEN },
    { "payment_required", CHELA_PAYMENT },
    { "insufficient_quota", CHELA_PAYMENT },
    { "rate_limit_exceeded", CHELA_RATE_LIMITED },
    { "timeout", CHELA_TIMEOUT },
    { "not_found", CHELA_NOT_FOUND },
    { "model_not_found", CHELA_NOT_FOUND },
    { "invalid_request", CHELA_REQUEST },
    { "invalid_request_error", CHELA_REQUEST },
    { "invalid_prompt", CHELA_REQUEST },
    { "unprocessable", CHELA_REQUEST },
};

static bool names_a_spent_key(str line) {
    static const char *const signs[] = { "key limit exceeded", "key limit reached", "key limit hit",
                                         "API key budget limit" };
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (str_ihas(line, str_c(signs[i]))) return true;
    return false;
}

/* The status decides; where it says no more than "bad request", the type may say what is bad. */
static enum chela_error code_of(const struct said *s) {
    if (names_a_spent_key(buf_str(&s->line))) return CHELA_PAYMENT;
    enum chela_error code = code_of_status(s->status);
    if (s->status && code != CHELA_REQUEST) return code;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (str_eq(s->type, str_c(types[i].type))) return types[i].code;
    return code;
}

static const char *remedy(enum chela_error code, int status) {
    switch (code) {
    case CHELA_KEY_REFUSED:
        return "is it the right key? `chela explain` names where it came from; keys are made at "
               "https://openrouter.ai/settings/keys";
    case CHELA_PAYMENT:
        return "add credit at https://openrouter.ai/settings/credits or raise the key's limit; "
               "models whose id ends in :free need none";
    case CHELA_FORBIDDEN:
        if (status == 407) return "give the proxy's user and password in HTTPS_PROXY";
        return "change the prompt or the model; what a key may do is set at "
               "https://openrouter.ai/settings/keys";
    case CHELA_NOT_FOUND:
        return "is the model's id right (https://openrouter.ai/models)? Privacy and provider "
               "settings can exclude every endpoint of a model";
    case CHELA_LIMIT:
        return "shorten the prompt or the conversation, or choose a model with a longer context";
    case CHELA_RATE_LIMITED:
        return "wait and try again; models whose id ends in :free have a daily limit";
    case CHELA_TIMEOUT: return "try again, or choose another model";
    case CHELA_REQUEST: return "`chela explain` shows the request as it is sent, and why";
    case CHELA_FILTERED: return "say it differently, or ask another model";
    case CHELA_PROTOCOL:
        return "`chela config get models.providers.openrouter.baseUrl`: the address must be the "
               "service's own, usually ending in /api/v1";
    case CHELA_UPSTREAM: return "the trouble is the service's: try again, or choose another model";
    default: return "";
    }
}

static enum chela_error finish(struct said *s, const char *lead, struct err *e) {
    enum chela_error code = code_of(s);
    double waiting = s->retry_after;
    str line = s->line.failed || !s->line.n ? str_c(err_text(code)) : buf_str(&s->line);
    err_set(e, code, "%s: %.*s", lead, STR_ARG(line));
    if (e) {
        e->http_status = s->status;
        e->retry_after = waiting >= 0 ? waiting : -1;
    }
    enum chela_error rc = err_hint(e, code, "%s", remedy(code, s->status));
    buf_free(&s->line);
    return rc;
}

enum chela_error chat_error_object(struct doc *d, doc_node error, struct err *e) {
    struct said s = { .retry_after = -1, .line = BUF_INIT(4096) };
    read_object(&s, d, error);
    char lead[64] = "the service reported an error in its answer";
    if (s.status) snprintf(lead, sizeof lead, "error %d in the answer", s.status);
    return finish(&s, lead, e);
}

/* The title of a page, for what a person may recognise it by. */
static str page_title(str html) {
    for (size_t i = 0; i + 7 < html.n; i++) {
        if (!str_istarts(str_skip(html, i), S("<title>"))) continue;
        str rest = str_skip(html, i + 7), title, tail;
        str_cut(rest, '<', &title, &tail);
        return str_trim(title);
    }
    return (str){ 0 };
}

static void read_page(struct said *s, str body) {
    str title = page_title(body);
    buf_add(&s->line, S("an HTML page"));
    if (!title.n) return;
    buf_add(&s->line, S(" titled \""));
    add_words(&s->line, title, 100);
    buf_addc(&s->line, '"');
}

enum chela_error chat_http_error(int status, str content_type, str body, struct err *e) {
    struct said s = { .retry_after = -1, .line = BUF_INIT(4096) };
    struct doc *d = NULL;
    body = str_trim(body);
    bool page = str_has(content_type, S("html")) || str_istarts(body, S("<!doctype")) ||
                str_istarts(body, S("<html"));
    if (page)
        read_page(&s, body);
    else if (doc_parse(&d, body, DOC_JSON, NULL, NULL) == CHELA_OK)
        read_envelope(&s, d);
    else
        add_words(&s.line, body, 300);
    s.status = status;
    if (e && e->retry_after >= 0) s.retry_after = e->retry_after;
    char lead[32];
    snprintf(lead, sizeof lead, "HTTP %d", status);
    if (status >= 300 && status < 400 && !s.line.n)
        buf_add(&s.line, S("a redirect, which chela does not follow"));
    enum chela_error rc = finish(&s, lead, e);
    doc_free(d);
    return rc;
}
