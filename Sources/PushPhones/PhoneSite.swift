import Core

/// What the phones' pages are made of, as the settings and templates in force have it.
package struct PhoneSite: Sendable {
    /// The files of `Templates/app`, by name.
    package static let fileNames = ["worker.js", "phone.js", "icon-192.png", "icon-512.png", "icon-maskable-512.png", "badge-96.png"]
    /// As many phones as may be switched on.
    package static let limit = 100_000

    /// The installation's origin: requests from pages of any other are refused.
    package var publicURL: String
    package var services: PushServices
    /// The names of the publications that may be chosen.
    package var publications: Set<String>
    package var language: Language
    /// "Få besked på telefonen", in a language.
    package var page: @Sendable (Language) throws(Fault) -> String
    /// What is shown without a network.
    package var offline: @Sendable () throws(Fault) -> String
    /// The web app's manifest, JSON.
    package var manifest: String
    package var files: [String: [UInt8]]

    package init(
        publicURL: String, services: PushServices, publications: Set<String>, language: Language, manifest: String,
        files: [String: [UInt8]],
        page: @escaping @Sendable (Language) throws(Fault) -> String, offline: @escaping @Sendable () throws(Fault) -> String
    ) {
        self.publicURL = publicURL
        self.services = services
        self.publications = publications
        self.language = language
        self.manifest = manifest
        self.files = files
        self.page = page
        self.offline = offline
    }
}
