/* GET /videos/models, before a request that gives hints and only then: the hints decide what is
 * paid for, and a row that is a day old decides as well as a fresh one. Beside the minutes that a
 * video takes the look is short; a service that does not have the list, or does not answer, costs
 * nothing but it. */
#include "media/video_offer.h"

#include "base/log.h"
#include "media/fetch.h"

enum { LOOK_MS = 5000, LIST_MAX = 4 << 20 };

static enum chela_error keep(void *ctx, str piece, struct err *e) {
    return buf_add(ctx, piece) ? CHELA_OK : err_set(e, CHELA_NOMEM, "out of memory");
}

static enum chela_error fetch(struct media_call *call, int64_t limit_ms, const atomic_bool *cancel,
                              struct err *e) {
    struct buf json = BUF_INIT(LIST_MAX);
    struct http_outcome out = { .retry_after = -1 };
    const struct media_exchange x = { .timeout_ms = limit_ms < LOOK_MS ? limit_ms : LOOK_MS,
                                      .cancel = cancel,
                                      .max_body = LIST_MAX,
                                      .wants = MEDIA_WANTS_JSON,
                                      .ctx = &json,
                                      .on_body = keep };
    str url = route_url(&call->shape.route, S("videos/models"), &call->arena);
    enum chela_error rc = media_fetch(url, call, &x, &out, e);
    if (rc == CHELA_OK)
        rc = video_models_store(call->config, call->shape.route.base_url, buf_str(&json), e);
    buf_free(&json);
    return rc;
}

enum chela_error video_offer_list(struct video_models *out, struct media_call *call,
                                  int64_t limit_ms, const atomic_bool *cancel, struct err *e) {
    str base_url = call->shape.route.base_url;
    struct err why = ERR_INIT;
    video_models_load(out, call->config, base_url, &call->arena);
    if (limit_ms <= 0 || !video_models_are_stale(out)) return CHELA_OK;
    enum chela_error rc = fetch(call, limit_ms, cancel, &why);
    if (rc == CHELA_CANCELLED) return err_set(e, rc, "cancelled");
    if (rc == CHELA_OK)
        video_models_load(out, call->config, base_url, &call->arena);
    else
        log_debug("video models: %s", why.message);
    return CHELA_OK;
}

const struct video_model *video_offer(const struct video_models *listed,
                                      const struct media_call *call) {
    const struct video_model *m = video_models_find(listed, call->shape.model.id);
    return m ? m : &video_model_bundled;
}
