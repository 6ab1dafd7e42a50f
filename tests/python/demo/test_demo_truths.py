"""The truths agree with what is counted in the sources themselves, by other means."""

import csv
import email
import email.policy
import html
import io
import json
import re
import shutil
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tools.demo import company

_SUMS = "count(*), sum(quantity), sum(quantity * unit_price), sum(discount_amount)"


@pytest.fixture(scope="module")
def world(make, look, databases, tmp_path_factory):
    """A world after a week, with its first rows and each marketplace export that was written."""
    folder = tmp_path_factory.mktemp("truths") / "world"
    exports, first = {}, look(make(folder, lines=3000))
    for days in (0, 2, 5):
        if days:
            company.advance(folder, databases, days)
        truths = json.loads((folder / "truths.json").read_text())
        export = folder.parent / f"products_{days}.csv"
        shutil.copy(folder / "marketplace" / "products.csv", export)
        exports[date.fromisoformat(truths["day"])] = export
    return folder, truths, exports, first, look(folder)


def planted(folder: Path, name: str) -> list[dict]:
    return [json.loads(line) for line in (folder / "truths" / f"{name}.jsonl").open()]


def as_numbers(truth: dict) -> tuple[int, int, Decimal, Decimal]:
    assert Decimal(truth["net"]) == Decimal(truth["gross"]) - Decimal(truth["discount"])
    return (
        truth["lines"],
        truth["quantity"],
        Decimal(truth["gross"]),
        Decimal(truth["discount"]),
    )


def read_csv(path: Path) -> tuple[list[str], list[list[str]]]:
    header, *rows = csv.reader(path.open(encoding="utf-8-sig", newline=""))
    return [name.strip() for name in header], [row for row in rows if row]


def is_number(text: str) -> bool:
    return re.fullmatch(r"\d+(\.\d+)?", text) is not None


