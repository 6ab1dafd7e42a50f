"""A source of a known kind is added by YAML alone; so is one whose files look otherwise."""

import os
import shutil
import subprocess
import sys
from decimal import Decimal

import pytest

from warehouse import PROJECT

NEEDED = ("dbt_project.yml", "packages.yml", "profiles.yml.example", "models", "macros", "seeds",
          "snapshots", "functions", "dbt_packages", "ingest", "replication", "tests/generic",
          "warehouse", "apps/__init__.py", "apps/erasure")  # fmt: skip
SOURCE = """
version: 2
sources:
  - name: partners
    schema: raw_partners
    config:
      meta:
        ingest: {reader: csv, mode: replace}
    tables:
      - name: consignments
        config:
          meta: {ingest: {key: [consignment_id], delimiter: ";"}}
        columns:
"""
# eighteen columns, of which twelve are declared, some under names of our own
FOUND = (
    "Consignment No;Partner;Brand;Category;Size;Colour;Condition;Weight (g);Asking Price;Currency;"
    "Received;Note;Shelf;Photo;Checked By;Internal 1;Internal 2;Internal 3"
)
DECLARED = {
    "Consignment No": ("consignment_id", "bigint"), "Partner": ("partner_name", "text"),
    "Brand": ("brand", "text"), "Category": ("category", "text"), "Size": ("size", "text"),
    "Colour": ("colour", "text"), "Condition": ("condition", "text"),
    "Weight (g)": ("weight_grams", "integer"), "Asking Price": ("asking_price", "numeric"),
    "Currency": ("currency_code", "text"), "Received": ("received_on", "date"),
    "Note": ("note", "text"),
}  # fmt: skip
ROWS = (
    '7;Fundgrube;Levis;Jeans;32;blue;good;640;24.90;EUR;2025-03-01;"zip; new";A1;;x;;;\n'
    "8;Fundgrube;Zara;Dress;S;red;fair;;9.5;EUR;01.03.2025;;A2;;y;;;\n"
)


@pytest.fixture
def project(tmp_path):
    """A copy of the project in which files can be added."""
    copy = tmp_path / "project"
    for name in NEEDED:
        place = copy / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, place)
        else:
            shutil.copy(PROJECT / name, place)
    return copy


def column(name: str, kind: str, found: str) -> str:
    place = f'{{meta: {{ingest: {{name: "{found}"}}}}}}'
    return f"          - {{name: {name}, data_type: {kind}, config: {place}}}\n"


def load(project, location) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "ingest", "load", "partners"],
        cwd=project, env={**os.environ, "PARTNERS_LOCATION": str(location)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_a_source_is_added_by_yaml_alone(project, warehouse, tmp_path) -> None:
    folder = tmp_path / "partners"
    folder.mkdir()
    (folder / "consignments_2025.csv").write_text(f"{FOUND}\n{ROWS}", encoding="utf-8-sig")
    place = project / "models" / "staging" / "partners" / "_partners__sources.yml"
    place.parent.mkdir()
    place.write_text(SOURCE + "".join(column(*kind, found) for found, kind in DECLARED.items()))
    subprocess.run(
        [sys.executable, "-m", "ingest", "warehouse", "profile"], cwd=project, check=True
    )
    code, printed = load(project, folder)
    assert code == 0, printed
    assert "not declared, so left out: Shelf, Photo, Checked By, Internal 1" in printed
    columns = "consignment_id, size, weight_grams, asking_price, note, _source_file"
    assert warehouse.rows(f"select {columns} from raw_partners.consignments") == [
        (7, "32", 640, Decimal("24.90"), "zip; new", "consignments_2025.csv")
    ]
    # the day that is written in another way waits in quarantine
    assert warehouse.quarantine()[0][:2] == ("3", 'Received is not date: "01.03.2025"')
    # and the next load adds a column that the YAML gains
    place.write_text(place.read_text() + column("shelf", "text", "Shelf"))
    code, printed = load(project, folder)
    assert code == 0, printed
    assert warehouse.rows("select shelf from raw_partners.consignments") == [("A1",)]
