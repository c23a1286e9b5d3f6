/* Pictures: generated from words, or made from up to five others. */
#ifndef CHELA_MEDIA_IMAGE_H
#define CHELA_MEDIA_IMAGE_H

#include "media/call.h"
#include "media/models.h"
#include "media/picture_input.h"

enum { IMAGE_MAX_INPUTS = 5, IMAGE_MAX_COUNT = 4 };

struct image_request {      /* zero-initialise; borrowed until the call returns */
    const char *capability; /* "image.generate" or "image.edit" */
    str prompt;
    str model; /* "" as configured */
    int64_t count;
    bool has_count;
    /* hints, "" not given */
    str size, aspect_ratio, resolution, quality, output_format, background;
    const str *inputs;
    size_t input_count;
    const struct picture_rules *rules; /* for the inputs */
    bool infer_resolution;             /* from the inputs, when neither it nor a size is given */
    str output;                        /* as struct place takes it */
    int64_t timeout_ms;                /* 0: as configured, else three minutes */
    const atomic_bool *cancel;
    void *ctx;
    void (*on_notice)(void *ctx, const char *line);        /* may be NULL */
    void (*on_progress)(void *ctx, uint64_t bytes_so_far); /* while it waits; may be NULL */
};

/* Fills q's model and hints, which are called the same as options and as arguments of a tool but
 * for the spelling ("aspect-ratio", "aspectRatio"); text gives the one that ctx has, "" none. */
typedef str image_text_fn(void *ctx, const char *option, const char *argument);
void image_read_hints(struct image_request *q, image_text_fn *text, void *ctx);

/* The models of the ratios, resolutions and so on that are known to be taken. */
extern const str image_ratios[], image_resolutions[];
extern const size_t image_ratio_count, image_resolution_count;

/* Generates and writes the files; *r tells of it, on failure too. A model's refusal passes the
 * request on to the configured fall-backs; an answer that may still be under way does not. */
enum chela_error image_run(const struct image_request *q, struct config *c, struct media_result *r,
                           struct err *e);
/* What image_run would send first, without sending it. */
enum chela_error image_explain(const struct image_request *q, struct config *c, bool json,
                               bool colour, struct buf *out, struct err *e);

/* Inside media/: image_request.c. The body and the record of what became of the hints, for a call
 * that was begun; the hints that were not taken go to *r. */
enum chela_error image_body(const struct image_request *q, const struct picture_input *inputs,
                            struct media_call *call, struct media_result *r, struct err *e);

#endif
