/* libc's idea of characters (wcwidth, and what libedit asks) in UTF-8, whatever the user's locale
 * is: for the calling thread, between enter and leave. */
#ifndef CHELA_TERM_UTF8_LOCALE_H
#define CHELA_TERM_UTF8_LOCALE_H

#include <locale.h>

locale_t utf8_locale_enter(void);
void utf8_locale_leave(locale_t before); /* what enter returned */

#endif
