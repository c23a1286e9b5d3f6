#include "base/mime.h"

str mime_of_picture(str bytes) {
    if (str_starts(bytes, S("\x89PNG\r\n\x1a\n"))) return S("image/png");
    if (str_starts(bytes, S("\xff\xd8\xff"))) return S("image/jpeg");
    if (str_starts(bytes, S("GIF87a")) || str_starts(bytes, S("GIF89a"))) return S("image/gif");
    if (str_starts(bytes, S("RIFF")) && str_starts(str_skip(bytes, 8), S("WEBP")))
        return S("image/webp");
    return (str){ 0 };
}

/* ISO base media: what follows "ftyp" is the brand. */
static str of_boxes(str bytes) {
    str brand = str_head(str_skip(bytes, 8), 4);
    if (str_eq(brand, S("avif")) || str_eq(brand, S("avis"))) return S("image/avif");
    if (str_starts(brand, S("M4A")) || str_starts(brand, S("M4B"))) return S("audio/mp4");
    if (str_eq(brand, S("qt  "))) return S("video/quicktime");
    return S("video/mp4");
}

/* An MPEG audio frame: eleven bits set, then version, layer, bit rate and sampling rate that are
 * not the forbidden ones; layer 0 is ADTS. */
static str of_frame(str bytes) {
    if (bytes.n < 3) return (str){ 0 };
    const unsigned char *b = (const unsigned char *)bytes.p;
    if (b[0] != 0xff || (b[1] & 0xe0) != 0xe0) return (str){ 0 };
    unsigned version = b[1] >> 3 & 3, layer = b[1] >> 1 & 3;
    if ((b[1] & 0xf6) == 0xf0) return S("audio/aac");
    bool good = version != 1 && layer != 0 && b[2] >> 4 != 15 && (b[2] >> 2 & 3) != 3;
    return good ? S("audio/mpeg") : (str){ 0 };
}

static bool is_svg(str bytes) {
    str text = str_trim(str_head(bytes, MIME_HEAD));
    if (str_starts(text, S("\xef\xbb\xbf"))) text = str_trim(str_skip(text, 3));
    if (str_istarts(text, S("<svg"))) return true;
    return str_starts(text, S("<?xml")) && str_has(text, S("<svg"));
}

str mime_of_media(str bytes) {
    static const struct {
        str magic, mime;
    } signatures[] = {
        { STR_INIT("\x49\x49\x2a\x00"), STR_INIT("image/tiff") },
        { STR_INIT("\x4d\x4d\x00\x2a"), STR_INIT("image/tiff") },
        { STR_INIT("fLaC"), STR_INIT("audio/flac") },
        { STR_INIT("OggS"), STR_INIT("audio/ogg") },
        { STR_INIT("ID3"), STR_INIT("audio/mpeg") },
    };
    str picture = mime_of_picture(bytes);
    if (picture.n) return picture;
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++)
        if (str_starts(bytes, signatures[i].magic)) return signatures[i].mime;
    if (str_starts(str_skip(bytes, 4), S("ftyp"))) return of_boxes(bytes);
    if (str_starts(bytes, S("RIFF")) && str_starts(str_skip(bytes, 8), S("WAVE")))
        return S("audio/wav");
    if (str_starts(bytes, S("\x1a\x45\xdf\xa3")))
        return str_has(str_head(bytes, 64), S("matroska")) ? S("video/x-matroska")
                                                           : S("video/webm");
    if (str_starts(bytes, S("BM")) && bytes.n > 26 &&
        str_eq(str_head(str_skip(bytes, 6), 4), S("\0\0\0\0")))
        return S("image/bmp");
    if (is_svg(bytes)) return S("image/svg+xml");
    return of_frame(bytes);
}

static const struct {
    str mime, extension;
} names[] = {
    { STR_INIT("image/png"), STR_INIT("png") },
    { STR_INIT("image/jpeg"), STR_INIT("jpg") },
    { STR_INIT("image/jpeg"), STR_INIT("jpeg") },
    { STR_INIT("image/gif"), STR_INIT("gif") },
    { STR_INIT("image/webp"), STR_INIT("webp") },
    { STR_INIT("image/svg+xml"), STR_INIT("svg") },
    { STR_INIT("image/avif"), STR_INIT("avif") },
    { STR_INIT("image/bmp"), STR_INIT("bmp") },
    { STR_INIT("image/tiff"), STR_INIT("tif") },
    { STR_INIT("image/tiff"), STR_INIT("tiff") },
    { STR_INIT("video/mp4"), STR_INIT("mp4") },
    { STR_INIT("video/mp4"), STR_INIT("m4v") },
    { STR_INIT("video/quicktime"), STR_INIT("mov") },
    { STR_INIT("video/webm"), STR_INIT("webm") },
    { STR_INIT("video/x-matroska"), STR_INIT("mkv") },
    { STR_INIT("audio/wav"), STR_INIT("wav") },
    { STR_INIT("audio/mpeg"), STR_INIT("mp3") },
    { STR_INIT("audio/aac"), STR_INIT("aac") },
    { STR_INIT("audio/ogg"), STR_INIT("ogg") },
    { STR_INIT("audio/ogg"), STR_INIT("opus") },
    { STR_INIT("audio/flac"), STR_INIT("flac") },
    { STR_INIT("audio/mp4"), STR_INIT("m4a") },
    { STR_INIT("audio/pcm"), STR_INIT("pcm") },
};
enum { NAMES = sizeof names / sizeof names[0] };

str mime_extension(str mime) {
    for (size_t i = 0; i < NAMES; i++)
        if (str_eq(mime, names[i].mime)) return names[i].extension;
    return (str){ 0 };
}

str mime_of_name(str name) {
    ptrdiff_t dot = str_rchr(name, '.');
    if (dot < 0) return (str){ 0 };
    str extension = str_skip(name, (size_t)dot + 1);
    for (size_t i = 0; i < NAMES; i++)
        if (str_ieq(extension, names[i].extension)) return names[i].mime;
    return (str){ 0 };
}
