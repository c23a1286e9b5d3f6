/* Runs a fuzzer's corpus once, without libFuzzer: every input that ever mattered stays a test. */
#include "base/file.h"

#include <dirent.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv) {
    if (argc != 2) return 64;
    DIR *folder = opendir(argv[1]);
    if (!folder) {
        perror(argv[1]);
        return 66;
    }
    unsigned count = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.') continue;
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        struct buf bytes = BUF_INIT(16u << 20);
        struct err e = ERR_INIT;
        if (file_read(path, &bytes, &e) != CHELA_OK) {
            fprintf(stderr, "%s\n", e.message);
            return 66;
        }
        LLVMFuzzerTestOneInput((const uint8_t *)bytes.p, bytes.n);
        buf_free(&bytes);
        count++;
    }
    closedir(folder);
    printf("%u inputs\n", count);
    return count ? 0 : 1;
}
