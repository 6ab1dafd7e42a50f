"""Whatever a file holds is loaded exactly or kept in quarantine, and nothing is lost.

Python's own csv and json write the files and say what is in them. PROPERTY_EXAMPLES sets how many
files of each kind are tried; without it they are few and always the same.
"""

import csv
import io
import json
import os
import re
from decimal import Decimal

import simplejson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.contract import Table

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "0"))
many_files = settings(
    max_examples=EXAMPLES or 50,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    # one database serves all examples, each of which replaces the table
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# what means something in CSV, COPY or JSON comes up more often than by chance
SNIPPETS = ["\\.", "\\N", "\\", '"', '""', ",", ";", "\n", "\r\n", "\r", "\t", "\v", "\0", " ", "'"]
SNIPPETS += ["\ufeff", "\u2028", "\x85", "\x1a", "é", "e\u0301", "😀", "{", "}", "%s", "$1", "NULL"]
SNIPPETS += ["\ud800", "\udc00", "\\u0000", "\n\\.\n"]
texts = st.lists(st.sampled_from(SNIPPETS) | st.text(max_size=6), max_size=5).map("".join)
numbers = st.from_regex(
    r"-?(0|[1-9][0-9]{0,60})(\.[0-9]{1,60})?([eE][+-]?[0-9]{1,3})?", fullmatch=True
) | st.sampled_from(["1E400", "0.1000000000000000055511151231257827", "1e131071", "1e131072"])
integers = st.integers(-(2**65), 2**65) | st.sampled_from([2**63 - 1, 2**63, -(2**63), ~(2**63)])
days = st.one_of(
    st.dates().map(str),
    st.builds("{:04}-{:02}-{:02}".format, *[st.integers(0, most) for most in (9999, 13, 32)]),
    st.sampled_from(["0001-01-01", "9999-12-31", "0044-03-15 BC", "5874897-12-31", "infinity"]),
)
booleans = st.sampled_from(["true", "false", "t", "no", "1", "maybe"])
KINDS = {
    "words": ("text", texts),
    "amount": ("numeric", numbers | texts),
    "whole": ("bigint", integers.map(str) | numbers),
    "day": ("date", days | texts),
    "sure": ("boolean", booleans),
}
COLUMNS = "position bigint, " + ", ".join(f"{name} {kind}" for name, (kind, _) in KINDS.items())


rows_of_text = st.lists(st.tuples(*(st.none() | some for _, some in KINDS.values())), max_size=6)


# what each type's texts look like, beside what PostgreSQL itself takes
FORMS = {
    "numeric": r" *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)? *",
    "bigint": r" *[+-]?[0-9]+ *",
    "date": r" *(?!0000)[0-9]{4}(-[0-9]{2}-[0-9]{2}|[0-9]{4}) *",
    "boolean": r"(?i: *(true|false|t|f|yes|no|y|n|1|0) *)",
}


def has_form(kind: str, text: str | None) -> bool:
    """Tell whether a text looks as the contract wants it."""
    return text is None or kind not in FORMS or bool(re.fullmatch(FORMS[kind], text))


def storable(text: str | None) -> bool:
    """Tell whether PostgreSQL can hold a text: it knows no NUL and no half of a surrogate pair."""
    return text is None or ("\0" not in text and encodable(text))


def encodable(text: str) -> bool:
    """Tell whether a text has no half of a surrogate pair."""
    return text.encode(errors="ignore").decode() == text


def exactly(text: str) -> object:
    """Return what a JSON text says, no number rounded."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def meaning(kind: str, text: str | None, warehouse) -> object:
    """Return what a text in a file says, to compare with what another text says."""
    if text is None or kind == "text":
        return text
    if kind in ("date", "boolean"):
        return warehouse.rows(f"select cast(%s as {kind})::text", text)[0][0]
    if kind == "jsonb":
        return exactly(text)
    return int(text) if kind == "bigint" else repr(Decimal(text.strip()) + 0)


def check(warehouse, table: Table, rows: list[dict[str, str | None]], raw: list[str]) -> None:
    """Load a file and compare.

    Args:
        warehouse: where to.
        table: the declared table; its first column, `position`, numbers the rows.
        rows: what is in the file, as text.
        raw: how each row is shown in quarantine if PostgreSQL cannot hold its values.
    """
    kinds = {column.name: column.type for column in table.columns}
    good, bad = [], []
    for row in rows:
        has_forms = all(has_form(kinds[name], text) for name, text in row.items())
        fits = (
            has_forms
            and all(map(storable, row.values()))
            and all(
                valid is not False
                for (valid,) in warehouse.rows(
                    "select pg_input_is_valid(value, kind) from unnest(%s::text[], %s::text[])"
                    " as cell (value, kind)",
                    list(row.values()),
                    [kinds[name] for name in row],
                )
            )
        )
        (good if fits else bad).append(row)

    result = warehouse.load(table, full=True)

    assert result.status == "loaded", result.notes
    assert (result.read, result.loaded, result.quarantined) == (len(rows), len(good), len(bad))
    shown = ", ".join(f"{name}::text" for name in kinds)
    found = warehouse.rows(f"select {shown} from raw_test.items order by position")
    for ours, row in zip(found, good, strict=True):
        for (name, kind), text in zip(kinds.items(), ours, strict=True):
            assert meaning(kind, text, warehouse) == meaning(kind, row[name], warehouse)
    kept = [payload for _, _, payload in warehouse.quarantine()]
    for row in bad:
        unread = {"record": raw[int(row["position"])]}
        as_read = row if all(map(storable, row.values())) else unread
        kept.remove(as_read)
    assert kept == []


@many_files
@given(
    rows=rows_of_text,
    delimiter=st.sampled_from(",;|\t"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
)
def test_csv_is_loaded_exactly_or_quarantined(
    warehouse, declare, write, rows, delimiter, end, quoting
) -> None:
    if any("\r" in (text or "") for row in rows for text in row):
        quoting = csv.QUOTE_ALL  # Python before 3.13 leaves a lone carriage return unquoted
    style = {"delimiter": delimiter, "lineterminator": end, "quoting": quoting}
    lines = [written(["position", *KINDS], style)]
    lines += [written([number, *row], style) for number, row in enumerate(rows)]
    write("".join(lines).encode(errors="surrogatepass"))
    read = [next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter)) for line in lines]
    table = declare(COLUMNS, key=(), options={"delimiter": delimiter}, max_quarantined=1)
    # an empty field is NULL, quoted or not
    rows = [
        {name: text or None for name, text in zip(read[0], row, strict=True)} for row in read[1:]
    ]
    check(warehouse, table, rows, [as_shown(line) for line in lines[1:]])


def written(row: list, style: dict) -> str:
    """Return a row as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, **style).writerow(row)
    return text.getvalue()


