/* Ids of video jobs: they come back whole, from a key that outlives the process, and no others do.
 */
#include "gateway/video_id.h"

#include "unit.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct video_seal seal, other;

static void load(struct video_seal *s, const char *folder) {
    struct err e = ERR_INIT;
    memset(s, 0, sizeof *s);
    if (video_seal_load(s, folder, &e) != CHELA_OK) fail_msg("%s", e.message);
}

static void test_key(void **state) {
    (void)state;
    char folder[] = "/tmp/chela-seal-XXXXXX", deep[64], path[96];
    struct stat st;
    assert_non_null(mkdtemp(folder));
    snprintf(deep, sizeof deep, "%s/state", folder);
    snprintf(path, sizeof path, "%s/gateway-seal", deep);
    load(&seal, deep);
    load(&other, deep);
    assert_memory_equal(seal.key, other.key, VIDEO_SEAL);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(truncate(path, 5), 0); /* damaged: another key, and it stays */
    load(&other, deep);
    assert_memory_not_equal(seal.key, other.key, VIDEO_SEAL);
    load(&seal, deep);
    assert_memory_equal(seal.key, other.key, VIDEO_SEAL);
    unlink(path);
    rmdir(deep);
    rmdir(folder);
}

static void test_round_trip(void **state) {
    (void)state;
    struct arena a = ARENA_INIT(1 << 20);
    const struct video_ref r = { S("fake"), S("google/veo-3.1"),  S("j?/..\xff"), S("/v1/j?x=1"),
                                 S(""),     S("0123456789abcdef") };
    struct video_ref back;
    memset(seal.key, 7, VIDEO_SEAL);
    str id = video_id(&seal, &r, &a);
    assert_true(str_starts(id, S("vid_")));
    assert_int_equal(
        strspn(id.p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"), id.n);
    assert_true(video_id_open(&seal, id, &back, &a));
    assert_true(str_eq(back.upstream, r.upstream) && str_eq(back.model, r.model) &&
                str_eq(back.job, r.job) && str_eq(back.poll, r.poll) && !back.file.n &&
                str_eq(back.client, r.client));
    memset(other.key, 8, VIDEO_SEAL);
    assert_false(video_id_open(&other, id, &back, &a));
    for (size_t i = 4; i < id.n; i++) {
        char bent[512];
        memcpy(bent, id.p, id.n);
        bent[i] = bent[i] == 'A' ? 'B' : 'A';
        assert_false(video_id_open(&seal, (str){ bent, id.n }, &back, &a));
        assert_false(video_id_open(&seal, str_head(id, i), &back, &a));
    }
    arena_free(&a);
}

static void test_what_cannot_be_said(void **state) {
    (void)state;
    static char text[4000];
    struct arena a = ARENA_INIT(1 << 20);
    struct video_ref r = { .upstream = S("a\nb"), .job = S("1") };
    assert_int_equal(video_id(&seal, &r, &a).n, 0);
    memset(text, 'x', sizeof text);
    r = (struct video_ref){ .upstream = S("a"), .job = { text, sizeof text } };
    assert_int_equal(video_id(&seal, &r, &a).n, 0);
    r.job = (str){ 0 };
    str id = video_id(&seal, &r, &a);
    assert_false(video_id_open(&seal, id, &r, &a));
    arena_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_what_cannot_be_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
