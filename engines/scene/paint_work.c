/* local/scene: the engine's entry. Request {prompt, width, height, seed, format, inputs: [base64]};
 * the answer is a picture file. With inputs it is an edit: the first one stays and is added to. */
#include "engines/scene/paint.h"
#include "engines/scene/paint_input.h"
#include "engines/work.h"

enum { SIDE_LEAST = 16, SIDE_MOST = 4096 };

const char *scene_missing(void) {
    return NULL;
}

static enum chela_error take_inputs(struct task *t, struct scene *s) {
    doc_node list = doc_get(t->doc, doc_root(t->doc), S("inputs"));
    enum chela_error rc = CHELA_OK;
    for (doc_node c = doc_first(t->doc, list); c && rc == CHELA_OK; c = doc_next(t->doc, c)) {
        str text;
        bool first = !s->under;
        if (!doc_string(t->doc, c, &text))
            return err_set(&t->e, CHELA_INPUT, "inputs: expected texts");
        if (!first && s->inset_count == sizeof s->insets / sizeof s->insets[0]) break;
        rc = input_picture(text, first ? s->width : 0, first ? s->height : 0,
                           first ? &s->under : &s->insets[s->inset_count], &t->cancel, &t->e);
        if (rc == CHELA_OK && !first) s->inset_count++;
    }
    return rc;
}

void scene_work(struct task *t) {
    struct scene scene;
    if (!t->doc) {
        t->code = err_set(&t->e, CHELA_INPUT, "expected a JSON object");
        return;
    }
    unsigned width = (unsigned)task_int(t, "width", 1024, SIDE_LEAST, SIDE_MOST);
    unsigned height = (unsigned)task_int(t, "height", 1024, SIDE_LEAST, SIDE_MOST);
    int64_t seed = task_int(t, "seed", 0, INT64_MIN, INT64_MAX);
    scene_read(&scene, task_string(t, "prompt", ""), width, height, (uint64_t)seed);
    t->code = take_inputs(t, &scene);
    if (t->code == CHELA_OK) {
        cairo_surface_t *surface =
            cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
        scene_place(&scene);
        scene_paint(&scene, surface, 0);
        if (cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS)
            t->code = output_picture(surface, task_string(t, "format", "png"), &t->out, &t->type,
                                     &t->cancel, &t->e);
        else
            t->code = err_set(&t->e, CHELA_NOMEM, "out of memory");
        cairo_surface_destroy(surface);
        plan_tell(&scene.plan, &t->says);
    }
    scene_free(&scene);
}