def as_shown(line: str) -> str:
    """Return how quarantine shows a line that is no text."""
    data = line.encode(errors="surrogatepass")
    return data.decode(errors="backslashreplace").replace("\0", "\\0")


values = st.recursive(
    st.none() | st.booleans() | texts | numbers.map(Decimal),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
cells = [st.none() | some | values for _, some in KINDS.values()]
JSON_COLUMNS = f"{COLUMNS}, anything jsonb"


@many_files
@given(
    rows=st.lists(st.tuples(*cells, values), min_size=1, max_size=6),
    as_ascii=st.booleans(),
    suffix=st.sampled_from(["json", "jsonl"]),
    indent=st.sampled_from([None, 2]),
)
def test_json_is_loaded_exactly_or_quarantined(
    warehouse, declare, write, rows, as_ascii, suffix, indent
) -> None:
    layout = {"indent": indent if suffix == "json" else None}
    lines = []
    for number, row in enumerate(rows):
        record = {"position": number, **dict(zip([*KINDS, "anything"], row, strict=True))}
        line = simplejson.dumps(record, ensure_ascii=as_ascii, **layout)
        # half of a surrogate pair can only be written as an escape
        lines.append(line if encodable(line) else simplejson.dumps(record, **layout))
    for path in write("", "items.old").parent.glob("items.json*"):
        path.unlink()
    write(f"[{','.join(lines)}]" if suffix == "json" else "\n".join(lines), f"items.{suffix}")
    table = declare(JSON_COLUMNS, key=(), reader="json", max_quarantined=1)
    rows = [as_texts(exactly(line)) for line in lines]
    check(warehouse, table, rows, [json.dumps(row) for row in rows])


def as_texts(found: dict[str, object]) -> dict[str, str | None]:
    """Return how an object's values arrive at PostgreSQL."""
    return {
        name: value if value is None or (isinstance(value, str) and name != "anything")
        else as_json(value)
        for name, value in found.items()
    }  # fmt: skip


def as_json(value: object) -> str:
    """Return a value as compact JSON, in ASCII if it has half of a surrogate pair."""
    compact = {"separators": (",", ":")}
    text = simplejson.dumps(value, ensure_ascii=False, **compact)
    return text if encodable(text) else simplejson.dumps(value, **compact)
