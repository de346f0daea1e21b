"""Documents as people and programs really leave them: `wild.py FOLDER` writes them; WildDocumentTests.swift says what becomes of each."""

import pathlib
import sys
import zipfile

NAMES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"

# Danish Word: the identifiers are Danish, the built-in names are not.
STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="{identifier}"><w:name w:val="{name}"/></w:style>'
    for identifier, name in [
        ("Normal", "Normal"), ("Titel", "Title"), ("Undertitel", "Subtitle"), ("Overskrift1", "heading 1"), ("Overskrift2", "heading 2"),
        ("Billedtekst", "caption"), ("Citat", "Quote"), ("Listeafsnit", "List Paragraph"),
    ]
) + '<w:style w:type="paragraph" w:styleId="Koege"><w:name w:val="Køge Overskrift"/><w:basedOn w:val="Overskrift1"/></w:style>'


def word(path, body, parts=(), relations=(), main=MAIN):
    """A document of the least parts that Word accepts, and more `parts` (name, type, bytes) with `relations` (id, kind, target)."""
    links = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"' + (' TargetMode="External"/>' if ":" in target else "/>")
        for key, kind, target in [("styles", "styles", "styles.xml"), *relations]
    )
    types = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind, _ in parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", (
            f'{XML}<Types xmlns="{TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{main}"/>'
            f"{types}</Types>"))
        archive.writestr("_rels/.rels", (
            f'{XML}<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
            "</Relationships>"))
        archive.writestr("word/_rels/document.xml.rels", f'{XML}<Relationships xmlns="{RELATIONS}">{links}</Relationships>')
        archive.writestr("word/styles.xml", f"{XML}<w:styles {NAMES}>{STYLES}</w:styles>")
        archive.writestr("word/document.xml", f"{XML}<w:document {NAMES}><w:body>{body}</w:body></w:document>")
        for name, _, content in parts:
            archive.writestr(name, content)


def run(text, facts=""):
    return f'<w:r>{f"<w:rPr>{facts}</w:rPr>" if facts else ""}<w:t xml:space="preserve">{text}</w:t></w:r>'


def p(content="", style=None):
    if content and not content.startswith("<"):
        content = run(content)
    facts = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{facts}{content}</w:p>"


