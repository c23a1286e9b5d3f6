/* How much of what was written the other side's kernel has accepted. A file of its own because the
 * kernel's header, which alone has this field, contradicts the C library's. */
#ifndef CHELA_UPSTREAM_TCP_ACKED_H
#define CHELA_UPSTREAM_TCP_ACKED_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes acknowledged since the connection was made; false: this kernel does not tell. Also of a
 * connection that was reset, as long as it is not closed. */
bool tcp_acked(int fd, uint64_t *bytes);

#endif
