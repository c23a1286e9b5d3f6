/* chela models scan: which free models really work, and, of those, the fall-backs.
 *
 * It asks each free model for a tool call, and each that takes pictures about a picture; then the
 * best become the fall-backs. Nothing is changed without a yes: on a terminal it is asked for, and
 * elsewhere --yes, --no-input or --json say it.
 */
#include "chat/chat.h"
#include "chat/model_probe.h"
#include "cli/models.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    MAX_CATALOGUE = 16 << 20,
    MOST_CHOSEN = 64,
    CANDIDATES = 6,
    TIMEOUT_MS = 12000,
    THREADS = 3,
};

struct scan {
    struct config *config;
    struct arena arena;
    struct free_model *list;
    size_t count;
    bool probed, no_key, set_default, set_image;
    size_t most; /* candidates */
    struct model_ref chosen[MOST_CHOSEN], images[MOST_CHOSEN];
    size_t chosen_count, image_count;
};

/* ---- what was asked for ---- */

static enum chela_error read_number(const struct cli *c, const char *option, double *out,
                                    struct err *e) {
    str text = cli_text(c, option);
    if (!cli_given(c, option)) return CHELA_OK;
    if (str_f64(str_trim(text), out) && *out >= 0) return CHELA_OK;
    return err_set(e, CHELA_USAGE, "--%s must be >= 0, not \"%.*s\"", option, STR_ARG(text));
}

static enum chela_error read_count(const struct cli *c, const char *option, int64_t otherwise,
                                   int64_t most, int64_t *out, struct err *e) {
    *out = cli_int(c, option, otherwise);
    if (*out >= 1 && *out <= most) return CHELA_OK;
    return err_set(e, CHELA_USAGE, "--%s must be 1 to %lld", option, (long long)most);
}

static bool is_without_questions(const struct cli *c) {
    return cli_given(c, "yes") || cli_given(c, "no-input") || c->json;
}

/* What can be refused before anything is sent. */
static enum chela_error check_options(struct scan *s, const struct cli *c, struct err *e) {
    static const char metadata_only[] = "Cannot apply metadata-only OpenRouter scan results";
    bool change = s->set_default || s->set_image;
    if (cli_given(c, "no-probe") && change) {
        err_set(e, CHELA_USAGE, "%s", metadata_only);
        return err_hint(e, CHELA_USAGE, "leave --no-probe out");
    }
    if (s->no_key && change) {
        err_set(e, CHELA_NO_KEY, "%s: no key was found", metadata_only);
        return err_hint(e, CHELA_NO_KEY, "`chela onboard` stores one");
    }
    if (!s->probed || is_without_questions(c) || isatty(STDIN_FILENO)) return CHELA_OK;
    err_set(e, CHELA_USAGE, "Non-interactive scan: pass --yes to apply defaults.");
    return err_hint(e, CHELA_USAGE, "or --no-probe to look at what there is");
}

static bool has_key(struct scan *s, struct err *e) {
    struct route route;
    struct credential key = { .source = "" };
    bool found = route_chat(&route, s->config, &s->arena, e) == CHELA_OK &&
                 credential_find(s->config, route.origin, S(""), &key, e) == CHELA_OK;
    credential_free(&key);
    return found;
}

/* ---- asking ---- */

static atomic_bool cancelled;

static void on_interrupt(int sig) {
    (void)sig;
    atomic_store(&cancelled, true);
}

static void show_progress(void *ctx, size_t done, size_t of) {
    (void)ctx;
    fprintf(stderr, "\rprobing models: %zu of %zu%s", done, of, done == of ? "\n" : "");
}

static enum chela_error probe(struct scan *s, struct cli *c, struct err *e) {
    int64_t timeout, threads;
    enum chela_error rc = read_count(c, "timeout", TIMEOUT_MS, 600000, &timeout, e);
    if (rc == CHELA_OK) rc = read_count(c, "concurrency", THREADS, 16, &threads, e);
    if (rc != CHELA_OK) return rc;
    const struct probe_plan plan = {
        .env = c->env,
        .timeout_ms = timeout,
        .threads = (unsigned)threads,
        .cancel = &cancelled,
        .progress = !c->json && cli_err_is_terminal() ? show_progress : NULL,
    };
    struct sigaction action = { .sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND }, before;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &before);
    rc = model_probe(s->list, s->count, &plan, e);
    sigaction(SIGINT, &before, NULL);
    return rc;
}

/* ---- choosing ---- */

static int quicker_image(const void *pa, const void *pb) {
    const struct free_model *const *a = pa, *const *b = pb;
    if ((*a)->image.ms != (*b)->image.ms) return (*a)->image.ms < (*b)->image.ms ? -1 : 1;
    return *a < *b ? -1 : *a > *b; /* as the list has them */
}

