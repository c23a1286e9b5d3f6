/* local/scene-motion: a scene as a function of time, frame by frame into ffmpeg.
 *
 * Request {prompt, width, height, seconds, fps, seed, sound, first, last, references: [base64],
 * path}; the MP4 is written to `path`, and the answer is {bytes}. One thread draws, one of ffmpeg's
 * encodes. The first frame of the video is the first picture that was given, the last the last;
 * between them they dissolve into each other while the view moves a little, and what the prompt
 * names comes and goes. */
#include "doc/json_write.h"
#include "engines/ffmpeg.h"
#include "engines/scene/noise.h"
#include "engines/scene/paint.h"
#include "engines/scene/paint_input.h"
#include "engines/work.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIDE_LEAST = 64, SIDE_MOST = 3840, FRAMES_MOST = 60 * 60, LIMIT_MS = 15 * 60 * 1000 };

#define FADE_S 0.8 /* of what is drawn over given pictures */
#define ZOOM   0.07

struct motion {
    struct scene scene;
    cairo_surface_t *first, *last; /* NULL: not given */
    cairo_surface_t *frame;
    double seconds, fps;
    unsigned frames, next;
};

const char *motion_missing(void) {
    return ffmpeg_missing();
}

/* ---- one frame ---- */

static double smooth(double x) {
    x = x < 0 ? 0 : x > 1 ? 1 : x;
    return x * x * (3 - 2 * x);
}

static void draw_zoomed(const struct motion *m, cairo_t *cr, cairo_surface_t *picture, double zoom,
                        double alpha) {
    double w = m->scene.width, h = m->scene.height;
    cairo_save(cr);
    cairo_translate(cr, w / 2, h / 2);
    cairo_scale(cr, 1 + zoom, 1 + zoom);
    cairo_translate(cr, -w / 2, -h / 2);
    cairo_set_source_surface(cr, picture, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_BILINEAR);
    cairo_paint_with_alpha(cr, alpha);
    cairo_restore(cr);
}

/* Given pictures are behind; `at` runs from 0 to 1. */
static void draw_given(struct motion *m, double t, double at) {
    double to_last = m->last ? (m->first ? smooth((at - 0.2) / 0.6) : smooth((at - 0.5) / 0.4)) : 0;
    double in = m->first ? smooth(t / FADE_S) : 1,
           out = m->last ? smooth((m->seconds - t) / FADE_S) : 1;
    if (!m->first) scene_paint(&m->scene, m->frame, t);
    cairo_t *cr = cairo_create(m->frame);
    if (m->first) draw_zoomed(m, cr, m->first, ZOOM * at, 1);
    if (m->last && to_last > 0) draw_zoomed(m, cr, m->last, ZOOM * (1 - at), to_last);
    cairo_destroy(cr);
    double shown = in * (m->first ? out : 0);
    if (shown > 0.004) scene_paint_over(&m->scene, m->frame, t, shown);
}

static str next_frame(void *ctx) {
    struct motion *m = ctx;
    if (m->next == m->frames) return (str){ 0 };
    double t = m->next / m->fps, at = m->frames > 1 ? (double)m->next / (m->frames - 1) : 0;
    m->next++;
    if (m->first || m->last)
        draw_given(m, t, at);
    else
        scene_paint(&m->scene, m->frame, t);
    cairo_surface_flush(m->frame);
    return (str){ (const char *)cairo_image_surface_get_data(m->frame),
                  (size_t)cairo_image_surface_get_stride(m->frame) * (size_t)m->scene.height };
}

/* ---- what was asked for ---- */

static enum chela_error take_picture(struct task *t, const struct motion *m, const char *key,
                                     cairo_surface_t **out) {
    str text = task_string(t, key, "");
    if (!text.n) return CHELA_OK;
    return input_picture(text, m->scene.width, m->scene.height, out, &t->cancel, &t->e);
}

static enum chela_error take_references(struct task *t, struct scene *s) {
    enum chela_error rc = CHELA_OK;
    doc_node list = doc_get(t->doc, doc_root(t->doc), S("references"));
    for (doc_node c = doc_first(t->doc, list); c && rc == CHELA_OK && s->inset_count < SCENE_INSETS;
         c = doc_next(t->doc, c)) {
        str text;
        if (!doc_string(t->doc, c, &text))
            return err_set(&t->e, CHELA_INPUT, "references: expected texts");
        rc = input_picture(text, 0, 0, &s->insets[s->inset_count], &t->cancel, &t->e);
        if (rc == CHELA_OK) s->inset_count++;
    }
    return rc;
}

static enum chela_error prepare(struct task *t, struct motion *m) {
    unsigned width = (unsigned)task_int(t, "width", 1280, SIDE_LEAST, SIDE_MOST) & ~1u;
    unsigned height = (unsigned)task_int(t, "height", 720, SIDE_LEAST, SIDE_MOST) & ~1u;
    double frames;
    m->seconds = task_number(t, "seconds", 4);
    m->fps = (double)task_int(t, "fps", 24, 1, 60);
    frames = round(m->seconds * m->fps);
    if (!(frames >= 1 && frames <= FRAMES_MOST))
        return err_set(&t->e, CHELA_INPUT, "the video is too short or too long");
    m->frames = (unsigned)frames;
    scene_read(&m->scene, task_string(t, "prompt", ""), width, height,
               (uint64_t)task_int(t, "seed", 0, INT64_MIN, INT64_MAX));
    m->scene.moving = true;
    enum chela_error rc = take_picture(t, m, "first", &m->first);
    if (rc == CHELA_OK) rc = take_picture(t, m, "last", &m->last);
    if (rc == CHELA_OK) rc = take_references(t, &m->scene);
    if (rc != CHELA_OK) return rc;
    if (m->first) m->scene.under = cairo_surface_reference(m->first);
    scene_place(&m->scene);
    m->frame = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    return cairo_surface_status(m->frame) == CAIRO_STATUS_SUCCESS
               ? CHELA_OK
               : err_set(&t->e, CHELA_NOMEM, "out of memory");
}

