import Core
import Foundation

/// Words and phrases that stop an item: the name of a project that is not public yet, say.
///
/// Whole words, without regard to case, spaces or hyphens: ‘projekt fønix’ is in "Projekt-Fønix" and in "PROJEKT  FØNIX’", and ‘ged’ is not
/// in "gedde".
package struct BlockedWords: Sendable {
    /// Where in an item a word stands. Text: `place.<place>`.
    package enum Place: String, CaseIterable, Sendable {
        case fileName, title, summary, category, contact, link, body, heading, table, caption, alternativeText, note, leaderNotes
    }

    /// By the first word, each phrase as it was written and as it is compared.
    private let phrases: [String: [(written: String, words: [String])]]

    package init(_ written: [String] = []) {
        let all = written.map { (written: $0, words: $0.comparableWords) }.filter { !$0.words.isEmpty }
        phrases = Dictionary(grouping: all) { $0.words[0] }
    }

    /// The first blocked word of the passages, as the configuration writes it, and where it stands.
    func first(in passages: [(place: Place, text: String)]) -> (word: String, place: Place)? {
        guard !phrases.isEmpty else { return nil }
        for passage in passages {
            let words = passage.text.comparableWords
            for (index, word) in words.enumerated() {
                let found = phrases[word]?.first { words[index...].starts(with: $0.words) }
                if let found { return (found.written, passage.place) }
            }
        }
        return nil
    }
}

extension ItemContent {
    /// The first of the words that must not be published yet; `nil` when none stands in it.
    package func word(of blocked: BlockedWords) -> String? { blocked.first(in: passages)?.word }

    /// Everything that some channel may show, piece by piece with its place.
    var passages: [(place: BlockedWords.Place, text: String)] {
        let fields: [(BlockedWords.Place, String?)] = [
            (.title, title), (.category, category), (.contact, contact), (.link, link?.readable),
            (.alternativeText, picture?.alternativeText), (.caption, picture?.caption),
        ]
        return fields.compactMap { place, text in text.map { (place, $0) } } + body.blocks.flatMap(\.passages)
            + (leaderNotes?.blocks ?? []).flatMap(\.passages).map { (.leaderNotes, $0.text) }
            // Last: a summary that nobody wrote is the beginning of the text.
            + [(.summary, summary)]
    }
}

extension Block {
    fileprivate var passages: [(place: BlockedWords.Place, text: String)] {
        switch self {
        case .paragraph(let inlines): [(.body, inlines.plainText)] + inlines.notes
        case .heading(_, let inlines): [(.heading, inlines.plainText)] + inlines.notes
        case .list(let list): list.entries.flatMap { $0.flatMap(\.passages) }
        case .quotation(let blocks): blocks.flatMap(\.passages)
        case .table(let table):
            ((table.header.map { [$0] } ?? []) + table.rows).flatMap { row in
                row.map { (.table, $0.plainText) } + row.flatMap(\.notes)
            }
        case .preformatted(let text): [(.body, text)]
        case .rule: []
        case .picture(let picture): [(.alternativeText, picture.alternativeText), (.caption, picture.caption ?? "")]
        }
    }
}

extension [Inline] {
    /// What is behind the words: footnotes and addresses.
    fileprivate var notes: [(place: BlockedWords.Place, text: String)] {
        flatMap { inline -> [(place: BlockedWords.Place, text: String)] in
            switch inline {
            case .note(let blocks): blocks.flatMap(\.passages).map { (.note, $0.text) }
            case .link(let target, let inner): [(.link, target.readable)] + inner.notes
            case .emphasis(let inner), .strong(let inner): inner.notes
            case .text, .code, .lineBreak: []
            }
        }
    }
}

extension LinkTarget {
    /// The address with its letters, as a browser shows them.
    fileprivate var readable: String { address.removingPercentEncoding ?? address }
}
