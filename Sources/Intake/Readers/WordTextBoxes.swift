import Foundation

/// Text boxes of Word as pandoc 2.17 reads them without loss: its reader passes over a drawing with the text in it. A box's paragraphs
/// are put after the paragraph that it is anchored in, where it would stand on the page.
///
/// Word writes a box twice, as a drawing and as VML for older programs (ECMA-376 part 3, `mc:AlternateContent`): the first counts. What the
/// repair cannot read is left as it is, for pandoc to refuse.
enum WordTextBoxes {
    private static let part = "word/document.xml"
    /// Bytes of the part that is looked through.
    private static let limit = 64 << 20
    private static let box = (start: Data("<w:txbxContent>".utf8), end: Data("</w:txbxContent>".utf8))
    /// What a box is drawn by, outermost first.
    private static let frames = [
        ("<mc:AlternateContent", "</mc:AlternateContent>"), ("<w:pict", "</w:pict>"), ("<w:drawing", "</w:drawing>"),
    ]
    .map { (start: Data($0.0.utf8), end: Data($0.1.utf8)) }
    private static let paragraphEnd = Data("</w:p>".utf8)

    static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        guard let directory = ZipDirectory(bytes), let entry = directory.entries.first(where: { $0.name == part }),
            let packed = directory.content(entry, of: bytes),
            let xml = entry.method == 0 ? Array(packed) : Inflate.inflated(packed, limit: limit)
        else { return bytes }
        let data = Data(xml)
        guard data.range(of: box.start) != nil, let mended = unboxed(data) else { return bytes }
        return directory.replacing(entry, with: Array(mended), in: bytes)
    }

    /// `nil` when a box stands in no frame, or a frame does not end.
    private static func unboxed(_ xml: Data) -> Data? {
        var done = Data()
        /// The text of boxes whose paragraph has not ended yet.
        var waiting = Data()
        var at = xml.startIndex
        while let next = xml.range(of: box.start, in: at..<xml.endIndex) {
            guard let frame = frame(of: next, from: at, xml), let content = content(xml, from: next, within: frame) else { return nil }
            done += release(&waiting, xml[at..<frame.lowerBound])
            waiting += content
            at = frame.upperBound
        }
        return done + release(&waiting, xml[at...])
    }

    /// A run of the document, with the waiting text behind the first paragraph that ends in it.
    private static func release(_ waiting: inout Data, _ run: Data) -> Data {
        guard !waiting.isEmpty, let close = run.range(of: paragraphEnd) else { return run }
        defer { waiting = Data() }
        return run[..<close.upperBound] + waiting + run[close.upperBound...]
    }

    /// The drawing that holds a box: begins before it, ends behind it.
    private static func frame(of next: Range<Data.Index>, from start: Data.Index, _ xml: Data) -> Range<Data.Index>? {
        for kind in frames {
            guard let open = xml.range(of: kind.start, options: .backwards, in: start..<next.lowerBound),
                let end = end(of: kind, from: open.lowerBound, xml), end > next.upperBound
            else { continue }
            return open.lowerBound..<end
        }
        return nil
    }

    /// What stands in a box; boxes within boxes are not looked for.
    private static func content(_ xml: Data, from start: Range<Data.Index>, within frame: Range<Data.Index>) -> Data? {
        xml.range(of: box.end, in: start.upperBound..<frame.upperBound).map { xml[start.upperBound..<$0.lowerBound] }
    }

    /// Past the end of an element that may hold others of its kind.
    private static func end(of kind: (start: Data, end: Data), from start: Data.Index, _ xml: Data) -> Data.Index? {
        var depth = 1
        var at = start + kind.start.count
        while let close = xml.range(of: kind.end, in: at..<xml.endIndex) {
            if let open = xml.range(of: kind.start, in: at..<close.lowerBound) {
                depth += 1
                at = open.upperBound
                continue
            }
            depth -= 1
            at = close.upperBound
            if depth == 0 { return at }
        }
        return nil
    }
}
