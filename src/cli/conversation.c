#include "cli/conversation.h"

#include "term/safe.h"
#include "term/style.h"
#include "term/wrap.h"

#include <stdarg.h>
#include <stdio.h>

static const size_t max_text = 64u << 20;

struct chela_request conversation_request(const struct conversation *c, const char *text) {
    return (struct chela_request){ .model = c->model[0] ? c->model : NULL,
                                   .prompt = text,
                                   .thinking = c->thinking[0] ? c->thinking : NULL,
                                   .session = c->session,
                                   .agent = c->agent.p,
                                   .resume = !text };
}

enum chela_error conversation_catalog(struct conversation *c, struct err *e) {
    enum chela_error rc = CHELA_OK;
    if (!c->config) rc = config_load(&c->config, c->cli->env, e);
    if (rc == CHELA_OK && !c->catalog) rc = catalog_open(&c->catalog, c->config, e);
    return rc;
}

static void add_use(struct turn_use *sum, const struct turn_use *use, int sign) {
    if (use->in > 0) sum->in += sign * use->in;
    if (use->cached > 0) sum->cached += sign * use->cached;
    if (use->out > 0) sum->out += sign * use->out;
    if (use->cost > 0) sum->cost += sign * use->cost;
    sum->ms += sign * use->ms;
}

static void read_use(const struct conversation *c, struct turn_use *use, int64_t ms) {
    *use = (struct turn_use){ .in = chela_prompt_tokens(c->lib),
                              .cached = chela_cached_tokens(c->lib),
                              .out = chela_completion_tokens(c->lib),
                              .ms = ms,
                              .cost = chela_cost(c->lib) };
    str_copy(use->model, sizeof use->model, str_c(chela_answer_model(c->lib)));
}

const struct turn_use *conversation_count(struct conversation *c, int64_t ms) {
    struct turn_use *use = &c->use[c->turns++ % CONVERSATION_TURNS];
    read_use(c, use, ms);
    add_use(&c->sum, use, 1);
    return use;
}

void conversation_recount(struct conversation *c) {
    struct turn_use *use = &c->use[(c->turns - 1) % CONVERSATION_TURNS];
    add_use(&c->sum, use, -1);
    read_use(c, use, use->ms);
    add_use(&c->sum, use, 1);
}

/* 1,234,567 */
static void add_number(struct buf *out, int64_t n) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)n);
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0) buf_addc(out, ',');
        buf_addc(out, digits[i]);
    }
}

void conversation_tell_use(const struct turn_use *use, struct buf *out) {
    size_t start = out->n;
    if (use->in >= 0) {
        add_number(out, use->in);
        buf_add(out, S(" in"));
        if (use->cached > 0) {
            buf_add(out, S(" ("));
            add_number(out, use->cached);
            buf_add(out, S(" cached)"));
        }
    }
    if (use->out >= 0) {
        buf_add(out, out->n > start ? S(", ") : S(""));
        add_number(out, use->out);
        buf_add(out, S(" out"));
    }
    if (use->cost == 0)
        buf_add(out, S(", free"));
    else if (use->cost > 0)
        buf_addf(out, ", $%.*f", use->cost < 0.0001 ? 6 : 4, use->cost);
    if (use->ms) buf_addf(out, "%s%.1f s", out->n > start ? ", " : "", (double)use->ms / 1000);
}

static void say(const struct conversation *c, unsigned style, str text) {
    struct buf safe = BUF_INIT(2 * max_text), out = BUF_INIT(4 * max_text);
    struct wrap wrap;
    str line;
    safe_text(&safe, text);
    wrap_init(&wrap, buf_str(&safe), c->plain ? SIZE_MAX : c->look.columns);
    while (wrap_line(&wrap, &line)) {
        style_text(&out, &c->look, style, line);
        buf_addc(&out, '\n');
    }
    cli_print(buf_str(&out));
    fflush(stdout);
    buf_free(&safe);
    buf_free(&out);
}

void conversation_say(const struct conversation *c, str text) {
    say(c, STYLE_PLAIN, text);
}

void conversation_aside(const struct conversation *c, const char *fmt, ...) {
    char line[4096];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    if (n > 0) say(c, STYLE_DIM, str_c(line));
}

void conversation_complain(const struct conversation *c, const struct err *e) {
    if (c->plain) {
        cli_note("chela: %s", e->message);
        if (e->hint[0]) cli_note("%s", e->hint);
        return;
    }
    say(c, STYLE_RED, str_c(e->message));
    if (e->hint[0]) say(c, STYLE_DIM, str_c(e->hint));
}
