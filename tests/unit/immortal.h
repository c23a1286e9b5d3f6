/* Included behind the .c files that mortal.h made mortal: see there. */
#undef write
#undef open
#undef fchmod
#undef fsync
#undef close
#undef rename
#undef unlink
#undef mkdir
#undef flock
