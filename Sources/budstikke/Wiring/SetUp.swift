import Core
import Foundation

/// Makes a complete set-up in a folder, as `init` and `demo` do: configuration, templates, schedules, recipients, drop folders.
struct SetUp {
    var folder: String
    var share: ShareFolder

    /// The folders that the sample configuration names as sources.
    static let sources = ["Teknik og Miljø", "Børn og Unge", "Sundhed og Omsorg", "HR", "Direktionen", "Hovedudvalget"]

    /// Throws a ``Fault`` when there is a set-up already, or the folder cannot be written.
    func make() throws(Fault) {
        guard !FileManager.default.fileExists(atPath: folder + "/budstikke.conf") else {
            throw Fault(
                "create a set-up in", folder, cause: "there is a budstikke.conf already",
                mend: "Name another folder, or go on with the one that is there: budstikke serve --config \(folder)/budstikke.conf")
        }
        try makeFolder(folder)
        try copy(share.templates, folder + "/Templates")
        try copy(share.schedules, folder + "/Schedules")
        try copy(share.samples + "/recipients.csv", folder + "/recipients.csv")
        for source in Self.sources { try makeFolder(folder + "/drop/" + source) }
        try makeFolder(folder + "/outbox")
        // Last, because its presence says that the set-up is complete.
        try copy(share.samples + "/budstikke.conf", folder + "/budstikke.conf")
    }

    /// Puts the sample items into the drop folder. `{dage:N}` in them becomes the date N days from `today`.
    func dropSamples(today: CivilDate) throws(Fault) {
        let root = share.samples + "/drop"
        guard let paths = FileManager.default.subpaths(atPath: root)?.sorted() else {
            throw Fault("read", root, cause: "the samples are missing", mend: "Install the package again.")
        }
        for path in paths {
            let (from, to) = (root + "/" + path, folder + "/drop/" + path)
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: from, isDirectory: &isFolder) else { continue }
            if isFolder.boolValue {
                try makeFolder(to)
            } else if let text = try? String(contentsOfFile: from, encoding: .utf8) {
                try write(to, Data(Self.dated(text, today).utf8))
            } else {
                try copy(from, to)
            }
        }
    }

    /// A text with its relative dates made real.
    static func dated(_ text: String, _ today: CivilDate) -> String {
        var result = ""
        var rest = Substring(text)
        while let open = rest.firstRange(of: "{dage:"), let close = rest[open.upperBound...].firstIndex(of: "}"),
            let days = Int(rest[open.upperBound..<close])
        {
            let date = today + days
            result += rest[..<open.lowerBound] + "\(date.day).\(date.month).\(date.year)"
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    func write(_ path: String, _ data: Data) throws(Fault) {
        do { try data.write(to: URL(fileURLWithPath: path)) } catch { throw cannot("write", path, error) }
    }

    private func makeFolder(_ path: String) throws(Fault) {
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw cannot("create", path, error)
        }
    }

    /// Contents alone: FileManager's copyItem would keep root as the owner of what a package installed, which only root may.
    private func copy(_ from: String, _ to: String) throws(Fault) {
        if let names = try? FileManager.default.contentsOfDirectory(atPath: from) {
            try makeFolder(to)
            for name in names { try copy(from + "/" + name, to + "/" + name) }
        } else {
            let data: Data
            do { data = try Data(contentsOf: URL(fileURLWithPath: from)) } catch { throw cannot("read", from, error) }
            try write(to, data)
        }
    }

    private func cannot(_ operation: String, _ path: String, _ error: any Error) -> Fault {
        Fault(
            operation, path, cause: (error as NSError).localizedDescription,
            mend: "Choose a folder that you may write, on a disk with room.")
    }
}
