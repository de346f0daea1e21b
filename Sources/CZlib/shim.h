// zlib's deflateInit2 is a macro, which Swift does not import.
#ifndef BUDSTIKKE_CZLIB_SHIM_H
#define BUDSTIKKE_CZLIB_SHIM_H
#include <zlib.h>

// One gzip member (RFC 1952) without name and time, so equal bytes give equal bytes. `room` takes at least budstikke_gzip_bound().
// The length written, or 0.
static inline size_t budstikke_gzip(const void *bytes, size_t count, void *room, size_t size) {
    z_stream stream = {0};
    if (count > 0x7fffffff || size > 0x7fffffff) return 0;
    if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    stream.next_in = (Bytef *)bytes;
    stream.avail_in = (uInt)count;
    stream.next_out = room;
    stream.avail_out = (uInt)size;
    int code = deflate(&stream, Z_FINISH);
    size_t written = stream.total_out;
    deflateEnd(&stream);
    return code == Z_STREAM_END ? written : 0;
}
#endif
