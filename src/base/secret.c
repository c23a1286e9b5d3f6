#include "base/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool secret_set(struct secret *s, str bytes, str origin) {
    secret_free(s);
    s->bytes = malloc(bytes.n + 1);
    s->origin = origin.n ? strndup(origin.p, origin.n) : NULL;
    if (!s->bytes || (origin.n && !s->origin)) {
        secret_free(s);
        return false;
    }
    if (bytes.n) memcpy(s->bytes, bytes.p, bytes.n);
    s->bytes[bytes.n] = '\0';
    s->n = bytes.n;
    return true;
}

bool secret_in_header(struct secret *s, str header, str prefix) {
    char *longer = malloc(prefix.n + s->n + 1), *name = strndup(header.p, header.n);
    if (!longer || !name) {
        free(longer);
        free(name);
        secret_free(s);
        return false;
    }
    if (prefix.n) memcpy(longer, prefix.p, prefix.n);
    if (s->n) memcpy(longer + prefix.n, s->bytes, s->n);
    longer[prefix.n + s->n] = '\0';
    if (s->bytes) explicit_bzero(s->bytes, s->n);
    free(s->bytes);
    free(s->header);
    s->bytes = longer;
    s->n += prefix.n;
    s->header = name;
    return true;
}

void secret_free(struct secret *s) {
    if (s->bytes) explicit_bzero(s->bytes, s->n);
    free(s->bytes);
    free(s->origin);
    free(s->header);
    s->bytes = s->origin = s->header = NULL;
    s->n = 0;
}

bool secret_is_set(const struct secret *s) {
    return s->bytes && s->n > 0;
}

bool secret_eq(str a, str b) {
    if (a.n != b.n) return false;
    unsigned char different = 0;
    for (size_t i = 0; i < a.n; i++) different |= (unsigned char)(a.p[i] ^ b.p[i]);
    return different == 0;
}

void secret_mask(char *dst, size_t cap, str bytes) {
    if (bytes.n < 18) {
        str_copy(dst, cap, S("***"));
        return;
    }
    str head = str_starts(bytes, S("sk-or-v1-")) ? str_head(bytes, 9) : str_head(bytes, 6);
    snprintf(dst, cap, "%.*s…%.*s", STR_ARG(head), STR_ARG(str_skip(bytes, bytes.n - 4)));
}

static bool key_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.' || c == '~' || c == '+' || c == '/' || c == '=';
}

/* n bytes at `at` become "***" (fewer when there are fewer), and the gap is closed. */
static void blot(char *at, size_t n) {
    if (n <= 3) {
        memset(at, '*', n);
        return;
    }
    memcpy(at, "***", 3);
    memmove(at + 3, at + n, strlen(at + n) + 1);
}

void secret_redact(char *text) {
    for (char *p = text; *p; p++) {
        bool word_starts = p == text || !key_char(p[-1]);
        size_t skip = 0, least = 8;
        if (word_starts && strncmp(p, "sk-", 3) == 0)
            skip = 3;
        else if (word_starts && strncasecmp(p, "bearer ", 7) == 0)
            skip = 7;
        if (!skip) continue;
        size_t n = skip;
        while (key_char(p[n])) n++;
        if (n - skip >= least) blot(p + skip, n - skip);
    }
}
