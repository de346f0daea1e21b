import Configuration
import Core
import Curl
import Desk
import Foundation
import Ledger

/// How a command reaches the installation: through the running daemon's socket, or by opening the ledger itself when none runs.
struct Session {
    var settings: Settings

    /// Reads the configuration that `--config` or the defaults name. Throws ``SettingsProblems``.
    init(_ arguments: Arguments) throws(SettingsProblems) { settings = try Settings.load(try Self.file(arguments)) }

    static func file(_ arguments: Arguments) throws(SettingsProblems) -> String {
        if let named = arguments["config"] { return named }
        if let found = Settings.defaultFiles.first(where: { access($0, F_OK) == 0 }) { return found }
        throw SettingsProblems([
            .init(
                Place(file: Settings.defaultFiles[0]), cause: "there is no configuration here or in /etc/budstikke",
                mend: "Make one with ‘budstikke init DIR’, or name it with --config FILE.")
        ])
    }

    /// Has an operation done, by the daemon when one runs.
    func ask(_ operation: OperatorRequest) throws -> Answer {
        let socket = settings.organisation.stateFolder + "/" + ControlSocket.fileName
        let actor = ProcessInfo.processInfo.userName
        do {
            return try House(settings: settings).perform(operation, by: actor)
        } catch let fault as Fault where fault.cause == LedgerBusy.cause {
            return try Self.send(.init(actor: actor, operation: operation), to: socket)
        }
    }

    private static func send(_ request: ControlSocket.Request, to socket: String) throws -> Answer {
        let body = Array(try JSONEncoder().encode(request))
        var http = HTTPRequest(.post, try HTTPAddress("http://budstikke\(ControlSocket.path)"), body: body)
        http.reach = .unixSocket(socket)
        http.timeLimit = .minutes(2)
        http.responseLimit = ControlSocket.limit
        let response = try http.send()
        switch try JSONDecoder().decode(ControlSocket.Reply.self, from: Data(response.body)) {
        case .answer(let answer): return answer
        case .fault(let operation, let object, let cause, let mend): throw Fault(operation, object, cause: cause, mend: mend)
        }
    }
}
