import Core
import Foundation

/// The program vipsthumbnail, which makes a picture smaller: bytes in, bytes of a JPEG or PNG out; upright, in sRGB, without metadata.
///
/// What protects what: the picture comes in by standard input and goes out by standard output, so the program needs no file; a file size
/// limit of 0 lets it write none. (For that it runs without its just-in-time compiled loops, whose code goes through a file.) libvips
/// has no code for the network, and `VIPS_BLOCK_UNTRUSTED` shuts out the loaders that its makers do not trust with hostile files, among
/// them all that read addresses. prlimit(1) bounds the address space and the processor time, ``ChildProcess`` the clock and the output.
/// ``Confinement`` takes the network and every writing of files from it, for the libraries that read the formats are many.
/// Pixels are counted before it is called: see ``PictureReader``.
package struct VipsThumbnail: Sendable {
    /// The largest width and height that a rendition may have; a smaller picture stays as it is.
    struct Box: Sendable {
        var width: Int
        var height: Int
    }

    package let path: String
    private let limits: ResourceLimits

    /// Processor time for one rendition.
    static let limit = Span.seconds(20)
    /// By the clock: a busy machine gives a process a part of its processors only, and the picture or text is not to blame.
    static let clockLimit = Span.seconds(60)
    /// Bytes of one rendition.
    private static let outputLimit = 32 << 20
    /// Pictures of as many pixels as are let in need about two thirds of it at most.
    package static let addressSpace = 1536 << 20

    package init(path: String = OptionalProgram.vipsthumbnail.path, addressSpace: Int = addressSpace) {
        self.path = path
        limits = ResourceLimits(
            processorSeconds: Int(Self.limit.milliseconds / 1000), fileSize: 0, addressSpace: addressSpace)
    }

    package var isInstalled: Bool { access(path, X_OK) == 0 }

    /// Throws a ``Refusal``: `readerMissing` when the program cannot be started, `pictureTooHeavy` past a limit. What it cannot read gives
    /// an empty or broken picture, with which the caller has to reckon.
    func rendition(_ picture: [UInt8], within box: Box, as format: Picture.Format) throws(Refusal) -> [UInt8] {
        let output =
            switch format {
            case .jpeg: ".jpg[Q=82,strip,optimize_coding,background=255]"
            case .png: ".png[strip,compression=9]"
            }
        let command = limits.command(
            path,
            [
                "--vips-novector", "--vips-concurrency=1", "--size=\(box.width)x\(box.height)>", "--export-profile=srgb",
                "--output=\(output)", "stdin",
            ])
        let outcome: ChildProcess.Outcome
        do throws(Fault) {
            outcome = try ChildProcess.run(
                command.path, command.arguments, input: picture,
                environment: ["LC_ALL": "C.UTF-8", "HOME": "/nonexistent", "VIPS_BLOCK_UNTRUSTED": "1", "MALLOC_ARENA_MAX": "1"],
                limit: Self.clockLimit, outputLimit: Self.outputLimit, confined: true)
        } catch {
            throw Refusal(.readerMissing, value: OptionalProgram.vipsthumbnail.name)
        }
        guard outcome.status != 127 else { throw Refusal(.readerMissing, value: OptionalProgram.vipsthumbnail.name) }
        // Ended by a signal, which only the limits send; or it had no more memory, which for some formats it says and goes on without.
        guard !(129...192).contains(outcome.status), !outcome.errorText.lowercased().contains("memory") else {
            throw Refusal(.pictureTooHeavy)
        }
        return outcome.output
    }
}