static struct model_ref ref_of(const struct free_model *m) {
    return (struct model_ref){ .provider = S("openrouter"), .id = m->row.id, .key = m->key };
}

/* The list is sorted, models that also see before all others; when there are such, no others are
 * taken. */
static bool choose(struct scan *s) {
    const struct free_model **seeing =
        arena_alloc(&s->arena, (s->count + 1) * sizeof(struct free_model *));
    size_t count = 0;
    bool both = false;
    if (!seeing) return false;
    for (size_t i = 0; i < s->count; i++) {
        both = both || (s->list[i].tool.ok && s->list[i].image.ok);
        if (s->list[i].image.ok) seeing[count++] = &s->list[i];
    }
    qsort(seeing, count, sizeof(struct free_model *), quicker_image);
    for (size_t i = 0; i < s->count && s->chosen_count < s->most; i++)
        if (s->list[i].tool.ok && (!both || s->list[i].image.ok))
            s->chosen[s->chosen_count++] = ref_of(&s->list[i]);
    while (s->image_count < count && s->image_count < s->most) {
        s->images[s->image_count] = ref_of(seeing[s->image_count]);
        s->image_count++;
    }
    return true;
}

static enum chela_error apply(struct config_edit *x, void *ctx, struct err *e) {
    struct scan *s = ctx;
    enum chela_error rc = model_edit_set_fallbacks(x, MODEL_CHAT, s->chosen, s->chosen_count, e);
    if (rc == CHELA_OK && s->set_default) rc = model_edit_primary(x, MODEL_CHAT, &s->chosen[0], e);
    if (rc == CHELA_OK && s->image_count)
        rc = model_edit_set_fallbacks(x, MODEL_IMAGE, s->images, s->image_count, e);
    if (rc == CHELA_OK && s->set_image) rc = model_edit_primary(x, MODEL_IMAGE, &s->images[0], e);
    return rc;
}

/* ---- telling: JSON ---- */

static void write_probe(struct json_writer *w, const char *key, const struct probe *p) {
    json_key(w, str_c(key));
    json_object(w);
    json_kbool(w, "ok", p->ok);
    json_key(w, S("latencyMs"));
    if (p->ms >= 0)
        json_int(w, p->ms);
    else
        json_null(w);
    if (p->error[0]) json_kstring(w, "error", str_c(p->error));
    if (p->skipped) json_kbool(w, "skipped", true);
    json_object_end(w);
}

/* null for what is not known */
static void write_known(struct json_writer *w, const char *key, double value) {
    json_key(w, str_c(key));
    if (value > 0)
        json_double(w, value);
    else
        json_null(w);
}

static void write_pricing(struct json_writer *w, const struct free_model *m) {
    static const char *const keys[MODEL_PRICES] = {
        [PRICE_PROMPT] = "prompt",        [PRICE_COMPLETION] = "completion",
        [PRICE_REQUEST] = "request",      [PRICE_IMAGE] = "image",
        [PRICE_WEB_SEARCH] = "webSearch", [PRICE_REASONING] = "internalReasoning",
    };
    json_key(w, S("pricing"));
    if (!m->priced) {
        json_null(w);
        return;
    }
    json_object(w);
    for (int i = 0; i < MODEL_PRICES; i++) {
        json_key(w, str_c(keys[i]));
        json_double(w, m->price[i]);
    }
    json_object_end(w);
}

static void write_model(struct json_writer *w, const struct free_model *m) {
    json_object(w);
    json_kstring(w, "id", m->row.id);
    json_kstring(w, "name", m->row.name);
    json_kstring(w, "provider", S("openrouter"));
    json_kstring(w, "modelRef", m->key);
    write_known(w, "contextLength", (double)m->row.context_length);
    write_known(w, "maxCompletionTokens", (double)m->row.max_output);
    json_kint(w, "supportedParametersCount", (int64_t)m->parameter_count);
    json_kbool(w, "supportsToolsMeta", m->tools_listed);
    json_key(w, S("modality"));
    if (m->modality.n)
        json_string(w, m->modality);
    else
        json_null(w);
    write_known(w, "inferredParamB", m->billions);
    write_known(w, "createdAtMs", (double)m->created_ms);
    write_pricing(w, m);
    json_kbool(w, "isFree", true);
    write_probe(w, "tool", &m->tool);
    write_probe(w, "image", &m->image);
    json_object_end(w);
}

static void write_models(struct json_writer *w, const struct scan *s) {
    json_array(w);
    for (size_t i = 0; i < s->count; i++) write_model(w, &s->list[i]);
    json_array_end(w);
}

