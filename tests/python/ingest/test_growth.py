"""Hostile files: twice the size takes about twice the time, and memory stays small."""

import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from growth import check_growth
from reading import read_file

from ingest.readers import csv_files, places
from warehouse.errors import UserError

HEAD = b"a,b,c\n"
CSV = {
    "nothing but quotes": lambda n: HEAD + b'"' * n,
    "fields that open": lambda n: HEAD + b',"' * (n // 2),
    "three quotes a field": lambda n: HEAD + b',"""' * (n // 4),
    "lines that open": lambda n: HEAD + b'x,"1\n' * (n // 5),
    "stray quotes": lambda n: HEAD + b'x"y,1,z\n' * (n // 8),
    "one field of quotes": lambda n: HEAD + b'x,1,"' + b'""' * (n // 2) + b'"\n',
    "one field of lines": lambda n: HEAD + b'x,1,"' + b"\n" * n,
    "an open quote every fifty lines": lambda n: HEAD + (b'"a\n' + b"b\n" * 50) * (n // 103),
    "empty lines": lambda n: HEAD + b"\n" * n,
    "delimiters": lambda n: HEAD + b"," * n,
    "carriage returns": lambda n: HEAD + b"\r" * n,
    "bytes that are no text": lambda n: HEAD + b"\xff,1,x\n" * (n // 7),
    "fields too many": lambda n: HEAD + b"1,2,3,4\n" * (n // 8),
    "values that are refused": lambda n: HEAD + b"1,x,3\n" * (n // 6),
    "an open quote in the header": lambda n: b'a,"b\n' + b"1,2,3\n" * (n // 6),
    "a long header": lambda n: b"a," * (n // 2) + b"\n1,2\n",
    "one line": lambda n: HEAD + b"x" * n,
}
JSON = {
    "open arrays": lambda n: b"[" * n,
    "open objects": lambda n: b'[{"a":' * (n // 6),
    "an open text": lambda n: b'[{"a":"' + b"x" * n,
    "a deep value": lambda n: b'[{"a":' + b"[" * n + b"]" * n + b"}]",
    "many keys": lambda n: b"[{" + b",".join(b'"k%d":1' % i for i in range(n // 10)) + b"}]",
    "ever new keys": lambda n: b"[" + b",".join(b'{"a%d":1}' % i for i in range(n // 10)) + b"]",
    "a long number": lambda n: b'[{"b":' + b"1" * n + b"}]",
    "blanks": lambda n: b"[" + b" " * n,
    "commas": lambda n: b"[" + b"," * n,
    "no end": lambda n: b"[" + b'{"a":"1"},' * (n // 10),
}
# more than one block of what is read at once
SIZE = {"csv": 1 << 18, "json": 1 << 18}
SHAPES = [(kind, name) for kind, shapes in (("csv", CSV), ("json", JSON)) for name in shapes]


# every third by day, and all of them each night
@pytest.mark.parametrize(
    ("kind", "name"),
    [pytest.param(*one, marks=[pytest.mark.long] * (n % 3 > 0)) for n, one in enumerate(SHAPES)],
)
def test_time_grows_with_the_size(declare, tmp_path, monkeypatch, kind, name) -> None:
    table = declare("a text, b bigint, c text", reader=kind, key=())
    path = tmp_path / f"items.{kind}"

    # as many blocks in less time
    monkeypatch.setattr(csv_files, "BLOCK", 1 << 16)
    monkeypatch.setattr(csv_files, "LONGEST", 1 << 20)

    def read(content: bytes) -> None:
        path.write_bytes(content)
        with contextlib.suppress(UserError):
            read_file(table, path)

    check_growth({"csv": CSV, "json": JSON}[kind][name], read, SIZE[kind])


@pytest.mark.parametrize(("end", "pack"), [(".gz", "gzip"), (".zst", "zstd")])
def test_what_unpacks_to_many_times_its_size_is_refused(
    declare, tmp_path, monkeypatch, end, pack
) -> None:
    path = tmp_path / f"items.csv{end}"
    with pa.CompressedOutputStream(str(path), pack) as packed:
        packed.write(HEAD + b"x,1,y\n" * 300_000)
    table = declare("a text, b bigint, c text", key=())
    assert len(read_file(table, path).rows) == 300_000
    monkeypatch.setattr(places, "MOST_UNPACKED", 1 << 20)
    with pytest.raises(UserError, match="unpacks to more than 200 times its size"):
        read_file(table, path)


PACKED = """
import json, os, sys
sys.path[:0] = [os.path.join("tests", "python", "ingest"), "."]
from pathlib import Path
from ingest import readers, values
from ingest.contract import Column, Table
from ingest.readers.files import find_files
folder, kind = sys.argv[1:]
table = Table(source="t", name="items", schema="r", file="f", reader=kind, location=folder,
              columns=(Column("a", "text", "a"), Column("b", "bigint", "b")), mode="append",
              siblings=("items",))
said = ""
try:
    for batch in readers.find(table, {}):
        with batch.open() as stream:
            meanings = [values.meaning(column, {}) for column in table.columns]
            for block in stream.read():
                if len(block.columns) == 2:
                    values.check(block.columns, meanings)
except Exception as error:
    said = f"{type(error).__name__}: {error}"
# of this program alone, which the resource module does not know
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([said, int(peak.split()[1]) >> 10]))
"""
BOMBS = {
    "a line without end": ("csv", "items.csv.gz", b"a,b\n", b"x" * (1 << 20)),
    "a text without end": ("json", "items.json.gz", b'[{"a":"', b"x" * (1 << 20)),
    "an object without end": ("json", "items.jsonl.gz", b'{"a":[', b"1," * (1 << 19)),
    "an array of small values": ("json", "items.json.gz", b'[{"a":[', b"1," * (1 << 19)),
    "empty lines": ("csv", "items.csv.gz", b"a,b\n", b"\n" * (1 << 20)),
    "an open quote": ("csv", "items.csv.gz", b'a,b\n1,"', b"\n" * (1 << 20)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_unpacks_to_much_more_stays_in_small_memory(tmp_path, name) -> None:
    kind, file, head, more = BOMBS[name]
    packer = subprocess.Popen(
        ["gzip", "-1"], stdin=subprocess.PIPE, stdout=(tmp_path / file).open("wb")
    )  # fmt: skip
    with packer.stdin as pipe:
        pipe.write(head)
        for _ in range(400):
            pipe.write(more)
    packer.wait()
    said, megabytes = _read(tmp_path, kind)
    assert megabytes < 400
    assert said == "" or said.startswith("UserError")


def test_one_long_text_in_many_rows_stays_in_small_memory(tmp_path) -> None:
    rows = 100_000
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["x" * 1_000_000])
    pq.write_table(pa.table({"a": texts, "b": range(rows)}), tmp_path / "items.parquet")
    said, megabytes = _read(tmp_path, "parquet")
    assert "unpacks to more than 200 times its size" in said
    assert megabytes < 400


def _read(folder: Path, kind: str) -> tuple[str, int]:
    """Read a folder's files; return what was said, and how many megabytes it took."""
    done = subprocess.run(
        [sys.executable, "-c", PACKED, str(folder), kind], check=True, capture_output=True,
        cwd=Path(__file__).resolve().parents[3], text=True,
    )  # fmt: skip
    said, megabytes = json.loads(done.stdout.splitlines()[-1])
    return said, megabytes
