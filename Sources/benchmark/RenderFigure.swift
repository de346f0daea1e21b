import Core
import PushEmail

/// Personal mails a second on one core: the shared part is encoded, each recipient's parts are spliced in.
enum RenderFigure {
    private static let count = 50_000

    static func run() throws {
        let shared = try SampleEdition.shared()
        let recipients = (1...1_000).compactMap(SampleEdition.recipient)
        var buffer: [UInt8] = []
        var bytes = 0
        let before = processorTime()
        for index in 0..<count {
            buffer.removeAll(keepingCapacity: true)
            shared.append(to: recipients[index % recipients.count], into: &buffer)
            bytes += buffer.count
        }
        let spent = processorTime() - before
        print("render: \(rounded(Double(count) / spent, 0)) personal mails a second on one core, \(bytes / count) bytes each")
    }
}
