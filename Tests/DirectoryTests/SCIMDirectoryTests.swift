import Core
import Foundation
import TestKit
import Testing

@testable import Directory

/// Employees from a SCIM service, page by page: all of them or none.
@Suite struct SCIMDirectoryTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("token", "hemmelig\n")
        chmod(folder.file("token"), 0o600)
    }

    private func directory(_ server: ScriptedSCIMServer, pageSize: Int = 200, _ change: (inout DirectoryServer) -> Void = { _ in })
        -> SCIMDirectory
    {
        var settings = DirectoryServer(kind: .scim, url: server.url)
        settings.tokenFile = folder.file("token")
        settings.pageSize = pageSize
        change(&settings)
        return SCIMDirectory(settings, folder: folder.path)
    }

    @Test func everybodyComesInPages() throws {
        let server = try ScriptedSCIMServer(people: 1_050, token: "hemmelig", mostOfAPage: 150)
        defer { server.stop() }
        let people = try directory(server) {
            $0.attributes = ["niveau": "name.familyName"]
            $0.filter = "userType eq \"A\""
        }.people().get()
        // One of a hundred is not active.
        #expect(people.count == 1_050 - 11)
        let one = try #require(people.first { $0.address.text == "p30@koege.example" })
        #expect(one.name == "Søren 30" && one.department == "HR" && one.role == "sagsbehandler" && one.language == .da)
        #expect(one.groups == ["Alle", "Rådhuset"] && one.attributes == ["niveau": "Nr 30"])
        let targets = server.targets
        #expect(targets.count == 7 && targets[1].contains("startIndex=151&count=200"), "\(targets)")
        #expect(targets[0].hasSuffix("&filter=userType%20eq%20%22A%22"))
    }

    @Test(arguments: ScriptedSCIMServer.Fault.allCases) func nobodyIsTakenWhenSomethingIsWrong(_ fault: ScriptedSCIMServer.Fault) throws {
        let server = try ScriptedSCIMServer(people: 400, token: "hemmelig", mostOfAPage: 150, fault: fault)
        defer { server.stop() }
        #expect { try directory(server).people() } throws: { !"\($0)".contains("hemmelig") }
    }

    @Test func aWrongTokenIsSaid() throws {
        let server = try ScriptedSCIMServer(people: 1, token: "another", mostOfAPage: 10)
        defer { server.stop() }
        #expect { try directory(server).people() } throws: { "\($0)".contains("Check the token") }
    }
}
