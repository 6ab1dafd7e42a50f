"""HTML of mails as lines of text, in one pass.

Tags and comments end where the HTML standard says. Python's own parser goes back to the start of
what is left open, in some versions again and again, so that it takes the square of a mail's size.
"""

import re
from collections.abc import Iterator
from html import unescape

# tables in tables, which the cells of the outer ones hold once more each
DEEPEST, MOST_TAGS = 30, 1_000_000
OPENING = re.compile(r"<(?=[a-zA-Z/!?])")
TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
IN_TAG = re.compile(r"[>=]")
QUOTE = re.compile(r"\s*([\"'])")
COMMENT_END = re.compile(r"--!?>")
HIDDEN = {
    name: re.compile(f"</{name}(?=[\\s/>])", re.IGNORECASE) for name in ("script", "style", "title")
}
BREAKS = {"br", "p", "div", "li", "h1", "h2", "h3", "hr", "pre", "table"}
MOST_CELLS = 6
BLANKS = re.compile(r"[ \t\r\n\f]+")

# the pieces of an open row, before each cell a none
Row = list[str | None]


def lines_of(html: str) -> str:
    """Return the text of HTML with its line breaks.

    A row of several cells is one line, its cells parted by " | ". A single cell is mere layout.

    Raises:
        ValueError: it is cut off, has too many tags, or tables nested too deeply.
    """
    layout = _Layout()
    for number, (mark, content) in enumerate(_tokens(html)):
        if number > 2 * MOST_TAGS:
            raise ValueError(f"its HTML has more than {MOST_TAGS:,} tags")
        if not mark and content:
            layout.add(BLANKS.sub(" ", unescape(content)))
        elif mark == "<":
            layout.start(content)
        elif mark:
            layout.end(content)
    return layout.text()


class _Layout:
    """Puts texts into the cells of the tables that are open."""

    def __init__(self) -> None:
        self._text: Row = []
        # the open row of each open table; the first is what stands outside of tables
        self._tables: list[Row | None] = [None]

    def add(self, piece: str) -> None:
        """Add to the innermost open cell."""
        next((row for row in reversed(self._tables) if row), self._text).append(piece)

    def start(self, name: str) -> None:
        """Begin an element."""
        if name in BREAKS:
            self.add("\n")
        if name == "table":
            self._tables.append(None)
            if len(self._tables) > DEEPEST:
                raise ValueError(f"its HTML has more than {DEEPEST} tables in each other")
        elif name == "tr":
            self._close_row()
            self._tables[-1] = []
        elif name in ("td", "th"):
            row = self._tables[-1]
            if row is None:
                row = self._tables[-1] = []
            row.append(None)

    def end(self, name: str) -> None:
        """End an element."""
        if name in ("tr", "table"):
            self._close_row()
        if name == "table" and len(self._tables) > 1:
            self._tables.pop()
        if name in BREAKS:
            self.add("\n")

    def text(self) -> str:
        """Return what was added, after what is still open is ended."""
        while len(self._tables) > 1:
            self.end("table")
        self._close_row()
        return "".join(filter(None, self._text))

    def _close_row(self) -> None:
        row, self._tables[-1] = self._tables[-1], None
        if row is not None:
            cells = _cells(row)
            if len(cells) > 1:
                cells = [BLANKS.sub(" ", cell).strip() for cell in cells]
            # a title may have the sign of a border in it, but no receipt has a seventh cell
            border = " | " if len(cells) <= MOST_CELLS else " || "
            for piece in ("\n", border.join(cells), "\n"):
                self.add(piece)


def _cells(row: Row) -> list[str]:
    """Return the texts of a row's cells."""
    cells: list[str] = []
    pieces: list[str] = []
    for piece in [*row, None]:
        if piece is None:
            cells.append("".join(pieces))
            pieces = []
        else:
            pieces.append(piece)
    return cells[1:]


def _tokens(html: str) -> Iterator[tuple[str, str]]:
    """Give texts with an empty mark, and the names of tags with the mark "<" or "</"."""
    at = 0
    while found := OPENING.search(html, at):
        opening = found.start()
        yield "", html[at:opening]
        tag = TAG.match(html, opening)
        if html.startswith("<!--", opening):
            ending = COMMENT_END.search(html, opening + 2)
            at = ending.end() if ending else 0
        elif tag:
            name = tag[2].lower()
            yield f"<{tag[1]}", name
            at = _end_of_tag(html, tag.end())
            if name in HIDDEN and not tag[1] and at:
                ending = HIDDEN[name].search(html, at)
                at = ending.start() if ending else 0
        else:
            at = html.find(">", opening) + 1
        if not at:
            raise ValueError("its HTML is cut off in a tag or a comment")
    yield "", html[at:]


def _end_of_tag(html: str, at: int) -> int:
    """Return where a tag ends, in whose values there may be ">" if they are quoted; else 0."""
    while sign := IN_TAG.search(html, at):
        at = sign.end()
        if sign[0] == ">":
            return at
        if quote := QUOTE.match(html, at):
            at = html.find(quote[1], quote.end()) + 1
            if not at:
                return 0
    return 0
