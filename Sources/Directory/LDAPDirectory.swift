import Core
import Crypto
import Foundation

/// The employees as an LDAP server has them, Active Directory among them, asked by OpenLDAP's `ldapsearch`.
///
/// Comes in: one search below `Base=`, in pages (RFC 2696; the control is critical, so a server without it says so). Goes out: a person for
/// each entry. The program runs with bounds on time, memory of output and processor, writes no file, and gets the password on its standard
/// input. On failure of any kind (a result code that is not 0, such as a size limit that cut the answer; a bad certificate) nobody is taken.
package struct LDAPDirectory: DirectorySource {
    private let server: DirectoryServer
    private let program: OptionalProgram
    private let folder: String

    package static let usualFilter = "(&(objectClass=person)(mail=*))"
    private static let timeLimit = Span.minutes(5)
    private static let outputLimit = 256 << 20
    private static let systemCertificates = "/etc/ssl/certs/ca-certificates.crt"
    private static let limits = ResourceLimits(processorSeconds: 120, fileSize: 0)

    /// Which attributes fill the usual columns: those of Active Directory and of inetOrgPerson (RFC 2798), the first that is there.
    static let usual: [String: [String]] = [
        "email": ["mail"], "name": ["displayname", "cn"], "department": ["department", "departmentnumber", "ou"],
        "location": ["physicaldeliveryofficename", "l"], "role": ["title"], "language": ["preferredlanguage"], "groups": ["memberof"],
    ]

    package init(_ server: DirectoryServer, program: OptionalProgram, folder: String) {
        self.server = server
        self.program = program
        self.folder = folder
    }

    package var name: String { server.url }

    private var attributes: [String: [String]] { Self.usual.merging(server.attributes.mapValues { [$0.lowercased()] }) { $1 } }

    package func people() throws(Fault) -> Result<[Person], SettingsProblems> {
        guard program.isInstalled else {
            throw Fault("ask", name, cause: "\(program.path) is not installed", mend: "Run: apt install \(program.package)")
        }
        let password = try server.passwordFile.map { file throws(Fault) in try Secret(file: file, relativeTo: folder).bytes }
        let (path, arguments) = Self.limits.command(program.path, words)
        let outcome = try ChildProcess.run(
            path, arguments, input: password ?? [], environment: environment, limit: Self.timeLimit, outputLimit: Self.outputLimit)
        guard outcome.status == 0, !outcome.timedOut else { throw refusal(outcome) }
        let entries = LDIF.entries(outcome.output).map(entry)
        return DirectoryEntry.table(entries, server, source: name)
    }

    private var words: [String] {
        var words = [
            "-LLL", "-x", "-o", "ldif-wrap=no", "-o", "nettimeout=20", "-l", "120", "-H", server.url, "-b", server.base, "-s", "sub",
        ]
        words += ["-E", "!pr=\(server.pageSize)/noprompt"]
        if server.startsTLS { words.append("-ZZ") }
        if let user = server.user { words += ["-D", user, "-y", "/dev/stdin"] }
        return words + [server.filter ?? Self.usualFilter] + Set(attributes.values.joined()).sorted()
    }

    /// Only what is said here: neither a user's `.ldaprc` nor the caller's variables may turn off the certificate's check.
    private var environment: [String: String] {
        var environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LDAPTLS_REQCERT": "demand", "LDAPTLS_PROTOCOL_MIN": "3.3"]
        environment["LDAPTLS_CACERT"] = server.caFile ?? Self.systemCertificates
        return environment
    }

    private func entry(_ found: LDIF.Entry) -> DirectoryEntry {
        var entry = DirectoryEntry()
        for (column, names) in attributes {
            guard let values = names.lazy.compactMap({ found[$0] }).first else { continue }
            if column == "groups" {
                let groups = values.map { $0.contains("=") ? LDIF.firstValue(ofName: $0) : $0 }
                // The signs that part groups in a cell.
                entry.cells[column] = groups.map { String($0.map { ",|".contains($0) ? " " : $0 }) }.joined(separator: "|")
            } else {
                entry.cells[column] = values.first
            }
        }
        return entry
    }

    /// What the result code means; the program's words go along, which name the server's and never the password.
    private func refusal(_ outcome: ChildProcess.Outcome) -> Fault {
        let said = outcome.errorText.split(whereSeparator: \.isNewline).prefix(3).joined(separator: "; ")
        func fault(_ cause: String, _ mend: String) -> Fault {
            Fault("ask", name, cause: said.isEmpty ? cause : "\(cause) (\(said))", mend: mend)
        }
        if outcome.timedOut { return fault("it did not answer within \(Self.timeLimit)", "Check the server's load, or narrow Filter=.") }
        return switch outcome.status {
        case 3, 85: fault("it took too long", "Check the server's load, or narrow Filter=.")
        case 4, 11: fault("a limit of the server cut the answer", "Lower PageSize=, or have the limit raised for this login.")
        case 12: fault("it knows no pages", "Use a server with RFC 2696, or export a CSV file.")
        case 13, 8: fault("it wants a safe connection", "Use ldaps:// or StartTLS=required.")
        case 32: fault("there is no such Base=", "Check the distinguished name.")
        case 49: fault("it refuses the login", "Check User= and the password's file.")
        case 50: fault("the login may not read there", "Give it the right to read the people below Base=.")
        case 255:
            fault(
                "no connection came about: it does not answer, or its certificate is not one for this name from a trusted authority",
                "Check URL=, CAFile= and that the server runs.")
        default: fault("result \(outcome.status)", "Check URL=, CAFile= and that the server runs.")
        }
    }
}
