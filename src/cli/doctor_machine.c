/* chela doctor: the machine. chela-engines is asked what it can do; it runs as a child with a
 * deadline, because a program with so many libraries may hang, crash or be another's. */
#include "base/child.h"
#include "cli/become.h"
#include "cli/doctor.h"
#include "doc/doc.h"
#include "media/player.h"
#include "term/picture.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { CHECK_MS = 5000, MAX_ANSWER = 64 << 10, MOST_ENGINES = 16 };

/* ---- programs ---- */

static bool check_program(struct doctor *d, const char *name, const char *without, char *path,
                          size_t cap) {
    bool there = become_find(name, path, cap);
    if (there)
        doctor_find(d, name, DOCTOR_GOOD, "", "%s", path);
    else
        doctor_find(d, name, DOCTOR_NOTE, "build and install all of chela", "not found: %s",
                    without);
    return there;
}

/* ---- engines ---- */

/* "local/scene (pictures) is missing", and the package that brings it. False: no such row. */
static bool take_engine(struct doctor *d, struct doc *doc, doc_node row, size_t *good) {
    str name, what, package = { 0 };
    bool ok;
    if (!doc_string(doc, doc_get(doc, row, S("engine")), &name) ||
        !doc_string(doc, doc_get(doc, row, S("for")), &what) ||
        !doc_bool(doc, doc_get(doc, row, S("ok")), &ok))
        return false;
    *good += ok;
    if (ok) return true;
    char todo[200];
    doc_string(doc, doc_get(doc, row, S("package")), &package);
    if (package.n)
        snprintf(todo, sizeof todo, "apt install %.*s%s", STR_ARG(str_head(package, 100)),
                 str_ends(package, S("-dev")) ? ", then build chela again" : "");
    else
        str_copy(todo, sizeof todo, S("build and install all of chela"));
    doctor_find(d, "engines", DOCTOR_NOTE, todo, "%.*s is missing: no %.*s in the sandbox",
                STR_ARG(str_head(name, 100)), STR_ARG(str_head(what, 200)));
    return true;
}

static bool take_engines(struct doctor *d, str answer) {
    struct doc *doc = NULL;
    size_t rows = 0, good = 0;
    if (doc_parse(&doc, answer, DOC_JSON, NULL, NULL) != CHELA_OK) return false;
    doc_node list = doc_get(doc, doc_root(doc), S("engines"));
    bool sound = true;
    for (doc_node n = doc_first(doc, list); n && sound && rows < MOST_ENGINES; n = doc_next(doc, n))
        sound = take_engine(d, doc, n, &good) && ++rows;
    if (sound && rows && rows == good)
        doctor_find(d, "engines", DOCTOR_GOOD, "", "all %zu work", rows);
    doc_free(doc);
    return sound && rows;
}

static void check_engines(struct doctor *d, const char *path) {
    const char *const argv[] = { path, "--check", "--json", NULL };
    struct buf answer = BUF_INIT(MAX_ANSWER);
    struct err e = ERR_INIT;
    const struct child child = { .argv = argv, .out = &answer, .limit_ms = CHECK_MS };
    char todo[300];
    snprintf(todo, sizeof todo, "build and install chela again; %.200s --check says more", path);
    if (child_run(&child, &e) != CHELA_OK)
        doctor_find(d, "engines", DOCTOR_WRONG, todo, "%s", e.message);
    else if (!take_engines(d, buf_str(&answer)))
        doctor_find(d, "engines", DOCTOR_WRONG, todo,
                    "%s: what it says of itself is not understood", path);
    buf_free(&answer);
}

/* ---- terminal ---- */

static void check_terminal(struct doctor *d, env_list env) {
    const char *term = env_get(env, "TERM");
    bool plain = !term || !*term || strcmp(term, "dumb") == 0;
    if (!cli_out_is_terminal())
        doctor_find(d, "terminal", DOCTOR_GOOD, "", "none; TERM is %s", term ? term : "not set");
    else if (plain)
        doctor_find(d, "terminal", DOCTOR_NOTE, "set TERM to its name, as xterm-256color",
                    "TERM is %s: no colour, no pictures", term && *term ? term : "not set");
    else
        doctor_find(d, "terminal", DOCTOR_GOOD, "", "%s", term);
}

static void check_pictures(struct doctor *d, env_list env) {
    if (picture_kitty_named(env))
        doctor_find(d, "pictures", DOCTOR_GOOD, "", "shown by the terminal itself");
    else if (child_there(env_get(env, "PATH"), "chafa"))
        doctor_find(d, "pictures", DOCTOR_GOOD, "",
                    "by the terminal if it has kitty's protocol, else drawn by chafa");
    else
        doctor_find(d, "pictures", DOCTOR_NOTE,
                    "apt install chafa, or use a terminal with kitty's protocol",
                    "chela chat may have to print the path instead");
}

static void check_player(struct doctor *d, env_list env) {
    const char *player = player_find(env_get(env, "PATH"), S(""));
    if (player)
        doctor_find(d, "player", DOCTOR_GOOD, "", "%s", player);
    else
        doctor_find(d, "player", DOCTOR_NOTE, "apt install pipewire-bin, ffmpeg or mpv",
                    "nothing here plays sound: --play and spoken replies print the path");
}

void doctor_machine(struct doctor *d, env_list env) {
    char path[PATH_MAX + 64];
    check_program(d, "chela-gateway", "chela gateway and chela sandbox do not start", path,
                  sizeof path);
    if (check_program(d, "chela-engines", "the sandbox makes no pictures, video and speech", path,
                      sizeof path))
        check_engines(d, path);
    check_terminal(d, env);
    check_pictures(d, env);
    check_player(d, env);
}
