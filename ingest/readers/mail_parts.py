"""Mails taken apart: their texts as lines, in a time that grows with their size alone."""

import itertools
import re
from collections.abc import Iterator
from email.errors import CloseBoundaryNotFoundDefect
from email.message import Message
from email.parser import BytesFeedParser
from email.policy import Compat32
from itertools import chain
from typing import Any

from ingest.readers import charsets, html_lines

# what no honest sender would send, but takes long to read
DEEPEST, MOST_PARTS, MOST_LINES = 30, 1000, 1_000_000
# characters of a header that is read here; Python's mail package takes the square of them
LONGEST_HEADER = 2000
READ_HERE = ("content-type", "content-transfer-encoding", "message-id", "date")
LINE_END = re.compile(r"\r\n?|\n")
QUOTING = re.compile(r"[\s>]*")
BLOCK = 1 << 16


class _Policy(Compat32):
    """The policy for old mails, which are never refused, but for headers that are too long."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if len(value) > LONGEST_HEADER and name.lower() in READ_HERE:
            raise ValueError(f"its header {name} has more than {LONGEST_HEADER:,} characters")
        return name, value


class _Part(Message):
    """A part of a mail, of which there may be so many in each other, and so many in all."""

    depth = 1
    counter: Iterator[int] | None = None

    def attach(self, payload: Any) -> None:
        payload.depth = self.depth + 1
        payload.counter = self.counter = self.counter or itertools.count(2)
        if payload.depth > DEEPEST or next(payload.counter) > MOST_PARTS:
            raise ValueError(f"it has more than {DEEPEST} parts in each other, or {MOST_PARTS:,}")
        super().attach(payload)


def parse(mail: bytes) -> Message:
    """Return a mail as an object.

    Raises:
        ValueError: it is made to take long.
    """
    if mail.count(b"\n") + mail.count(b"\r") > 2 * MOST_LINES:
        raise ValueError(f"it has more than {MOST_LINES:,} lines")
    parser = BytesFeedParser(_Part, policy=_Policy())
    for start in range(0, len(mail), BLOCK):  # at once, it would take four times the memory
        parser.feed(mail[start : start + BLOCK])
    return parser.close()


def texts(part: Message) -> Iterator[list[Message]]:
    """Give the texts in a mail and in mails attached to it, each with its alternatives."""
    if part.is_multipart():
        children: list[Message] = part.get_payload()  # type: ignore[assignment]  # is multipart
        # only the last one may be cut off: the others end where the next begins
        cut = [defect for defect in part.defects if isinstance(defect, CloseBoundaryNotFoundDefect)]
        for last in children[-1:]:
            last.defects += cut
        found = [text for child in children for text in texts(child)]
        if part.get_content_type() == "multipart/alternative":
            # plain text first
            found = [sorted(chain(*found), key=Message.get_content_type, reverse=True)]
        yield from found
    elif part.defects or part.get_content_type() in ("text/plain", "text/html"):
        yield [part]


def lines(part: Message) -> list[str]:
    """Return a text as lines, without marks of quoting.

    Raises:
        ValueError: it is cut off, or not written in its character set.
        LookupError: its character set is unknown.
    """
    content: bytes = part.get_payload(decode=True) or b""  # type: ignore[assignment]  # decoded
    if part.defects:
        raise ValueError(f"it is cut off or malformed ({type(part.defects[0]).__name__})")
    text = charsets.decode(content, part.get_content_charset("ascii"))
    if part.get_content_subtype() == "html":
        small = text.lower()
        if "<html" in small and "</html" not in small:
            raise ValueError("its HTML is cut off")
        text = html_lines.lines_of(text)
    found = LINE_END.split(text)
    if part.get_content_subtype() == "plain" and _parameter(part, "format") == "flowed":
        found = _joined(found, is_space_deleted=_parameter(part, "delsp") == "yes")
    return [QUOTING.sub("", line, count=1).rstrip() for line in found]


def _parameter(part: Message, name: str) -> str:
    """Return a parameter of the content's type, in small letters."""
    value = part.get_param(name, "")
    return value.lower() if isinstance(value, str) else ""


def _joined(found: list[str], is_space_deleted: bool) -> list[str]:
    """Return lines with those joined that the sender broke: RFC 3676, format=flowed.

    Args:
        found: the lines; one that ends in a space goes on in the next, if that is quoted as deeply.
        is_space_deleted: whether that space is the break's alone.
    """
    paragraphs: list[list[str]] = []
    open_depth = -1
    for line in found:
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        is_signature = content == "-- "
        is_open = content.endswith(" ") and not is_signature
        if open_depth != depth or is_signature:
            paragraphs.append([])
        paragraphs[-1].append(content[:-1] if is_open and is_space_deleted else content)
        open_depth = depth if is_open else -1
    return ["".join(paragraph) for paragraph in paragraphs]