static void write_keys(struct json_writer *w, const char *key, const struct model_ref *list,
                       size_t count) {
    json_key(w, str_c(key));
    json_array(w);
    for (size_t i = 0; i < count; i++) json_string(w, list[i].key);
    json_array_end(w);
}

static void write_json(const struct scan *s, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    if (!s->probed) {
        write_models(&w, s);
    } else {
        json_object(&w);
        write_keys(&w, "selected", s->chosen, s->chosen_count);
        write_keys(&w, "selectedImages", s->images, s->image_count);
        json_kbool(&w, "setDefault", s->set_default);
        json_kbool(&w, "setImage", s->set_image);
        json_key(&w, S("results"));
        write_models(&w, s);
        json_key(&w, S("warnings"));
        json_array(&w);
        json_array_end(&w);
        json_object_end(&w);
    }
    buf_addc(out, '\n');
}

/* ---- telling: text ---- */

static void probe_text(char dst[24], const struct probe *p) {
    if (p->skipped)
        str_copy(dst, 24, S("skip"));
    else if (!p->ok)
        str_copy(dst, 24, S("fail"));
    else if (p->ms < 1000)
        snprintf(dst, 24, "%d ms", (int)p->ms);
    else
        snprintf(dst, 24, "%.1f s", (double)p->ms / 1000);
}

static void write_line(const struct free_model *m, struct buf *out) {
    char tool[24], image[24], key[MODELS_KEY], context[MODELS_TOKENS], size[24] = "-";
    probe_text(tool, &m->tool);
    probe_text(image, &m->image);
    models_cut_key(key, m->key);
    models_tokens(context, m->row.context_length);
    if (m->billions > 0) snprintf(size, sizeof size, "%.4gb", m->billions);
    buf_addf(out, "%-42s %-8s %-8s %-7s %-7s ", key, tool, image, context, size);
    if (m->tool.error[0])
        buf_addf(out, "%.70s", m->tool.error);
    else if (m->modality.n)
        buf_add(out, m->modality);
    while (out->n && out->p[out->n - 1] == ' ') out->n--;
    buf_addc(out, '\n');
}

static void write_table(const struct scan *s, struct buf *out) {
    if (s->probed) {
        size_t tool = 0, image = 0, both = 0;
        for (size_t i = 0; i < s->count; i++) {
            tool += s->list[i].tool.ok;
            image += s->list[i].image.ok;
            both += s->list[i].tool.ok && s->list[i].image.ok;
        }
        buf_addf(out,
                 "%zu free models were asked: %zu call tools, %zu look at pictures, %zu both\n",
                 s->count, tool, image, both);
    } else {
        buf_addf(out, "%zu free models (from the catalogue; none was asked)\n", s->count);
    }
    buf_addf(out, "%-42s %-8s %-8s %-7s %-7s %s\n", "Model", "Tool", "Image", "Ctx", "Params",
             "Notes");
    for (size_t i = 0; i < s->count; i++) write_line(&s->list[i], out);
}

static void write_choice(struct buf *out, const char *title, const struct model_ref *list,
                         size_t count) {
    if (!count) return;
    buf_addf(out, "%s: ", title);
    for (size_t i = 0; i < count; i++) buf_addf(out, "%s%.*s", i ? ", " : "", STR_ARG(list[i].key));
    buf_addc(out, '\n');
}

static void write_result(const struct scan *s, struct buf *out) {
    write_choice(out, "Fallbacks", s->chosen, s->chosen_count);
    write_choice(out, "Image fallbacks", s->images, s->image_count);
    if (s->set_default) write_choice(out, "Default model", s->chosen, 1);
    if (s->set_image) write_choice(out, "Image model", s->images, 1);
}

static bool says_yes(const struct scan *s) {
    struct buf text = BUF_INIT(1u << 16);
    char answer[64];
    write_result(s, &text);
    cli_print(buf_str(&text));
    buf_free(&text);
    fputs("Write this into the configuration? [Y/n] ", stdout);
    fflush(stdout);
    if (!fgets(answer, sizeof answer, stdin)) return false;
    str word = str_trim(str_c(answer));
    return !word.n || str_ieq(word, S("y")) || str_ieq(word, S("yes"));
}

/* ---- the whole ---- */

