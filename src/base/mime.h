/* What a file is, from its first bytes: never from its name or from what a server claims. */
#ifndef CHELA_BASE_MIME_H
#define CHELA_BASE_MIME_H

#include "base/str.h"

enum { MIME_HEAD = 512 }; /* as many bytes as are ever looked at */

/* "image/png", "image/jpeg", "image/gif", "image/webp", which models read; empty: none of them. */
str mime_of_picture(str bytes);
/* These, other pictures (SVG, AVIF, BMP, TIFF), video (MP4, QuickTime, WebM, Matroska) and sound
 * (WAV, MP3, AAC, Ogg, FLAC, MP4 audio); empty: none of them. */
str mime_of_media(str bytes);
/* "png" for "image/png"; empty: not a type that mime_of_media gives, nor "audio/pcm". */
str mime_extension(str mime);
/* The type that a file's name promises by its extension; empty: unknown. */
str mime_of_name(str name);

#endif
