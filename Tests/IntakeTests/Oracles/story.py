"""The same story in every format, made by different programs: `story.py FOLDER [SOFFICE]`.

pandoc and python-docx write it from what is below; LibreOffice, when named, saves the python-docx document in each of its own
formats. The Swift test expects one tree of them all (Tests/IntakeTests/ReaderConformanceTests.swift).
"""

import pathlib
import struct
import subprocess
import sys
import zlib

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

MARKDOWN = """# Ny cykelsti

## Hvad sker der?

Vi *åbner* den **røde** sti [på mandag](https://www.eksempel.example/sti). Ægte gøgl på 2 km.

- Lys hele vejen
    - også i Søndergade
- Bænke

1. Gravning
2. Asfalt

> Endelig, siger Åse.

| Dag | Sted |
|-----|------|
| Mandag | Ved åen |
| Tirsdag | Ved skolen |

![En rød cykelsti](sti.png)

Vel mødt.
"""


def png(folder):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\x80" * 40) * 30)
    header = struct.pack(">IIBBBBB", 40, 30, 8, 0, 0, 0, 0)
    (folder / "sti.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


def link(paragraph, text, address):
    element = OxmlElement("w:hyperlink")
    element.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = OxmlElement("w:r")
    words = OxmlElement("w:t")
    words.text = text
    run.append(words)
    element.append(run)
    paragraph._p.append(element)


def two_levels(document):
    """A bulleted list as Word's own button makes it: one list with several levels."""
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/>'
        f'<w:pPr><w:ind w:left="{720 * (level + 1)}" w:hanging="360"/></w:pPr></w:lvl>'
        for level in range(2)
    )
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="99">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="99"><w:abstractNumId w:val="99"/></w:num>'))


def word(folder):
    document = docx.Document()
    two_levels(document)
    document.add_heading("Ny cykelsti", 1)
    document.add_heading("Hvad sker der?", 2)
    text = document.add_paragraph("Vi ")
    text.add_run("åbner").italic = True
    text.add_run(" den ")
    text.add_run("røde").bold = True
    text.add_run(" sti ")
    link(text, "på mandag", "https://www.eksempel.example/sti")
    text.add_run(". Ægte gøgl på 2 km.")
    for style, words in [
        ("List Bullet", "Lys hele vejen"), ("List Bullet 2", "også i Søndergade"), ("List Bullet", "Bænke"),
        ("List Number", "Gravning"), ("List Number", "Asfalt"),
    ]:
        paragraph = document.add_paragraph(words, style=style.removesuffix(" 2"))
        if "Bullet" in style:
            facts = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            facts.get_or_add_ilvl().val = int(style.endswith(" 2"))
            facts.get_or_add_numId().val = 99
    document.add_paragraph("Endelig, siger Åse.", style="Quote")
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for row in [("Dag", "Sted"), ("Mandag", "Ved åen"), ("Tirsdag", "Ved skolen")]:
        for cell, words in zip(table.add_row().cells, row):
            cell.text = words
    heading = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(heading)
    shape = document.add_picture(str(folder / "sti.png"))
    shape._inline.docPr.set("descr", "En rød cykelsti")
    document.add_paragraph("Vel mødt.")
    document.save(folder / "python-docx.docx")


def main():
    folder = pathlib.Path(sys.argv[1])
    png(folder)
    (folder / "story.md").write_text(MARKDOWN)
    for ending in ["docx", "odt", "rtf", "html"]:
        subprocess.run(
            ["pandoc", "--from=markdown-implicit_figures", "--self-contained", "--quiet", "--metadata=lang:da", "--metadata=pagetitle:x",
             "story.md", "-o", f"pandoc.{ending}"], cwd=folder, check=True)
    word(folder)
    if len(sys.argv) > 2:
        for ending in ["docx", "odt", "rtf", "html"]:
            subprocess.run(
                [sys.argv[2], f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", ending, "--outdir",
                 folder / "office", folder / "python-docx.docx"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            (folder / "office" / f"python-docx.{ending}").rename(folder / f"libreoffice.{ending}")


main()
