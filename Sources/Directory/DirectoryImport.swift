import Core
import Foundation
import Ledger

/// Makes a file of employees the directory: all or nothing, and never so that nearly everybody is gone.
package struct DirectoryImport: Sendable {
    /// Why a file is not taken. The former directory stays.
    package enum Refusal: Error, Sendable, CustomStringConvertible {
        /// It is not whole or not right: every bad row, with line and mend.
        case problems(SettingsProblems)
        /// It would remove more of the people than it may by itself.
        case removesTooMany(removed: Int, of: Int, source: String, command: String)
        /// The file or the ledger cannot be read or written.
        case fault(Fault)

        /// The refusal for an operator; each bad row is a line of the cause, with its mend.
        package var fault: Fault {
            switch self {
            case .problems(let list):
                Fault(
                    "import", list.problems.first?.place.file ?? "the directory",
                    cause: "\n" + list.problems.map(\.description).joined(separator: "\n") + "\n",
                    mend: "Mend the file and import it again; the former directory stays.")
            case .removesTooMany(let removed, let former, let source, let command):
                Fault(
                    "import", source,
                    cause: "it would remove \(removed) of \(former) people, \(removed * 100 / max(1, former)) % of them",
                    mend: "If that is right, take it by hand: budstikke recipients \(command). Else see to where it comes from.")
            case .fault(let fault): fault
            }
        }

        package var description: String { fault.description }
    }

    /// Up to this many people a directory may be exchanged without more ado: a trial's, a first set-up's.
    static let smallDirectory = 10

    private let ledger: Ledger
    private let clock: any WallClock
    private let mostRemoved: Int

    /// `mostRemoved` is the share of the people, in percent, that may go without more ado.
    package init(ledger: Ledger, clock: any WallClock, mostRemoved: Int = 50) {
        self.ledger = ledger
        self.clock = clock
        self.mostRemoved = mostRemoved
    }

    /// Makes a file's bytes the directory; `name` is the file's in the text of a refusal. `force` lets it remove any share of the people.
    /// Throws the ``Fault`` of a ``Refusal``.
    package func take(_ bytes: [UInt8], name: String, force: Bool = false) throws(Fault) -> DirectoryChange {
        do { return try replace(bytes, name, force: force) } catch { throw error.fault }
    }

    /// Reads a file and makes it the directory. Throws a ``Refusal``.
    func importFile(_ path: String, force: Bool = false) throws(Refusal) -> DirectoryChange {
        let bytes: [UInt8]
        do { bytes = try DirectoryFile.bytes(path) } catch { throw .fault(error) }
        return try replace(bytes, path, force: force)
    }

    private func replace(_ bytes: [UInt8], _ file: String, force: Bool) throws(Refusal) -> DirectoryChange {
        switch DirectoryFile.people(bytes, file: file) {
        case .failure(let problems): throw .problems(problems)
        case .success(let people):
            return try replace(people, file, "import --force \(file)", force: force)
        }
    }

    /// Makes what a server says the directory. Throws the ``Fault`` of a ``Refusal``.
    package func take(_ source: any DirectorySource, force: Bool = false) throws(Fault) -> DirectoryChange {
        do { return try importPeople(source, force: force) } catch { throw error.fault }
    }

    /// The same; throws the ``Refusal`` itself.
    func importPeople(_ source: any DirectorySource, force: Bool = false) throws(Refusal) -> DirectoryChange {
        let answer: Result<[Person], SettingsProblems>
        do { answer = try source.people() } catch { throw .fault(error) }
        switch answer {
        case .failure(let problems): throw .problems(problems)
        case .success(let people): return try replace(people, source.name, "sync --force", force: force)
        }
    }

    private func replace(_ people: [Person], _ source: String, _ command: String, force: Bool) throws(Refusal) -> DirectoryChange {
        if !force { try refuseEmptying(people, source, command) }
        do { return try ledger.replaceDirectory(people, at: clock.now()) } catch { throw .fault(error) }
    }

    private func refuseEmptying(_ people: [Person], _ source: String, _ command: String) throws(Refusal) {
        let (removed, former): (Int, Int)
        do { (removed, former) = try ledger.loss(by: people) } catch { throw .fault(error) }
        guard former <= Self.smallDirectory || removed * 100 <= former * mostRemoved else {
            throw .removesTooMany(removed: removed, of: former, source: source, command: command)
        }
    }
}

extension DirectoryFile {
    /// The bytes of the file, a regular one of at most ``limit`` bytes that did not change while it was read. Throws a ``Fault``.
    package static func bytes(_ path: String) throws(Fault) -> [UInt8] {
        func refused(_ cause: String, _ mend: String) -> Fault { Fault("read", path, cause: cause, mend: mend) }
        // A FIFO or a device under the name must not block the daemon.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw refused(errnoText(), "Check the path, and that the service's user may read the file.") }
        defer { close(descriptor) }
        guard let before = FileSignature(descriptor: descriptor) else { throw refused("it is not a regular file", "Name a CSV file.") }
        guard before.size <= limit else {
            throw refused("it is larger than \(limit >> 20) MiB", "Check that it is the right file.")
        }
        guard let bytes = readBytes(descriptor, atMost: before.size + 1) else {
            throw refused(errnoText(), "Check the disk or the share it is on.")
        }
        guard FileSignature(descriptor: descriptor) == before, bytes.count == before.size else {
            throw refused("it changed while it was read", "It is tried again when it is whole.")
        }
        return bytes
    }
}
