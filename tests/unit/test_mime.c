/* What a file is: decided by its first bytes, for every kind that chela writes. */
#include "unit.h"

#include "base/mime.h"

#include <string.h>

static void by_the_bytes(void **state) {
    (void)state;
    static const struct {
        str bytes;
        const char *mime;
    } cases[] = {
        { STR_INIT("\x89PNG\r\n\x1a\n....IHDR"), "image/png" },
        { STR_INIT("\xff\xd8\xff\xe0"), "image/jpeg" },
        { STR_INIT("GIF89a"), "image/gif" },
        { STR_INIT("RIFF\x10\0\0\0WEBPVP8 "), "image/webp" },
        { STR_INIT("<svg xmlns='x'>"), "image/svg+xml" },
        { STR_INIT("\xef\xbb\xbf <?xml version='1.0'?>\n<svg>"), "image/svg+xml" },
        { STR_INIT("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0\x02\0\0\0\x01"),
          "image/bmp" },
        { STR_INIT("II*\0"), "image/tiff" },
        { STR_INIT("\0\0\0\x1c"
                   "ftypavif"),
          "image/avif" },
        { STR_INIT("\0\0\0\x18"
                   "ftypisom"),
          "video/mp4" },
        { STR_INIT("\0\0\0\x14"
                   "ftypqt  "),
          "video/quicktime" },
        { STR_INIT("\0\0\0\x18"
                   "ftypM4A "),
          "audio/mp4" },
        { STR_INIT("\x1a\x45\xdf\xa3\xa3"
                   "B\x86\x81\x01"),
          "video/webm" },
        { STR_INIT("\x1a\x45\xdf\xa3\x93"
                   "B\x82\x88matroska"),
          "video/x-matroska" },
        { STR_INIT("RIFF\x10\0\0\0WAVEfmt "), "audio/wav" },
        { STR_INIT("ID3\x04"), "audio/mpeg" },
        { STR_INIT("\xff\xfb\x90\x64"), "audio/mpeg" },
        { STR_INIT("\xff\xf1\x50\x80"), "audio/aac" },
        { STR_INIT("OggS\0"), "audio/ogg" },
        { STR_INIT("fLaC\0"), "audio/flac" },
        { STR_INIT("<!doctype html>"), "" },
        { STR_INIT("{\"error\":1}"), "" },
        { STR_INIT("<?xml version='1.0'?><html>"), "" },
        { STR_INIT("\xff\xff\xff\xff"), "" }, /* no frame has these bits */
        { STR_INIT("RIFF"), "" },
        { STR_INIT("BM hello, I am no bitmap at all"), "" },
        { STR_INIT("\xff"), "" },
        { STR_INIT(""), "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        str mime = mime_of_media(cases[i].bytes);
        if (!str_eq(mime, str_c(cases[i].mime)))
            fail_msg("case %zu is %.*s, not %s", i, STR_ARG(mime), cases[i].mime);
        bool has_name = mime.n == 0 || mime_extension(mime).n > 0;
        assert_true(has_name);
    }
}

static void extensions(void **state) {
    (void)state;
    assert_true(str_eq(mime_extension(S("image/jpeg")), S("jpg")));
    assert_true(str_eq(mime_extension(S("audio/mpeg")), S("mp3")));
    assert_int_equal(mime_extension(S("text/html")).n, 0);
    assert_true(str_eq(mime_of_name(S("a.b/photo.JPEG")), S("image/jpeg")));
    assert_true(str_eq(mime_of_name(S("x.opus")), S("audio/ogg")));
    assert_int_equal(mime_of_name(S("png")).n, 0);
    assert_int_equal(mime_of_name(S("x.")).n, 0);
    assert_int_equal(mime_of_name(S("x.doc")).n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = { cmocka_unit_test(by_the_bytes),
                                        cmocka_unit_test(extensions) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
