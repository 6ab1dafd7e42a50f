"""A store's database goes down, and comes back with most of what it missed."""

import json

import psycopg
import pytest

from tools.demo import company


def test_the_outage_of_the_first_week(make, look, databases, tmp_path):
    folder = make(tmp_path / "world")
    before = look(folder)
    assert len(before.rows) == 6 + 4 * 3  # all stores are up

    company.advance(folder, databases, 2)
    outages = [json.loads(line) for line in (folder / "truths" / "outages.jsonl").open()]
    (current,) = [outage for outage in outages if not outage["is_over"]]
    name = f"demo_store_{current['store_id'].lower()}"
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        databases.connect(name)

    company.advance(folder, databases, 5)
    with databases.connect(name) as connection:
        arrived = connection.execute(
            "select receipt_number from receipts where sold_at >= %s and sold_at < %s",
            [current["from"], current["to"]],
        ).fetchall()
    rows = [json.loads(line) for line in (folder / "truths/receipts_only_by_mail.jsonl").open()]
    lost = {row["receipt_number"] for row in rows if row["store_id"] == current["store_id"]}
    assert arrived
    assert lost
    assert not lost & {number for (number,) in arrived}

    after = look(folder)
    for table, rows in before.rows.items():
        if table.endswith(("receipts", "receipt_lines")):
            key = 1  # the row number, which only rises
            kept, found = sorted(rows, key=lambda row: row[key]), after.rows[table]
            assert sorted(found, key=lambda row: row[key])[: len(kept)] == kept
