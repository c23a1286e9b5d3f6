#include "term/utf8_locale.h"

#include <pthread.h>

static locale_t utf8; /* 0: this system has none, and the user's is taken */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make(void) {
    utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

locale_t utf8_locale_enter(void) {
    pthread_once(&once, make);
    return utf8 ? uselocale(utf8) : (locale_t)0;
}

void utf8_locale_leave(locale_t before) {
    if (before) uselocale(before);
}
