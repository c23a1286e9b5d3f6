/* Any prompt becomes a plan that keeps its bounds, and any plan a layout of finite numbers; the
 * same prompt gives the same. What is told of it goes into a header, so it is one line of UTF-8. */
#include "base/buf.h"
#include "base/utf8.h"
#include "engines/scene/layout.h"

#include <math.h>
#include <stdlib.h>

static void must(bool good) {
    if (!good) abort();
}

static void check_plan(const struct plan *p) {
    unsigned things = 0;
    must(p->count <= PLAN_ITEMS && p->unknown_count <= PLAN_UNKNOWN);
    for (size_t i = 0; i < p->count; i++) {
        const struct plan_item *item = &p->items[i];
        must(item->kind != NULL && item->colour_count <= 4 && item->size > 0);
        must(item->target < (int)p->count && item->target != (int)i);
        must(item->relation == REL_NONE || item->target >= 0);
        things += item->count;
    }
    must(things <= 200);
    must(utf8_valid(str_c(p->text)));
    for (size_t i = 0; i < p->unknown_count; i++) must(utf8_valid(str_c(p->unknown[i])));
}

/* Member by member: what is between them is nobody's. */
static void check_same(const struct plan *a, const struct plan *b) {
    must(a->count == b->count && a->place == b->place && a->hour == b->hour && a->hash == b->hash);
    for (size_t i = 0; i < a->count; i++) {
        const struct plan_item *x = &a->items[i], *y = &b->items[i];
        must(x->kind == y->kind && x->count == y->count && x->relation == y->relation);
        must(x->target == y->target && x->colours[0] == y->colours[0] && x->side == y->side);
    }
}

static void check_telling(const struct plan *p) {
    struct buf text = BUF_INIT(64 << 10);
    plan_tell(p, &text);
    must(text.n > 0 && utf8_valid(buf_str(&text)));
    for (size_t i = 0; i < text.n; i++) must((unsigned char)text.p[i] >= 0x20);
    buf_free(&text);
}

static void check_layout(const struct layout *l) {
    must(l->count <= LAYOUT_MOST);
    for (size_t i = 0; i < l->count; i++) {
        const struct placed *p = &l->things[i];
        must(isfinite(p->x) && isfinite(p->y) && isfinite(p->depth));
        must(p->size > 0 && p->size < 4);
        must(p->carrier < (int)l->count && p->carrier != (int)i);
        must(i == 0 || l->things[i - 1].depth <= p->depth);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const unsigned sizes[][2] = { { 64, 64 }, { 4096, 512 }, { 720, 1280 } };
    static struct plan p, again;
    static struct layout l;
    str prompt = { (const char *)data, size };
    if (size > 20000) return 0;
    plan_read(&p, prompt);
    plan_read(&again, prompt);
    check_same(&p, &again);
    check_plan(&p);
    check_telling(&p);
    for (size_t i = 0; i < 3; i++) {
        layout_make(&l, &p, sizes[i][0], sizes[i][1], size, i == 2);
        check_layout(&l);
    }
    return 0;
}
