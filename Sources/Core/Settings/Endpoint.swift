/// An intranet endpoint: one `[Endpoint name]` section.
package struct Endpoint: Hashable, Codable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Codable, Sendable {
        case webhook, generic, wordpress, drupal, sharepoint, teams, mattermost, slack, os2display, websub
    }

    /// What one post is about.
    package enum Per: String, CaseIterable, Hashable, Codable, Sendable { case edition, item }

    package var name: String
    package var kind: Kind
    /// Where it is; `nil` for a kind whose address is the secret itself.
    package var url: String?
    /// The file with what it is logged in with, readable by the service's user alone: see ``Kind/secret``.
    package var secretFile: String?
    /// Whether the address may be a private or loopback one.
    package var allowPrivate = false
    /// Certificates to trust in place of the system's: a PEM file.
    package var caFile: String?
    package var per = Per.edition
    /// Only items of these categories, and for these audiences or everybody; empty for all.
    package var categories: [String] = []
    package var audiences: [String] = []
    /// The keys of its kind alone, as the configuration names them: ``Kind/options``.
    package var options: [String: String] = [:]
    /// Header lines beside the kind's own, `Name: value`.
    package var headers: [String] = []

    package init(name: String, kind: Kind, url: String?, secretFile: String?) {
        self.name = name
        self.kind = kind
        self.url = url
        self.secretFile = secretFile
    }

    /// Whether an item is for it: of its categories, for its audiences or everybody, meant for an intranet.
    package func takes(_ content: ItemContent) -> Bool {
        func contains(_ names: [String], _ name: String) -> Bool { names.contains { $0.lowercased() == name.lowercased() } }
        let forThese = content.audience.map { $0.lowercased() == Audience.everybody.name || contains(audiences, $0) } ?? true
        return content.channels.contains(.intranet) && (categories.isEmpty || contains(categories, content.category ?? ""))
            && (audiences.isEmpty || forThese)
    }
}

extension Endpoint.Kind {
    /// What the secret's file holds; `nil` when there is none.
    package enum SecretUse: Hashable, Sendable { case required, optional, address, none }

    /// Whether it is told of items and editions; a hub is told that a feed has changed, and nothing else.
    package var takesPosts: Bool { self != .websub }

    package var secret: SecretUse {
        switch self {
        case .webhook, .wordpress, .drupal, .sharepoint, .os2display: .required
        case .websub: .none
        case .generic: .optional
        case .teams, .mattermost, .slack: .address
        }
    }

    /// The keys that only this kind has; the required ones first.
    package var options: (required: [String], optional: [String]) {
        switch self {
        case .webhook, .teams, .mattermost, .slack, .websub: ([], [])
        case .os2display: (["User", "Template"], ["Playlist", "Seconds", "Tenant", "Theme"])
        case .generic: (["Body"], ["Method", "Identifier", "UpdateMethod", "UpdateURL", "WithdrawMethod", "WithdrawURL"])
        case .wordpress: (["User"], [])
        case .drupal: (["User"], ["ContentType", "TextFormat", "PictureField"])
        case .sharepoint: (["Tenant", "Client", "Site"], ["LoginURL"])
        }
    }
}
