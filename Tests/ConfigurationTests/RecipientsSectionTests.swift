import Core
import Testing

@testable import Configuration

/// `[Recipients]` and `[Retention]`: a file or a server, and how long what is known is kept.
@Suite struct RecipientsSectionTests {
    private static func setUp(_ recipients: String, _ more: String = "") throws -> SetUpFolder {
        let setUp = try SetUpFolder(SetUpFolder.configuration.replacing("CSV=recipients.csv", with: recipients) + "\n" + more + "\n")
        try setUp.secret("directory.secret")
        return setUp
    }

    @Test func anLDAPServerInPlaceOfTheFile() throws {
        let setUp = try Self.setUp(
            """
            URL=ldaps://ad.koege.example:3269
            Base=OU=Ansatte,DC=koege,DC=example
            Filter=(&(mail=*)(!(cn=x)))
            Attribute=Location=streetAddress
            Attribute=leder=extensionAttribute5
            User=CN=Budstikke,DC=koege,DC=example
            PasswordFile=directory.secret
            PageSize=200
            Rescan=30m
            MostRemoved=10%
            """)
        let settings = try setUp.load()
        let server = try #require(settings.directory)
        #expect(server.kind == .ldap && !server.startsTLS && server.base == "OU=Ansatte,DC=koege,DC=example" && server.pageSize == 200)
        #expect(server.attributes == ["location": "streetAddress", "leder": "extensionAttribute5"] && server.rescan == .minutes(30))
        #expect(server.passwordFile == setUp.path + "/directory.secret" && settings.mostRemoved == 10 && settings.recipientsFile.isEmpty)
        #expect(try Self.setUp("URL=ldap://ad\nBase=dc=x").load().directory?.startsTLS == true)
        #expect(try Self.setUp("URL=ldap://ad\nBase=dc=x\nStartTLS=none").load().directory?.startsTLS == false)
    }

    @Test func aSCIMServiceInPlaceOfTheFile() throws {
        let setUp = try Self.setUp("URL=https://id.koege.example/scim/v2/Users\nTokenFile=directory.secret\nFilter=active eq true")
        #expect(setUp.problems() == [])
        let server = try #require(try setUp.load().directory)
        #expect(server.kind == .scim && server.filter == "active eq true" && server.rescan == .hours(1))
        #expect(try Self.setUp("URL=http://127.0.0.1:8080/Users\nTokenFile=directory.secret").problems() == [])
    }

    @Test(arguments: [
        ("URL=ldaps://ad\nBase=dc=x\nCSV=recipients.csv", "CSV= would do nothing"), ("URL=ldaps://ad", "has no Base="),
        ("URL=ldaps://ad/dc=x\nBase=dc=x", "is not ldaps://host"), ("URL=ldap://a, b\nBase=dc=x", "is not ldaps://host"),
        ("URL=ftp://ad", "not a directory server"), ("URL=ldaps://ad\nBase=dc=x\nStartTLS=required", "StartTLS= would do nothing"),
        ("URL=ldap://ad\nBase=dc=x\nStartTLS=preferred", "clear text"), ("URL=ldaps://ad\nBase=dc=x\nUser=cn=x", "has no PasswordFile="),
        ("URL=ldaps://ad\nBase=dc=x\nFilter=mail=*", "is not an LDAP filter"),
        ("URL=ldaps://ad\nBase=dc=x\nAttribute=a=-x", "is not column=attribute"),
        ("URL=ldaps://ad\nBase=dc=x\nUser=cn=x\nPasswordFile=none.secret", "does not exist"),
        ("URL=http://id.koege.example/Users\nTokenFile=directory.secret", "clear text"),
        ("URL=http://127.0.0.1.example/Users\nTokenFile=directory.secret", "clear text"),
        ("URL=https://id.koege.example/Users", "has no TokenFile="), ("CSV=recipients.csv\nBase=dc=x", "there is no URL="),
        ("CSV=recipients.csv\nMostRemoved=0%", "not a share"),
    ]) func mistakesAreSaid(_ text: String, _ words: String) throws {
        let problems = try Self.setUp(text).problems()
        #expect(problems.contains { $0.contains(words) }, "\(problems)")
    }

    @Test func spansOfRetention() throws {
        let rule = try Self.setUp("CSV=recipients.csv", "[Retention]\nAudit=forever\nDeliveries=30d\nAt=23:15").load().retention
        #expect(rule.spans[.audit] == nil && rule.spans[.deliveries] == .days(30) && rule.minute == 23 * 60 + 15)
        #expect(rule.spans[.editions] == RetentionRule().spans[.editions])
        let problems = try Self.setUp("CSV=recipients.csv", "[Retention]\nAudit=1h\nAt=25:00\nDelivery=3d").problems()
        #expect(problems.count == 3 && problems.contains { $0.contains("Did you mean Deliveries=?") }, "\(problems)")
    }
}
