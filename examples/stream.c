/* Streams an answer: cc stream.c $(pkg-config --cflags --libs chela) && ./a.out "Say hello"
 * The key and the model come from openclaw.json and the environment, as for the chela program. */
#include <chela.h>
#include <stdio.h>

static void print(void *ctx, const char *text, size_t length) {
    (void)ctx;
    fwrite(text, 1, length, stdout);
    fflush(stdout);
}

static void tell(void *ctx, const char *line) {
    (void)ctx;
    fprintf(stderr, "%s\n", line);
}

int main(int argc, char **argv) {
    struct chela *c = chela_open(NULL);
    if (!c) return 1;
    struct chela_request request = { .prompt = argc > 1 ? argv[1] : "Say hello" };
    struct chela_events events = { .text = print, .notice = tell };
    enum chela_error rc = chela_run(c, &request, &events);
    if (rc == CHELA_OK) {
        printf("\n(%s, %lld tokens)\n", chela_answer_model(c),
               (long long)chela_completion_tokens(c));
    } else {
        fprintf(stderr, "%s\n%s\n", chela_message(c), chela_hint(c));
    }
    chela_close(c);
    return chela_error_exit(rc);
}
