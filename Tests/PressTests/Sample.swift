import Core

@testable import Press

/// A month's edition as departments and committees write it, with every block and inline of ``Document`` somewhere in it.
enum Sample {
    static func digest(_ start: String) -> PictureDigest {
        guard let digest = PictureDigest(start + String(repeating: "0", count: 64 - start.count)) else { preconditionFailure("a digest") }
        return digest
    }

    static func link(_ address: String) -> LinkTarget {
        guard let target = LinkTarget(address) else { preconditionFailure("an address") }
        return target
    }

    static func day(_ iso: String) -> CivilDate {
        guard let day = CivilDate(iso: iso) else { preconditionFailure("a day") }
        return day
    }

    static func time(_ iso: String, _ hour: Int, _ minute: Int = 0) -> CivilDateTime {
        guard let time = CivilDateTime(day(iso), hour: hour, minute: minute) else { preconditionFailure("a time") }
        return time
    }

    static let bikePath = digest("ab12")
    static let canteen = digest("cd34")
    static let pictures: [PictureDigest: PictureDimensions] = [
        bikePath: PictureDimensions(format: .jpeg, width: 1600, height: 900),
        canteen: PictureDimensions(format: .png, width: 480, height: 320),
    ]

    static func edition(forLeaders: Bool = false) -> EditionContent {
        let items: [(String, ItemContent)] = [
            ("Teknik og Miljø", cycling), ("Hoved-MED", committee), ("Arbejdsmiljøudvalget", safety), ("Kantinen", food),
            ("HR og Løn", holidays), ("Direktionen", budget),
        ]
        return EditionContent(
            publication: "direktionens-nyhedsbrev", title: "Direktionens nyhedsbrev", slug: "direktionens-nyhedsbrev-2026-12-01",
            number: 12,
            date: day("2026-12-01"), showsLeaderNotes: forLeaders,
            entries: items.enumerated().map { .init(item: ItemID(Int64($0 + 41)), source: $1.0, content: $1.1) })
    }

    /// A crisis message as the Planner makes it an edition.
    static func alert(_ kind: AlertMark.Kind, isDrill: Bool) -> EditionContent {
        var item = ItemContent(
            title: "Rådhuset er lukket på grund af en gaslækage", summary: kind == .raised ? "Gå ikke ind i bygningen." : "",
            body: Document(
                kind == .raised
                    ? [
                        paragraph("Gå ikke ind i bygningen. Er du derinde, så gå ud ad nærmeste dør til samlingspladsen på Torvet."),
                        .list(List(entries: [[paragraph("Ring ikke til receptionen.")], [paragraph("Møder flyttes til Teams.")]])),
                    ] : [paragraph("Brandvæsenet har sluppet bygningen fri. Receptionen er åben igen.")]))
        item.contact = "Beredskabet, 56 67 67 00"
        var edition = EditionContent(
            publication: AlertPublication.name, title: item.title, slug: "akut-2026-12-01", number: 3, date: day("2026-12-01"),
            entries: [.init(item: ItemID(77), source: "Beredskab", content: item)])
        edition.alert = AlertMark(kind, isDrill: isDrill)
        if kind == .raised { edition.alert?.until = time("2026-12-01", 16) }
        return edition
    }

    static let corrections = [
        EditionContent.Correction(date: day("2026-12-03"), note: "Cykelstien åbner mandag den 7. december, ikke den 6."),
        EditionContent.Correction(
            date: day("2027-01-04"),
            note: "Nyheden om feriefonden er trukket tilbage, fordi tallene i den var fra sidste år. Vi skriver igen, når de nye er klar."),
    ]

    /// The edition as it reads after two corrections.
    static var corrected: EditionContent {
        var edition = edition()
        edition.entries.removeLast()
        edition.corrections = corrections
        return edition
    }

