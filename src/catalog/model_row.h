/* Inside catalog/: one row, read from JSON and written to it. */
#ifndef CHELA_CATALOG_MODEL_ROW_H
#define CHELA_CATALOG_MODEL_ROW_H

#include "catalog/catalog.h"
#include "doc/doc.h"

/* A row that says nothing but its id. */
struct model_row model_row_blank(str id);
/* A row as GET /models has it; the cache holds the same shape. Strings go to a. False: it has no id
 * that can be one (or the arena failed). */
bool model_row_read(struct model_row *out, struct doc *d, doc_node n, struct arena *a);
/* A row that model_row_read reads back as the same. */
void model_row_write(const struct model_row *row, struct buf *out);
/* Lays what the user configured over *row. */
void model_row_overlay(struct model_row *row, struct doc *d, doc_node n, struct arena *a);

/* The bundled rows. */
extern const struct model_row bundled_rows[];
extern const size_t bundled_row_count;

#endif
