/* chela-gateway: what answers HTTP, as a program of its own, so that chela itself need not load
 * libuv and OpenSSL. `chela sandbox` and `chela gateway` become this one; each is a preset. */
#include "gateway/program.h"

#include "base/log.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static void print_log(void *ctx, enum log_level level, const char *line) {
    (void)ctx;
    const char *kind = level == LOG_ERROR ? "error: " : level == LOG_WARN ? "warning: " : "";
    fprintf(stderr, "%s%s\n", kind, line);
}

bool program_is_loopback(const char *address) {
    return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

void program_origin(char *dst, size_t cap, const char *scheme, const char *address, int port) {
    bool v6 = strchr(address, ':') != NULL;
    snprintf(dst, cap, "%s://%s%s%s:%d", scheme, v6 ? "[" : "", address, v6 ? "]" : "", port);
}

/* glibc gives freed memory back and faults it in again with the next large request, which costs
 * more than all the rest of it. */
static void keep_the_heap(void) {
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 128 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
}

static void allow_many_connections(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

void program_prepare(void) {
    keep_the_heap();
    allow_many_connections();
}

int main(int argc, char **argv) {
    struct err e = ERR_INIT;
    enum chela_error code = CHELA_OK;
    log_to(print_log, NULL, LOG_INFO);
    if (argc > 1 && strcmp(argv[1], "sandbox") == 0)
        code = sandbox_main(argv + 2, &e);
    else if (argc > 1 && strcmp(argv[1], "gateway") == 0)
        code = gateway_main(argv + 2, &e);
    else if (argc == 2 && strcmp(argv[1], "--version") == 0)
        printf("chela %s\n", CHELA_VERSION);
    else
        code = err_set(&e, CHELA_USAGE, "usage: chela-gateway sandbox|gateway [options]");
    if (code == CHELA_OK) return fflush(stdout) == 0 ? 0 : err_exit(CHELA_IO);
    fprintf(stderr, "chela: %s\n", e.message);
    if (e.hint[0]) fprintf(stderr, "  %s\n", e.hint);
    return err_exit(code);
}
