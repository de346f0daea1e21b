import Core
import Crypto
import Directory
import Ledger
import Retention

extension House {
    /// What keeps the employees: a file's watch, or a server's.
    func directory() -> any Stage {
        guard let source = directorySource() else {
            return DirectoryStage(
                path: settings.recipientsFile, ledger: ledger, clock: clock, mostRemoved: settings.mostRemoved,
                settle: settings.drop.settle,
                rescan: settings.drop.rescan)
        }
        return DirectoryServerStage(
            source: source, directory: directoryImport, ledger: ledger, clock: clock, rescan: settings.directory?.rescan ?? .hours(1))
    }

    var directoryImport: DirectoryImport { DirectoryImport(ledger: ledger, clock: clock, mostRemoved: settings.mostRemoved) }

    /// The server that knows the employees; `nil` where a file does.
    func directorySource() -> (any DirectorySource)? {
        guard let server = settings.directory else { return nil }
        return switch server.kind {
        case .ldap: LDAPDirectory(server, program: settings.programs.ldapsearch, folder: settings.folder)
        case .scim: SCIMDirectory(server, folder: settings.folder)
        }
    }

    /// What keeps things for no longer than the settings say.
    func retention() -> RetentionStage {
        RetentionStage(settings.retention, zone: zone, receipts: receiptSweep, ledger: ledger, clock: clock)
    }

    var receiptSweep: ReceiptSweep { ReceiptSweep(drop: settings.drop.folder, sources: receiptFolders) }

    /// The folders with trays, below the drop folder.
    private var receiptFolders: [String] {
        settings.sources.map(\.name) + settings.sources.filter(\.mayAlert).map { AlertSource.prefix + $0.name }
    }
}
