#include "engines/ffmpeg.h"

enum chela_error ffmpeg_run(const char *const *words, struct child *c, const char *without,
                            struct err *e) {
    const char *argv[FFMPEG_WORDS + 8] = { "ffmpeg",    "-nostdin", "-hide_banner",
                                           "-loglevel", "error",    "-y" };
    size_t n = 6;
    for (size_t i = 0; words[i] && i < FFMPEG_WORDS; i++) argv[n++] = words[i];
    c->argv = argv;
    enum chela_error rc = child_run(c, e);
    c->argv = NULL;
    if (rc == CHELA_UNAVAILABLE) rc = err_set(e, rc, "%s (Debian's package ffmpeg)", without);
    return rc;
}
