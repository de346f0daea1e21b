"""A file share for tests: a folder passed through FUSE with the manners of NFS and SMB, to be switched while it runs.

    share.py BACKING MOUNTPOINT CONTROL

prints "mounted" when it serves. CONTROL is a file of words, looked at before each operation:

    hang            nothing answers until the word is gone
    eio, estale, enotconn, enospc   every operation (enospc: every one that needs room) fails so
    renamefails     a rename is done and then reported as failed (EIO), as NFS does when a reply was lost
    stale=SECONDS   attributes are those of up to so long ago, but for a file that was just opened (NFS' close-to-open)
    nfd             names are shown decomposed, as macOS writes them
    folds           names are found without regard to case
    early=TEXT      a file with that in its name shows twice the size that it has, and reads as zeros behind what is there

It sends no events: files are put into BACKING behind the kernel's back. Inode numbers are libfuse's own and change when the kernel
forgets a file. What it cannot do: break leases and oplocks, lose a connection in the middle of a write, share modes of Windows.
"""
import errno, os, sys, threading, time, unicodedata

from fuse import FUSE, FuseOSError, Operations


class Share(Operations):
    def __init__(self, root, control):
        self.root, self.control = os.path.realpath(root), control
        self.known, self.guard = {}, threading.Lock()

    # What the control file says now.
    def words(self):
        try:
            with open(self.control) as file:
                return dict((word.split("=") + ["1"])[:2] for word in file.read().split())
        except FileNotFoundError:
            return {}

    def __call__(self, operation, path, *arguments):
        words = self.words()
        while "hang" in words:
            time.sleep(0.02)
            words = self.words()
        for word, code in (("eio", errno.EIO), ("estale", errno.ESTALE), ("enotconn", errno.ENOTCONN)):
            if word in words:
                raise FuseOSError(code)
        if "enospc" in words and operation in ("create", "write", "mkdir", "truncate", "fsync", "symlink"):
            raise FuseOSError(errno.ENOSPC)
        if not hasattr(self, operation):
            raise FuseOSError(errno.ENOSYS)
        try:
            return getattr(self, operation)(path, *arguments)
        except FuseOSError:
            raise
        except OSError as error:
            raise FuseOSError(error.errno)

    # The file behind a name: as it is, else in the other normal form, else in another case.
    def real(self, path):
        words, here = self.words(), self.root
        for name in [part for part in path.split("/") if part]:
            candidate = os.path.join(here, name)
            if not os.path.lexists(candidate) and ("nfd" in words or "folds" in words):
                def key(text):
                    text = unicodedata.normalize("NFC", text)
                    return text.casefold() if "folds" in words else text
                try:
                    candidate = next((os.path.join(here, n) for n in os.listdir(here) if key(n) == key(name)), candidate)
                except OSError:
                    pass
            here = candidate
        return here

    def getattr(self, path, handle=None):
        words, real = self.words(), self.real(path)
        limit = float(words.get("stale", 0))
        with self.guard:
            known = self.known.get(real)
        if limit and known and time.monotonic() - known[0] < limit and os.path.lexists(real):
            return known[1]
        status = os.lstat(real)
        found = {k: getattr(status, k) for k in ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size")}
        # libfuse takes times as seconds in floating point or, so that nothing is rounded, as nanoseconds.
        found.update(st_mtime=status.st_mtime_ns, st_atime=status.st_atime_ns, st_ctime=status.st_ctime_ns)
        if words.get("early", "\0") in os.path.basename(real) and os.path.isfile(real):
            found["st_size"] *= 2
        with self.guard:
            self.known[real] = (time.monotonic(), found)
        return found

    def fresh(self, path):
        with self.guard:
            self.known.pop(self.real(path), None)

    def readdir(self, path, handle):
        names = os.listdir(self.real(path))
        if "nfd" in self.words():
            names = [unicodedata.normalize("NFD", name) for name in names]
        return [".", ".."] + names

    def open(self, path, flags):
        self.fresh(path)
        return os.open(self.real(path), flags & ~os.O_NOFOLLOW)

    def create(self, path, mode):
        return os.open(self.real(path), os.O_RDWR | os.O_CREAT | os.O_TRUNC, mode)

    def read(self, path, size, offset, handle):
        data = os.pread(handle, size, offset)
        if self.words().get("early", "\0") in path:
            data += bytes(max(0, min(size, 2 * os.fstat(handle).st_size - offset) - len(data)))
        return data

    def write(self, path, data, offset, handle):
        count = os.pwrite(handle, data, offset)
        self.fresh(path)
        return count

    def truncate(self, path, length, handle=None):
        os.truncate(self.real(path), length)
        self.fresh(path)

    def rename(self, old, new):
        os.rename(self.real(old), self.real(new))
        self.fresh(old)
        self.fresh(new)
        if "renamefails" in self.words():
            raise FuseOSError(errno.EIO)

    def unlink(self, path):
        os.unlink(self.real(path))

    def rmdir(self, path):
        os.rmdir(self.real(path))

    def mkdir(self, path, mode):
        os.mkdir(self.real(path), mode)

    def chmod(self, path, mode):
        os.chmod(self.real(path), mode)

    def readlink(self, path):
        return os.readlink(self.real(path))

    def flush(self, path, handle):
        return 0

    def fsync(self, path, datasync, handle):
        os.fsync(handle)
        return 0

    def fsyncdir(self, path, datasync, handle):
        return 0

    def release(self, path, handle):
        os.close(handle)

    def statfs(self, path):
        status = os.statvfs(self.real(path))
        return {k: getattr(status, k) for k in ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_files", "f_ffree", "f_frsize", "f_namemax")}

    use_ns = True

    def init(self, path):
        print("mounted", flush=True)


if __name__ == "__main__":
    backing, mountpoint, control = sys.argv[1:4]
    # The kernel keeps nothing: every question comes here, as the manners above are the share's own.
    FUSE(Share(backing, control), mountpoint, foreground=True, attr_timeout=0, entry_timeout=0, negative_timeout=0, direct_io=True)
