import Core
import Foundation

/// What `budstikke.conf`, its drop-ins and `Schedules/*.schedule` say, checked. Every path in it is absolute or relative to the
/// process; relative paths of the files were taken from the configuration's folder.
package struct Settings: Sendable {
    package struct Organisation: Sendable {
        package var name = ""
        package var language = Language.da
        package var zone = Zone.copenhagen
        package var stateFolder = ""
    }

    package struct Drop: Sendable {
        package var folder = ""
        /// How long size and time of a file must stand still before it is taken in.
        package var settle = Span.seconds(5)
        /// How often the folder is looked through when no hint comes; network shares send none.
        package var rescan = Span.seconds(15)
        /// How long a look at the folder may go without an answer before an alarm.
        package var unresponsive = Span.minutes(1)
        /// Words and phrases that stop an item.
        package var blockedWords: [String] = []
        /// What the receipts and notes are mailed for too.
        package var notify = NotifyRule.all
    }

    /// Crisis messages.
    package struct AlertSettings: Hashable, Sendable {
        /// Whether somebody else has to confirm each before it goes out.
        package var needsTwoPeople = false
        /// Who gets the mail of one that names nobody.
        package var audience = Audience.everybody.name
    }

    /// Whom alarms are told, beside the log.
    package struct AlarmSettings: Hashable, Sendable {
        package struct Webhook: Hashable, Sendable {
            package var url: String
            package var secretFile: String
            package var allowPrivate: Bool
            package var caFile: String?
        }

        package var mail: [EmailAddress] = []
        package var editors: [EmailAddress] = []
        package var webhook: Webhook?
        package var pause = Span.minutes(15)
    }

    package struct Programs: Sendable {
        package var pandoc = OptionalProgram.pandoc
        package var vipsthumbnail = OptionalProgram.vipsthumbnail
        /// Needed where the employees are on an LDAP server.
        package var ldapsearch = OptionalProgram.ldapsearch

        package var all: [OptionalProgram] { [pandoc, vipsthumbnail] }
    }

    package struct Email: Sendable {
        package var from: Mailbox
        /// Where delivery reports go; the address of ``from`` when not set.
        package var returnPath: EmailAddress?
        /// Parts the return path's mailbox from the token of recipient and edition; `nil` for no token.
        package var delimiter: String? = "+"
        package var pictures = Pictures.attached
        /// When nothing but urgent mail is sent.
        package var quietHours: DailyWindow?
        /// When an edition pauses by itself; `nil` for never.
        package var pause: PauseRule? = PauseRule()
    }

    /// How a mail shows its pictures: as parts of it, or as addresses of the web.
    package enum Pictures: String, CaseIterable, Sendable {
        case attached, linked
    }

    /// Where delivery reports are read.
    package struct Bounces: Sendable {
        package struct Mailbox: Sendable {
            package var url: String
            package var user: String
            package var passwordFile: String
            package var caFile: String?
        }

        package var maildir: String?
        package var mailbox: Mailbox?
        package var rescan = Span.minutes(1)
    }

    package enum Listen: Hashable, Sendable, CustomStringConvertible {
        case address(host: String, port: Int)
        case unixSocket(String)

        /// As the configuration writes it: `127.0.0.1:8080`, `[::1]:8080`, `unix:/path`.
        package var description: String {
            switch self {
            case .address(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            case .unixSocket(let path): "unix:\(path)"
            }
        }
    }

    package struct Web: Hashable, Sendable {
        package var listen = Listen.address(host: "127.0.0.1", port: 8080)
        /// Without a slash at its end.
        package var publicURL = "http://127.0.0.1:8080"
        /// Addresses and networks as they are written; what they mean is the server's.
        package var trustedProxies: [String] = []
        package var frameAncestors: [String] = []
        package var certificate: Certificate?

        package struct Certificate: Hashable, Sendable {
            package var file: String
            package var keyFile: String
        }
    }

    /// The editors' pages.
    package struct Desk: Hashable, Sendable {
        package var idleAfter = Span.hours(2)
        package var endAfter = Span.hours(12)
        /// Headers of a trusted proxy; `nil` when people log in with a password alone.
        package var userHeader: String?
        package var groupsHeader: String?
        /// What a group of the proxy's may do.
        package var groups: [GroupRole] = []

        package struct GroupRole: Hashable, Sendable {
            package var role: DeskRole
            package var group: String
        }
    }

    /// Notifications on phones.
    package struct Phones: Hashable, Sendable {
        /// Whom a push service's operator may write to: a `mailto:` or `https:` address.
        package var contact: String
        /// The key for Web Push; `nil` for the one that the service makes.
        package var keyFile: String?
        /// Push services beside the known ones.
        package var hosts: [String] = []
        package var allowPrivate = false

        package init(contact: String) { self.contact = contact }
    }

    /// The folder of the configuration file.
    package var folder: String
    package var file: String
    package var organisation = Organisation()
    package var drop = Drop()
    package var programs = Programs()
    package var sources: [Source] = []
    package var audiences: [Audience] = [.everybody]
    /// Empty where a server is asked.
    package var recipientsFile = ""
    /// The server that is asked in place of the file.
    package var directory: DirectoryServer?
    /// An import that would remove more than this share of the people, in percent, is not taken by itself.
    package var mostRemoved = 50
    package var retention = RetentionRule()
    package var email: Email?
    package var bounces: Bounces?
    package var relays: [Relay] = []
    package var domains: [DomainLimit] = []
    package var web = Web()
    package var endpoints: [Endpoint] = []
    /// Those that are told of items and editions.
    package var postedEndpoints: [Endpoint] { endpoints.filter(\.kind.takesPosts) }
    /// The hubs that are told of feeds.
    package var hubs: [Endpoint] { endpoints.filter { !$0.kind.takesPosts } }
    /// The feeds of `[Feed …]` sections; ``feeds`` has those of the schedules too.
    package var ownFeeds: [FeedRule] = []
    /// How long a screen with a name may fetch nothing before an alarm.
    package var screenSilence = Span.minutes(15)
    package var alert = AlertSettings()
    package var alarm = AlarmSettings()
    /// Where `/metrics` is served; `nil` for nowhere.
    package var metricsListen: Listen?
    package var closingDays = ClosingDays()
    /// `nil` when the desk is not served.
    package var desk: Desk?
    /// `nil` when phones are not offered.
    package var phones: Phones?
    /// `nil` when nothing is published to a store.
    package var store: ObjectStore?
    package var publications: [Publication] = []
    package var templatesFolder: String
    package var schedulesFolder: String
    /// Where each named thing stands, for problems that are found later: `Endpoint kjukken` → file and line.
    package var places: [String: Place] = [:]

    init(file: String, folder: String) {
        self.file = file
        self.folder = folder
        templatesFolder = folder + "/Templates"
        schedulesFolder = folder + "/Schedules"
    }

    /// Every feed that is served.
    package var feeds: [FeedRule] { publications.filter(\.channels.feed).map(FeedRule.init) + ownFeeds }

    /// A path of the configuration: absolute as it is, else from the configuration's folder.
    package func path(_ text: String) -> String { text.hasPrefix("/") ? text : folder + "/" + text }

    /// The same for a secret that systemd may have passed under that name (`LoadCredential=`, systemd.exec(5)).
    func secretPath(_ text: String) -> String {
        if !text.hasPrefix("/"), let credentials = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"] {
            let credential = credentials + "/" + text
            if access(credential, F_OK) == 0 { return credential }
        }
        return path(text)
    }
}
