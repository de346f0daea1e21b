import Core
import Foundation
import HTTPServer
import Synchronization

/// The demonstration's intranet: takes each post and keeps it as a file under its `webhook-id`, so that a second copy is no second post.
final class DemoIntranet: Sendable {
    private let server: Server
    private let posts: PostFolder

    var url: String { "\(server.address.url)/hook" }
    /// How many different posts were taken.
    var count: Int { posts.names.withLock { $0.count } }

    private final class PostFolder: Sendable {
        let path: String
        let names = Mutex<Set<String>>([])

        init(_ path: String) { self.path = path }

        func take(_ request: Request) -> Response {
            guard let identifier = request.headers["webhook-id"], request.headers["webhook-signature"] != nil,
                identifier.allSatisfy({ $0.isLetter || $0.isNumber || "_-.".contains($0) })
            else { return .text("A Standard Webhooks post has webhook-id and webhook-signature.\n", status: 400) }
            let written = FileManager.default.createFile(atPath: "\(path)/\(identifier).json", contents: Data(request.body))
            guard written else { return .text("The post cannot be kept.\n", status: 500) }
            names.withLock { _ = $0.insert(identifier) }
            return .text("Taken.\n")
        }
    }

    init(folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let posts = PostFolder(folder)
        var router = Router()
        router.post("/hook") { posts.take($0) }
        server = try Server(.ipv4("127.0.0.1", port: 0), handler: router.response)
        self.posts = posts
    }

    func stop() { server.stop() }
}
