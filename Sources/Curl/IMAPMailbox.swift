import CCurl
import Core
import Foundation

/// One mailbox of an IMAP server, read and marked over libcurl: always under TLS with a checked certificate, always with bounds.
///
/// A message is done when it is marked `\\Answered`, which nobody else sets on a delivery report: fetching alone sets `\\Seen`, so
/// that flag says nothing about whether it was recorded. Nothing is ever deleted. A ``Fault`` names the server, never the login.
package final class IMAPMailbox {
    private let handle: EasyHandle
    private let base: String
    private let server: String
    private let timeLimit: Span

    /// Bytes of an answer to a search.
    private static let searchLimit = 1 << 20

    /// `url` is `imaps://host:port/mailbox` or `imap://…`, where STARTTLS is required; without a mailbox it is INBOX. Throws a
    /// ``Fault`` when it is not such an address.
    package init(url: String, user: String, password: String, caFile: String?, timeLimit: Span = .seconds(30)) throws(Fault) {
        guard let (server, mailbox) = Self.taken(url) else {
            throw Fault(
                "read", "the mailbox of bounces", cause: "URL= is not imaps://host:port/mailbox",
                mend: "Write it so; user and password have keys of their own.")
        }
        self.server = server
        base = server + "/" + mailbox
        self.timeLimit = timeLimit
        handle = try EasyHandle()
        handle.set(CURLOPT_PROTOCOLS_STR, "imap,imaps")
        handle.set(CURLOPT_PROXY, "")
        handle.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        handle.set(CURLOPT_SSL_VERIFYPEER, 1)
        handle.set(CURLOPT_SSL_VERIFYHOST, 2)
        handle.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, 10_000)
        handle.set(CURLOPT_TIMEOUT_MS, Int(timeLimit.milliseconds))
        handle.set(CURLOPT_USERNAME, user)
        handle.set(CURLOPT_PASSWORD, password)
        if let caFile { handle.set(CURLOPT_CAINFO, caFile) }
    }

    /// Whether an address can be that of a mailbox.
    package static func isAddress(_ url: String) -> Bool { taken(url) != nil }

    private static func taken(_ url: String) -> (server: String, mailbox: String)? {
        guard let parts = URLComponents(string: url), parts.scheme == "imaps" || parts.scheme == "imap", let host = parts.host,
            !host.isEmpty,
            parts.user == nil, parts.query == nil, parts.fragment == nil, !parts.path.contains(";")
        else { return nil }
        let path = parts.percentEncodedPath.drop { $0 == "/" }
        let port = parts.port.map { ":\($0)" } ?? ""
        return (
            "\(parts.scheme ?? "imaps")://\(host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host)\(port)",
            path.isEmpty ? "INBOX" : String(path)
        )
    }

    /// The UIDs of messages that are not done, the oldest first, at most `limit`.
    package func waiting(limit: Int) throws(Fault) -> [UInt32] {
        let answer = try perform(base, command: "UID SEARCH UNANSWERED UNDELETED", limit: Self.searchLimit)
        var found: [UInt32] = []
        for line in String(decoding: answer, as: UTF8.self).split(whereSeparator: \.isNewline) where line.hasPrefix("* SEARCH") {
            found += line.split(separator: " ").dropFirst(2).compactMap { UInt32($0) }
        }
        return Array(found.sorted().prefix(limit))
    }

    /// A message's first bytes, at most `limit`.
    package func message(_ uid: UInt32, limit: Int) throws(Fault) -> [UInt8] {
        Array(try perform("\(base);UID=\(uid)/;PARTIAL=0.\(limit)", command: nil, limit: limit).prefix(limit))
    }

    /// Marks messages as done.
    package func markDone(_ uid: UInt32) throws(Fault) {
        _ = try perform(base, command: "UID STORE \(uid) +FLAGS.SILENT (\\Answered \\Seen)", limit: Self.searchLimit)
    }

    private func perform(_ url: String, command: String?, limit: Int) throws(Fault) -> [UInt8] {
        let inbox = ResponseInbox(limit: limit, reach: .anywhere)
        handle.set(CURLOPT_URL, url)
        if let command {
            handle.set(CURLOPT_CUSTOMREQUEST, command)
        } else {
            _ = budstikke_set_string(handle.pointer, CURLOPT_CUSTOMREQUEST, nil)
        }
        handle.set(CURLOPT_WRITEFUNCTION, callback: receiveBody)
        handle.set(CURLOPT_WRITEDATA, context: Unmanaged.passUnretained(inbox).toOpaque())
        let code = withExtendedLifetime(inbox) { curl_easy_perform(handle.pointer) }
        handle.set(CURLOPT_WRITEDATA, context: nil)
        guard code == CURLE_OK || inbox.excess == .body else { throw fault(code) }
        return inbox.body
    }

    private func fault(_ code: CURLcode) -> Fault {
        let (cause, mend) = Self.known[code.rawValue] ?? (String(cString: curl_easy_strerror(code)), "See the server's log.")
        return Fault("read", server, cause: cause, mend: mend)
    }

    private static let known: [CURLcode.RawValue: (cause: String, mend: String)] = [
        CURLE_COULDNT_RESOLVE_HOST.rawValue: ("the host's name is not known", "Check URL= and this machine's DNS."),
        CURLE_COULDNT_CONNECT.rawValue: ("nobody answers there", "Check URL=, the server and the firewalls between."),
        CURLE_OPERATION_TIMEDOUT.rawValue: ("it did not answer in time", "Check the server's load and the firewalls between."),
        CURLE_USE_SSL_FAILED.rawValue: ("it offers no STARTTLS; no password was sent", "Use imaps://, or switch STARTTLS on."),
        CURLE_PEER_FAILED_VERIFICATION.rawValue: (
            "its certificate is not valid for this name; no password was sent", "Renew it, or name its authority's file in CAFile=."
        ),
        CURLE_SSL_CACERT_BADFILE.rawValue: ("the file in CAFile= cannot be read", "Name a file of PEM certificates."),
        CURLE_LOGIN_DENIED.rawValue: ("it refused user and password", "Check User= and PasswordFile=."),
        CURLE_REMOTE_ACCESS_DENIED.rawValue: ("there is no such mailbox, or it may not be opened", "Check the path of URL=."),
        CURLE_QUOTE_ERROR.rawValue: ("it refused a command", "Check that the mailbox exists and may be written."),
        CURLE_REMOTE_FILE_NOT_FOUND.rawValue: ("a message is gone", "Nothing: it is looked for again."),
    ]
}
