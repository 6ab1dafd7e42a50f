"""Character sets by the names that senders give them: the letters that were meant, or none."""

import codecs
import re

# what has a name that says nothing is ASCII or UTF-8, or it is refused
NAMELESS = ("", "8bit", "binary", "default", "unknown", "unknown-8bit", "user-defined")
NAMES = {
    **dict.fromkeys(NAMELESS, "ascii"), **dict.fromkeys(("utf8mb3", "utf8mb4"), "utf-8"),
    **dict.fromkeys(("unicode", "ucs-2", "iso-10646-ucs-2"), "utf-16"),
    "unicode-1-1-utf-8": "utf-8", "unicodefeff": "utf-16-le", "unicodefffe": "utf-16-be",
    "latin-9": "iso8859-15", "visual": "iso8859-8", "logical": "iso8859-8",
    "windows-31j": "cp932", "31j": "cp932", "eucpkdfmtjapanese": "euc_jp", "gb_2312-80": "gb2312",
    "koi": "koi8-r", "koi8": "koi8-r", "koi8-ru": "koi8-u", "mac-ce": "mac-latin2",
}  # fmt: skip
# numbers of Microsoft's and IBM's code pages, and of the parts of ISO 8859
PAGE = re.compile(r"(?:windows|win|ibm|ms-?cp|ms-?dos|dos|ms|cp)[-_ ]?0*([0-9]{3,5})")
PART = re.compile(r"iso[-_ ]?8859[-_ ]?([0-9]{1,2})(?:-?[ie])?")
# these are ways of Python's to write a text, and some take the square of its length
NOT_SENT = ("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "mbcs", "oem")
# what is written under the name of the narrow set is often meant, as browsers too know, in the
# wide one: always, or where the narrow one has no such letter
MEANT = {"ascii": "utf-8", "iso8859-1": "cp1252", "iso8859-9": "cp1254"}
WIDER = {
    "shift_jis": "cp932", "euc_kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030",
    "big5": "cp950", "tis-620": "cp874", "iso2022_jp": "iso2022_jp_ext",
}  # fmt: skip


def find(label: str) -> str:
    """Return Python's name of a character set.

    Args:
        label: its name as sent; case, quotes and an `x-` before it do not matter.

    Raises:
        LookupError: there is none of that name.
    """
    name = label[:100].strip("\"' \t\r\n").lower()
    plain = re.sub(r"^(?:x-|_|cs)+", "", name)
    page, part = PAGE.fullmatch(plain), PART.fullmatch(plain)
    tries = [name, NAMES.get(name), plain, NAMES.get(plain)]
    tries += [page and f"cp{page[1]}", part and f"iso8859-{part[1]}"]
    for known in filter(None, tries):
        try:
            found = codecs.lookup(known)
        except (LookupError, ValueError):  # ValueError: a NUL in it
            continue
        # a text encoding, unlike base64
        if found._is_text_encoding and found.name.replace("_", "-") not in NOT_SENT:
            return found.name
    if name in NAMELESS:
        return "ascii"
    raise LookupError(f'the character set "{label[:40]}" is unknown')


def decode(content: bytes, label: str) -> str:
    """Return a text without its byte order mark.

    Args:
        content: the bytes.
        label: the name of their character set, as sent.

    Raises:
        LookupError: there is no such set.
        UnicodeDecodeError: they are not written in it.
    """
    name = find(label)
    name = MEANT.get(name, name)
    try:
        text = content.decode(name)
    except UnicodeDecodeError:
        if name not in WIDER:
            raise
        text = content.decode(WIDER[name])
    return text.removeprefix("\ufeff")
