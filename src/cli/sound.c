#include "cli/sound.h"

#include "base/mime.h"
#include "doc/doc.h"
#include "media/player.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

bool sound_take(struct sound *s, const char *envelope, env_list env) {
    struct doc *d = NULL;
    s->search = env_get(env, "PATH");
    if (!envelope || doc_parse(&d, str_c(envelope), DOC_JSON, NULL, NULL) != CHELA_OK) return false;
    doc_node outputs = doc_get(d, doc_root(d), S("outputs"));
    for (doc_node n = doc_first(d, outputs); n && s->count < SOUND_MOST; n = doc_next(d, n)) {
        str kind, path;
        bool sound = doc_string(d, doc_get(d, n, S("kind")), &kind) && str_eq(kind, S("audio")) &&
                     doc_string(d, doc_get(d, n, S("path")), &path);
        char *file = sound ? strndup(path.p, path.n) : NULL;
        if (file) s->file[s->count++] = file;
    }
    doc_free(d);
    return s->count > 0;
}

bool sound_may_play(env_list env) {
    return player_find(env_get(env, "PATH"), S("audio/mpeg")) != NULL;
}

enum chela_error sound_play(struct sound *s) {
    enum chela_error rc = CHELA_OK;
    s->failure = (struct err)ERR_INIT;
    for (size_t i = 0; i < s->count && rc == CHELA_OK && !atomic_load(&s->cancel); i++) {
        rc = player_play(s->search, s->file[i], mime_of_name(str_c(s->file[i])), &s->cancel,
                         &s->failure);
        if (rc != CHELA_OK) err_hint(&s->failure, rc, "the file is %s", s->file[i]);
    }
    return rc;
}

static void *play(void *ctx) {
    struct sound *s = ctx;
    (void)sound_play(s);
    atomic_store(&s->over, true);
    return NULL;
}

enum chela_error sound_start(struct sound *s, struct err *e) {
    sigset_t all, before;
    if (!s->count) return CHELA_OK;
    if (!player_find(s->search, mime_of_name(str_c(s->file[0]))))
        return err_set(e, CHELA_UNAVAILABLE, "nothing here plays sound");
    atomic_store(&s->cancel, false);
    atomic_store(&s->over, false);
    sigfillset(&all); /* signals are for whoever types */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    s->started = pthread_create(&s->thread, NULL, play, s) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return s->started ? CHELA_OK : err_set(e, CHELA_NOMEM, "the player could not be started");
}

bool sound_plays(const struct sound *s) {
    return s->started && !atomic_load(&s->over);
}

enum chela_error sound_stop(struct sound *s, struct err *e) {
    enum chela_error rc = CHELA_OK;
    if (s->started) {
        atomic_store(&s->cancel, true);
        pthread_join(s->thread, NULL);
    }
    rc = s->failure.code == CHELA_CANCELLED ? CHELA_OK : s->failure.code;
    if (rc != CHELA_OK && e) *e = s->failure;
    s->started = false;
    s->failure.code = CHELA_OK;
    while (s->count) free(s->file[--s->count]);
    return rc;
}
