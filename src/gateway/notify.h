/* Telling systemd how we are (sd_notify's protocol, without its library): a datagram to the socket
 * that NOTIFY_SOCKET names. Without one nothing happens. */
#ifndef CHELA_GATEWAY_NOTIFY_H
#define CHELA_GATEWAY_NOTIFY_H

void notify_ready(void);
void notify_reloading(void); /* notify_ready follows */
void notify_stopping(void);

#endif