    /// After a correction that left nothing.
    static var recalled: EditionContent {
        var edition = edition()
        edition.entries = []
        edition.corrections = [corrections[0]]
        return edition
    }

    static var correctionMail: EditionContent {
        var edition = edition()
        edition.entries = [edition.entries[0]]
        edition.corrections = corrections
        edition.isAboutCorrections = true
        return edition
    }

    static func paragraph(_ text: String) -> Block { .paragraph([.text(text)]) }

    static let cycling = ItemContent(
        title: "Den nye cykelsti ved Ringstedvej åbner mandag",
        summary: "Fra mandag kan du cykle trygt hele vejen fra stationen til rådhuset.", category: "Trafik",
        picture: PictureReference(
            digest: bikePath, alternativeText: "To cyklister på den nye, røde cykelsti ved Ringstedvej en solrig morgen",
            caption: "Stien er 2,4 km lang og belyst hele natten. Foto: Lene Holm"),
        link: link("https://www.koege.example/cykelsti"), contact: "Mette Sørensen, mette.soerensen@koege.example, 56 67 67 67",
        leaderNotes: Document([
            paragraph("Tal med dit team om, hvem der kunne have glæde af stien til arbejde."),
            .list(
                List(entries: [[paragraph("Der er 12 lånecykler i receptionen.")], [paragraph("Badet i kælderen er åbent fra kl. 6.")]])),
        ]),
        body: Document([
            .paragraph([
                .text("Fra "), .strong([.text("mandag den 7. december")]),
                .text(
                    " kan du cykle trygt hele vejen fra stationen til rådhuset. Stien har fået nyt lys, og krydset ved Ølbyvej er lavet om, så "
                ),
                .emphasis([.text("cyklister får grønt først")]), .text("."),
            ]),
            .heading(level: 2, [.text("Sådan bruger du den")]),
            .list(
                List(entries: [
                    [paragraph("Stil din cykel i det nye skur bag rådhuset. Dit adgangskort åbner døren.")],
                    [paragraph("Lån en elcykel i receptionen, hvis du skal til møde i byen.")],
                    [
                        .paragraph([
                            .text("Meld huller og glas på "), .link(link("https://www.koege.example/giv-et-praj"), [.text("Giv et praj")]),
                            .text("."),
                        ])
                    ],
                ])),
        ]))

    static let committee = ItemContent(
        title: "Hoved-MED er enige om en ny aftale om hjemmearbejde",
        summary: "A-siden og B-siden har skrevet under på en aftale, der gælder fra 1. januar.", category: "MED",
        contact: "Formand Jens Holm eller næstformand Aisha Demir",
        leaderNotes: Document([paragraph("Aftal med dit team inden jul, hvilke dage I helst vil være samlet.")]),
        body: Document([
            paragraph("A-siden og B-siden har skrevet under på en aftale, der gælder fra 1. januar. Den samler tre gamle aftaler i én."),
            .quotation([paragraph("Vi har lyttet til hinanden, og det kan ses. Nu er reglerne ens, uanset hvor i kommunen man arbejder.")]),
            .heading(level: 3, [.text("Det siger aftalen")]),
            .list(
                List(
                    start: 1,
                    entries: [
                        [paragraph("Du kan arbejde hjemme op til to dage om ugen, når opgaverne tillader det.")],
                        [
                            paragraph("Du og din leder aftaler dagene."),
                            .list(
                                List(entries: [[paragraph("Aftalen gælder et kvartal ad gangen.")], [paragraph("Begge kan sige den op.")]])),
                        ],
                        [paragraph("Kommunen betaler skærm og stol.")],
                    ])),
            .paragraph([
                .text("Hele aftalen ligger på intranettet"),
                .note([
                    .paragraph([.text("Se "), .link(link("https://intra.koege.example/med"), [.text("MED-siden")]), .text(", punkt 4.")])
                ]),
                .text(", og den erstatter aftalen fra 2021"), .note([paragraph("Kaldet ‘hjemmearbejdsaftalen’.")]), .text("."),
            ]),
        ]))

