#include "base/mime.h"

str mime_of_picture(str bytes) {
    if (str_starts(bytes, S("\x89PNG\r\n\x1a\n"))) return S("image/png");
    if (str_starts(bytes, S("\xff\xd8\xff"))) return S("image/jpeg");
    if (str_starts(bytes, S("GIF87a")) || str_starts(bytes, S("GIF89a"))) return S("image/gif");
    if (str_starts(bytes, S("RIFF")) && str_starts(str_skip(bytes, 8), S("WEBP")))
        return S("image/webp");
    return (str){ 0 };
}
