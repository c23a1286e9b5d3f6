/* The functions of libcurl that chela uses, as a table filled when the library is loaded. The types
 * come from curl's own prototypes, so a call through the table is checked like a direct one. */
#ifndef CHELA_NET_CURL_LIB_H
#define CHELA_NET_CURL_LIB_H

#include "base/err.h"

#include <curl/curl.h>

/* Without the prefix: curl/curl.h has macros of some of the full names. */
#define CURL_LIB_FUNCTIONS(X)                                                                      \
    X(global_init)                                                                                 \
    X(easy_init)                                                                                   \
    X(easy_setopt)                                                                                 \
    X(easy_getinfo)                                                                                \
    X(easy_reset)                                                                                  \
    X(easy_cleanup)                                                                                \
    X(easy_strerror)                                                                               \
    X(multi_init)                                                                                  \
    X(multi_add_handle)                                                                            \
    X(multi_remove_handle)                                                                         \
    X(multi_perform)                                                                               \
    X(multi_poll)                                                                                  \
    X(multi_info_read)                                                                             \
    X(multi_cleanup)                                                                               \
    X(slist_append)                                                                                \
    X(slist_free_all)                                                                              \
    X(getdate)

struct curl_lib {
#define CURL_LIB_SLOT(f) __typeof__(curl_##f) *f; /* NOLINT(bugprone-macro-parentheses): a name */
    CURL_LIB_FUNCTIONS(CURL_LIB_SLOT)
#undef CURL_LIB_SLOT
};

/* The table, loaded and initialised once, from whatever thread comes first; NULL with *e when the
 * library is missing. */
const struct curl_lib *curl_lib(struct err *e);

#endif
