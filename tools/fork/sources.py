"""A new source: its declaration, a staging model for each of its tables, and their tests."""

import re
from dataclasses import replace
from pathlib import Path

from tools.fork import samples
from tools.fork.names import RESERVED, staged_name
from tools.fork.samples import Sample
from tools.fork.templates import rendered
from warehouse import PROJECT
from warehouse.errors import UsageError, did_you_mean

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# columns that are likely to be personal data, by their names
PERSONAL = {
    "email": r"e_?mail(_address)?",
    "phone": r"(tele)?phone(_number)?|mobile|tel",
    "username": r"user_?name|login|nickname",
    "name": r"(full|first|last|family|given)_name|surname",
    "street": r"street|address(_line)?(_[12])?",
    "postcode": r"post(al)?_?code|zip(_code)?",
}


def scaffold(source: str, location: Path, reader: str | None, keys: dict[str, str]) -> list[Path]:
    """Write what a source of files needs; return the files written.

    Args:
        source: its name, by which `<SOURCE>_LOCATION` and the schema `raw_<source>` are named.
        location: a folder or file, whose files are read for their columns.
        reader: csv, excel, json or parquet; none finds out by the files' endings.
        keys: the key's columns, with commas, of the tables whose key is not to be found out.

    Raises:
        UsageError: the name cannot be used or is taken, or the files do not do.
        UserError: a file cannot be read.
    """
    if not NAME.fullmatch(source) or source in RESERVED or len(source) > 40:
        raise UsageError(
            f'"{source}" cannot be the name of a source. Use lower case letters, digits and single'
            " underscores, such as returns_desk."
        )
    folder = PROJECT / "models" / "staging" / source
    if folder.exists():
        raise UsageError(
            f"{folder.relative_to(PROJECT)} exists already. Choose another name, or add the table"
            " to its YAML by hand: docs/ingest.md"
        )
    reader = reader or samples.reader_of(location)
    starts = samples.tables_in(location, reader)
    if not starts:
        raise UsageError(f"{location} has no file that the reader {reader} knows by its ending.")
    if unknown := keys.keys() - starts.keys():
        raise UsageError(f"--key: no table {min(unknown)}.{did_you_mean(min(unknown), starts)}")
    found = [
        _completed(samples.read(source, location, reader, table, starts), keys.get(table))
        for table in starts
    ]
    shared = {"source": source, "reader": reader, "found": found, "place": _shown(location)}
    written = {
        f"_{source}__sources.yml": rendered("sources.yml", **shared),
        f"_{source}__models.yml": rendered("models.yml", **shared),
        **{
            f"stg_{source}__{sample.name}.sql": rendered("staging.sql", sample=sample, **shared)
            for sample in found
        },
    }
    folder.mkdir(parents=True)
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in written]


def _completed(sample: Sample, given: str | None) -> Sample:
    """Return a table with the key that was named, and with what its columns say of people."""
    kinds = {column.name: column.type for column in sample.columns}
    sample.key = [part.strip() for part in given.split(",")] if given else sample.key
    if not sample.key:
        raise UsageError(
            f"{sample.name}: no column is different in each row. Name the columns of the key, such"
            f" as --key {sample.name}={','.join(list(kinds)[:2])}"
        )
    for name in sample.key:
        if name not in kinds:
            raise UsageError(
                f'--key: {sample.name} has no column "{name}".{did_you_mean(name, kinds)}'
            )
    sample.staged_key = [staged_name(name, kinds[name]) for name in sample.key]
    for place, column in enumerate(sample.columns):
        if personal := _personal(column.name):
            # a postcode or a telephone number is no number
            sample.columns[place] = replace(column, personal=personal, type="text")
    return sample


def _personal(name: str) -> str:
    """Return what a column says of a person, by its name; nothing if it seems to say nothing."""
    return next((kind for kind, names in PERSONAL.items() if re.fullmatch(names, name)), "")


def _shown(location: Path) -> str:
    """Return a place as it is declared: from the project, if it is in it."""
    place = location.resolve()
    return str(place.relative_to(PROJECT) if place.is_relative_to(PROJECT) else place)