def is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def test_marketplace_rows(world):
    folder, truths, *_ = world
    for table, is_good in (
        ("users", lambda row: True),
        ("products", lambda row: is_number(row[3])),
        ("transactions", lambda row: is_date(row[5])),
    ):
        header, rows = read_csv(folder / "marketplace" / f"{table}.csv")
        good = [tuple(row) for row in rows if len(row) == len(header) and is_good(row)]
        truth = truths["tables"][f"marketplace.{table}"]
        assert len(rows) == truth["rows_in_source"]
        assert len(set(good)) == truth["rows_good"]
        assert len(rows) - len(good) == sum(truth["rows_bad"].values()) > 0
        assert len({row[table == "transactions"] for row in good}) == truth["rows_good"]
    assert (folder / "marketplace" / "products.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_marketplace_money_follows_the_exports(world):
    folder, truths, exports, *_ = world
    prices = {
        day: {row[0]: Decimal(row[3]) for row in read_csv(path)[1] if is_number(row[3])}
        for day, path in exports.items()
    }
    lines = quantity = unpriced = 0
    gross = Decimal(0)
    for row in read_csv(folder / "marketplace" / "transactions.csv")[1]:
        if len(row) != 6 or not is_date(row[5]):
            continue
        sold = date.fromisoformat(row[5])
        seen = [day for day in sorted(prices) if row[3] in prices[day]]
        lines, quantity = lines + 1, quantity + int(row[4])
        if not seen:
            unpriced += 1
            continue
        valid = max((day for day in seen if day <= sold), default=seen[0])
        gross += int(row[4]) * prices[valid][row[3]]
    truth = truths["channels"]["marketplace"]
    assert (lines, quantity, gross, 0) == as_numbers(truth)
    assert unpriced == truth["lines_without_price"] > 0
    versions = {
        row["product_id"]: row["versions"] for row in planted(folder, "marketplace_price_versions")
    }
    changed = {
        key
        for key in set().union(*prices.values())
        if len({found[key] for found in prices.values() if key in found}) > 1
    }
    assert {str(key) for key in versions} == changed != set()
    gone = {
        row["key"]
        for row in planted(folder, "deleted_rows")
        if row["table"] == "marketplace.products"
    }
    first, *_, last = prices.values()
    assert {int(key) for key in first.keys() - last.keys()} == gone != set()


def test_history(world):
    folder, truths, *_ = world
    table = pq.read_table(folder / "history").to_pydict()
    lines = list(zip(table["quantity"], table["unit_price"], table["discount_amount"], strict=True))
    truth = truths["channels"]["history"]
    gross = sum(quantity * price for quantity, price, _ in lines)
    found = (len(lines), sum(line[0] for line in lines), gross, sum(line[2] for line in lines))
    assert found == as_numbers(truth)
    assert sum(table["is_returned"]) == truth["returned_lines"] > 0
    assert len(set(table["sale_line_id"])) == truths["tables"]["history.sales"]["rows_good"]
    assert Decimal("3.3333") in table["unit_price"]


def test_shop(world, databases):
    _, truths, *_ = world
    with databases.connect("demo_shop") as connection:
        found = connection.execute(
            f"select {_SUMS}, count(*) filter (where status = 'cancelled'), count(returned_at)"
            " from orders join order_items using (order_id)"
        ).fetchone()
        for table in ("customers", "orders", "order_items", "promotions", "inventory_levels"):
            (rows,) = connection.execute(f"select count(*) from {table}").fetchone()
            assert rows == truths["tables"][f"shop.{table}"]["rows_good"], table
    truth = truths["channels"]["shop"]
    assert found == (*as_numbers(truth), truth["cancelled_lines"], truth["returned_lines"])


def test_shop_rows_that_change_behind_the_cursor(world):
    folder, _, _, first, last = world
    deleted = {(row["table"], str(row["key"])) for row in planted(folder, "deleted_rows")}
    silent = {(row["table"], str(row["key"])) for row in planted(folder, "silent_changes")}
    for table in ("orders", "customers", "inventory_levels"):
        name = f"demo_shop.{table}"
        before, after = ({row[0]: row for row in seen.rows[name]} for seen in (first, last))
        gone = {(f"shop.{table}", str(key)) for key in before.keys() - after.keys()}
        assert gone == {row for row in deleted if row[0] == f"shop.{table}"}
        still = {
            (f"shop.{table}", str(key))
            for key, row in before.items()
            if key in after and row != after[key] and row[-1] == after[key][-1]
        }
        assert still == {row for row in silent if row[0] == f"shop.{table}"} - gone
    start = first.rows["demo_shop.demo_meta"][0][1]
    late = {
        row[0]
        for row in set(last.rows["demo_shop.orders"]) - set(first.rows["demo_shop.orders"])
        if row[3].date() < start
        and row[0] not in {old[0] for old in first.rows["demo_shop.orders"]}
    }
    assert late <= {row["key"] for row in planted(folder, "late_rows")}
    assert late
    assert gone
    assert still


def till(databases) -> tuple[set[str], Counter]:
    numbers, sums = set(), Counter()
    for code in ("ber01", "ham01", "cgn01", "muc01"):
        with databases.connect(f"demo_store_{code}") as connection:
            numbers |= {row[0] for row in connection.execute("select receipt_number from receipts")}
            rows = connection.execute(
                f"select line_type, {_SUMS} from receipt_lines group by 1"
            ).fetchall()
        for kind, *values in rows:
            sums.update({(kind, place): value for place, value in enumerate(values)})
    return numbers, sums


def test_stores(world, databases):
    _, truths, *_ = world
    numbers, sums = till(databases)
    truth = truths["channels"]["stores"]
    assert tuple(sums["sale", place] for place in range(4)) == as_numbers(truth)
    assert sums["return", 0] == truth["returned_lines"] > 0
    assert sums["void", 0] == truth["cancelled_lines"]
    assert len(numbers) == truths["tables"]["stores.receipts"]["rows_good"]


def mail_texts(message) -> list[str]:
    """Return the texts of a mail, and of the mails attached to it, as plain lines."""
    if message.get_content_type() == "multipart/alternative":
        return [message.get_body(("plain",)).get_content()]
    if message.is_multipart():
        return [text for part in message.iter_parts() for text in mail_texts(part)]
    if message.get_content_type() == "message/rfc822":
        return mail_texts(message.get_content())
    text = message.get_content()
    if message.get_content_subtype() == "html":
        cells = text.replace("</td><td>", " | ").replace("<br>", "\n")
        text = html.unescape(re.sub("<[^>]*>", "\n", cells))
    return [text]


def mail_lines(text: str) -> dict[tuple[str, int], tuple[str, int, Decimal, Decimal]]:
    """Return SKU, quantity, price and discount by receipt and position."""
    found, receipt = {}, ""
    for line in io.StringIO(text.replace("\r", "")):
        if line.startswith("Receipt: "):
            receipt = line[9:].strip()
        elif re.match(r"\d+ \| TT-", line):
            position, sku, _, quantity, price, discount = line.strip().split(" | ")
            amounts = (Decimal(price.removesuffix(" EUR")), Decimal(discount.removesuffix(" EUR")))
            found[receipt, int(position)] = (sku, int(quantity), *amounts)
    return found


def test_mail_fills_the_gaps_of_the_tills(world, databases):
    folder, truths, *_ = world
    numbers, sums = till(databases)
    records, by_receipt, keys, unreadable = 0, {}, [], 0
    for path in (folder / "store_mail").iterdir():
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        lines = {}
        for text in mail_texts(message):
            lines |= mail_lines(text)
        unreadable += not lines
        records += len(lines)
        keys += [(message["Message-ID"], *key) for key in lines]
        by_receipt |= lines
    truth = truths["tables"]["store_mail.order_confirmations"]
    assert (records + unreadable, len(set(keys)), unreadable) == (
        truth["rows_in_source"],
        truth["rows_good"],
        truth["rows_bad"]["not readable"],
    )
    assert len(by_receipt) == truth["original"]
    missing = [line for (receipt, _), line in by_receipt.items() if receipt not in numbers]
    gross = sum(line[1] * line[2] for line in missing)
    more = (len(missing), sum(line[1] for line in missing), gross, sum(row[3] for row in missing))
    whole = tuple(sums["sale", place] + more[place] for place in range(4))
    assert whole == as_numbers(truths["channels"]["stores_with_mail"])
    lost = {row["receipt_number"] for row in planted(folder, "receipts_only_by_mail")}
    assert {receipt for receipt, _ in by_receipt if receipt not in numbers} == lost != set()


def test_mails_that_are_missing_or_disagree(world, databases):
    folder, truths, *_ = world
    mailed = {}
    for path in (folder / "store_mail").glob("*.eml"):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for text in mail_texts(message):
            mailed |= mail_lines(text)
    differing, silent = set(), set()
    for code in ("ber01", "ham01", "cgn01", "muc01"):
        with databases.connect(f"demo_store_{code}") as connection:
            rows = connection.execute(
                "select receipt_number, row_number() over (partition by receipt_id order by"
                " receipt_line_id), sku, quantity, unit_price, discount_amount, exists (select"
                " from receipt_lines as void where line_type = 'void' and"
                " void.returned_receipt_line_id = line.receipt_line_id)"
                " from receipts join receipt_lines as line using (receipt_id)"
                " where line_type = 'sale' and sold_at >= %s",
                [truths["mail_covers"]["from"]],
            ).fetchall()
        for receipt, position, *line, is_void in rows:
            if (receipt, 1) not in mailed:
                silent.add(receipt)
            elif is_void:
                assert (receipt, position) not in mailed
            elif mailed[receipt, position] != tuple(line):
                differing.add(receipt)
    named = {row["receipt_number"] for row in planted(folder, "mail_disagreements")}
    assert differing == named != set()
    missing = {row["receipt_number"] for row in planted(folder, "receipts_without_mail")}
    assert silent == missing != set()


def test_events(world):
    folder, truths, *_ = world
    orders = json.loads((folder / "events" / "ticket_orders.json").read_text(), parse_float=Decimal)
    events = json.loads((folder / "events" / "events.json").read_text())
    truth = truths["tables"]["events.ticket_orders"]
    good = [row["order"] for row in orders if not isinstance(row["order"]["payment"]["total"], str)]
    assert (len(orders), len(good)) == (truth["rows_in_source"], truth["rows_good"])
    assert len(events) == truths["tables"]["events.events"]["rows_good"]
    assert Counter(order["status"] for order in good) == truths["events"]["orders_by_status"]
    paid = sum(order["payment"]["total"] for order in good if order["status"] == "paid")
    assert paid == Decimal(truths["events"]["paid_amount"])
    assert {order["event"]["id"] for order in good} <= {event["event_id"] for event in events}


def test_logistics(world):
    folder, truths, *_ = world
    files = {path.read_bytes() for path in (folder / "logistics").iterdir()}
    rows = [row for file in files for row in file.decode().splitlines()[1:]]
    good = [row for row in rows if "about" not in row]
    truth = truths["tables"]["logistics.stock_counts"]
    assert (len(rows), len(set(good))) == (truth["rows_in_source"], truth["rows_good"])
    assert len(rows) - len(good) == sum(truth["rows_bad"].values()) > 0
    assert len(good) - len(set(good)) == truth["rows_repeated"] > 0
    assert len(list((folder / "logistics").iterdir())) - len(files) == truth["identical_files"] > 0


def test_customers_can_be_told_apart_and_put_together(world, databases):
    folder, truths, *_ = world
    header, rows = read_csv(folder / "marketplace" / "users.csv")
    users = {int(row[0]): row[header.index("email")].strip().lower() for row in rows}
    with databases.connect("demo_shop") as connection:
        shop = {
            row[0]: row[1:]
            for row in connection.execute(
                "select customer_id, lower(trim(email)), first_name, last_name from customers"
            )
        }
    pairs = planted(folder, "customer_pairs")
    assert {pair["by"] for pair in pairs} == {"email", "phone"}
    for pair in pairs:
        if "marketplace" in pair:
            assert users[pair["marketplace"]] == shop[pair["shop"]][0]
    together = {
        (key, number)
        for key, address in users.items()
        for number, customer in shop.items()
        if customer[0] == address
    }
    assert together == {(p["marketplace"], p["shop"]) for p in pairs if "marketplace" in p}
    for twins in planted(folder, "namesakes"):
        one, other = (shop.get(number) for number in twins["shop"])
        assert not (one and other) or (one[1:] == other[1:] and one[0] != other[0])
    assert truths["customers"]["shop"] == len(shop)


def test_titles_under_several_units(world, databases):
    _, truths, *_ = world
    with databases.connect("demo_shop") as connection:
        titles = Counter(
            title for (title,) in connection.execute("select title from inventory_levels")
        )
    several = [count for count in titles.values() if count > 1]
    products = truths["products"]
    assert len(several) == products["titles_under_several_skus_on_shelf"] > 0
    assert sum(several) == products["skus_on_shelf_that_share_a_title"]
