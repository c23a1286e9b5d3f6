#include "media/player.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOOK_MS = 30 };

static const struct {
    const char *name;
    const char *option[4]; /* before the file's name */
    bool only_wav;         /* of what chela makes */
} players[] = {
    { "pw-play", { NULL }, false },
    { "paplay", { NULL }, true },
    { "aplay", { "-q", NULL }, true },
    { "ffplay", { "-nodisp", "-autoexit", "-loglevel", NULL }, false },
    { "mpv", { "--no-video", "--really-quiet", NULL }, false },
    { "afplay", { NULL }, false },
};
enum { PLAYERS = sizeof players / sizeof players[0] };

static bool in_path(const char *search, const char *name) {
    str rest = str_c(search ? search : "/usr/bin:/bin"), folder;
    while (rest.n) {
        char file[PATH_MAX];
        str_cut(rest, ':', &folder, &rest);
        int n = snprintf(file, sizeof file, "%.*s/%s", STR_ARG(folder), name);
        if (folder.n && n > 0 && (size_t)n < sizeof file && access(file, X_OK) == 0) return true;
    }
    return false;
}

static int find(const char *search, str mime) {
    bool compressed = mime.n && !str_eq(mime, S("audio/wav"));
    for (int i = 0; i < PLAYERS; i++)
        if (!(compressed && players[i].only_wav) && in_path(search, players[i].name)) return i;
    return -1;
}

const char *player_find(const char *search, str mime) {
    int i = find(search, mime);
    return i < 0 ? NULL : players[i].name;
}

static enum chela_error wait_for(pid_t child, const atomic_bool *cancel, const char *name,
                                 struct err *e) {
    int status = 0;
    for (;;) {
        pid_t ended = waitpid(child, &status, WNOHANG);
        if (ended == child) break;
        if (ended < 0 && errno != EINTR)
            return err_set(e, CHELA_IO, "%s: %s", name, strerror(errno));
        if (cancel && atomic_load(cancel)) {
            kill(child, SIGTERM);
            while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
            return err_set(e, CHELA_CANCELLED, "cancelled");
        }
        poll(NULL, 0, LOOK_MS);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return CHELA_OK;
    return err_set(e, CHELA_UNAVAILABLE, "%s could not play the file", name);
}

enum chela_error player_play(const char *search, const char *path, str mime,
                             const atomic_bool *cancel, struct err *e) {
    int which = find(search, mime);
    if (which < 0) {
        err_set(e, CHELA_UNAVAILABLE, "no player for %.*s was found", STR_ARG(mime));
        return err_hint(e, CHELA_UNAVAILABLE,
                        "pw-play, ffplay or mpv play everything; the file is %s", path);
    }
    char *argv[8];
    size_t n = 0;
    argv[n++] = (char *)(uintptr_t)players[which].name;
    for (const char *const *o = players[which].option; *o; o++) argv[n++] = (char *)(uintptr_t)*o;
    if (strcmp(players[which].name, "ffplay") == 0) argv[n++] = (char *)(uintptr_t) "quiet";
    argv[n++] = (char *)(uintptr_t)path;
    argv[n] = NULL;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    int failed = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed) return err_set(e, CHELA_UNAVAILABLE, "%s: %s", argv[0], strerror(failed));
    return wait_for(child, cancel, players[which].name, e);
}
