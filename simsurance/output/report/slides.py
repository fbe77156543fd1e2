"""A report as slides to edit: the standing of the funds as a table, one chart a slide under its sentence, the limits."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from simsurance.language import words
from simsurance.output.office import FIXED_TIME, required, same_bytes
from simsurance.output.report.covers import SECTIONS
from simsurance.output.report.page import alternative
from simsurance.output.report.parts import Bullets, Figure, Report, Section, Table, words_of
from simsurance.output.report.word import widths
from simsurance.plain_text import shown

WIDTH, HEIGHT, EDGE = 33.867, 19.05, 1.6
"""Centimetres of a slide, 16 : 9, and of its margins."""
TITLE_TOP, TITLE_HEIGHT, BODY_TOP, COVER_TOP = 0.9, 2.4, 3.5, 5.5
TITLE_ONLY: Final = 5
"""The layout with a title alone in the library's own template."""
ROWS: Final = 6
"""Rows of a table on a slide."""
SENTENCES: Final = 4
"""Sentences of a section on a slide."""
INK, SOFT, ACCENT = "1A1A1A", "4D4D4D", "0072B2"


def slides(report: Report) -> bytes:
    """The slides as bytes."""
    required("pptx", "python-pptx")
    return Deck(report).content()


class Deck:
    """Writes a report slide by slide."""

    def __init__(self, report: Report) -> None:
        from pptx import Presentation
        from pptx.util import Cm

        self.report, self.said = report, words(report.lang)
        self.file: Any = Presentation()
        self.file.slide_width, self.file.slide_height = Cm(WIDTH), Cm(HEIGHT)
        self.eastern = self.said.label("report.slides.eastern_font")
        self.font = self.said.label("report.slides.font")

    def content(self) -> bytes:
        """Everything in order."""
        report = self.report
        self._text(self._slide(report.title, COVER_TOP), [report.subtitle, report.made], 20, top=COVER_TOP + 2.8)
        glance = next(block for block in report.section("headline").blocks if isinstance(block, Table))
        for first in range(0, len(glance.rows), ROWS):
            self._table(self._slide(glance.caption), replace(glance, rows=glance.rows[first : first + ROWS]))
        for figure in report.figures:
            self._figure(self._slide(figure.title), figure)
        for section in report.sections:
            if section.name in SECTIONS:
                self._section(section)
        limits = report.section("limits")
        told = next(block for block in limits.blocks if isinstance(block, Bullets))
        self._text(self._slide(limits.title), [words_of(item) for item in told.items], 13, bullets=True)
        return self._saved()

    def _section(self, section: Section) -> None:
        """What a section says, a few sentences a slide; its tables stand in the document."""
        items = [words_of(item) for block in section.blocks if isinstance(block, Bullets) for item in block.items]
        for first in range(0, len(items), SENTENCES):
            self._text(self._slide(section.title), items[first : first + SENTENCES], 13, bullets=True)

    def _saved(self) -> bytes:
        about, made = self.file.core_properties, datetime(*FIXED_TIME)
        about.title, about.author, about.comments = self.report.title, "simsurance", self.report.made
        about.created = about.modified = about.last_printed = made
        about.last_modified_by, about.revision, about.language = "simsurance", 1, self.said.label("report.locale")
        held = io.BytesIO()
        self.file.save(held)
        return same_bytes(held.getvalue())

    def _slide(self, title: str, top: float = TITLE_TOP) -> Any:
        """A slide with its title, in the placeholder that an outline is made of."""
        from pptx.enum.text import MSO_ANCHOR
        from pptx.util import Cm

        slide = self.file.slides.add_slide(self.file.slide_layouts[TITLE_ONLY])
        shape: Any = slide.shapes.title
        shape.left, shape.top, shape.width, shape.height = (
            Cm(each) for each in (EDGE, top, WIDTH - 2 * EDGE, TITLE_HEIGHT)
        )
        shape.text_frame.word_wrap = True
        shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        self._write(shape.text_frame.paragraphs[0], title, 26, bold=True)
        return slide

    def _write(self, paragraph: Any, text: str, size: float, bold: bool = False, colour: str = INK) -> None:
        """A text in a paragraph at the left, in fonts of both scripts."""
        from pptx.dml.color import RGBColor
        from pptx.enum.text import PP_ALIGN
        from pptx.oxml.ns import qn
        from pptx.util import Pt

        paragraph.alignment = PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text = shown(text)
        run.font.size, run.font.bold, run.font.name = Pt(size), bold, self.font
        colours: Any = RGBColor
        run.font.color.rgb = colours(*bytes.fromhex(colour))
        properties = run._r.get_or_add_rPr()
        properties.set("lang", self.said.label("report.locale"))
        eastern = properties.makeelement(qn("a:ea"), {"typeface": self.eastern})
        properties.find(qn("a:latin")).addnext(eastern)

    def _text(
        self, slide: Any, texts: Sequence[str], size: float, bullets: bool = False, top: float = BODY_TOP
    ) -> None:
        """Paragraphs below the title."""
        from pptx.util import Cm, Pt

        box = slide.shapes.add_textbox(Cm(EDGE), Cm(top), Cm(WIDTH - 2 * EDGE), Cm(HEIGHT - top - EDGE))
        frame = box.text_frame
        frame.word_wrap = True
        for place, text in enumerate(texts):
            paragraph = frame.paragraphs[0] if not place else frame.add_paragraph()
            paragraph.space_after = Pt(8)
            self._write(paragraph, f"• {text}" if bullets else text, size, colour=INK if bullets or not place else SOFT)

    def _figure(self, slide: Any, figure: Figure) -> None:
        """A chart with what is told of it to those who cannot see it, and the note beside it."""
        from pptx.util import Cm

        top = BODY_TOP
        if figure.note:
            box = slide.shapes.add_textbox(Cm(EDGE), Cm(BODY_TOP - 0.3), Cm(WIDTH - 2 * EDGE), Cm(1.0))
            box.text_frame.word_wrap = True
            self._write(box.text_frame.paragraphs[0], figure.note, 14, colour=SOFT)
            top += 0.9
        picture = slide.shapes.add_picture(io.BytesIO(figure.slide), Cm(EDGE), Cm(top))
        room = Cm(WIDTH - 2 * EDGE), Cm(HEIGHT - top - 0.8)
        scale = min(room[0] / picture.width, room[1] / picture.height)
        picture.width, picture.height = int(picture.width * scale), int(picture.height * scale)
        picture.left = int((Cm(WIDTH) - picture.width) / 2)
        picture._element.nvPicPr.cNvPr.set("descr", alternative(figure))
        slide.notes_slide.notes_text_frame.text = shown(alternative(figure))

    def _table(self, slide: Any, table: Table) -> None:
        """A table whose cells can be edited."""
        from pptx.util import Cm

        rows, columns = len(table.rows) + 1, len(table.head)
        frame = slide.shapes.add_table(
            rows, columns, Cm(EDGE), Cm(BODY_TOP), Cm(WIDTH - 2 * EDGE), Cm(min(1.6 * rows, 14.5))
        )
        shares = widths(table)
        for column, share in enumerate(shares):
            frame.table.columns[column].width = Cm((WIDTH - 2 * EDGE) * share / sum(shares))
        size = 13 if rows <= 5 else 12
        for column, head in enumerate(table.head):
            self._write(frame.table.cell(0, column).text_frame.paragraphs[0], head, size, bold=True, colour="FFFFFF")
        for place, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                self._write(frame.table.cell(place, column).text_frame.paragraphs[0], cell.text, size)
