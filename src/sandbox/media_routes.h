/* Routes of api.c's tables that an engine has a part in. Each answers at once or when the engine
 * has. */
#ifndef CHELA_SANDBOX_MEDIA_ROUTES_H
#define CHELA_SANDBOX_MEDIA_ROUTES_H

#include "sandbox/api.h"

/* ---- catalog_routes.c; id: what the path names ---- */
void serve_models(const struct sandbox_api *api, struct exchange *x);
void serve_models_count(const struct sandbox_api *api, struct exchange *x);
void serve_picture_models(const struct sandbox_api *api, struct exchange *x);
void serve_video_models(const struct sandbox_api *api, struct exchange *x);
void serve_embedding_models(const struct sandbox_api *api, struct exchange *x);
void serve_model_row(const struct sandbox_api *api, struct exchange *x, str id);
void serve_model_endpoints(const struct sandbox_api *api, struct exchange *x, str id);
void serve_picture_endpoints(const struct sandbox_api *api, struct exchange *x, str id);

/* ---- media_picture.c ---- */
void serve_images(const struct sandbox_api *api, struct exchange *x);
void serve_image_edits(const struct sandbox_api *api, struct exchange *x);
/* Whether a chat-completions body asks for pictures, and its answer then. */
struct doc;
bool chat_wants_pictures(struct doc *d, str model);
void serve_chat_pictures(const struct sandbox_api *api, struct exchange *x);

/* ---- media_video.c ---- */
void serve_videos(const struct sandbox_api *api, struct exchange *x);
void serve_video(const struct sandbox_api *api, struct exchange *x, str id);
void serve_video_content(const struct sandbox_api *api, struct exchange *x, str id);

/* ---- media_audio.c, media_embed.c ---- */
void serve_speech(const struct sandbox_api *api, struct exchange *x);
void serve_transcription(const struct sandbox_api *api, struct exchange *x);
void serve_embeddings(const struct sandbox_api *api, struct exchange *x);

#endif
