#include "gateway/video_id.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/file_lock.h"
#include "base/secret.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

enum { SIGN = 12, PARTS = 6, MOST = 3000, LOCK_MS = 2000 };

/* ---- the key ---- */

static bool read_key(struct video_seal *s, const char *path) {
    struct buf file = BUF_INIT(256), key = BUF_INIT(256);
    bool good = file_read(path, &file, NULL) == CHELA_OK && base64_decode(&key, buf_str(&file)) &&
                key.n == VIDEO_SEAL;
    if (good) memcpy(s->key, key.p, VIDEO_SEAL);
    buf_free(&file);
    buf_free(&key);
    return good;
}

static enum chela_error make_key(struct video_seal *s, const char *path, struct err *e) {
    struct buf text = BUF_INIT(256);
    base64_encode(&text, (str){ (const char *)s->key, VIDEO_SEAL });
    buf_addc(&text, '\n');
    enum chela_error code = file_write(path, buf_str(&text), 0600, e);
    buf_free(&text);
    return code;
}

enum chela_error video_seal_load(struct video_seal *s, const char *folder, struct err *e) {
    char path[4096], lock_path[4096];
    struct file_lock lock = FILE_LOCK_INIT;
    int n = snprintf(path, sizeof path, "%s/gateway-seal", folder);
    int m = snprintf(lock_path, sizeof lock_path, "%s/gateway-seal.lock", folder);
    if (getrandom(s->key, VIDEO_SEAL, 0) != VIDEO_SEAL)
        return err_set(e, CHELA_INTERNAL, "the system gives no random bytes");
    if (n < 0 || m < 0 || (size_t)m >= sizeof lock_path)
        return err_set(e, CHELA_CONFIG, "the state folder's path is too long");
    if (read_key(s, path)) return CHELA_OK;
    enum chela_error code = file_mkdirs(folder, 0700, e);
    if (code == CHELA_OK) code = file_lock(&lock, lock_path, LOCK_MS, e);
    if (code != CHELA_OK) return code;
    if (!read_key(s, path)) code = make_key(s, path, e); /* nobody was quicker */
    file_unlock(&lock);
    return code;
}

/* ---- ids ---- */

static bool sign(const struct video_seal *s, str text, unsigned char out[SIGN]) {
    unsigned char whole[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (!HMAC(EVP_sha256(), s->key, VIDEO_SEAL, (const unsigned char *)text.p, text.n, whole,
              &length))
        return false;
    memcpy(out, whole, SIGN);
    return true;
}

static void write_id(struct buf *out, str bytes) {
    buf_add(out, S("vid_"));
    base64_encode(out, bytes);
    while (out->n && out->p[out->n - 1] == '=') out->n--;
    for (size_t i = 0; i < out->n; i++)
        if (out->p[i] == '+' || out->p[i] == '/') out->p[i] = out->p[i] == '+' ? '-' : '_';
}

/* base64 leaves bits of its last digit to chance; an id has one spelling. */
static bool is_its_spelling(str id, str bytes) {
    struct buf text = BUF_INIT(2 * (size_t)MOST);
    write_id(&text, bytes);
    bool same = str_eq(buf_str(&text), id);
    buf_free(&text);
    return same;
}

str video_id(const struct video_seal *s, const struct video_ref *r, struct arena *a) {
    const str parts[] = { r->upstream, r->model, r->job, r->poll, r->file, r->client };
    struct buf bytes = BUF_INIT(MOST), text = BUF_INIT(2 * (size_t)MOST);
    unsigned char signature[SIGN];
    str id = { 0 };
    for (size_t i = 0; i < PARTS; i++) {
        bool good = !memchr(parts[i].n ? parts[i].p : "", '\n', parts[i].n);
        if (!good) bytes.failed = BUF_TOO_LARGE;
        buf_add(&bytes, parts[i]);
        if (i + 1 < PARTS) buf_addc(&bytes, '\n');
    }
    if (!bytes.failed && sign(s, buf_str(&bytes), signature)) {
        buf_add(&bytes, (str){ (const char *)signature, SIGN });
        write_id(&text, buf_str(&bytes));
        if (!bytes.failed && !text.failed) id = arena_dup(a, buf_str(&text));
    }
    buf_free(&bytes);
    buf_free(&text);
    return id;
}

bool video_id_open(const struct video_seal *s, str id, struct video_ref *r, struct arena *a) {
    str *const parts[] = { &r->upstream, &r->model, &r->job, &r->poll, &r->file, &r->client };
    struct buf bytes = BUF_INIT(MOST + SIGN);
    unsigned char signature[SIGN];
    *r = (struct video_ref){ 0 };
    bool good = str_starts(id, S("vid_")) && id.n < 2 * (size_t)MOST &&
                base64_decode(&bytes, str_skip(id, 4)) && bytes.n > SIGN &&
                is_its_spelling(id, buf_str(&bytes));
    if (good) {
        str text = { bytes.p, bytes.n - SIGN }, given = { bytes.p + text.n, SIGN };
        good = sign(s, text, signature) && secret_eq(given, (str){ (char *)signature, SIGN });
        str rest = arena_dup(a, text);
        for (size_t i = 0; i < PARTS && good; i++) str_cut(rest, '\n', parts[i], &rest);
        good = good && r->job.n;
    }
    buf_free(&bytes);
    return good;
}
