/// The words of a command line, taken apart by what the command says it takes.
struct Arguments {
    /// An option of a command.
    struct Option: Sendable {
        /// Without the two hyphens.
        var name: String
        /// What stands for the value in the help; `nil` for a switch.
        var value: String?
        var help: String

        static let config = Option(
            name: "config", value: "FILE", help: "the configuration (default ./budstikke.conf, then /etc/budstikke/budstikke.conf)")
        static let json = Option(name: "json", value: nil, help: "print JSON")
        static let yes = Option(name: "yes", value: nil, help: "do not ask")
    }

    private(set) var positional: [String] = []
    private var values: [String: String] = [:]

    /// Throws a ``UsageError`` at an unknown option or a missing value. `--` ends the options.
    init(_ words: [String], options: [Option]) throws(UsageError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--"), word != "--" else {
                if word == "--" {
                    positional += rest
                    return
                }
                positional.append(word)
                continue
            }
            let name = String(word.dropFirst(2).prefix { $0 != "=" })
            guard let option = options.first(where: { $0.name == name }) else { throw UsageError("there is no option --\(name)") }
            if option.value == nil {
                values[name] = ""
            } else if let equals = word.firstIndex(of: "=") {
                values[name] = String(word[word.index(after: equals)...])
            } else if let value = rest.popFirst() {
                values[name] = value
            } else {
                throw UsageError("--\(name) needs a value")
            }
        }
    }

    subscript(_ name: String) -> String? { values[name] }
    func has(_ name: String) -> Bool { values[name] != nil }

    func number(_ name: String) throws(UsageError) -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = Int(text), number >= 0 else { throw UsageError("--\(name) needs a whole number, not ‘\(text)’") }
        return number
    }

    /// The positional words, which must be exactly as many as named.
    func only(_ names: String...) throws(UsageError) -> [String] {
        guard positional.count == names.count else {
            throw UsageError(names.isEmpty ? "it takes no further words" : "it takes \(names.joined(separator: " "))")
        }
        return positional
    }
}

/// The command line cannot be understood; exit code 2.
struct UsageError: Error {
    var cause: String

    init(_ cause: String) { self.cause = cause }
}