/* ---- the file ---- */

static enum chela_error write_sound(const struct motion *m, const char *path, struct err *e) {
    struct sound sound;
    struct buf wav = BUF_INIT(64u << 20);
    if (!noise_of(&m->scene.plan, m->frames / m->fps, m->scene.plan.hash ^ m->scene.seed, &sound))
        return err_set(e, CHELA_NOMEM, "out of memory");
    FILE *file = sound_wav(&sound, &wav) ? fopen(path, "wbe") : NULL;
    bool good = file && fwrite(wav.p, 1, wav.n, file) == wav.n;
    if (file) good = fclose(file) == 0 && good;
    sound_free(&sound);
    buf_free(&wav);
    return good ? CHELA_OK : err_set(e, CHELA_IO, "%s: it cannot be written", path);
}

static enum chela_error encode(struct task *t, struct motion *m, const char *path,
                               const char *wav) {
    char size[32], rate[32], seconds[32];
    const char *words[FFMPEG_WORDS];
    size_t n = 0;
    snprintf(size, sizeof size, "%ux%u", m->scene.width, m->scene.height);
    snprintf(rate, sizeof rate, "%g", m->fps);
    snprintf(seconds, sizeof seconds, "%.6f", m->frames / m->fps);
    const char *const video[] = { "-f",         "rawvideo",    "-pixel_format",
                                  "bgr0",       "-video_size", size,
                                  "-framerate", rate,          "-i",
                                  "pipe:0",     NULL };
    const char *const sound[] = { "-i", wav, "-codec:a", "aac", "-b:a", "96k", NULL };
    const char *const output[] = { "-threads",
                                   "1",
                                   "-codec:v",
                                   "libx264",
                                   "-preset",
                                   "veryfast",
                                   "-crf",
                                   "21",
                                   "-pix_fmt",
                                   "yuv420p",
                                   "-t",
                                   seconds,
                                   "-map_metadata",
                                   "-1",
                                   "-movflags",
                                   "+faststart",
                                   "-f",
                                   "mp4",
                                   path,
                                   NULL };
    for (size_t i = 0; video[i]; i++) words[n++] = video[i];
    for (size_t i = 0; wav && sound[i]; i++) words[n++] = sound[i];
    for (size_t i = 0; output[i]; i++) words[n++] = output[i];
    words[n] = NULL;
    struct child child = {
        .more = next_frame, .ctx = m, .limit_ms = LIMIT_MS, .cancel = &t->cancel
    };
    return ffmpeg_run(words, &child, "video needs ffmpeg, which is not installed here", &t->e);
}

static enum chela_error make_file(struct task *t, struct motion *m) {
    char path[512], wav[520];
    struct stat st;
    bool sound = task_bool(t, "sound", true);
    str asked = task_string(t, "path", "");
    if (!str_starts(asked, S("/")) || !str_copy(path, sizeof path, asked))
        return err_set(&t->e, CHELA_INPUT, "path: expected the absolute name of a file");
    snprintf(wav, sizeof wav, "%s.wav", path);
    enum chela_error rc = sound ? write_sound(m, wav, &t->e) : CHELA_OK;
    if (rc == CHELA_OK) rc = encode(t, m, path, sound ? wav : NULL);
    unlink(wav);
    if (rc == CHELA_OK && m->next != m->frames)
        rc = err_set(&t->e, CHELA_IO, "ffmpeg did not take all frames");
    if (rc == CHELA_OK && stat(path, &st) != 0)
        rc = err_set(&t->e, CHELA_IO, "%s: it was not written", path);
    if (rc != CHELA_OK) {
        unlink(path);
        return rc;
    }
    struct json_writer w = JSON_WRITER(&t->out);
    json_object(&w);
    json_kint(&w, "bytes", (int64_t)st.st_size);
    json_object_end(&w);
    t->type = "application/json";
    return CHELA_OK;
}

void motion_work(struct task *t) {
    struct motion *m = calloc(1, sizeof *m); /* a layout is large */
    if (!t->doc || !m) {
        t->code = t->doc ? err_set(&t->e, CHELA_NOMEM, "out of memory")
                         : err_set(&t->e, CHELA_INPUT, "expected a JSON object");
        free(m);
        return;
    }
    t->code = prepare(t, m);
    if (t->code == CHELA_OK) t->code = make_file(t, m);
    plan_tell(&m->scene.plan, &t->says);
    scene_free(&m->scene);
    if (m->first) cairo_surface_destroy(m->first);
    if (m->last) cairo_surface_destroy(m->last);
    if (m->frame) cairo_surface_destroy(m->frame);
    free(m);
}
