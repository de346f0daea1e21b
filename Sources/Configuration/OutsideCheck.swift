import Core
import Foundation

extension Settings {
    /// What is wrong with the files and folders that the settings name. `check` and `serve` both ask; `serve` leaves out what may lie
    /// on a share, for a share that hangs must not keep the daemon from its start or its reload.
    package func problemsOutside(includingShares: Bool = true) -> [SettingsProblem] {
        var found: [SettingsProblem] = []
        func complain(_ heading: String, _ key: String, _ cause: String, _ mend: String) {
            found.append(.init((places[heading] ?? Place(file: file)).with(key: key), cause: cause, mend: mend))
        }
        // An empty path was a problem of the file already.
        if includingShares, !drop.folder.isEmpty, !Self.isFolder(drop.folder) {
            complain("Drop", "Folder", "the drop folder \(drop.folder) does not exist", "Create it, or mount the share.")
        }
        if includingShares, !recipientsFile.isEmpty, access(recipientsFile, R_OK) != 0 {
            complain("Recipients", "CSV", "\(recipientsFile) cannot be read", "Export the employees into it.")
        }
        if let directory {
            if directory.kind == .ldap, !programs.ldapsearch.isInstalled {
                complain(
                    "Recipients", "URL", "\(programs.ldapsearch.path) is not installed", "Run: apt install \(programs.ldapsearch.package)")
            }
            for (key, secret) in [("PasswordFile", directory.passwordFile), ("TokenFile", directory.tokenFile)] {
                if let secret, let (cause, mend) = secretProblem(secret) { complain("Recipients", key, cause, mend) }
            }
            if let caFile = directory.caFile, access(caFile, R_OK) != 0 {
                complain("Recipients", "CAFile", "\(caFile) cannot be read", "Check the name.")
            }
        }
        for relay in relays {
            let heading = "Relay \(relay.name)"
            switch relay.destination {
            case .directory(let path) where !Self.isFolder(path):
                complain(heading, "Directory", "the folder \(path) does not exist", "Create it.")
            case .smtp(_, _, _, let passwordFile?, _):
                if let (cause, mend) = secretProblem(passwordFile) { complain(heading, "PasswordFile", cause, mend) }
            default: break
            }
            if case .file(let path)? = relay.token, let (cause, mend) = secretProblem(path) {
                complain(heading, "TokenFile", cause, mend)
            }
        }
        if let maildir = bounces?.maildir, !Self.isFolder(maildir + "/new") {
            complain("Bounces", "Maildir", "\(maildir) is no maildir", "Create it with its folders new, cur and tmp.")
        }
        if let mailbox = bounces?.mailbox, let (cause, mend) = secretProblem(mailbox.passwordFile) {
            complain("Bounces", "PasswordFile", cause, mend)
        }
        for endpoint in endpoints {
            if let file = endpoint.secretFile, let (cause, mend) = secretProblem(file) {
                complain("Endpoint \(endpoint.name)", "SecretFile", cause, mend)
            }
            for (key, file) in [("CAFile", endpoint.caFile), ("Body", endpoint.options["Body"].map(path))] {
                if let file, access(file, R_OK) != 0 {
                    complain("Endpoint \(endpoint.name)", key, "\(file) cannot be read", "Check the name.")
                }
            }
        }
        if let file = phones?.keyFile, let (cause, mend) = secretProblem(file) { complain("Phones", "KeyFile", cause, mend) }
        if let webhook = alarm.webhook {
            if let (cause, mend) = secretProblem(webhook.secretFile) { complain("Alarm", "SecretFile", cause, mend) }
            if let file = webhook.caFile, access(file, R_OK) != 0 {
                complain("Alarm", "CAFile", "\(file) cannot be read", "Check the name.")
            }
        }
        if let store {
            if let (cause, mend) = secretProblem(store.secretFile) { complain("Store", "SecretFile", cause, mend) }
            if let file = store.caFile, access(file, R_OK) != 0 { complain("Store", "CAFile", "\(file) cannot be read", "Check the name.") }
        }
        if let certificate = web.certificate {
            if access(certificate.file, R_OK) != 0 {
                complain("Web", "Certificate", "\(certificate.file) cannot be read", "Let the service's user read it.")
            }
            if let (cause, mend) = Self.keyProblem(certificate.keyFile) { complain("Web", "Key", cause, mend) }
        }
        for publication in publications where !Self.isFolder(templatesFolder + "/" + publication.template) {
            let folders = ((try? FileManager.default.contentsOfDirectory(atPath: templatesFolder)) ?? []).filter {
                Self.isFolder(templatesFolder + "/" + $0)
            }
            let near = nearestName(to: publication.template, among: folders)
            complain(
                "Publication \(publication.name) Template", "Template", "there is no folder \(templatesFolder)/\(publication.template)",
                near.map { "Did you mean \($0)?" } ?? "Create it, or leave Template= out.")
        }
        return found
    }

    private static func isFolder(_ path: String) -> Bool {
        var folder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &folder) && folder.boolValue
    }

    /// A certificate's key may be its group's too, as Debian's group ssl-cert has it.
    private static func keyProblem(_ path: String) -> (cause: String, mend: String)? {
        var facts = stat()
        guard stat(path, &facts) == 0, access(path, R_OK) == 0 else { return ("\(path) cannot be read", "Let the service's user read it.") }
        return facts.st_mode & 0o007 == 0 ? nil : ("everybody may read the key \(path)", "chmod 640 \(path)")
    }

    /// A secret must be there and be readable by its owner alone.
    private func secretProblem(_ path: String) -> (cause: String, mend: String)? {
        // Given as a credential by systemd; whoever reads it judges its rights.
        if path.hasPrefix(folder + "/"), let credentials = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"],
            access(credentials + path.dropFirst(folder.count), F_OK) == 0
        {
            return nil
        }
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            return ("the secret's file \(path) does not exist", "Create it with the secret in it, and chmod 600 it.")
        }
        guard access(path, R_OK) == 0 else {
            return (
                "the secret's file \(path) cannot be read", "Make it the service's user's own, or let systemd pass it with LoadCredential=."
            )
        }
        return facts.st_mode & 0o077 == 0 ? nil : ("others may read the secret's file \(path)", "chmod 600 \(path)")
    }
}
