/* Where OpenClaw's file, its state and chela's own folders are.
 *
 * The names are fixed before anything is read, from the environment alone, so that `config file`
 * and every message can say where they looked. Paths are made absolute and normalised by text, as
 * OpenClaw does: a symbolic link in the middle is followed by the system, not by us.
 */
#include "config/internal.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

const char *env_get(env_list env, const char *name) {
    size_t n = strlen(name);
    for (; env && *env; env++)
        if (strncmp(*env, name, n) == 0 && (*env)[n] == '=') return *env + n + 1;
    return NULL;
}

/* A variable that is set to something; blank is unset. */
static str setting(env_list env, const char *name) {
    return str_trim(str_c(env_get(env, name)));
}

str path_folder(str path) {
    ptrdiff_t slash = str_rchr(path, '/');
    return slash < 0 ? S(".") : str_head(path, slash == 0 ? 1 : (size_t)slash);
}

bool path_is_inside(str path, str folder) {
    if (str_eq(folder, S("/"))) return str_starts(path, folder);
    return str_starts(path, folder) && (path.n == folder.n || path.p[folder.n] == '/');
}

/* Appends the segments of `path` to the absolute path in dst. */
static bool append_segments(char *dst, size_t cap, size_t *n, str path) {
    while (path.n) {
        str segment, rest;
        str_cut(path, '/', &segment, &rest);
        path = rest;
        if (!segment.n || str_eq(segment, S("."))) continue;
        if (str_eq(segment, S(".."))) {
            while (*n > 0 && dst[--*n] != '/') {}
            continue;
        }
        if (*n + segment.n + 2 > cap) return false;
        dst[(*n)++] = '/';
        memmove(dst + *n, segment.p, segment.n); /* base may be dst itself */
        *n += segment.n;
    }
    return true;
}

bool path_resolve(char *dst, size_t cap, str base, str path, str home) {
    char kept[4096]; /* path may lie in dst */
    size_t n = 0;
    if (cap < 2 || memchr(path.n ? path.p : "", 0, path.n)) return false;
    if (!str_copy(kept, sizeof kept, path)) return false;
    path = str_c(kept);
    bool good = true;
    if (home.n && (str_eq(path, S("~")) || str_starts(path, S("~/")))) {
        good = append_segments(dst, cap, &n, home);
        path = str_skip(path, 1);
    } else if (!str_starts(path, S("/"))) {
        good = append_segments(dst, cap, &n, base);
    }
    good = good && append_segments(dst, cap, &n, path);
    if (n == 0) dst[n++] = '/';
    dst[good ? n : 0] = '\0';
    return good;
}

str path_home(env_list env, char *dst, size_t cap) {
    str home = setting(env, "OPENCLAW_HOME"), real = setting(env, "HOME");
    char buffer[4096];
    struct passwd entry, *found = NULL;
    if (!real.n && getpwuid_r(getuid(), &entry, buffer, sizeof buffer, &found) == 0 && found)
        real = str_c(found->pw_dir);
    if (!home.n) home = real;
    return home.n && path_resolve(dst, cap, S("/"), home, real) ? str_c(dst) : S("");
}

struct places {
    str home, here;
};

static enum chela_error resolve(char dst[4096], const struct places *at, str path, struct err *e) {
    if (!at->home.n && str_starts(path, S("~")))
        return err_hint(e, err_set(e, CHELA_CONFIG, "no home folder: HOME is not set"),
                        "set HOME, or OPENCLAW_CONFIG_PATH and the XDG_ folders");
    if (path_resolve(dst, 4096, at->here, path, at->home)) return CHELA_OK;
    return err_set(e, CHELA_CONFIG, "a path is too long: \"%.*s…\"", STR_ARG(str_head(path, 80)));
}

/* $VARIABLE/tail, else otherwise/tail. The XDG rules: a relative value is ignored. */
static enum chela_error xdg(char dst[4096], const struct places *at, env_list env,
                            const char *variable, const char *otherwise, const char *tail,
                            struct err *e) {
    str folder = setting(env, variable);
    if (!str_starts(folder, S("/"))) folder = str_c(otherwise);
    enum chela_error rc = resolve(dst, at, folder, e);
    if (rc == CHELA_OK && !path_resolve(dst, 4096, str_c(dst), str_c(tail), S("")))
        rc = err_set(e, CHELA_CONFIG, "%s is too long", variable);
    return rc;
}

enum chela_error config_paths(struct config_paths *p, env_list env, struct err *e) {
    char home[4096], here[4096];
    /* Only chela's own folders follow HOME when OPENCLAW_HOME moves OpenClaw's. */
    char real_home[4096] = "";
    struct places at = { .home = path_home(env, home, sizeof home), .here = S("/") };
    str config = setting(env, "OPENCLAW_CONFIG_PATH"), state = setting(env, "OPENCLAW_STATE_DIR");
    if ((config.n && *config.p != '/') || (state.n && *state.p != '/')) {
        if (!getcwd(here, sizeof here))
            return err_set(e, CHELA_CONFIG, "the current folder cannot be named: %s",
                           strerror(errno));
        at.here = str_c(here);
    }
    enum chela_error rc = resolve(p->openclaw_state, &at, state.n ? state : S("~/.openclaw"), e);
    if (rc == CHELA_OK && config.n)
        rc = resolve(p->openclaw_json, &at, config, e);
    else if (rc == CHELA_OK && !path_resolve(p->openclaw_json, sizeof p->openclaw_json,
                                             str_c(p->openclaw_state), S("openclaw.json"), S("")))
        rc = err_set(e, CHELA_CONFIG, "OPENCLAW_STATE_DIR is too long");
    if (rc == CHELA_OK &&
        !path_resolve(p->auth_profiles, sizeof p->auth_profiles, str_c(p->openclaw_state),
                      S("agents/main/agent/auth-profiles.json"), S("")))
        rc = err_set(e, CHELA_CONFIG, "OPENCLAW_STATE_DIR is too long");
    struct places own = at;
    if (str_starts(setting(env, "HOME"), S("/")) &&
        path_resolve(real_home, sizeof real_home, S("/"), setting(env, "HOME"), S("")))
        own.home = str_c(real_home);
    if (rc == CHELA_OK)
        rc = xdg(p->chela_json5, &own, env, "XDG_CONFIG_HOME", "~/.config", "chela/chela.json5", e);
    if (rc == CHELA_OK)
        rc = xdg(p->state, &own, env, "XDG_STATE_HOME", "~/.local/state", "chela", e);
    if (rc == CHELA_OK) rc = xdg(p->cache, &own, env, "XDG_CACHE_HOME", "~/.cache", "chela", e);
    return rc;
}
