import Core

/// What is wrong with a template or the data for it: in which file and line, why, and how to mend it.
package struct TemplateProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package var file: String
    package var line: Int
    package var cause: String
    package var mend: String

    package init(file: String, line: Int, cause: String, mend: String) {
        self.file = file
        self.line = line
        self.cause = cause
        self.mend = mend
    }

    package var description: String { "\(file):\(line): \(cause). \(mend)" }

    /// The same problem in the list that `check` prints.
    package var settingsProblem: SettingsProblem { SettingsProblem(Place(file: file, line: line), cause: cause, mend: mend) }
}
