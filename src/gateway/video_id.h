/* The id of a video job as clients get it: where the job is, sealed.
 *
 * A job lasts for minutes; the gateway may be started again meanwhile, and any worker may be asked.
 * So nothing about it is kept here: the id says which upstream has the job, under which name, and
 * where it wants to be asked. It is signed with a key that lives in the state folder, because the
 * upstream's key goes where the id leads, and the client whose job it is pays.
 */
#ifndef CHELA_GATEWAY_VIDEO_ID_H
#define CHELA_GATEWAY_VIDEO_ID_H

#include "base/arena.h"
#include "base/err.h"

enum { VIDEO_SEAL = 32 };

struct video_seal { /* of all workers */
    unsigned char key[VIDEO_SEAL];
};

struct video_ref {
    str upstream, model; /* the model's id there */
    str job;             /* the job's id there */
    str poll;            /* path and query where it is to be asked; empty: videos/{job} */
    str file;            /* path and query of its video; empty: videos/{job}/content */
    str client;          /* how the hash of the key begins that it was made with; empty: none */
};

/* From <folder>/gateway-seal, which is made when it is not there. On failure the key is one that
 * ends with this process. */
enum chela_error video_seal_load(struct video_seal *s, const char *folder, struct err *e);

/* "vid_…", letters of a URL's path; empty: too long, or no memory. */
str video_id(const struct video_seal *s, const struct video_ref *r, struct arena *a);
/* False: none of ours. */
bool video_id_open(const struct video_seal *s, str id, struct video_ref *r, struct arena *a);

#endif