static enum chela_error conclude(struct scan *s, struct cli *c, struct err *e) {
    struct editing r = { .changed = false };
    struct buf out = BUF_INIT(64 << 20);
    if (!choose(s)) return err_set(e, CHELA_NOMEM, "out of memory");
    if (!c->json) {
        write_table(s, &out);
        enum chela_error rc = editing_print(c, &out, e);
        if (rc != CHELA_OK) return rc;
    }
    if (!s->chosen_count) {
        err_set(e, CHELA_NOT_FOUND, "No tool-capable OpenRouter free models found.");
        return err_hint(e, CHELA_NOT_FOUND, "chela models scan --no-probe lists what there is");
    }
    if (s->set_image && !s->image_count)
        return err_set(e, CHELA_NOT_FOUND, "No image-capable models selected for image model.");
    if (!is_without_questions(c) && !says_yes(s)) {
        cli_note("nothing was changed");
        return CHELA_OK;
    }
    enum chela_error rc = editing_run(c, &r, apply, s, e);
    if (rc != CHELA_OK) return rc;
    if (c->json) {
        write_json(s, &out);
    } else {
        editing_tell(&r);
        if (is_without_questions(c)) write_result(s, &out);
    }
    return editing_print(c, &out, e);
}

static enum chela_error list_only(struct scan *s, struct cli *c, struct err *e) {
    struct buf out = BUF_INIT(64 << 20);
    if (c->json)
        write_json(s, &out);
    else
        write_table(s, &out);
    if (!c->json && s->no_key)
        cli_note("chela: note: there is no key, so no model was asked; `chela onboard` stores one");
    return editing_print(c, &out, e);
}

static enum chela_error scan(struct scan *s, struct cli *c, struct err *e) {
    struct free_filter filter = { .vendor = str_trim(cli_text(c, "provider")) };
    struct buf json = BUF_INIT(MAX_CATALOGUE);
    struct err no_key = ERR_INIT;
    int64_t most;
    enum chela_error rc = read_number(c, "min-params", &filter.min_billions, e);
    if (rc == CHELA_OK) rc = read_number(c, "max-age-days", &filter.max_age_days, e);
    if (rc == CHELA_OK) rc = read_count(c, "max-candidates", CANDIDATES, MOST_CHOSEN, &most, e);
    if (rc != CHELA_OK) return rc;
    s->most = (size_t)most;
    s->no_key = !cli_given(c, "no-probe") && !has_key(s, &no_key);
    s->probed = !cli_given(c, "no-probe") && !s->no_key;
    rc = check_options(s, c, e);
    if (rc == CHELA_OK) rc = chat_catalogue_refresh(s->config, NULL, &json, e);
    if (rc == CHELA_OK)
        rc = free_models_read(&s->list, &s->count, buf_str(&json), &filter, &s->arena, e);
    buf_free(&json);
    if (rc == CHELA_OK && s->probed) rc = probe(s, c, e);
    if (rc != CHELA_OK) return rc;
    free_models_sort(s->list, s->count);
    return s->probed ? conclude(s, c, e) : list_only(s, c, e);
}

static enum chela_error run(struct cli *c, struct err *e) {
    struct scan s = { .arena = ARENA_INIT(64 << 20),
                      .set_default = cli_given(c, "set-default"),
                      .set_image = cli_given(c, "set-image") };
    enum chela_error rc = config_load(&s.config, c->env, e);
    if (rc == CHELA_OK) rc = scan(&s, c, e);
    arena_free(&s.arena);
    config_free(s.config);
    return rc;
}

static const struct option_spec options[] = {
    { "min-params", 0, OPTION_TEXT, "B", "only models of at least so many billion parameters" },
    { "max-age-days", 0, OPTION_TEXT, "N", "only models that are not older" },
    { "provider", 0, OPTION_TEXT, "NAME", "only models of this vendor" },
    { "max-candidates", 0, OPTION_INT, "N", "how many fall-backs are chosen (6)" },
    { "timeout", 0, OPTION_INT, "MS", "how long one question may take (12000)" },
    { "concurrency", 0, OPTION_INT, "N", "models that are asked at a time (3)" },
    { "no-probe", 0, OPTION_FLAG, NULL, "ask no model; list what the catalogue says" },
    { "yes", 'y', OPTION_FLAG, NULL, "write the choice without asking" },
    { "no-input", 0, OPTION_FLAG, NULL, "the same" },
    { "set-default", 0, OPTION_FLAG, NULL, "the first one becomes the default model" },
    { "set-image", 0, OPTION_FLAG, NULL, "the first one that sees becomes the image model" },
    { "json", 0, OPTION_FLAG, NULL, "JSON, without asking" },
    { 0 },
};

const struct command cmd_models_scan = {
    .path = "models scan",
    .summary = "Ask the free models what they can do, and make the best the fall-backs",
    .details =
        "Each free model of the catalogue is asked for a tool call, and about a picture when it\n"
        "takes pictures. The quickest become agents.defaults.model.fallbacks and\n"
        "agents.defaults.imageModel.fallbacks, those that do both before the others. Without a\n"
        "key, or with --no-probe, the free models are only listed.",
    .options = options,
    .run = run,
};