    static let safety = ItemContent(
        title: "Trivselsmålingen: 82 procent svarede, og tonen er blevet bedre",
        summary: "Vi er stolte af svarene. Her er tallene for hvert område, og hvad vi gør nu.", category: "Arbejdsmiljø",
        link: link("https://intra.koege.example/trivsel"), contact: "arbejdsmiljoe@koege.example",
        body: Document(
            [
                paragraph(
                    "Tak til alle jer, der svarede på trivselsmålingen i oktober. Tallene viser, at tonen er blevet bedre de fleste steder."
                ),
                .table(
                    Table(
                        columns: [.left, .right, .right, .right],
                        header: [[.text("Område")], [.text("Svarede")], [.text("Trivsel 2024")], [.text("Trivsel 2026")]],
                        rows: [
                            [[.text("Børn og Skole")], [.text("79 %")], [.text("3,8")], [.text("4,0")]],
                            [[.text("Social og Sundhed")], [.text("77 %")], [.text("3,5")], [.text("3,9")]],
                            [[.text("Teknik og Miljø")], [.text("88 %")], [.text("4,1")], [.text("4,1")]],
                            [[.text("Stab og Økonomi")], [.text("91 %")], [.text("4,0")], [.text("4,2")]],
                        ])),
                .heading(level: 1, [.text("Det gør vi nu")]),
                paragraph(
                    "Alle arbejdspladser holder et møde om tallene inden udgangen af februar. Arbejdsmiljøgruppen hjælper med dagsorden og ordstyrer."
                ),
                .heading(level: 3, [.text("Stress skal ned")]),
            ]
                + (1...6).map { number in
                    paragraph(
                        "\(number). Færre oplever stress end sidst, men i nogle teams er tallet stadig for højt. Derfor får alle ledere et kursus i at se tegnene tidligt, og der kommer en anonym rådgivning, som du kan ringe til på alle hverdage mellem klokken otte og seksten."
                    )
                }))

    static let food = ItemContent(
        title: "Kantinen serverer dagens ret uden kød om torsdagen", summary: "Prøv linsegryden, og sig, hvad du synes.",
        picture: PictureReference(digest: canteen, alternativeText: "En dyb tallerken med rød linsegryde og frisk koriander"),
        contact: "kantinen@koege.example",
        body: Document([
            paragraph(
                "Fra torsdag er dagens varme ret grøn én gang om ugen. Kokkene Bodil og Samir begynder med linsegryde og hjemmebagt brød."),
            .paragraph([.text("Pris: 42 kr."), .lineBreak, .text("Tid: kl. 11.30–13.15"), .lineBreak, .text("Sted: stueetagen")]),
            .picture(
                PictureReference(
                    digest: canteen, alternativeText: "Kokkene Bodil og Samir ved gryden", caption: "Bodil og Samir glæder sig.")),
        ]))

    static let holidays = ItemContent(
        title: "Husk at ønske ferie senest fredag den 18. december", summary: "Så når din leder at lægge planen inden jul.",
        category: "Løn og ferie",
        body: Document([
            paragraph("Skriv dine ønsker i feriesystemet senest fredag den 18. december. Så når din leder at lægge planen inden jul."),
            .rule,
            .preformatted("Uge 29   alle\nUge 30   halv bemanding\nUge 31   halv bemanding"),
            .paragraph([.text("I feriesystemet hedder siden "), .code("Mit fravær > Ønsker"), .text(".")]),
        ]))

