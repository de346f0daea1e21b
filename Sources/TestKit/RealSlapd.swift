import Core
import Foundation

/// Debian's OpenLDAP server on a loopback port, with people in it; ended with the object.
package final class RealSlapd: @unchecked Sendable {
    // Unchecked: nothing changes after the start but the process, which only `deinit` ends.

    package static let programs = ["/usr/sbin/slapd", "/usr/sbin/slapadd", "/usr/bin/ldapsearch", "/usr/bin/openssl"]
    package static let base = "dc=koege,dc=example"
    package static let user = "cn=budstikke,dc=koege,dc=example"
    package static let password = "hemmelig kode"

    package let port: Int
    package let securePort: Int
    private let folder: TemporaryFolder
    private let child: ChildProcess

    /// The authority that signed its certificate, which is for 127.0.0.1 and not for 127.0.0.2: `localhost` would be this machine's own
    /// name to OpenLDAP's library.
    package var caFile: String { folder.file("cert.pem") }

    /// A server with `entries` (LDIF records below ``base``) that gives no more than `sizeLimit` entries for a search without pages.
    package init(_ entries: [String], sizeLimit: Int = 500) throws {
        folder = try TemporaryFolder()
        try Self.makeCertificate(folder)
        try FileManager.default.createDirectory(atPath: folder.file("data"), withIntermediateDirectories: true)
        try folder.write("slapd.conf", Self.configuration(folder, sizeLimit))
        let root = "dn: \(Self.base)\nobjectClass: dcObject\nobjectClass: organization\ndc: koege\no: Køge\n"
        let login =
            "dn: \(Self.user)\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: budstikke\nuserPassword: \(Self.password)\n"
        let file = try folder.write("people.ldif", ([root, login] + entries).joined(separator: "\n\n") + "\n")
        let loaded = try ChildProcess.run("/usr/sbin/slapadd", ["-q", "-f", folder.file("slapd.conf"), "-l", file], limit: .minutes(2))
        guard loaded.status == 0 else { throw Fault("load", file, cause: loaded.errorText, mend: "See slapadd.") }
        (port, securePort) = (try Self.freePort(), try Self.freePort())
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let addresses = "ldap://127.0.0.1:\(port)/ ldaps://127.0.0.1:\(securePort)/ ldaps://127.0.0.2:\(securePort)/"
        child = try ChildProcess(
            "/usr/sbin/slapd", ["-d", "0", "-h", addresses, "-f", folder.file("slapd.conf")], input: null, output: null, errors: null)
        guard eventually(within: .seconds(30), { Self.answers(port) && Self.answers(securePort) }) else {
            throw Fault("start", "slapd", cause: "it does not listen", mend: "Run it by hand.")
        }
    }

    deinit {
        child.signal(SIGKILL)
        _ = child.wait()
    }

    /// A person's record.
    package static func person(_ number: Int, _ more: String = "") -> String {
        """
        dn: uid=p\(number),\(base)
        objectClass: inetOrgPerson
        uid: p\(number)
        cn: Person \(number)
        sn: \(number)
        mail: p\(number)@koege.example
        displayName: Søren \(number)
        departmentNumber: HR
        title: \(number % 10 == 0 ? "leder" : "sagsbehandler")
        l: Rådhuset
        \(more)
        """
    }

    private static func configuration(_ folder: TemporaryFolder, _ sizeLimit: Int) -> String {
        """
        include /etc/ldap/schema/core.schema
        include /etc/ldap/schema/cosine.schema
        include /etc/ldap/schema/inetorgperson.schema
        modulepath /usr/lib/ldap
        moduleload back_mdb
        pidfile \(folder.file("slapd.pid"))
        TLSCertificateFile \(folder.file("cert.pem"))
        TLSCertificateKeyFile \(folder.file("key.pem"))
        sizelimit size.soft=\(sizeLimit) size.hard=\(sizeLimit) size.pr=\(sizeLimit) size.prtotal=unlimited
        disallow bind_anon
        require authc
        database mdb
        suffix "\(base)"
        rootdn "cn=admin,\(base)"
        rootpw admin
        directory \(folder.file("data"))
        maxsize 268435456
        access to attrs=userPassword by anonymous auth by * none
        access to * by users read by anonymous auth
        """
    }

    private static func makeCertificate(_ folder: TemporaryFolder) throws {
        let made = try ChildProcess.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=budstikke",
                "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder.file("key.pem"), "-out", folder.file("cert.pem"),
            ])
        guard made.status == 0 else { throw Fault("make", "a certificate", cause: made.errorText, mend: "See openssl.") }
    }

    /// slapd takes no port 0: one that was free a moment ago.
    private static func freePort() throws -> Int {
        let (listener, port) = try LoopbackSocket.anyPort()
        close(listener)
        return port
    }

    private static func answers(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = in_addr_t(UInt32(0x7F00_0001).bigEndian)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
