import Core
import TestKit
import Testing

@testable import Configuration

@Suite struct PhonesSectionTests {
    private func read(_ lines: String) throws -> (Settings.Phones?, [String]) {
        let setUp = try SetUpFolder(SetUpFolder.configuration + "\n[Phones]\n" + lines)
        try setUp.secret("kjukken.secret")
        let problems = setUp.problems()
        return (Settings.read(setUp.folder.file("budstikke.conf")).settings.phones, problems)
    }

    @Test func theSectionAloneOffersThemInTheNameOfTheMailsSender() throws {
        let (phones, problems) = try read("")
        #expect(problems.isEmpty, "\(problems)")
        #expect(phones?.contact.hasPrefix("mailto:nyhedsbrev@") == true && phones?.keyFile == nil && phones?.allowPrivate == false)
        #expect(try read("WebPush=no").0 == nil)
        let (own, _) = try read("Contact=https://koege.example/it\nHost=push.koege.example\nHost=*.skub.example")
        #expect(own?.contact == "https://koege.example/it" && own?.hosts == ["push.koege.example", "*.skub.example"])
    }

    @Test(arguments: [
        ("WebPush=maybe", "WebPush: ‘maybe’ is not yes or no"),
        ("Contact=it@koege.example", "Contact: ‘it@koege.example’ is not an address"),
        ("Host=https://push.example", "Host: ‘https://push.example’ is not a host"), ("Host=*.", "Host: ‘*.’ is not a host"),
        ("KeyFile=nowhere.key", "KeyFile: the secret's file"),
    ])
    func whatIsWrongIsTold(_ line: String, _ problem: String) throws {
        let (_, problems) = try read(line)
        #expect(problems.contains { $0.contains(problem) }, "\(problems)")
    }
}
