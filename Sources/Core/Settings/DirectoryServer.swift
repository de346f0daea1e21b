/// A server that knows the employees, in place of a CSV file.
package struct DirectoryServer: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        /// LDAP, Active Directory among them (RFC 4511), in pages (RFC 2696).
        case ldap
        /// SCIM 2.0 over HTTP (RFC 7644).
        case scim
    }

    package var kind: Kind
    package var url: String
    /// LDAP: the distinguished name that is logged in as; `nil` for nobody.
    package var user: String?
    package var passwordFile: String?
    /// SCIM: the bearer token's file.
    package var tokenFile: String?
    /// LDAP without `ldaps`: whether the connection is made a TLS one before anything is said.
    package var startsTLS = true
    package var caFile: String?
    /// LDAP: below which entry.
    package var base = ""
    package var filter: String?
    package var pageSize = 500
    /// Which attribute of the server fills which column, besides the usual ones.
    package var attributes: [String: String] = [:]
    /// How often it is asked.
    package var rescan = Span.hours(1)

    package init(kind: Kind, url: String) {
        self.kind = kind
        self.url = url
    }
}
