import Core
import Database

/// The pictures of items and of editions, each once by the digest of its own bytes.
extension Ledger {
    /// Keeps a picture that belongs to no item, such as the logo that an edition was rendered with.
    package func keepPicture(_ picture: Picture, at now: Instant) throws(Fault) {
        // Once a day is enough to tell that it is in use.
        let kept = try read { db throws(Fault) in
            try db.first("SELECT kept FROM picture WHERE digest = ?", Value(picture.digest.hexadecimal)) { $0.instant(0) }
        }
        guard kept.map({ now - $0 > .days(1) }) ?? true else { return }
        try write([]) { db throws(Fault) in try db.keep(picture, now) }
    }

    /// A picture by its own digest; `nil` when there is none.
    package func picture(_ digest: PictureDigest) throws(Fault) -> Picture? {
        try read { db throws(Fault) in
            try db.first("SELECT format, width, height, bytes FROM picture WHERE digest = ?", Value(digest.hexadecimal)) { row in
                Picture(
                    digest: digest, format: Picture.Format(rawValue: row.text(0)) ?? .jpeg, width: row.int(1), height: row.int(2),
                    bytes: row.bytes(3))
            }
        }
    }

    /// The rendition of a picture that an item refers to; the picture itself when it has one size for all.
    package func picture(_ digest: PictureDigest, as kind: PictureRenditions.Kind) throws(Fault) -> Picture? {
        try picture(try renditionDigest(of: digest, as: kind))
    }

    /// Which picture is the rendition of one that an item refers to; that one itself when it has one size for all.
    package func renditionDigest(of digest: PictureDigest, as kind: PictureRenditions.Kind) throws(Fault) -> PictureDigest {
        let other = try read { db throws(Fault) in
            try db.first("SELECT \(kind.rawValue) FROM picture_rendition WHERE mail = ?", Value(digest.hexadecimal)) { $0.text(0) }
        }
        return other.flatMap(PictureDigest.init) ?? digest
    }

    /// A picture without its bytes, for pages that only name it.
    package func pictureFacts(_ digest: PictureDigest) throws(Fault) -> Picture? {
        try read { db throws(Fault) in
            try db.first("SELECT format, width, height FROM picture WHERE digest = ?", Value(digest.hexadecimal)) { row in
                Picture(
                    digest: digest, format: Picture.Format(rawValue: row.text(0)) ?? .jpeg, width: row.int(1), height: row.int(2), bytes: []
                )
            }
        }
    }

    /// The small pictures, without their bytes, of those that the items of a list refer to, by the latter's digests; those themselves that
    /// have one size for all.
    package func thumbnails(of digests: [PictureDigest]) throws(Fault) -> [PictureDigest: Picture] {
        guard !digests.isEmpty else { return [:] }
        let wanted = try Stored.text(digests.map(\.hexadecimal))
        let found = try read { db throws(Fault) in
            try db.all(
                """
                SELECT value, digest, format, width, height FROM json_each(?) LEFT JOIN picture_rendition ON mail = value
                JOIN picture ON digest = coalesce(thumbnail, value)
                """, Value(wanted)
            ) { row in (row.text(0), row.text(1), row.text(2), row.int(3), row.int(4)) }
        }
        return found.reduce(into: [:]) { pictures, row in
            guard let wanted = PictureDigest(row.0), let digest = PictureDigest(row.1) else { return }
            pictures[wanted] = Picture(
                digest: digest, format: Picture.Format(rawValue: row.2) ?? .jpeg, width: row.3, height: row.4, bytes: [])
        }
    }

    /// How many bytes a picture has; `nil` when it is unknown.
    package func pictureLength(_ digest: PictureDigest) throws(Fault) -> Int? {
        try read { db throws(Fault) in
            try db.first("SELECT length(bytes) FROM picture WHERE digest = ?", Value(digest.hexadecimal)) { $0.int(0) }
        }
    }
}

extension Connection {
    /// One that is there already counts as handed in now, so that no retention pass takes it away from who hands it in.
    func keep(_ picture: Picture, _ now: Instant) throws(Fault) {
        let known = try run("UPDATE picture SET kept = ? WHERE digest = ?", Value(now), Value(picture.digest.hexadecimal))
        guard known == 0 else { return }
        try run(
            "INSERT INTO picture (digest, format, width, height, bytes, kept) VALUES (?, ?, ?, ?, ?, ?)",
            Value(picture.digest.hexadecimal), Value(picture.format.rawValue), Value(picture.width), Value(picture.height),
            .blob(picture.bytes), Value(now))
    }

    func keep(_ picture: PictureRenditions, _ now: Instant) throws(Fault) {
        for size in picture.all { try keep(size, now) }
        guard Set(picture.all.map(\.digest)).count > 1 else { return }
        try run(
            "INSERT OR IGNORE INTO picture_rendition (mail, screen, thumbnail) VALUES (?, ?, ?)", Value(picture.mail.digest.hexadecimal),
            Value(picture.screen.digest.hexadecimal), Value(picture.thumbnail.digest.hexadecimal))
    }
}
