/// The sections and keys that there are: what the readers accept, what an unknown key is compared with, and what the manual lists.
package struct SectionRule: Sendable {
    package struct Key: Sendable {
        package var name: String
        package var meaning: String
        package var repeats: Bool
    }

    package var kind: String
    /// Whether the heading has a name behind its first word: `[Source Teknik og Miljø]`.
    package var isNamed: Bool
    package var keys: [Key]

    init(_ kind: String, named: Bool = false, _ keys: [(String, String)], repeating: Set<String> = []) {
        self.kind = kind
        isNamed = named
        self.keys = keys.map { Key(name: $0.0, meaning: $0.1, repeats: repeating.contains($0.0)) }
    }
}

package enum KnownKeys {
    package static let configuration: [SectionRule] = [
        SectionRule(
            "Organisation",
            [
                ("Name", "the organisation's name, as readers see it; required"),
                ("Language", "da, nb or en: what readers get who have no language of their own"),
                ("TimeZone", "a zone of the tz database; schedules are civil times in it"),
                ("State", "the folder of the ledger; on a local disk"),
                ("Templates", "the folder of templates, strings and identity"),
                ("Schedules", "the folder of .schedule files"),
            ]),
        SectionRule(
            "Drop",
            [
                ("Folder", "the drop folder, with one folder a source"),
                ("Settle", "how long a file must stand still before it is taken in"),
                ("Rescan", "how often the folder is looked through"),
                ("BlockedWord", "a word or phrase that stops an item"),
                ("Notify", "none, refused or all: which notes and receipts are mailed too"),
                ("Unresponsive", "how long the folder may leave the service without an answer before an alarm is raised"),
            ], repeating: ["BlockedWord"]),
        SectionRule(
            "Programs",
            [
                ("Pandoc", "where pandoc is, when not /usr/bin/pandoc"),
                ("VipsThumbnail", "where vipsthumbnail is, when not /usr/bin/vipsthumbnail"),
                ("LDAPSearch", "where ldapsearch is, when not /usr/bin/ldapsearch; for an LDAP server of employees alone"),
            ]),
        SectionRule(
            "Source", named: true,
            [
                ("Kind", "department, committee or directorate"), ("Contact", "where notes to the source may be mailed"),
                ("Category", "the category of its items that name none"),
                ("MayAlert", "whether it has a folder in Akut/ of the drop folder: a file there is a crisis message"),
            ]),
        SectionRule(
            "Audience", named: true, [("Match", "column=value|value; several lines must all hold; required")], repeating: ["Match"]),
        SectionRule(
            "Recipients",
            [
                ("CSV", "the employees' file"),
                ("URL", "in its place a server: ldaps://host, ldap://host or https://host/scim/v2/Users"),
                ("Base", "LDAP: below which entry people stand; required there"),
                ("Filter", "LDAP: which entries, (&(objectClass=person)(mail=*)) when left out; SCIM: a filter expression"),
                ("Attribute", "column=attribute: which attribute of the server fills a column"),
                ("User", "LDAP: the distinguished name that it logs in as"),
                ("PasswordFile", "its password; readable by the service alone"),
                ("TokenFile", "SCIM: the bearer token; readable by the service alone"),
                ("StartTLS", "LDAP without ldaps: required or none"),
                ("CAFile", "certificates to trust in place of the system's"), ("PageSize", "how many people are asked for at once; 500"),
                ("Rescan", "how often the server is asked; 1h"),
                ("MostRemoved", "a directory that removes more than this share of the people is not taken by itself; 50%"),
            ], repeating: ["Attribute"]),
        SectionRule(
            "Email",
            [
                ("From", "Name <address>: who the mails are from; required"), ("ReturnPath", "where delivery reports go"),
                ("Delimiter", "what parts its mailbox from the token of recipient and edition (+), or none"),
                ("Pictures", "attached, or linked: on the web in place of in the mail"),
                ("QuietHours", "HH:MM-HH:MM: when nothing but urgent mail is sent"),
                (
                    "PauseAtRefused",
                    "an edition is paused when more than this share is refused, such as 20% (the default); no to never do so"
                ),
                ("PauseAtLeast", "and no sooner than after so many refusals; 20"),
            ]),
        SectionRule(
            "Bounces",
            [
                ("Maildir", "the maildir that the return path is delivered into"),
                ("URL", "imaps://host:port/mailbox: the mailbox of the return path"), ("User", "its login"),
                ("PasswordFile", "its password; readable by the service alone"),
                ("CAFile", "certificates to trust in place of the system's"), ("Rescan", "how often they are looked at"),
            ]),
        SectionRule(
            "Relay", named: true,
            [
                ("Directory", "write each mail as a file into this folder, in place of URL"),
                ("URL", "smtp://host:port or smtps://host:port"),
                ("StartTLS", "required, preferred or none"), ("User", "the login"),
                ("PasswordFile", "its password; readable by the service alone"),
                ("TokenFile", "in place of a password: a file with the access token for XOAUTH2, which another program keeps fresh"),
                ("TokenCommand", "in place of a password: a shell command that prints the access token, alone or as OAuth 2 JSON"),
                ("CAFile", "certificates to trust in place of the system's"),
                ("Weight", "its part of the mails among relays of the same priority; 1"),
                ("Priority", "as in DNS SRV records: the relays with the lowest number get all mail until they are paused; 10"),
                ("Connections", "how many at once"), ("MessagesPerConnection", "after so many a new connection is opened"),
                ("PerSecond", "the most mails a second"), ("PerMinute", "the most mails a minute"),
                ("PerHour", "the most mails in any hour"), ("PerDay", "the most mails in any 24 hours, over restarts too"),
                ("QuietHours", "HH:MM-HH:MM: when it gets nothing but urgent mail"),
            ]),
        SectionRule(
            "Domain", named: true,
            [
                ("Connections", "how many connections, over all relays, may carry mail for this receiving domain at once"),
                ("PerMinute", "the most mails to it a minute, over all relays"),
            ]),
        SectionRule(
            "Web",
            [
                ("Listen", "address:port or unix:/path; a socket that systemd passes is taken in its place"),
                ("PublicURL", "the address that readers see"),
                ("TrustedProxy", "an address or network whose X-Forwarded-For and -Proto are believed; unix for the Unix socket's peers"),
                ("FrameAncestors", "an origin, such as https://intranet.koege.example, that may show the pages within its own"),
                ("Certificate", "a certificate with its chain in PEM: the server then speaks TLS itself; read again at a reload"),
                ("Key", "its private key in PEM; not readable by everybody"),
            ],
            repeating: ["TrustedProxy", "FrameAncestors"]),
        SectionRule(
            "Endpoint", named: true,
            [
                ("Kind", "webhook, generic, wordpress, drupal, sharepoint, teams, mattermost, slack, os2display or websub"),
                ("URL", "where it is; for teams, mattermost and slack the address stands in SecretFile="),
                ("SecretFile", "what it is logged in with, by kind; readable by the service alone"),
                ("AllowPrivate", "whether the address may be a private or loopback one"),
                ("CAFile", "certificates to trust in place of the system's"),
                ("Per", "edition or item: what one post is about"), ("Category", "only items of these categories"),
                ("Audience", "only items for these audiences or everybody"),
                ("Header", "a header line of your own, Name: value"),
                ("User", "wordpress, drupal, os2display: the login"),
                ("Body", "generic: the Mustache template of the body; required there"),
                ("Method", "generic: POST, PUT or PATCH"), ("Identifier", "generic: where the answer names the post, such as data.id"),
                ("UpdateMethod", "generic: how a correction is sent; PUT"), ("UpdateURL", "generic: where a correction is sent"),
                ("WithdrawMethod", "generic: how a withdrawal is sent; DELETE"), ("WithdrawURL", "generic: where a withdrawal is sent"),
                ("ContentType", "drupal: the content type's machine name; article"),
                ("TextFormat", "drupal: the text format's machine name; basic_html"),
                ("PictureField", "drupal: the image field's machine name; field_image"),
                ("Tenant", "sharepoint: the tenant's name or number, required there; os2display: the tenant's key, for a user of several"),
                ("Client", "sharepoint: the application's number; required there"),
                ("Site", "sharepoint: the site's identifier in Graph; required there"),
                ("LoginURL", "sharepoint: where tokens are given, when not login.microsoftonline.com"),
                ("Template", "os2display: the number of the template, Billede og tekst; required there"),
                ("Theme", "os2display: the number of a theme"),
                ("Playlist", "os2display: the number of the playlist that slides are put into"),
                ("Seconds", "os2display: how long a slide is shown; 15"),
            ], repeating: ["Category", "Audience", "Header"]),
        SectionRule(
            "Feed", named: true,
            [
                ("Title", "what the screen or reader calls it; the name when left out"),
                ("Place", "where the screen hangs, as its page shows it"),
                ("Profile", "the player it is made for: plain, os2display, xibo or concerto"),
                ("Category", "only these categories"), ("NotCategory", "not these"), ("Source", "only these sources"),
                ("Audience", "items for these audiences beside those for everybody"),
                ("Location", "items for audiences that are chosen by one of these locations alone"),
                ("PerSource", "at most so many of one source"), ("Max", "at most so many in all; 20, and 5 for os2display"),
                ("Order", "priority, newest, oldest or source"), ("Language", "the language that the feed names: da, nb or en"),
                ("TextLimit", "the longest text of an entry, in characters; 400 for os2display and xibo, 300 for concerto"),
                ("Seconds", "how long the player shows one entry, for the lint; 15 for os2display, xibo and concerto"),
                ("Private", "whether its addresses carry a token, so that only who was given one can read it"),
                ("TokenVersion", "1 to 1000000; another number makes another token, and ends the former addresses"),
            ], repeating: ["Category", "NotCategory", "Source", "Audience", "Location"]),
        SectionRule(
            "Desk",
            [
                ("Enabled", "whether /desk/ is served; yes where the section stands"),
                ("IdleAfter", "a login ends after so long without use; 2h"), ("EndAfter", "and after so long in any case; 12h"),
                ("UserHeader", "the header in which a trusted proxy names who is logged in, such as X-Remote-User"),
                ("GroupsHeader", "the header with that person's groups, commas between"),
                ("Role", "role=group: what a group of the proxy's may do, such as editor=Kommunikation"),
            ], repeating: ["Role"]),
        SectionRule(
            "Phones",
            [
                ("WebPush", "whether employees can switch notifications on; yes where the section stands"),
                ("Contact", "whom a push service may write to, mailto: or https:; the address of [Email] From= when left out"),
                ("KeyFile", "the key for Web Push, when the service is not to make its own; readable by the service alone"),
                ("Host", "a push service beside the known ones, such as push.koege.example or *.push.koege.example"),
                ("AllowPrivate", "whether push services may have private or loopback addresses, plain HTTP and other ports"),
            ], repeating: ["Host"]),
        SectionRule(
            "Store",
            [
                ("Endpoint", "https://host of an S3-compatible store; required"), ("Bucket", "the bucket's name; required"),
                ("Region", "the bucket's region; us-east-1"),
                ("Prefix", "what stands before every key, such as nyt; nothing"),
                ("KeyID", "the access key's name; required"),
                ("SecretFile", "its secret; readable by the service alone; required"),
                ("Style", "path or host: where the bucket's name stands in an address; path"),
                ("AllowPrivate", "whether the endpoint may have a private or loopback address"),
                ("CAFile", "certificates to trust in place of the system's"),
            ]),
        SectionRule("Screens", [("SilentAfter", "an alarm when a screen with a name has fetched nothing for so long; 15m")]),
        SectionRule(
            "Alert",
            [
                ("TwoPeople", "whether a second person has to confirm each crisis message; no"),
                ("Audience", "who gets the mail of one that names nobody; alle"),
            ]),
        SectionRule(
            "Alarm",
            [
                ("Mail", "an address that every alarm is mailed to, and its end"),
                ("Editors", "an address that alarms about editions are mailed to, which an editor can do something about"),
                ("Webhook", "an address that alarms are posted to, signed as Standard Webhooks are"),
                ("SecretFile", "what those posts are signed with; readable by the service alone"),
                ("AllowPrivate", "whether the webhook's address may be a private or loopback one"),
                ("CAFile", "certificates to trust in place of the system's"),
                ("Pause", "after two messages about alarms of one kind, further ones are gathered for so long; 15m"),
            ], repeating: ["Mail", "Editors"]),
        SectionRule("Metrics", [("Listen", "address:port or unix:/path of /metrics for Prometheus; not served when left out")]),
        SectionRule(
            "Retention",
            [
                ("At", "when the nightly pass begins; 03:00"), ("Items", "items that no edition carries; 730d"),
                ("Editions", "editions, with what they said and their items; 1825d"),
                ("Deliveries", "who was sent what, and when; 180d"), ("Bounces", "reports of mails that did not arrive; 180d"),
                ("Audit", "who did what; 730d"), ("Pictures", "pictures that nothing shows any more; 30d"),
                ("FormerRecipients", "people who have left the directory; 180d"),
                ("Receipts", "what lies in Modtaget/ and Afvist/; 90d"),
            ]),
        SectionRule(
            "ClosingDays",
            [
                ("ConstitutionDay", "5 June is a closing day"), ("ChristmasEve", "24 December is one"),
                ("NewYearsEve", "31 December is one"),
                ("Closed", "a day of your own, such as 2026-12-28"),
            ], repeating: ["Closed"]),
    ]

    package static let schedule: [SectionRule] = [
        SectionRule(
            "Publication",
            [
                ("Title", "what readers see; required"), ("Template", "a folder in Templates/"), ("Audience", "an [Audience …], or alle"),
                ("Language", "one language for all readers"), ("LeaderNotes", "whether it carries the talking points"),
                ("LeaderBlock", "the audience that gets the same edition with the talking points, by mail alone"),
                ("Mandatory", "why it cannot be unsubscribed; empty when it can"),
            ]),
        SectionRule(
            "Schedule",
            [
                ("When", "an RFC 5545 recurrence rule, or continuous"), ("From", "the day the rule counts from"),
                ("Follows", "the publication whose items it carries, in place of When"),
                ("Ahead", "how long ahead of that one it is released"),
                ("OnHoliday", "nextWorkingDay, previousWorkingDay, skip or run"),
                ("CutOff", "how long before the release the items are frozen"),
                ("AtLeastEvery", "an alarm when it has been silent for longer"), ("IfEmpty", "skip or alert"),
                ("IfLate", "how late it may still go out by itself"),
                ("Approval", "whose yes it needs: none, editor, two, editor+director or med"),
                ("ApprovalAlarm", "how long before the release an alarm tells that approval is missing; 1d"),
            ]),
        SectionRule(
            "Selection",
            [
                ("Category", "only these categories"), ("NotCategory", "not these"), ("Source", "only these sources"),
                ("PerSource", "at most so many of one source"), ("Max", "at most so many in all"),
                ("Order", "priority, newest, oldest or source"),
                ("Repeats", "whether an item may come again in a later edition"),
                (
                    "RequireAlt",
                    "whether an item stays out while one of its pictures has no Alt; refused when every publication for it demands one"
                ),
            ], repeating: ["Category", "NotCategory", "Source"]),
        SectionRule(
            "Channels",
            [
                ("Email", "mail to the audience"), ("Web", "a web edition"), ("Feed", "a feed of the items"),
                ("PrivateFeed", "whether its addresses carry a token, as Private= in [Feed name]"),
                ("FeedTokenVersion", "as TokenVersion= in [Feed name]"),
                ("Endpoint", "an [Endpoint …]"),
            ],
            repeating: ["Endpoint"]),
    ]
}
