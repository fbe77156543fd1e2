"""A report as a Word document to edit: headings, captions with numbers, a table of contents whose entries are written."""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape, quoteattr

from simsurance.errors import SimsuranceError
from simsurance.language import words
from simsurance.output.office import FIXED_TIME, required, same_bytes
from simsurance.output.report.page import alternative, numbered
from simsurance.output.report.parts import (
    BOLD,
    CODE,
    Block,
    Bullets,
    Figure,
    Heading,
    Paragraph,
    Report,
    Section,
    Table,
    spans,
)
from simsurance.plain_text import shown

if TYPE_CHECKING:
    from docx.document import Document

WIDE: Final = 16.0
"""Centimetres of a chart."""
NAMESPACE: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TOC_STYLES: Final = {1: "toc 1", 2: "toc 2"}
TINT: Final = "E8EEF4"
TABLE_WIDTH, TABLE_PLACES = 9184, 104
"""Twentieths of a point across a table, and the places that it has at the size of its text."""
LONGEST_WORD: Final = 20
"""Places of a word beyond which it is broken: names of keys."""
EDGES: Final = 3
"""Places that the edges of a cell take."""
UNBROKEN: Final = re.compile(r"[^\s\u2e80-\uffef]+|[\u2e80-\uffef]{1,2}")
"""What stands on one line: a word, a number, two Chinese characters."""
TWENTIETH: Final = 635
"""The document's own units of a twentieth of a point."""
BEHIND_FIELDS: Final = {
    "w": (
        *(
            "hdrShapeDefaults",
            "footnotePr",
            "endnotePr",
            "compat",
            "docVars",
            "rsids",
            "attachedSchema",
            "themeFontLang",
        ),
        *("clrSchemeMapping", "doNotIncludeSubdocsInStats", "doNotAutoCompressPictures", "forceUpgrade", "captions"),
        *(
            "readModeInkLockDown",
            "smartTagType",
            "shapeDefaults",
            "doNotEmbedSmartTags",
            "decimalSymbol",
            "listSeparator",
        ),
    ),
    "m": ("mathPr",),
    "sl": ("schemaLibrary",),
}
"""What stands behind the wish to update fields among the settings of a document, in the order of the standard."""
SMALL: Final = 17
"""Half points of the text of tables."""


def document(report: Report, template: Path | None = None) -> bytes:
    """The document as bytes; with a template of the office its styles, page and what stands in it are kept.

    Raises SimsuranceError where the template is no document.
    """
    required("docx", "python-docx")
    return Writer(report, template).content()


