/// Names that programs leave in folders and nobody means as an item; they are passed over without a word (FAULTS 22), as are the
/// notes and receipts that a manager moves back together with a file.
enum IgnoredNames {
    private static let whole: Set<String> = [
        "thumbs.db", "ehthumbs.db", "desktop.ini", "icon", "__macosx", "@eadir", "#recycle", "$recycle.bin", "system volume information",
        "lost+found",
    ]
    private static let beginnings = [".", "~$", "~wrl", "~lock"]
    private static let endings = [
        ".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".swp", "~", Tray.noteEnding, Tray.receiptEnding,
    ]

    static func contain(_ name: EntryName) -> Bool {
        let folded = name.folded
        return whole.contains(folded) || beginnings.contains { folded.hasPrefix($0) } || endings.contains { folded.hasSuffix($0) }
    }
}
