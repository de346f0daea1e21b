import Core
import Foundation
import TestKit
import Testing

/// Somebody at the desk with a browser that has no JavaScript: follows no redirect by itself, keeps its cookie, posts forms.
final class DeskVisitor {
    let port: Int
    var headers: [String]
    private(set) var cookie: String?

    init(_ daemon: Daemon, headers: [String] = []) throws {
        port = try daemon.port
        self.headers = headers
    }

    static let password = "en lang adgangskode"

    /// Logs in as a user that the test made.
    convenience init(_ daemon: Daemon, _ name: String) throws {
        try self.init(daemon)
        let answer = try post("/desk/login", ["name": name, "password": Self.password])
        try #require(answer.status == 303, "\(answer.text)")
    }

    private convenience init(_ daemon: Daemon) throws { try self.init(daemon, headers: []) }

    private var fields: [String] { ["Connection: close"] + headers + (cookie.map { ["Cookie: " + $0] } ?? []) }

    func get(_ path: String) throws -> RawHTTPClient.Answer {
        try RawHTTPClient(port: UInt16(port)).request("GET", path, fields)
    }

    /// A page that must be there, as text.
    func page(_ path: String) throws -> String {
        let answer = try get(path)
        #expect(answer.status == 200, "\(path): \(answer.text)")
        return answer.text
    }

    func post(_ path: String, _ form: [String: String]) throws -> RawHTTPClient.Answer {
        func encoded(_ text: String) -> String { text.utf8.map { "%" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
        let body = form.map { "\($0.key)=\(encoded($0.value))" }.joined(separator: "&")
        return try post(path, type: "application/x-www-form-urlencoded", Array(body.utf8))
    }

    /// A form with files, as a browser posts one: each by its field's name and its own.
    func post(_ path: String, _ form: [String: String], files: [String: (name: String, bytes: [UInt8])]) throws -> RawHTTPClient.Answer {
        let boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
        var body: [UInt8] = []
        for (name, value) in form.sorted(by: { $0.key < $1.key }) {
            let text = value.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
            body += Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(text)\r\n".utf8)
        }
        for (name, file) in files.sorted(by: { $0.key < $1.key }) {
            let place = "name=\"\(name)\"; filename=\"\(file.name)\"\r\nContent-Type: application/octet-stream"
            body += Array("--\(boundary)\r\nContent-Disposition: form-data; \(place)\r\n\r\n".utf8) + file.bytes + [0x0D, 0x0A]
        }
        body += Array("--\(boundary)--\r\n".utf8)
        return try post(path, type: "multipart/form-data; boundary=\(boundary)", body)
    }

    private func post(_ path: String, type: String, _ body: [UInt8]) throws -> RawHTTPClient.Answer {
        let head = fields + ["Content-Type: \(type)", "Content-Length: \(body.count)"]
        let client = try RawHTTPClient(port: UInt16(port))
        try client.send("POST \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(head.joined(separator: "\r\n"))\r\n\r\n")
        // What is refused by its headers is not read.
        try? client.send(body)
        let answer = try client.answer()
        if let set = answer.headers["set-cookie"] { cookie = String(set.prefix { $0 != ";" }) }
        return answer
    }

    /// Presses a button of a page: its hidden fields go along, and what follows is the page that the browser is sent to.
    @discardableResult
    func press(_ act: String, on path: String, _ form: [String: String] = [:]) throws -> String {
        let answer = try post(path, hidden(try page(path)).merging(form) { $1 }.merging(["act": act]) { $1 })
        // A mistake in what was written, or a look at it before it is saved, is answered with the page itself.
        if answer.status == 200 { return answer.text }
        try #require(answer.status == 303, "\(act) on \(path): \(answer.status) \(answer.text)")
        return try page(try #require(answer.headers["location"]))
    }

    /// The values of a page's hidden fields, and of those of its edit form; of several with one name the last.
    func hidden(_ html: String) -> [String: String] {
        var found: [String: String] = [:]
        for match in html.matches(of: /<input type="hidden" name="([a-z]+)" value="([^"]*)"/) where match.1 != "item" {
            found[String(match.1)] = String(match.2)
        }
        return found
    }
}

extension Installation {
    /// Adds a user of the desk by the command.
    func user(_ name: String, _ roles: String) throws {
        let words = ["user", "add", name, "--roles", roles, "--email", "\(name)@koege.example", "--config", configuration]
        let made = try Self.run(words, input: DeskVisitor.password + "\n")
        try #require(made.status == 0, "\(made.errorText)")
    }
}
