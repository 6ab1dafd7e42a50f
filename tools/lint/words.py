#!/usr/bin/env python3
"""Fail if a text says what tools/lint/words.yml has another word for, or a sentence is too long.

Usage: tools/lint/words.py FILE..., as the hook `words` of .pre-commit-config.yaml calls it.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt

RULES = Path(__file__).with_name("words.yml")
SENTENCE = re.compile(r"(?<=[.!?])\s+")


def blocks(path: Path, text: str) -> Iterator[tuple[int, str]]:
    """Yield each piece of prose and the number of its first line.

    Args:
        path: of the file; in Markdown, code is replaced by a mark.
        text: what it holds.
    """
    if path.suffix != ".md":
        yield 1, text
        return
    for token in MarkdownIt().enable("table").parse(text):
        if token.type == "inline" and token.map and token.children:
            marks = {"softbreak": "\n", "hardbreak": "\n", "code_inline": "`"}
            parts = [marks.get(child.type, child.content) for child in token.children]
            yield token.map[0] + 1, "".join(parts)


def problems(path: Path, rules: dict[str, Any]) -> Iterator[str]:
    """Yield what to write differently, with file and line.

    Args:
        path: of the file, as it was given.
        rules: those of words.yml.
    """
    longest = rules["longest_sentence"].get(str(path))
    for line, text in blocks(path, path.read_text(encoding="utf-8")):
        for term in rules["terms"]:
            pattern = rf"\b(?:{term['not']})\b".replace(" ", r"\s+")
            for match in re.finditer(pattern, text, re.IGNORECASE):
                place = line + text.count("\n", 0, match.start())
                yield f'{path}:{place}: "{" ".join(match[0].split())}". Write: {term["say"]}.'
        for sentence in SENTENCE.split(text) if longest else ():
            words = sentence.split()
            if len(words) > longest:
                yield (
                    f'{path}:{line}: a sentence has {len(words)} words: "{" ".join(words[:6])} …".'
                    f" Split it; {longest} is the limit here."
                )


def main() -> None:
    """Check the files that are named; exit 1 if one has a problem."""
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    found = [problem for name in sys.argv[1:] for problem in problems(Path(name), rules)]
    sys.exit("\n".join(found) or 0)


if __name__ == "__main__":
    main()
