/* The sandbox's catalogue, in the shapes of GET /models, /images/models, /videos/models and
 * /embeddings/models. Every row says what it really is: rules, a drawing program, a synthesizer.
 *
 * Which media rows are there depends on the engines: `there` is the set that sandbox_models_there
 * read from their own list; 0 is none.
 */
#ifndef CHELA_SANDBOX_MODELS_H
#define CHELA_SANDBOX_MODELS_H

#include "base/buf.h"

/* Who answers, whatever was asked for: the `model` of every answer. */
#define SANDBOX_MODEL       "sandbox/agent"
#define MODEL_PICTURE       "local/scene"
#define MODEL_VIDEO         "local/scene-motion"
#define MODEL_SPEECH        "local/flite-slt"
#define MODEL_TRANSCRIPTION "local/pocketsphinx-en"
#define MODEL_EMBEDDING     "local/hash-256"

/* Of GET /engines: a set for the functions below. */
unsigned sandbox_models_there(str json);

/* {"data":[…],"total_count":…,"links":{…}}; output: only rows with this output modality, of a
 * comma-separated list; empty or "all": every row. */
bool sandbox_models_list(unsigned there, str output, struct buf *out);
bool sandbox_models_count(unsigned there, str output, struct buf *out); /* {"data":{"count":…}} */
/* {"data":row}, or the row's endpoints. False: no such id is listed (or *out failed). */
bool sandbox_models_row(unsigned there, str id, struct buf *out);
bool sandbox_models_endpoints(unsigned there, str id, struct buf *out);

/* ---- models_media.c: the lists of their own that pictures and video have ---- */
bool sandbox_models_pictures(bool there, struct buf *out);
bool sandbox_models_picture_endpoints(struct buf *out);
bool sandbox_models_videos(bool there, struct buf *out);
bool sandbox_models_has(unsigned there, str id);
/* A row's own words; "" for an id that is not in the catalogue. */
str sandbox_models_name(str id);
str sandbox_models_description(str id);

enum { MODELS_CREATED = 1767225600 /* 2026-01-01 */ };

#endif
