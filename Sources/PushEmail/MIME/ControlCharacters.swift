extension Unicode.Scalar {
    /// C0, delete and C1: what Unicode's category Cc holds, asked without its tables, which cost a tenth of a mail's rendering.
    var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}

/// The text with a space for each control character.
func withoutControls(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: \.isControl) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isControl ? " " : $0 }))
}
