import Core
import Foundation

/// The sections of intranet endpoints.
extension SettingsReader {
    mutating func endpoint(_ section: inout SectionReader) {
        let name = section.section.name
        let kind: Endpoint.Kind = section.choice("Kind") ?? .webhook
        let url = address("URL", &section)
        var isWhole = true
        switch kind.secret {
        case .required: isWhole = section.required("SecretFile", "\(name).secret") != nil
        case .address:
            isWhole = section.required("SecretFile", "\(name).address") != nil
            section.refuse("URL", "a \(kind.rawValue) address is a secret and stands in SecretFile=")
        case .optional: break
        case .none: section.refuse("SecretFile", "a hub is told nothing secret")
        }
        if kind.secret != .address, kind != .sharepoint, section.required("URL", "https://intranet.koege.example/hook") == nil {
            isWhole = false
        }
        var endpoint = Endpoint(
            name: name, kind: kind, url: kind.secret == .address ? nil : url, secretFile: section.text("SecretFile").map(settings.path))
        endpoint.allowPrivate = section.boolean("AllowPrivate") ?? false
        endpoint.caFile = section.text("CAFile").map(settings.path)
        endpoint.per = section.choice("Per") ?? .edition
        endpoint.categories = section.entries("Category").map(\.value)
        endpoint.audiences = section.entries("Audience").map(\.value)
        endpoint.headers = section.entries("Header").map(\.value)
        if !kind.takesPosts {
            for key in ["Per", "Category", "Audience"] { section.refuse(key, "a hub is told of feeds, not of items and editions") }
        }
        isWhole = options(kind, &section, &endpoint) && isWhole
        guard isWhole, section.text("URL") == nil || url != nil || kind.secret == .address else { return }
        settings.endpoints.append(endpoint)
    }

    /// Takes the keys of the kind and refuses those of the others. Returns whether the required ones are there.
    private func options(_ kind: Endpoint.Kind, _ section: inout SectionReader, _ endpoint: inout Endpoint) -> Bool {
        var isWhole = true
        for key in kind.options.required where section.required(key, Self.examples[key] ?? "…") == nil { isWhole = false }
        let own = kind.options.required + kind.options.optional
        for key in Set(Endpoint.Kind.allCases.flatMap { $0.options.required + $0.options.optional }).sorted() where !own.contains(key) {
            section.refuse(key, "an endpoint of kind \(kind.rawValue) does not know it")
        }
        for key in own {
            if key.hasSuffix("URL") { _ = address(key, &section) }
            endpoint.options[key] = section.text(key)
        }
        return isWhole
    }

    private static let examples = [
        "Body": "Templates/intranet.json.mustache", "User": "nyhedsbrev", "Tenant": "koege.onmicrosoft.com",
        "Client": "00000000-0000-0000-0000-000000000000", "Site": "koege.sharepoint.com,…,…", "Template": "01FP2SNGFN0BZQH03KCBXHKYHG",
    ]

    private func address(_ key: String, _ section: inout SectionReader) -> String? {
        section.value(key, "an https:// or http:// address") { text in
            // Places such as {{{url.remote}}} are filled in later.
            let sample = text.replacing(/\{\{.*?\}\}\}?/, with: "x")
            return LinkTarget(sample).map(\.address)?.hasPrefix("http") == true ? text : nil
        }
    }
}
