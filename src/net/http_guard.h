/* Keeps a request for a URL that a stranger chose (a model, a web page) on the public Internet.
 *
 * The check is made at the socket, with the address that is about to be connected to, so there is
 * no moment between looking a name up and using it. Where the environment names a proxy, the name
 * is looked up there, and the proxy is the border: then its own address is let through, and hosts
 * that are addresses or names of this network are refused before. Inside net/ only.
 */
#ifndef CHELA_NET_HTTP_GUARD_H
#define CHELA_NET_HTTP_GUARD_H

#include "net/http.h"

#include <sys/socket.h>

enum { HTTP_GUARD_PROXIES = 8 };

struct http_guard {
    struct sockaddr_storage proxy[HTTP_GUARD_PROXIES];
    size_t proxies;
    char refused[64]; /* the address that was, "" none */
};

/* Looks the proxy for u up, if the environment names one. */
void http_guard_init(struct http_guard *g, const struct url *u);
/* May a socket be opened to this address? Notes it in g->refused when not. */
bool http_guard_allows(struct http_guard *g, const struct sockaddr *address);
/* Globally routable: not this machine, not a private, link-local, shared or reserved network. */
bool address_is_public(const struct sockaddr *address);
enum chela_error http_guard_error(const struct url *u, const char *address, struct err *e);

#endif
