/* Every request to the verified route is attributed (wire ruling 1), and a proxy may insist on the
 * headers that the user configured for it: so requests that are no chat get both, by the same
 * rules. */
#include "chat/chat_internal.h"

#include "shape/rule.h"

bool chat_plain_headers(const struct shape_ctx *like, struct http_header *out, size_t *count,
                        struct err *e) {
    struct header_list list = { .arena = like->arena };
    struct record unread = { .arena = like->arena };
    struct shape_ctx x = *like;
    x.headers = &list;
    x.record = &unread;
    headers_set(&list, S("User-Agent"), S("chela/" CHELA_VERSION));
    headers_set(&list, S("Accept"), S("application/json"));
    if (rule_attribution.apply(&x, e) != CHELA_OK ||
        rule_configured_headers.apply(&x, e) != CHELA_OK)
        return false;
    for (size_t i = 0; i < list.count; i++)
        out[i] = (struct http_header){ list.item[i].name, list.item[i].value };
    *count = list.count;
    return true;
}
