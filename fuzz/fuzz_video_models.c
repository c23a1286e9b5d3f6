/* Any bytes as an answer of GET /videos/models.
 *
 * What is kept of it is a file that is read back with the same rows; ids are references, lengths
 * and words are such that they can be shown and sent.
 */
#include "catalog/video_models.c"

#include <stdlib.h>

static void must(bool held) {
    if (!held) abort();
}

static void check_words(const str *list, size_t count) {
    must(count <= ITEMS_MAX);
    for (size_t i = 0; i < count; i++) must(is_word(list[i]));
}

static void check_row(const struct video_model *m) {
    must(model_id_fault(m->id) == NULL && m->id.n <= MODEL_REF_MAX);
    must(m->duration_count <= ITEMS_MAX);
    for (size_t i = 0; i < m->duration_count; i++)
        must(m->durations[i] >= 1 && m->durations[i] <= SECONDS_MAX);
    check_words(m->resolutions, m->resolution_count);
    check_words(m->ratios, m->ratio_count);
    check_words(m->sizes, m->size_count);
    must(m->says_frames || (!m->first_frame && !m->last_frame));
    must(m->sound >= -1 && m->sound <= 1 && m->seed >= -1 && m->seed <= 1);
}

static bool same(const struct video_model *a, const struct video_model *b) {
    return str_eq(a->id, b->id) && a->duration_count == b->duration_count &&
           a->resolution_count == b->resolution_count && a->ratio_count == b->ratio_count &&
           a->size_count == b->size_count && a->says_frames == b->says_frames &&
           a->first_frame == b->first_frame && a->last_frame == b->last_frame &&
           a->sound == b->sound && a->seed == b->seed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const str base_url = STR_INIT("https://openrouter.ai/api/v1");
    struct video_models came = { .fetched_ms = -1 }, kept = { .fetched_ms = -1 };
    struct arena a = ARENA_INIT(64u << 20);
    struct buf file = BUF_INIT(FILE_MAX_BYTES);
    struct doc *d;
    if (doc_parse(&d, (str){ (const char *)data, size }, DOC_JSON, &limits, NULL)) return 0;
    if (write_file(&file, d, base_url, NULL) == CHELA_OK) {
        must(!read_rows(&came, d, &a) && came.count > 0);
        must(!read_file(&kept, buf_str(&file), base_url, &a) && kept.count == came.count);
        for (size_t i = 0; i < kept.count; i++) {
            check_row(&kept.list[i]);
            must(same(&kept.list[i], &came.list[i]));
            must(video_models_find(&kept, kept.list[i].id) != NULL);
        }
    }
    doc_free(d);
    buf_free(&file);
    arena_free(&a);
    return 0;
}
