#include "cli/become.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_ARGUMENTS = 2 * CLI_MAX_OPTIONS * CLI_MAX_REPEATS + 4 };

bool become_find(const char *name, char *path, size_t cap) {
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) return false;
    str folder =
        str_head((str){ self, (size_t)n }, (size_t)str_rchr((str){ self, (size_t)n }, '/'));
    static const char *const places[] = { "", "../libexec/chela/" };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        int len = snprintf(path, cap, "%.*s/%s%s", STR_ARG(folder), places[i], name);
        if (len > 0 && (size_t)len < cap && access(path, X_OK) == 0) return true;
    }
    return false;
}

enum chela_error become_gateway(struct cli *c, const char *preset, struct err *e) {
    char path[PATH_MAX + 64];
    if (!become_find("chela-gateway", path, sizeof path)) {
        err_set(e, CHELA_UNAVAILABLE, "the program chela-gateway is not installed");
        return err_hint(e, CHELA_UNAVAILABLE, "it belongs beside chela or in ../libexec/chela");
    }
    const struct option_spec *options = c->command->options;
    static char names[CLI_MAX_OPTIONS][32];
    static char *argv[MAX_ARGUMENTS];
    argv[0] = path;
    argv[1] = (char *)(uintptr_t)preset;
    size_t n = 2;
    for (size_t i = 0; options[i].name; i++) {
        const struct cli_value *v = &c->value[i];
        snprintf(names[i], sizeof names[i], "--%s", options[i].name);
        for (size_t k = 0; k < v->count; k++) { /* --fault counts each time, others the last */
            argv[n++] = names[i];
            if (options[i].kind != OPTION_FLAG) argv[n++] = (char *)(uintptr_t)v->text[k].p;
        }
    }
    execve(path, argv, (char **)(uintptr_t)c->env);
    return err_set(e, CHELA_UNAVAILABLE, "%s: %s", path, strerror(errno));
}
