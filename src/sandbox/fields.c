#include "sandbox/fields.h"

#include "doc/json_write.h"

enum { FORM_TEXT_MAX = 8 << 20 };

/* ---- opening ---- */

static enum chela_error parse(struct fields *f, str json) {
    enum chela_error rc = doc_parse(&f->d, json, DOC_JSON, NULL, &f->e);
    if (rc != CHELA_OK) return err_prefix(&f->e, rc, "the body is not JSON: ");
    enum doc_type type = doc_type(f->d, doc_root(f->d));
    if (type != DOC_OBJECT)
        rc = err_set(&f->e, CHELA_INPUT, "the body: expected a JSON object, not %s",
                     doc_type_name(type));
    return rc;
}

/* A form's plain fields become an object of texts; "x[]" is an array. */
static enum chela_error read_form(struct fields *f, str content_type, str body, struct arena *a) {
    struct multipart m;
    struct part part;
    struct buf json = BUF_INIT(FORM_TEXT_MAX);
    struct json_writer w = JSON_WRITER(&json);
    bool found = true;
    f->form = true;
    enum chela_error rc = multipart_open(&m, content_type, body, &f->e);
    json_object(&w);
    while (rc == CHELA_OK && found) {
        rc = multipart_next(&m, &part, &found, &f->e);
        if (rc != CHELA_OK || !found) break;
        if (part.is_file) {
            if (f->file_count == FIELDS_MOST_FILES)
                rc = err_set(&f->e, CHELA_INPUT, "more than %d files", FIELDS_MOST_FILES);
            else
                f->files[f->file_count++] = part;
        } else {
            json_key(&w, part.name);
            json_string(&w, part.data);
        }
    }
    json_object_end(&w);
    str text = arena_dup(a, buf_str(&json));
    if (rc == CHELA_OK && (json.failed || arena_failed(a)))
        rc = err_set(&f->e, CHELA_LIMIT, "the form's texts are too large");
    buf_free(&json);
    return rc == CHELA_OK ? parse(f, text) : rc;
}

void fields_open(struct fields *f, str content_type, str body, struct arena *a) {
    *f = (struct fields){ .e = ERR_INIT };
    if (str_istarts(content_type, S("multipart/")))
        read_form(f, content_type, body, a);
    else if (!body.n)
        err_set(&f->e, CHELA_INPUT, "the body is empty: expected a JSON object");
    else
        parse(f, body);
}

void fields_close(struct fields *f) {
    doc_free(f->d);
    f->d = NULL;
}

/* ---- reading ---- */

void fields_wrong(struct fields *f, const char *key, const char *expected) {
    if (f->e.code == CHELA_OK) err_set(&f->e, CHELA_INPUT, "%s: expected %s", key, expected);
}

doc_node fields_get(struct fields *f, const char *key) {
    if (!f->d || f->e.code != CHELA_OK) return 0;
    doc_node n = doc_get(f->d, doc_root(f->d), str_c(key));
    return doc_type(f->d, n) == DOC_NULL ? 0 : n;
}

str fields_text(struct fields *f, const char *key, const char *fallback, size_t most) {
    doc_node n = fields_get(f, key);
    str value;
    if (!n) return str_c(fallback);
    if (!doc_string(f->d, n, &value)) {
        fields_wrong(f, key, "a string");
        return str_c(fallback);
    }
    if (most && value.n > most && f->e.code == CHELA_OK)
        err_set(&f->e, CHELA_INPUT, "%s: longer than %zu bytes", key, most);
    return value.n ? value : str_c(fallback);
}

str fields_needed(struct fields *f, const char *key, size_t most) {
    str value = fields_text(f, key, "", most);
    if (!str_trim(value).n) fields_wrong(f, key, "a string that is not empty");
    return value;
}

bool fields_bool(struct fields *f, const char *key, bool fallback) {
    doc_node n = fields_get(f, key);
    bool value = fallback;
    str text;
    if (!n) return fallback;
    if (doc_bool(f->d, n, &value)) return value;
    if (f->form && doc_string(f->d, n, &text)) {
        if (str_ieq(text, S("true")) || str_eq(text, S("1"))) return true;
        if (str_ieq(text, S("false")) || str_eq(text, S("0"))) return false;
    }
    fields_wrong(f, key, "true or false");
    return fallback;
}

static void out_of_range(struct fields *f, const char *key, const char *what, double low,
                         double high) {
    if (f->e.code == CHELA_OK)
        err_set(&f->e, CHELA_INPUT, "%s: expected %s from %g to %g", key, what, low, high);
}

double fields_number(struct fields *f, const char *key, double fallback, double low, double high) {
    doc_node n = fields_get(f, key);
    double value;
    str text;
    if (!n) return fallback;
    bool good = doc_number(f->d, n, &value) ||
                (f->form && doc_string(f->d, n, &text) && str_f64(str_trim(text), &value));
    if (good && value >= low && value <= high) return value;
    out_of_range(f, key, "a number", low, high);
    return fallback;
}

int64_t fields_int(struct fields *f, const char *key, int64_t fallback, int64_t low, int64_t high) {
    doc_node n = fields_get(f, key);
    int64_t value;
    str text;
    if (!n) return fallback;
    bool good = doc_int(f->d, n, &value) ||
                (f->form && doc_string(f->d, n, &text) && str_i64(str_trim(text), &value));
    if (good && value >= low && value <= high) return value;
    out_of_range(f, key, "an integer", (double)low, (double)high);
    return fallback;
}
