"""From what was typed to dbt's vars: `denim "wide leg" -blue max_price=60 brand=Zara|Uniqlo`.

Names and values are not judged here but by the project's macros, as with plain dbt.
"""

import re

# what looks like a filter is one: max-price=60 is refused, and not searched for
NAME = r"-{0,2}[A-Za-z_][A-Za-z0-9_.-]*"
FILTER = re.compile(rf"({NAME})=(.*)", re.DOTALL)
# a filter, whose value may be in quotes; a phrase; a word
TOKEN = re.compile(rf'({NAME})=(?:"([^"]*)"|(\S*))|-?"[^"]*"?|\S+')
NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
NUMBERS = ("min_price", "max_price", "limit")
TRUTHS = {"true": True, "yes": True, "false": False, "no": False}


def from_arguments(arguments: list[str]) -> dict[str, object]:
    """Return the vars for the arguments of a command, each either a filter or words.

    Args:
        arguments: such as `denim jacket`, `q=denim jacket`, `max_price=60`.
    """
    pairs = [FILTER.fullmatch(argument) for argument in arguments]
    words = [text for text, pair in zip(arguments, pairs, strict=True) if not pair]
    return _vars(" ".join(words), [(pair[1], pair[2]) for pair in pairs if pair])


def from_line(line: str) -> dict[str, object]:
    """Return the vars for a line as people type it; words in quotes stay a phrase."""
    words, pairs = [], []
    for token in TOKEN.finditer(line):
        name, quoted, bare = token.groups()
        if name:
            pairs.append((name, bare if quoted is None else quoted))
        else:
            words.append(token[0])
    return _vars(" ".join(words), pairs)


def _vars(words: str, pairs: list[tuple[str, str]]) -> dict[str, object]:
    """Return the vars; what is given twice is a list, what is empty is left out."""
    found: dict[str, list[object]] = {}
    for name, value in [("q", words), *pairs]:
        short = {"q": "terms"}.get(name.lower(), name.lower())
        # as in the seed of saved searches, a bar parts what may fit; terms say `or`
        values = [value] if short == "terms" else value.split("|")
        if value.strip():
            found.setdefault(f"search_{short}", []).extend(_typed(short, one) for one in values)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _typed(name: str, text: str) -> object:
    """Return a number or a truth value where one is meant and given, otherwise the text."""
    if name == "fold":
        return TRUTHS.get(text.strip().lower(), text.strip())
    if name in NUMBERS and NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text.strip()