class Writer:
    """Writes a report behind what stands in a template, piece by piece."""

    def __init__(self, report: Report, template: Path | None) -> None:
        self.report, self.said = report, words(report.lang)
        self.file: Document = opened(template)
        self.own = template is None
        self.numbers = numbered(report)
        self.marks = 0

    def content(self) -> bytes:
        """Everything in order."""
        self._styles()
        report = self.report
        self._paragraph("Title", report.title)
        self._paragraph("Subtitle", report.subtitle)
        self._contents()
        for number, section in enumerate(report.sections, start=1):
            self._heading(section.title, 1, f"_{section.name}", number)
            for block in section.blocks:
                self._block(block, section)
        self._paragraph("Normal", report.made, size=SMALL)
        if self.own:
            self._page_numbers()
        return self._saved()

    def _saved(self) -> bytes:
        about, made = self.file.core_properties, datetime(*FIXED_TIME)
        about.title, about.author, about.comments = self.report.title, "simsurance", self.report.made
        about.created = about.modified = about.last_printed = made
        about.last_modified_by, about.revision, about.language = "simsurance", 1, self.said.label("report.locale")
        held = io.BytesIO()
        self.file.save(held)
        return same_bytes(held.getvalue())

    def _styles(self) -> None:
        """The styles that a report needs, where the template has none of the name; fonts for Chinese."""
        from docx.enum.style import WD_STYLE_TYPE
        from docx.oxml.ns import qn
        from docx.shared import Cm, Pt

        named = {style.name.lower() for style in self.file.styles if style.name}
        for name in ("Title", "Subtitle", "Heading 1", "Heading 2", "Caption", "List Bullet", *TOC_STYLES.values()):
            if name.lower() not in named:
                self.file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        for level, name in TOC_STYLES.items():
            self.file.styles[name].paragraph_format.left_indent = Cm(0.6 * (level - 1))
        if not self.own:
            return
        font, eastern = (self.said.label(f"report.word.{name}") for name in ("font", "eastern_font"))
        for name in ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "Caption"):
            style: Any = self.file.styles[name]
            style.font.name = font
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            fonts.set(qn("w:eastAsia"), eastern)
        normal: Any = self.file.styles["Normal"]
        normal.font.size = Pt(10.5)
        section = self.file.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.4)
        section.top_margin = section.bottom_margin = Cm(2.2)

    # ---------------------------------------------------------------- blocks

    def _block(self, block: Block, section: Section) -> None:
        match block:
            case Heading(text):
                self._heading(text, 2)
            case Paragraph(text):
                self._paragraph("Normal", text)
            case Bullets(items):
                for item in items:
                    self._paragraph("List Bullet", item)
            case Table() if not block.aside:
                self._table(block)
            case Figure():
                self._figure(block)

    def _add(self, xml: str) -> Any:
        """A paragraph or table, behind all others and before the properties of the section."""
        from docx.oxml import parse_xml

        element = parse_xml(xml)
        body = self.file.element.body
        body.insert(len(body) - (1 if body.sectPr is not None else 0), element)
        return element

    def _paragraph(self, style: str, text: str, size: int | None = None) -> None:
        runs = "".join(self._run(piece, look, size) for piece, look in spans(text))
        self._add(f"<w:p {NAMESPACE}>{self._style(style)}{runs}</w:p>")

    def _style(self, name: str, more: str = "") -> str:
        """The properties of a paragraph with a style."""
        return f"<w:pPr><w:pStyle w:val={quoteattr(self.file.styles[name].style_id)}/>{more}</w:pPr>"

    def _run(self, text: str, look: str = "", size: int | None = None) -> str:
        own = "<w:b/>" if look == BOLD else '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/>' if look == CODE else ""
        own += f'<w:sz w:val="{size}"/>' if size else ""
        properties = f"<w:rPr>{own}</w:rPr>" if own else ""
        return f'<w:r>{properties}<w:t xml:space="preserve">{escape(shown(text))}</w:t></w:r>'

    def _heading(self, text: str, level: int, mark: str = "", number: int | None = None) -> None:
        """A heading, which the table of contents leads to by its mark."""
        told = text if number is None else f"{number}  {text}"
        marked = self._marked(mark, self._run(told)) if mark else self._run(told)
        self._add(f"<w:p {NAMESPACE}>{self._style(f'Heading {level}')}{marked}</w:p>")

    def _marked(self, mark: str, runs: str) -> str:
        self.marks += 1
        ends = (
            f'<w:bookmarkStart w:id="{self.marks}" w:name={quoteattr(mark)}/>',
            f'<w:bookmarkEnd w:id="{self.marks}"/>',
        )
        return ends[0] + runs + ends[1]

    def _contents(self) -> None:
        """The table of contents: a field with its entries written, each a link, and fields of their pages.

        On which page a section begins hangs on fonts and printer: who opens the document is asked once to have them filled in.
        """
        self._paragraph("Heading 2", self.said.label("report.contents"))
        edge = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{self._text_width() // TWENTIETH}"/></w:tabs>'
        sections = list(enumerate(self.report.sections, start=1))
        for number, section in sections:
            begin = end = ""
            if number == 1:
                begin = _field_begin(' TOC \\o "1-1" \\h \\z \\u ')
            if number == len(sections):
                end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
            page = _field_begin(f" PAGEREF _{section.name} \\h ") + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
            entry = f"{self._run(f'{number}  {section.title}')}<w:r><w:tab/></w:r>{page}"
            link = f'<w:hyperlink w:anchor="_{section.name}" w:history="1">{entry}</w:hyperlink>'
            self._add(f"<w:p {NAMESPACE}>{self._style(TOC_STYLES[1], edge)}{begin}{link}{end}</w:p>")
        self._ask_for_pages()

    def _ask_for_pages(self) -> None:
        """Have whatever opens the document fill in the fields of pages."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        settings: Any = self.file.settings.element
        if settings.find(qn("w:updateFields")) is None:
            asked = OxmlElement("w:updateFields")
            asked.set(qn("w:val"), "true")
            behind = {qn(f"{space}:{name}") for space, names in BEHIND_FIELDS.items() for name in names}
            place = next((each for each in settings if each.tag in behind), None)
            settings.append(asked) if place is None else place.addprevious(asked)

    def _text_width(self) -> int:
        """The width between the margins, in the document's own unit."""
        from docx.shared import Cm

        space = self.file.sections[-1]
        return (space.page_width or Cm(21)) - (space.left_margin or 0) - (space.right_margin or 0)

    def _caption(self, kind: str, name: str, text: str, above: bool) -> None:
        """A caption whose number is a field with its value written."""
        number = self.numbers[name]
        label = self.said.label(f"report.{kind}")
        field = f" SEQ {label.strip()} \\* ARABIC "
        runs = self._run(label) + _field_begin(field) + self._run(str(number))
        runs += '<w:r><w:fldChar w:fldCharType="end"/></w:r>' + self._run(self.said.label("report.colon") + text)
        keep = "<w:keepNext/>" if above else ""
        self._add(f"<w:p {NAMESPACE}>{self._style('Caption', keep)}{self._marked(f'_{kind}_{number}', runs)}</w:p>")

    def _table(self, table: Table) -> None:
        self._caption("table", table.name, table.caption, above=True)
        right = [table.is_number(column) for column in range(len(table.head))]
        rows = [self._row(list(table.head), right, head=True)]
        rows += [self._row([cell.text for cell in row], right, first=not place) for place, row in enumerate(table.rows)]
        borders = "".join(
            f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="BFBFBF"/>' for side in ("top", "bottom", "insideH")
        )
        properties = (
            f'<w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{borders}</w:tblBorders>'
            f'<w:tblLayout w:type="fixed"/><w:tblCaption w:val={quoteattr(table.caption)}/></w:tblPr>'
        )
        grid = "<w:tblGrid>" + "".join(f'<w:gridCol w:w="{width}"/>' for width in widths(table)) + "</w:tblGrid>"
        self._add(f"<w:tbl {NAMESPACE}>{properties}{grid}{''.join(rows)}</w:tbl>")
        self._paragraph("Normal", "")

    def _row(self, cells: list[str], right: list[bool], head: bool = False, first: bool = False) -> str:
        """A row; the head and the first one stay on one page, and numbers on one line."""
        properties = "<w:trPr><w:cantSplit/>" + ("<w:tblHeader/>" if head else "") + "</w:trPr>"
        shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{TINT}"/>' if head else ""
        keep = "<w:keepNext/>" if head or first else ""
        made = []
        for text, at_right in zip(cells, right, strict=True):
            side = '<w:jc w:val="right"/>' if at_right else ""
            spacing = '<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>'
            runs = self._run(text, BOLD if head else "", SMALL)
            about = f"<w:tcPr>{shade}{'<w:noWrap/>' if at_right and not head else ''}</w:tcPr>"
            made.append(f"<w:tc>{about}<w:p><w:pPr>{keep}{spacing}{side}</w:pPr>{runs}</w:p></w:tc>")
        return f"<w:tr>{properties}{''.join(made)}</w:tr>"

    def _figure(self, figure: Figure) -> None:
        from docx.shared import Cm

        paragraph = self.file.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        picture = paragraph.add_run().add_picture(io.BytesIO(figure.png), width=min(Cm(WIDE), self._text_width()))
        about = picture._inline.docPr
        about.set("descr", alternative(figure))
        about.set("title", figure.title)
        note = f"{figure.title}{self.said.say('report.beside_note', note=figure.note) if figure.note else ''}"
        self._caption("figure", figure.name, note, above=False)

    def _page_numbers(self) -> None:
        """The number of the page at the foot."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import parse_xml

        paragraph = self.file.sections[0].footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for run in _page_field():
            paragraph._p.append(parse_xml(run.replace("<w:r>", f"<w:r {NAMESPACE}>", 1)))


def widths(table: Table) -> list[int]:
    """Widths of columns in twentieths of a point: wide enough for the longest word, the rest by the length of cells."""
    columns = [[head, *(row[place].text for row in table.rows)] for place, head in enumerate(table.head)]
    longest = [max(places(word) for text in column for word in UNBROKEN.findall(text) or [""]) for column in columns]
    least = [min(each, LONGEST_WORD) + EDGES for each in longest]
    asked = [max(places(text) for text in column) ** 0.6 for column in columns]
    room = max(TABLE_PLACES - sum(least), 0)
    wanted = [own + room * more / sum(asked) for own, more in zip(least, asked, strict=True)]
    return [int(TABLE_WIDTH * each / sum(wanted)) for each in wanted]


def places(text: str) -> int:
    """Places that a text takes, two a Chinese character."""
    return sum(2 if ord(each) > 0x2E80 else 1 for each in text)


def _page_field() -> Iterator[str]:
    yield '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    yield '<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
    yield '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    yield "<w:r><w:t>1</w:t></w:r>"
    yield '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def _field_begin(instruction: str) -> str:
    """The begin of a field, up to its result."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve">{escape(instruction)}</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


def opened(template: Path | None) -> "Document":
    """A new document, or that of a template; SimsuranceError where it is none."""
    import docx

    if template is None:
        return docx.Document()
    if not template.is_file():
        raise SimsuranceError(f"{template}: there is no such file; a Word document (.docx)")
    try:
        return docx.Document(str(template))
    except OSError:
        raise
    except Exception as error:
        name = type(error).__name__
        raise SimsuranceError(f"{template}: is no Word document ({name}); a template saved as .docx") from None
