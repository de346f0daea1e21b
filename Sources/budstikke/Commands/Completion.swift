/// What a shell completes: the commands and their options, from the command table, as the package installs it for bash and zsh.
enum Completion {
    static let command = Command("completion", "bash | zsh", "the completion of this command line, for a shell to read") { arguments in
        switch try arguments.only("bash or zsh")[0] {
        case "bash": say(bash)
        case "zsh": say(zsh)
        case let other: throw UsageError("it knows bash and zsh, not ‘\(other)’")
        }
        return .done
    }

    private static func options(_ command: Command) -> [Arguments.Option] {
        command.options + [.init(name: "help", value: nil, help: "this page")]
    }

    /// The fixed words that a command takes first: `bash`, `zsh` of `bash | zsh`; placeholders are in capitals.
    private static func words(_ command: Command) -> [String] {
        if command.name == "help" { return CommandTable.all.map(\.name) }
        let alternatives = command.words.replacing("[", with: "").replacing("]", with: "").split(separator: "|")
        return alternatives.compactMap { $0.split(separator: " ").first.map(String.init) }.filter { word in
            word.allSatisfy { $0.isLowercase || $0 == "-" } && !word.hasPrefix("-")
        }
    }

    /// `help` is no entry of the table, and completes all the same.
    private static var commands: [Command] {
        CommandTable.all + [Command("help", "[COMMAND]", "this overview, or one command") { _ in .done }]
    }

    /// Options whose value is a file or a folder.
    private static func isPath(_ option: Arguments.Option) -> Bool { ["FILE", "DIR", "JSON"].contains(option.value) }

    private static func takesFile(_ command: Command) -> Bool { ["FILE", "DIR"].contains { command.words.contains($0) } }

    private static var bash: String {
        let cases = commands.map { command in
            let options = options(command)
            let words = (self.words(command) + options.map { "--" + $0.name }).joined(separator: " ")
            return "        \(command.name)) words='\(words)' files=\(takesFile(command) ? "yes" : "no") ;;"
        }
        let all = commands.flatMap(options)
        let paths = Set(all.filter(isPath).map { "--" + $0.name }).sorted().joined(separator: "|")
        let values = Set(all.filter { $0.value != nil && !isPath($0) }.map { "--" + $0.name }).sorted().joined(separator: "|")
        return """
            # Completion of budstikke for bash, made by ‘budstikke completion bash’.
            _budstikke() {
                local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words= files=no
                COMPREPLY=()
                if [ "$COMP_CWORD" = 1 ]; then
                    COMPREPLY=($(compgen -W '\(commands.map(\.name).joined(separator: " "))' -- "$current"))
                    return
                fi
                case $previous in
                    \(paths)) COMPREPLY=($(compgen -f -- "$current")); return ;;
                    \(values)) return ;;
                esac
                case ${COMP_WORDS[1]} in
            \(cases.joined(separator: "\n"))
                esac
                COMPREPLY=($(compgen -W "$words" -- "$current"))
                [ "$files" = no ] || COMPREPLY+=($(compgen -f -- "$current"))
            }
            complete -o filenames -F _budstikke budstikke

            """
    }

    private static var zsh: String {
        /// What stands between single quotes in a description of `_arguments` or `_describe`.
        func quoted(_ text: String) -> String {
            text.replacing("'", with: "’").replacing("[", with: "(").replacing("]", with: ")").replacing(":", with: "\\:")
        }
        let listed = commands.map { "        '\($0.name):\(quoted($0.summary))'" }.joined(separator: "\n")
        let cases = commands.map { command in
            var specs = options(command).map { option in
                let value = option.value.map { ":\($0):" + (isPath(option) ? "_files" : " ") } ?? ""
                return "'--\(option.name)[\(quoted(option.help))]\(value)'"
            }
            let words = self.words(command)
            if !words.isEmpty { specs.append("'1:word:(\(words.joined(separator: " ")))'") }
            specs.append(takesFile(command) ? "'*:file:_files'" : "'*:: :'")
            return "        \(command.name)) _arguments \(specs.joined(separator: " ")) ;;"
        }
        return """
            #compdef budstikke
            # Completion of budstikke for zsh, made by ‘budstikke completion zsh’.
            _budstikke() {
                local -a commands
                commands=(
            \(listed)
                )
                if (( CURRENT == 2 )); then
                    _describe command commands
                    return
                fi
                shift words
                (( CURRENT-- ))
                case ${words[1]} in
            \(cases.joined(separator: "\n"))
                esac
            }
            _budstikke "$@"

            """
    }
}
