import Foundation

/// A document's embedded pictures, by the address that pandoc's tree gives them.
///
/// `--extract-media` writes files and does not work in the sandbox. The notebook writer does: it puts every picture that the text shows
/// into its JSON, as an attachment in base64 (nbformat 4.1, "Markdown cells"). So the sandbox stays, and nothing touches the disk.
enum PandocMedia {
    /// Throws a ``Refusal`` as ``PandocProgram/run(_:input:outputLimit:)`` does.
    static func read(_ program: PandocProgram, _ format: PandocFormat, _ document: [UInt8]) throws(Refusal) -> [String: NamedBytes] {
        let json = try program.run(
            ["--from=\(format.rawValue)", "--to=ipynb", "--track-changes=accept"], input: document, outputLimit: PandocProgram.mediaLimit)
        guard let notebook = (try? JSONDecoder().decode(Notebook.self, from: Data(json))) else { return [:] }
        var pictures: [String: NamedBytes] = [:]
        for (address, forms) in notebook.cells.flatMap({ $0.attachments ?? [:] }) {
            guard let base64 = forms.values.first, let data = Data(base64Encoded: base64, options: .ignoreUnknownCharacters) else {
                continue
            }
            pictures[address] = NamedBytes(name: address, bytes: Array(data))
        }
        return pictures
    }

    private struct Notebook: Decodable {
        struct Cell: Decodable {
            /// By address, then by media type.
            var attachments: [String: [String: String]]?
        }
        var cells: [Cell]
    }
}
