import Foundation

// Figures by name: `swift run -c release benchmark [name …]`; all of them without a name.
let figures: [(name: String, run: () throws -> Void)] = [
    ("render", RenderFigure.run),
    ("send", SendFigure.run),
    ("feed", FeedFigure.run),
    ("change", ChangeFigure.run),
    ("busy", BusyFigure.run),
    ("scale", ScaleFigure.run),
    ("intake", IntakeFigure.run),
    ("desk", DeskFigure.run),
]

let wanted = CommandLine.arguments.dropFirst()
let parts = ScaleFigure.parts.map { (name: $0.name, run: $0.run as () throws -> Void) }
let unknown = wanted.filter { name in !(figures + parts).contains { $0.name == name } }
guard unknown.isEmpty else {
    print("There is no figure \(unknown.joined(separator: ", ")). There are: \(figures.map(\.name).joined(separator: ", ")).")
    exit(2)
}
do {
    for part in parts where wanted.contains(part.name) { try part.run() }
    for figure in figures where wanted.isEmpty || wanted.contains(figure.name) { try figure.run() }
} catch {
    print("\(error)")
    exit(1)
}
