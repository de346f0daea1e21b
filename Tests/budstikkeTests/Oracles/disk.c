// A disk that fails on command, for LD_PRELOAD: it stands between a program and write, sync and read of the files whose path holds
// DISK_PATH, and lets one call fail, or notes every call so that a power cut can be replayed. The program under test knows nothing of it.
//
//   DISK_FAIL=KIND:N   the Nth call fails. eio, enospc: with that error. short: half is written, and the next write finds no room.
//                      kill: the process is gone before it. sync: the Nth fsync alone, with EIO. read: the Nth read alone, with EIO.
//   DISK_COUNT=FILE    24 bytes, shared by all processes: calls so far, faults so far, syncs of the failed file since its sync failed.
//   DISK_RECORD=FILE   each call that succeeded: a line "write PATH OFFSET LENGTH" and the bytes, "truncate PATH LENGTH", "sync PATH",
//                      "unlink PATH", "rename PATH\tPATH"; what is mapped into memory is not seen.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *watched;
static char kind[16];
static uint64_t number;
static volatile uint64_t *counts;
static uint64_t own_counts[3];
static int record = -1;
static char failed_sync[PATH_MAX];
static int no_room;

__attribute__((constructor)) static void begin(void) {
    watched = getenv("DISK_PATH");
    counts = own_counts;
    const char *fail = getenv("DISK_FAIL"), *count = getenv("DISK_COUNT"), *file = getenv("DISK_RECORD");
    if (fail) sscanf(fail, "%15[a-z]:%lu", kind, &number);
    if (count) {
        int descriptor = syscall(SYS_openat, AT_FDCWD, count, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (descriptor >= 0 && syscall(SYS_ftruncate, descriptor, (long)sizeof own_counts) == 0)
            counts = mmap(NULL, sizeof own_counts, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    }
    if (file) record = syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int is_watched(const char *path) { return watched && strstr(path, watched) != NULL; }

// The path behind a descriptor, when it is one of those watched.
static int find(int descriptor, char *path) {
    if (!watched || descriptor < 3 || descriptor == record) return 0;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, (long)(PATH_MAX - 1));
    if (length <= 0) return 0;
    path[length] = 0;
    return is_watched(path);
}

static int is(const char *name) { return strcmp(kind, name) == 0; }

// Whether this call is the one.
static int strikes(void) {
    if (++counts[0] != number) return 0;
    counts[1]++;
    if (is("kill")) {
        syscall(SYS_kill, getpid(), SIGKILL);
        for (;;) pause();
    }
    return 1;
}

static void note(const char *bytes, size_t length, const char *format, ...) {
    if (record < 0) return;
    char line[2 * PATH_MAX + 64];
    va_list arguments;
    va_start(arguments, format);
    int count = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (count > 0) syscall(SYS_write, record, line, (long)count);
    if (length) syscall(SYS_write, record, bytes, (long)length);
}

static long put(int descriptor, const void *bytes, size_t length, off_t offset) {
    return offset < 0 ? syscall(SYS_write, descriptor, bytes, length) : syscall(SYS_pwrite64, descriptor, bytes, length, offset);
}

static ssize_t written(int descriptor, const void *bytes, size_t length, off_t offset) {
    char path[PATH_MAX];
    if (!find(descriptor, path)) return put(descriptor, bytes, length, offset);
    pthread_mutex_lock(&lock);
    long result = -1;
    int error = 0;
    off_t place = offset < 0 ? lseek(descriptor, 0, SEEK_CUR) : offset;
    if (no_room) {
        no_room = 0;
        error = ENOSPC;
    } else if (!is("sync") && !is("read") && strikes()) {
        if (is("short")) {
            no_room = 1;
            length = length > 1 ? length / 2 : length;
        } else error = is("enospc") ? ENOSPC : EIO;
    }
    if (!error) {
        result = put(descriptor, bytes, length, offset);
        error = errno;
        if (result > 0) note(bytes, result, "write %s %lld %ld\n", path, (long long)place, result);
    }
    pthread_mutex_unlock(&lock);
    if (result < 0) errno = error;
    return result;
}

ssize_t write(int d, const void *b, size_t n) { return written(d, b, n, -1); }
ssize_t pwrite(int d, const void *b, size_t n, off_t o) { return written(d, b, n, o); }
ssize_t pwrite64(int d, const void *b, size_t n, off64_t o) { return written(d, b, n, o); }

static ssize_t taken(int descriptor, void *bytes, size_t length, off_t offset) {
    char path[PATH_MAX];
    int error = 0;
    if (is("read") && find(descriptor, path)) {
        pthread_mutex_lock(&lock);
        if (strikes()) error = EIO;
        pthread_mutex_unlock(&lock);
    }
    if (error) {
        errno = error;
        return -1;
    }
    return offset < 0 ? syscall(SYS_read, descriptor, bytes, length) : syscall(SYS_pread64, descriptor, bytes, length, offset);
}

ssize_t read(int d, void *b, size_t n) { return taken(d, b, n, -1); }
ssize_t pread(int d, void *b, size_t n, off_t o) { return taken(d, b, n, o); }
ssize_t pread64(int d, void *b, size_t n, off64_t o) { return taken(d, b, n, o); }

static int synced(int descriptor, long call) {
    char path[PATH_MAX];
    if (!find(descriptor, path)) return (int)syscall(call, descriptor);
    pthread_mutex_lock(&lock);
    int result = -1, error = EIO;
    if (failed_sync[0] && strcmp(failed_sync, path) == 0) counts[2]++;
    if (!is("read") && strikes() && !is("enospc") && !is("short")) {
        strcpy(failed_sync, path);
    } else {
        result = (int)syscall(call, descriptor);
        error = errno;
        if (result == 0) note(NULL, 0, "sync %s\n", path);
    }
    pthread_mutex_unlock(&lock);
    if (result < 0) errno = error;
    return result;
}

int fsync(int d) { return synced(d, SYS_fsync); }
int fdatasync(int d) { return synced(d, SYS_fdatasync); }

static int truncated(int descriptor, off_t length) {
    char path[PATH_MAX];
    if (!find(descriptor, path)) return (int)syscall(SYS_ftruncate, descriptor, length);
    pthread_mutex_lock(&lock);
    int result = -1, error = EIO;
    if (is("sync") || is("read") || !strikes()) {
        result = (int)syscall(SYS_ftruncate, descriptor, length);
        error = errno;
        if (result == 0) note(NULL, 0, "truncate %s %lld\n", path, (long long)length);
    }
    pthread_mutex_unlock(&lock);
    if (result < 0) errno = error;
    return result;
}

int ftruncate(int d, off_t n) { return truncated(d, n); }
int ftruncate64(int d, off64_t n) { return truncated(d, n); }

int unlink(const char *path) {
    pthread_mutex_lock(&lock);
    int result = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0), error = errno;
    if (result == 0 && is_watched(path)) note(NULL, 0, "unlink %s\n", path);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int rename(const char *from, const char *to) {
    pthread_mutex_lock(&lock);
    int result = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0), error = errno;
    if (result == 0 && is_watched(to)) note(NULL, 0, "rename %s\t%s\n", from, to);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}
