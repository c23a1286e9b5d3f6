/* Routes of api.c's tables that an engine has a part in. Each answers at once or when the engine
 * has. */
#ifndef CHELA_SANDBOX_MEDIA_ROUTES_H
#define CHELA_SANDBOX_MEDIA_ROUTES_H

#include "sandbox/api.h"

/* ---- catalog_routes.c; id: what the path names ---- */
void route_models(const struct sandbox_api *api, struct exchange *x);
void route_models_count(const struct sandbox_api *api, struct exchange *x);
void route_picture_models(const struct sandbox_api *api, struct exchange *x);
void route_video_models(const struct sandbox_api *api, struct exchange *x);
void route_embedding_models(const struct sandbox_api *api, struct exchange *x);
void route_model_row(const struct sandbox_api *api, struct exchange *x, str id);
void route_model_endpoints(const struct sandbox_api *api, struct exchange *x, str id);
void route_picture_endpoints(const struct sandbox_api *api, struct exchange *x, str id);

/* ---- media_picture.c ---- */
void route_images(const struct sandbox_api *api, struct exchange *x);
void route_image_edits(const struct sandbox_api *api, struct exchange *x);
/* Whether a chat-completions body asks for pictures, and its answer then. */
struct doc;
bool chat_wants_pictures(struct doc *d, str model);
void route_chat_pictures(const struct sandbox_api *api, struct exchange *x);

/* ---- media_audio.c, media_embed.c ---- */
void route_speech(const struct sandbox_api *api, struct exchange *x);
void route_transcription(const struct sandbox_api *api, struct exchange *x);
void route_embeddings(const struct sandbox_api *api, struct exchange *x);

#endif
