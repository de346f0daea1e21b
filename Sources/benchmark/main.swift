import Foundation

// Figures by name: `swift run -c release benchmark [name …]`; all of them without a name.
let figures: [(name: String, run: () throws -> Void)] = [
    ("render", RenderFigure.run),
    ("send", SendFigure.run),
    ("feed", FeedFigure.run),
]

let wanted = CommandLine.arguments.dropFirst()
let unknown = wanted.filter { name in !figures.contains { $0.name == name } }
guard unknown.isEmpty else {
    print("There is no figure \(unknown.joined(separator: ", ")). There are: \(figures.map(\.name).joined(separator: ", ")).")
    exit(2)
}
do {
    for figure in figures where wanted.isEmpty || wanted.contains(figure.name) { try figure.run() }
} catch {
    print("\(error)")
    exit(1)
}
