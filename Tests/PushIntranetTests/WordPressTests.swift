import Core
import Curl
import Foundation
import Ledger
import Press
import TestKit
import Testing

@testable import PushIntranet

/// Debian's WordPress itself, with PHP and MariaDB: takes, corrects and removes a post with a picture.
@Suite struct WordPressTests {
    private static let isAvailable =
        Oracle.hasProgram("/usr/bin/php", "/usr/sbin/mariadbd", "/usr/bin/mariadb-install-db", "/usr/bin/python3")
        && access("/usr/share/wordpress/wp-load.php", R_OK) == 0

    @Test(
        .enabled(if: isAvailable, "needs wordpress, php-cli, php-mysql, php-gd and mariadb-server-core (Debian)"), .timeLimit(.minutes(3)))
    func theRealOneTakesCorrectsAndRemovesAPostWithAPicture() throws {
        let site = try RealWordPress()
        let house = try ConnectorHouse(.wordpress)
        house.endpoint.url = site.url
        house.endpoint.options["User"] = site.user
        #expect(chmod(try house.folder.write("kjukken.secret", site.password + "\n"), 0o600) == 0)
        #expect(try house.poster().probe().get().hasPrefix("the user may publish"))

        let png = try Data(contentsOf: URL(fileURLWithPath: Oracle.root + "/Templates/logo.png"))
        let digest = try #require(PictureDigest(String(repeating: "cd", count: 32)))
        let picture = Picture(digest: digest, format: .png, width: 96, height: 96, bytes: Array(png))
        func accept(_ title: String) throws -> ItemID {
            var content = ConnectorHouse.item(title, category: "Børn & Unge")
            content.picture = PictureReference(digest: digest, alternativeText: "Et våben")
            content.body = Document([.paragraph([.text("Æbler & pærer "), .strong([.text("<b>")])])])
            return try house.ledger.accept(
                Submission(source: "HR", name: "nyt.md", digest: title, content: content, pictures: [PictureRenditions(one: picture)]),
                at: house.clock.now()
            ).item
        }
        let item = try accept("Ny ‘børnehave’ & kantine")
        let taken = try #require(try house.carry())
        #expect(taken.state == .sent, "\(taken.reply ?? "") \(site.log)")
        let post = try #require(try site.posts().first)
        #expect(post.title == "Ny ‘børnehave’ &#038; kantine" || post.title == "Ny ‘børnehave’ &amp; kantine")
        #expect(post.content.contains("Æbler &amp; pærer <strong>&lt;b&gt;</strong>"), "\(post.content)")
        #expect(post.alternativeText == "Et våben" && post.pictureURL?.hasSuffix(".png") == true)
        #expect(post.categories == ["Børn &amp; Unge"])

        // The answer was lost, or the process was killed: the second call finds the first one's post and picture.
        var unsure = taken
        (unsure.told, unsure.remote, unsure.isUncertain) = (nil, nil, true)
        guard case .done(let remote, _) = try house.poster().carry(unsure) else {
            Issue.record("not done")
            return
        }
        #expect(remote == taken.remote)
        #expect(try site.posts().count == 1 && site.get("wp/v2/media").count == 1)

        #expect(try accept("Ny børnehave i Herfølge") == item)
        #expect(try house.carry()?.state == .sent, "\(site.log)")
        let corrected = try site.posts()
        #expect(corrected.map(\.title) == ["Ny børnehave i Herfølge"] && corrected.first?.id == post.id)

        try house.ledger.withdrawItem(item, by: "test", at: house.clock.now())
        #expect(try house.carry()?.state == .sent, "\(site.log)")
        #expect(try site.posts().isEmpty)

        // A password that is wrong is told as such, and not repeated.
        #expect(chmod(try house.folder.write("kjukken.secret", "forkert-hemmelighed\n"), 0o600) == 0)
        guard case .failure(let setback) = try house.poster().probe() else {
            Issue.record("a wrong password works")
            return
        }
        #expect(setback.reply.hasPrefix("HTTP 401: ") && !setback.reply.contains("forkert-hemmelighed"))
    }
}

/// Debian's WordPress in a folder of its own, for as long as the object lives.
private final class RealWordPress {
    let url: String
    let user: String
    let password: String
    private let folder: TemporaryFolder
    private let process: ChildProcess
    private let leash: Int32

    var log: String { String((try? String(contentsOfFile: folder.file("log"), encoding: .utf8))?.suffix(2_000) ?? "") }

    init() throws {
        folder = try TemporaryFolder()
        var pipes: [Int32] = [0, 0]
        try #require(pipe(&pipes) == 0)
        // Else a program that another test starts meanwhile would hold it open.
        for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let output = open(folder.file("log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer {
            close(output)
            close(pipes[0])
        }
        let script = Oracle.root + "/Tests/PushIntranetTests/Oracles/wordpress.py"
        // It ends with the other end of this pipe, so also when the tests are killed.
        leash = pipes[1]
        process = try ChildProcess("/usr/bin/python3", [script, folder.path], input: pipes[0], output: output, errors: output)
        let ready = folder.file("ready.json")
        let isUp = eventually(within: .minutes(2)) { access(ready, R_OK) == 0 }
        let text = (try? String(contentsOfFile: folder.file("log"), encoding: .utf8)) ?? ""
        try #require(isUp, "\(text.suffix(4_000))")
        let said = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: ready))) as? [String: String])
        (url, user, password) = (said["url"] ?? "", said["user"] ?? "", said["password"] ?? "")
    }

    deinit {
        close(leash)
        _ = process.wait()
    }

    struct Post {
        var id: Int
        var title: String
        var content: String
        var alternativeText: String?
        var pictureURL: String?
        var categories: [String]
    }

    /// What everybody may see.
    func posts() throws -> [Post] {
        // The installation's own first post is not ours.
        try get("wp/v2/posts?_embed").filter { ($0["slug"] as? String)?.hasPrefix("budstikke-") == true }.map { post in
            let embedded = post["_embedded"] as? [String: Any]
            let media = (embedded?["wp:featuredmedia"] as? [[String: Any]])?.first
            let terms = (embedded?["wp:term"] as? [[[String: Any]]])?.first ?? []
            return Post(
                id: post["id"] as? Int ?? 0, title: (post["title"] as? [String: Any])?["rendered"] as? String ?? "",
                content: (post["content"] as? [String: Any])?["rendered"] as? String ?? "", alternativeText: media?["alt_text"] as? String,
                pictureURL: media?["source_url"] as? String, categories: terms.compactMap { $0["name"] as? String })
        }
    }

    func get(_ path: String) throws -> [[String: Any]] {
        var request = HTTPRequest(.get, try HTTPAddress("\(url)/\(path)"))
        request.reach = .anywhere
        return try #require(try JSONSerialization.jsonObject(with: Data(try request.send().body)) as? [[String: Any]])
    }
}
