#include "media/player.h"

#include "base/child.h"

enum { LIMIT_MS = 60 * 60 * 1000 };

static const struct {
    const char *name;
    const char *option[5]; /* before the file's name */
    bool only_wav;         /* of what chela makes */
} players[] = {
    { "pw-play", { NULL }, false },
    { "paplay", { NULL }, true },
    { "aplay", { "-q", NULL }, true },
    { "ffplay", { "-nodisp", "-autoexit", "-loglevel", "quiet", NULL }, false },
    { "mpv", { "--no-video", "--really-quiet", NULL }, false },
    { "afplay", { NULL }, false },
};
enum { PLAYERS = sizeof players / sizeof players[0] };

static int find(const char *search, str mime) {
    bool compressed = mime.n && !str_eq(mime, S("audio/wav"));
    for (int i = 0; i < PLAYERS; i++)
        if (!(compressed && players[i].only_wav) && child_there(search, players[i].name)) return i;
    return -1;
}

const char *player_find(const char *search, str mime) {
    int i = find(search, mime);
    return i < 0 ? NULL : players[i].name;
}

enum chela_error player_play(const char *search, const char *path, str mime,
                             const atomic_bool *cancel, struct err *e) {
    int which = find(search, mime);
    if (which < 0) {
        err_set(e, CHELA_UNAVAILABLE, "no player for %.*s was found", STR_ARG(mime));
        return err_hint(e, CHELA_UNAVAILABLE,
                        "pw-play, ffplay or mpv play everything; the file is %s", path);
    }
    const char *argv[8];
    size_t n = 0;
    argv[n++] = players[which].name;
    for (const char *const *o = players[which].option; *o; o++) argv[n++] = *o;
    argv[n++] = path;
    argv[n] = NULL;
    const struct child player = { .argv = argv, .limit_ms = LIMIT_MS, .cancel = cancel };
    return child_run(&player, e);
}