    static let budget = ItemContent(
        title: "Budget 2027: Flere hænder i ældreplejen, færre møder i administrationen",
        summary: "Byrådet har vedtaget budgettet. Direktionen fortæller, hvad det betyder for dig.", category: "Økonomi", priority: .high,
        contact: "Økonomichef Per Lund (per.lund@koege.example)",
        leaderNotes: Document([paragraph("Ingen bliver afskediget på grund af budgettet. Sig det tydeligt.")]),
        body: Document([
            paragraph(
                "Der kommer 14 nye stillinger i ældreplejen. Pengene kommer fra færre konsulenter og fra møder, som vi holder op med at holde."
            ),
            paragraph("Direktionen besøger alle centre i januar. Kom og stil dine spørgsmål."),
        ]))

    static let receipt = Receipt(
        fileName: "Cykelsti åbner.docx", source: "Teknik og Miljø", received: instant("2026-11-24", 10, 14), content: cycling,
        placements: [
            .edition(
                publication: "Direktionens nyhedsbrev", release: instant("2026-12-01", 8), replaceableUntil: instant("2026-11-29", 8)),
            .edition(publication: "Lederbriefing", release: instant("2026-11-30", 8), replaceableUntil: instant("2026-11-28", 8)),
            .shown(publication: "Infoskærm", from: instant("2026-11-24", 10, 14)),
        ], lix: LIX(cycling.body),
        remarks: ["En sætning er på 34 ord. Del den gerne i to.", "Billedet er stort og er gjort mindre, så mailen ikke bliver tung."],

        pictures: [
            Picture(digest: bikePath, format: .jpeg, width: 1600, height: 900, bytes: [0xFF, 0xD8, 0xFF, 0xD9]),
            Picture(digest: canteen, format: .png, width: 480, height: 320, bytes: [0x89, 0x50, 0x4E, 0x47]),
        ])

    static func instant(_ date: String, _ hour: Int, _ minute: Int = 0) -> Instant { Zone.copenhagen.instant(time(date, hour, minute)) }

    static let archive: [ArchiveEntry] =
        (1...11).reversed().map { month in
            ArchiveEntry(
                title: "Direktionens nyhedsbrev", slug: "direktionens-nyhedsbrev-2026-\(padded(month, 2))-03", number: month,
                date: day("2026-\(padded(month, 2))-03"))
        } + [ArchiveEntry(title: "Kundgørelser", slug: "kundgoerelser-2025-12-19", number: 50, date: day("2025-12-19"))]

    static let phoneChoices = [
        PhoneChoice(name: "akut", title: "Akutte beskeder", hint: "Når der er sket noget, du skal vide med det samme."),
        PhoneChoice(name: "direktionens-nyhedsbrev", title: "Direktionens nyhedsbrev"), PhoneChoice(name: "med-nyt", title: "MED-nyt"),
    ]

    static let notices: [Pages: Notice] = [
        .confirm: .confirm(action: "/u/6Zt0c3b1", title: "Direktionens nyhedsbrev"),
        .preferences: .preferences(
            action: "/u/6Zt0c3b1",
            choices: [
                .init(name: "direktionens-nyhedsbrev", title: "Direktionens nyhedsbrev", isSubscribed: true),
                .init(name: "ledige-stillinger", title: "Ledige stillinger", isSubscribed: false),
                .init(
                    name: "akut", title: "Akutte beskeder", isSubscribed: true,
                    mandatoryReason: "De gælder din sikkerhed og kan derfor ikke fravælges."),
            ], topics: [.init(name: "Byggeri", isWanted: true), .init(name: "Ledige stillinger", isWanted: false)]),
        .useful: .useful(action: "/useful/direktionens-nyhedsbrev-2026-12-01", title: "Direktionens nyhedsbrev", isYes: true),
        .thanks: .usefulThanks,
        .unsubscribed: .unsubscribed(title: "Ledige stillinger", action: "/u/6Zt0c3b1"),
        .saved: .saved(titles: ["Direktionens nyhedsbrev", "Kundgørelser"], action: "/u/6Zt0c3b1"),
        .savedNone: .saved(titles: [], action: "/u/6Zt0c3b1"), .unknownLink: .unknownLink, .notFound: .notFound,
    ]
}
