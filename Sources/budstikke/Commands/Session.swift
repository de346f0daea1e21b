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

    init(settings: Settings) { self.settings = settings }

    static func file(_ arguments: Arguments) throws(SettingsProblems) -> String {
        if let named = arguments["config"] { return named }
        if let found = Settings.defaultFiles.first(where: { access($0, F_OK) == 0 }) { return found }
        throw SettingsProblems([
            .init(
                Place(file: Settings.defaultFiles[0]), cause: "there is no configuration here or in /etc/budstikke",
                mend: "Make one with ‘budstikke init DIR’, or name it with --config FILE.")
        ])
    }

    /// Has a request done, by the daemon when one runs.
    func ask(_ request: OperatorRequest) throws -> Answer {
        // Behind sudo everybody is the service's user: who it is counts where two people have to agree.
        let actor = ProcessInfo.processInfo.environment["SUDO_USER"].flatMap { $0.isEmpty ? nil : $0 } ?? ProcessInfo.processInfo.userName
        let socket = settings.organisation.stateFolder + "/" + ControlSocket.fileName
        if let reply = try Self.send(.init(actor: actor, request: request), to: socket) { return try reply.get() }
        return try House(settings: settings).perform(request, by: actor)
    }

    /// The running daemon's answer; `nil` when none runs.
    func askDaemon(_ request: OperatorRequest) throws -> Answer? {
        let socket = settings.organisation.stateFolder + "/" + ControlSocket.fileName
        return try Self.send(.init(actor: ProcessInfo.processInfo.userName, request: request), to: socket)?.get()
    }

    /// The daemon's reply; `nil` when none listens. Throws a ``Fault`` when it took the request and did not answer.
    private static func send(_ request: ControlSocket.Request, to socket: String) throws -> Result<Answer, Fault>? {
        guard access(socket, F_OK) == 0 else { return nil }
        let body = Array(try JSONEncoder().encode(request))
        var http = HTTPRequest(.post, try HTTPAddress("http://budstikke\(ControlSocket.path)"), body: body)
        http.reach = .unixSocket(socket)
        http.timeLimit = .minutes(2)
        http.responseLimit = ControlSocket.limit
        switch try http.attempt() {
        case .unsent: return nil
        case .unanswered(let fault): throw fault
        case .answered(let response): return try JSONDecoder().decode(ControlSocket.Reply.self, from: Data(response.body)).result
        }
    }
}
