"""CSV for spreadsheets: a text is never taken for a formula."""

import csv
import io

import pytest

from apps.search import show
from apps.search.found import Found


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'), ("+1", "'+1"), ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"), (" \t=1", "' \t=1"), ("\n=1", "'\n=1"), ("＝1", "'＝1"),
        ("Coat = hat", "Coat = hat"), ("", ""), ("3-piece suit", "3-piece suit"),
    ],
)  # fmt: skip
def test_a_text_is_no_formula(capsys, title, cell) -> None:
    row = {"title": title, "price": -5, "tags": ["=1"]}
    show.as_csv(Found(list(row), [row], {}, 0.0))
    [_, found] = csv.reader(io.StringIO(capsys.readouterr().out, newline=""))
    assert found == [cell, "-5", '["=1"]']
