import Configuration
import Core
import Foundation

enum SetUpCommands {
    static func initialise(_ arguments: Arguments) throws -> ExitCode {
        let folder = try arguments.only("DIR")[0]
        try SetUp(folder: folder, share: try ShareFolder.find()).make()
        say(
            """
            A set-up is in \(folder). Next:

              budstikke serve --config \(folder)/budstikke.conf    run it; mails become files in \(folder)/outbox
              \(folder)/budstikke.conf                             name your organisation, sources and relay
              \(folder)/recipients.csv                             your employees
              \(folder)/Templates/identity.conf                    your name, colours and logo
            """)
        return .done
    }

    static func restore(_ arguments: Arguments) throws -> ExitCode {
        let file = try arguments.only("FILE")[0]
        let organisation = try Session(arguments).settings.organisation
        let answer = try LedgerOperations.restore(file, into: organisation.stateFolder, at: SystemClock().now(), zone: organisation.zone)
        say(arguments.has("json") ? answer.json : answer.text)
        return .done
    }
}
