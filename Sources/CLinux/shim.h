// Calls of Linux and glibc that Swift's Glibc module leaves out: GNU extensions and variadic system calls.
#ifndef BUDSTIKKE_CLINUX_SHIM_H
#define BUDSTIKKE_CLINUX_SHIM_H
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// The prototypes that <unistd.h> and <spawn.h> show only under _GNU_SOURCE.
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
extern long syscall(long number, ...);

static inline int budstikke_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

static inline int budstikke_close_from(posix_spawn_file_actions_t *actions, int from) {
    return posix_spawn_file_actions_addclosefrom_np(actions, from);
}

// openat2(2) with RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS: nothing outside `folder` is reached, whatever is swapped meanwhile.
static inline int budstikke_open_beneath(int folder, const char *path, uint64_t flags, uint64_t mode) {
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = flags | O_CLOEXEC;
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}
#endif
