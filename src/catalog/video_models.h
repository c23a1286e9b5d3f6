/* Video models and what each offers: rows of GET /videos/models, cached on disk beside the model
 * catalogue with their age and the base URL that they came from; one bundled row off line.
 *
 * Reading never touches the network; who fetches (media/video_offer) decides when.
 */
#ifndef CHELA_CATALOG_VIDEO_MODELS_H
#define CHELA_CATALOG_VIDEO_MODELS_H

#include "base/arena.h"
#include "base/err.h"
#include "config/config.h"

struct video_model {          /* a list without items: any, as far as is known */
    str id;                   /* as on the wire */
    const int64_t *durations; /* seconds */
    size_t duration_count;
    const str *resolutions; /* as on the wire: "720p", "4K" */
    size_t resolution_count;
    const str *ratios; /* "16:9" */
    size_t ratio_count;
    const str *sizes; /* "1280x720" */
    size_t size_count;
    bool says_frames; /* it is known which of the two it takes: */
    bool first_frame, last_frame;
    int sound, seed; /* 1 it has that, 0 it has not, -1 not known */
};

struct video_models { /* all of it lives in the arena */
    const struct video_model *list;
    size_t count;
    int64_t fetched_ms; /* since 1970; -1: nothing is cached */
};

/* google/veo-3.1-fast, and what is taken for a model that nothing is known of. */
extern const struct video_model video_model_bundled;

/* The rows that are cached from base_url: none when there is no such file, or (with a warning) when
 * it is not as chela writes it. */
void video_models_load(struct video_models *out, struct config *c, str base_url, struct arena *a);
/* None, older than a day, or from the future. */
bool video_models_are_stale(const struct video_models *m);
/* By wire id, then without regard to case, then without its :variant. NULL: not listed. */
const struct video_model *video_models_find(const struct video_models *m, str id);

/* Checks an answer of GET /videos/models and caches what chela uses of it, whole, 0600.
 * CHELA_PROTOCOL: no {"data": […]} with a video model in it; CHELA_LIMIT: over 4 MiB or 2,000 rows.
 * What is cached stays when it fails. */
enum chela_error video_models_store(struct config *c, str base_url, str json, struct err *e);

#endif
