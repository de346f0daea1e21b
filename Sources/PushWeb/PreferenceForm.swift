import HTTPServer

/// What a POST to `/u/<token>` asks for.
enum PreferenceForm: Equatable {
    case unsubscribe
    case unsubscribeAll
    /// The publications that are wanted; of the topics that were offered those that are; the language, when one was chosen.
    case save(Set<String>, offered: Set<String>, topics: Set<String>, language: String?)
    case unknown

    init(_ request: Request) {
        let form = request.form
        let act = form.first { $0.name == "act" }?.value
        if Self.isOneClick(request) {
            self = .unsubscribe
        } else {
            switch act {
            case "unsubscribe": self = .unsubscribe
            case "unsubscribeAll": self = .unsubscribeAll
            case "save":
                func values(_ name: String) -> Set<String> { Set(form.filter { $0.name == name }.map(\.value)) }
                self = .save(
                    values("publication"), offered: values("offered"), topics: values("topic"),
                    language: form.first { $0.name == "language" }?.value)
            default: self = .unknown
            }
        }
    }

    /// `List-Unsubscribe=One-Click`, as a form or as `multipart/form-data` (RFC 8058, section 3.2 leaves the mail program the choice).
    private static func isOneClick(_ request: Request) -> Bool {
        if let value = request.formValue("List-Unsubscribe") { return value == "One-Click" }
        guard request.headers["Content-Type"]?.lowercased().hasPrefix("multipart/form-data") == true else { return false }
        let lines = String(decoding: request.body, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let name = lines.firstIndex(where: { $0.lowercased().hasPrefix("content-disposition:") && $0.contains("List-Unsubscribe") })
        else { return false }
        return lines[name...].contains("One-Click")
    }
}
