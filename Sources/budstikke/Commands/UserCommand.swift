import Core
import Crypto
import Desk
import Foundation

/// Who may come to the desk. A password is read from the terminal without being shown, or as one line from standard input: never from
/// the command line, where every user of the machine could read it.
enum UserCommand {
    static func run(_ arguments: Arguments) throws -> ExitCode {
        let answer = try Session(arguments).ask(try request(arguments))
        say(arguments.has("json") ? answer.json : answer.text)
        return answer.isProblem ? .problem : .done
    }

    private static func request(_ arguments: Arguments) throws -> OperatorRequest {
        switch arguments.positional.first {
        case nil, "list": return .users
        case "add":
            let name = try arguments.only("add", "NAME")[1]
            guard let roles = arguments["roles"] else { throw UsageError("add needs --roles") }
            let address = try arguments["email"].map { text throws(UsageError) in
                guard let address = EmailAddress(text) else { throw UsageError("--email needs a mail address") }
                return address
            }
            return .addUser(name, address: address, roles: try self.roles(roles), passwordHash: try newPassword().text)
        case "role":
            let words = try arguments.only("role", "NAME", "ROLES")
            return .setRoles(words[1], try roles(words[2]))
        case "password": return .setPassword(try arguments.only("password", "NAME")[1], hash: try newPassword().text)
        case "remove": return .removeUser(try arguments.only("remove", "NAME")[1])
        case let word?: throw UsageError("it does not know ‘\(word)’")
        }
    }

    private static func roles(_ text: String) throws(UsageError) -> [DeskRole] {
        try text.split(separator: ",").map { part throws(UsageError) in
            guard let role = DeskRole(part.trimmingCharacters(in: .whitespaces)) else {
                throw UsageError(
                    "‘\(part)’ is no role; there are contributor:SOURCE, editor, med-a:SOURCE, med-b:SOURCE, director, operator")
            }
            return role
        }
    }

    /// Asks twice at a terminal; reads one line otherwise.
    private static func newPassword() throws -> PasswordHash {
        guard isatty(STDIN_FILENO) == 1 else { return try PasswordHash(of: readLine() ?? "") }
        let first = hidden("New password: ")
        guard first == hidden("The same again: ") else { throw UsageError("the two passwords differ") }
        return try PasswordHash(of: first)
    }

    private static func hidden(_ question: String) -> String {
        FileHandle.standardError.write(Data(question.utf8))
        var before = termios()
        tcgetattr(STDIN_FILENO, &before)
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            complain("")
        }
        return readLine() ?? ""
    }
}