def table(*rows):
    cells = "".join(
        "<w:tr>" + "".join(cell if cell.startswith("<w:tc>") else f"<w:tc>{p(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in rows)
    grid = '<w:gridCol w:w="2000"/>' * max(len(row) for row in rows)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{cells}</w:tbl>"


def picture(relation, alternative):
    return p(
        '<w:r><w:drawing><wp:inline><wp:extent cx="400000" cy="300000"/>'
        f'<wp:docPr id="1" name="Billede 1" descr="{alternative}"/><a:graphic><a:graphicData '
        'uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="0" name="b"/><pic:cNvPicPr/>'
        f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="{relation}"/></pic:blipFill><pic:spPr/></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>")


def words(folder):
    title, text = p("Ny sti", "Titel"), p("Stien åbner på mandag.")
    word(folder / "dansk.docx", title + p("Fra mandag", "Undertitel") + p("Hvad sker der?", "Overskrift1") + text
         + p("Egen stil", "Koege") + p("Endelig!", "Citat"))
    word(folder / "sporet.docx", title + p(
        '<w:ins w:id="1" w:author="a">' + run("Indsat ") + '</w:ins><w:del w:id="2" w:author="a"><w:r><w:delText>Slettet</w:delText></w:r></w:del>'
        + run("tekst.")))
    note = f'{XML}<w:comments {NAMES}><w:comment w:id="1" w:author="a">{p("Hemmelig kommentar")}</w:comment></w:comments>'
    word(folder / "kommentar.docx", title + p(
        '<w:commentRangeStart w:id="1"/>' + run("Teksten.") + '<w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r>'),
        [("word/comments.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml", note)],
        [("c", "comments", "comments.xml")])
    box = f"<w:txbxContent>{p('Ordene i boksen.')}</w:txbxContent>"
    word(folder / "tekstboks.docx", title + p(
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><a:graphic><a:graphicData><wps:wsp>'
        f"<wps:txbx>{box}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict>"
        f"<v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>" + run("Foran boksen.")) + text)
    word(folder / "hovedtabel.docx", table(
        ("Titel", "Ny sti"), ("Kontakt:", "Mette Jensen"), ("VISES TIL", "18.12.2026"), ("Prioritet", "høj")) + text)
    word(folder / "ukendt-felt.docx", table(("Titel", "Ny sti"), ("Kontkat", "Mette")) + text)
    word(folder / "linjer.docx", p("Titel: Ny sti") + p("Kontakt: Mette Jensen") + p() + p("Husk: det er på mandag."))
    word(folder / "datatabel.docx", title + text + table(("Dag", "Sted"), ("Mandag", "Her")))
    span = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{p("Bred")}</w:tc>'
    down = f'<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>{p("Høj")}</w:tc>'
    rest = f"<w:tc><w:tcPr><w:vMerge/></w:tcPr>{p()}</w:tc>"
    # As some exporters write it; pandoc then passes over the cells.
    word(folder / "uden-gitter.docx", title + text + table(("Dag", "Sted")).replace(' w:w="2000"', ""))
    word(folder / "flettet.docx", title + text + table((span,), (down, "b"), (rest, "c")))
    notes = f'{XML}<w:footnotes {NAMES}><w:footnote w:id="2">{p("Det står der 010170-1234.")}</w:footnote></w:footnotes>'
    part = ("word/footnotes.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml", notes)
    called = p(run("Teksten") + '<w:r><w:footnoteReference w:id="2"/></w:r>')
    word(folder / "fodnote.docx", title + called, [part[:2] + (notes.replace("010170-1234", "i noten"),)], [("f", "footnotes", "footnotes.xml")])
    word(folder / "cpr-fodnote.docx", title + called, [part], [("f", "footnotes", "footnotes.xml")])
    word(folder / "cpr-tabel.docx", title + text + table(("Navn", "Nummer"), ("Ole", "010170-1234")))
    word(folder / "cpr-delt.docx", title + p(run("0101") + run("70-", "<w:b/>") + run("1234")))
    word(folder / "cpr-celler.docx", title + table(("010170", "1234")) + text)
    word(folder / "emf.docx", title + text + picture("b", "Et diagram"), [("word/media/image1.emf", "image/x-emf", b"\1\0\0\0" * 40)],
         [("b", "image", "media/image1.emf")])
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
        "3a7e9b550000000a49444154789c6360000000020001" "48afa471" "0000000049454e44ae426082")
    word(folder / "billede.docx", title + picture("b", "En sti") + p("Stien i sol", "Billedtekst") + text,
         [("word/media/image1.png", "image/png", png)], [("b", "image", "media/image1.png")])
    word(folder / "farligt-link.docx", title + p(f'<w:hyperlink r:id="l">{run("Klik")}</w:hyperlink>{run(" her.")}'), relations=[
        ("l", "hyperlink", "javascript:alert(1)")])
    word(folder / "kun-tomme.docx", p() + p())
    word(folder / "makro.docm", title + text, [("word/vbaProject.bin", "application/vnd.ms-office.vbaProject", b"\0" * 64)], main=MACRO)
    sentence = "Ord efter ord efter ord, og Åse læser dem alle sammen i ro og mag her i dag. "
    word(folder / "200-sider.docx", title + p(sentence * 5) * 900)
    word(folder / "dyb.docx", title + deep(60) + text)
    word(folder / "gennemstreget.docx", title + p(run("Gratis", "<w:strike/>") + run(" kaffe til 10 m") + run("2", '<w:vertAlign w:val="superscript"/>')))


GRID = '<w:tblGrid><w:gridCol w:w="2000"/></w:tblGrid>'


def deep(levels):
    inner = p("Inderst")
    for _ in range(levels):
        inner = f"<w:tbl><w:tblPr/>{GRID}<w:tr><w:tc>{inner}{p()}</w:tc></w:tr></w:tbl>"
    return inner


def containers(folder):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1016
    (folder / "beskyttet.docx").write_bytes(ole + "EncryptionInfo\0EncryptedPackage".encode("utf-16-le"))
    (folder / "gammel.doc").write_bytes(ole + "WordDocument".encode("utf-16-le"))
    (folder / "omdøbt.docx").write_bytes(ole + "WordDocument".encode("utf-16-le"))
    (folder / "halv.docx").write_bytes((folder / "dansk.docx").read_bytes()[:900])
    word(folder / "word.doc", p("Ny sti", "Titel") + p("Nyt i gammel ham", "Overskrift1"))
    (folder / "ikke-word.docx").write_text("Det er bare tekst.")
    with zipfile.ZipFile(folder / "regneark.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with zipfile.ZipFile(folder / "bombe.docx", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as part:
            for _ in range(201):
                part.write(b" " * (1 << 20))
    with zipfile.ZipFile(folder / "mange.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for number in range(10_001):
            archive.writestr(f"word/{number}", "")
    lying(folder)
    with zipfile.ZipFile(folder / "laast.odt", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", bytes(range(256)) * 4)
    with zipfile.ZipFile(folder / "skadet.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document><w:body>")


def lying(folder):
    """120 MB of paragraphs that the directory declares as 1 KB."""
    path = folder / "løgn.docx"
    word(path, p("Ny sti", "Titel") + p("x") * 4_000_000)
    data = bytearray(path.read_bytes())
    start = data.rindex(b"PK\1\2", 0, data.rindex(b"word/document.xml"))
    data[start + 24:start + 28] = (1024).to_bytes(4, "little")
    path.write_bytes(data)


def others(folder):
    (folder / "mail.eml").write_text("From: a@b.example\nSubject: Hej\n\nHej")
    (folder / "mail.msg").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    (folder / "wordpad.rtf").write_bytes(
        rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Calibri;}}\pard\sa200\f0\fs22 Ny sti\par Stien \'e5bner {\b p\'e5} mandag, se "
        rb'{\field{\*\fldinst { HYPERLINK "https://x.example/" }}{\fldrslt {her}}} fra {\field{\*\fldinst { DATE }}{\fldrslt {18. maj}}}.\par }')
    (folder / "wordpad-utf16.rtf").write_bytes(b"{\\rtf1\\ansi\\uc1 Ny sti\\par Vi \\u229?bner p\\u229? \\u216?en\\par }")
    (folder / "word.html").write_bytes(
        "<html><head><meta charset=windows-1252><title>Dokument1</title><style>p{color:red}</style></head><body lang=DA>"
        "<h1>Ny sti</h1><p class=MsoNormal>Stien åbner.<o:p></o:p></p><script>alert(1)</script></body></html>".encode("cp1252"))
    (folder / "uden-overskrift.htm").write_text(
        "<title>Sidens titel</title><p onclick='x()'>Tekst <a href='javascript:x()'>a</a> <img src='https://x.example/p.png'></p>")
    (folder / "dyb-side.html").write_text("<h1>T</h1>" + "<blockquote>" * 300 + "x")
    (folder / "cpr-side.html").write_text("<h1>T</h1><p>010170<!-- -->-1234</p>")


folder = pathlib.Path(sys.argv[1])
words(folder)
containers(folder)
others(folder)
