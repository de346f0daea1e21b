import Core
import Crypto
import Foundation
import HTTPServer
import Ledger

/// Who a request comes from: by the cookie of a session, or by the word of a trusted proxy.
struct SignIn: Sendable {
    enum Finding {
        case visitor(Visitor)
        /// Nobody; `ended` when there was a cookie, of a session that is over or was never ours.
        case nobody(ended: Bool)
        /// Somebody who is no trusted proxy sent the proxy's header.
        case forged
    }

    let house: DeskHouse
    let now: Instant

    /// With TLS the prefix has the browser hold us to Secure, this host and the whole path (RFC 6265bis, section 4.1.3.2).
    static func cookieName(isSecure: Bool) -> String { isSecure ? "__Host-desk" : "desk" }

    func isSecure(_ request: Request) -> Bool { request.isSecure || house.publicURL.hasPrefix("https:") }

    /// `isActivity` is false for what a page that is open asks by itself: it keeps no session from falling idle.
    func finding(_ request: Request, isActivity: Bool = true) throws(Fault) -> Finding {
        if let header = house.userHeader, request.headers.contains(header) {
            guard request.isFromTrustedProxy else { return .forged }
            return proxied(request, header).map(Finding.visitor) ?? .nobody(ended: false)
        }
        guard let token = cookie(request) else { return .nobody(ended: false) }
        let digest = Self.digest(token)
        guard
            let account = try house.ledger.session(digest, idle: house.idleAfter, lasting: house.endAfter, isActivity: isActivity, at: now)
        else {
            return .nobody(ended: true)
        }
        return .visitor(
            Visitor(name: account.name, address: account.address, roles: account.roles, holder: digest, hasSession: true))
    }

    private func proxied(_ request: Request, _ header: String) -> Visitor? {
        let names = request.headers.values(header).map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
        guard names.count == 1, Account.isName(names[0]) else { return nil }
        let groups = Set(
            (house.groupsHeader.map { request.headers.values($0) } ?? []).flatMap { $0.split(separator: ",") }.map {
                $0.trimmingCharacters(in: .whitespaces)
            })
        let roles = house.groups.filter { groups.contains($0.group) }.map(\.role)
        return Visitor(
            name: names[0], address: nil, roles: roles, holder: "proxy \(names[0]) \(house.zone.civil(now).date)", hasSession: false)
    }

    private func cookie(_ request: Request) -> String? {
        let wanted = Self.cookieName(isSecure: isSecure(request)) + "="
        for line in request.headers.values("Cookie") {
            for part in line.split(separator: ";") {
                let pair = part.trimmingCharacters(in: .whitespaces)
                if pair.hasPrefix(wanted) { return String(pair.dropFirst(wanted.count)) }
            }
        }
        return nil
    }

    static func digest(_ token: String) -> String { SHA256.hexadecimalDigest(token.utf8) }

    /// The header that gives the browser a session, or takes it away.
    func cookieHeader(_ token: String?, _ request: Request) -> String {
        let isSecure = isSecure(request)
        let attributes = "; Path=/; HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
        return Self.cookieName(isSecure: isSecure) + "=" + (token ?? "") + attributes + (token == nil ? "; Max-Age=0" : "")
    }

    enum Attempt {
        case welcome(cookie: String)
        case wrong
        case wait(until: Instant)
    }

    /// Tries a name and a password. A check of a password takes some 80 ms of the server's one thread, so waits are looked at before it.
    func attempt(name typed: String, password: String, _ request: Request) throws(Fault) -> Attempt {
        let name = typed.trimmingCharacters(in: .whitespaces).lowercased()
        let keys = (Account.isName(name) ? ["account " + name] : []) + ["address " + request.remoteAddress]
        if let until = try house.ledger.loginWait(keys, at: now) { return .wait(until: until) }
        let hash = Account.isName(name) ? try house.ledger.passwordHash(of: name).flatMap(PasswordHash.init(text:)) : nil
        guard let hash, hash.verifies(password) else {
            if hash == nil { PasswordHash.verifyNothing(password) }
            try house.ledger.recordLoginFailure(keys, account: hash == nil ? nil : name, from: request.remoteAddress, at: now)
            return .wrong
        }
        let token = base64URL(randomBytes(32))
        try house.ledger.beginSession(Self.digest(token), of: name, from: request.remoteAddress, at: now)
        return .welcome(cookie: cookieHeader(token, request))
    }
}
