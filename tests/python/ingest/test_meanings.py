"""The declared contract decides what a value means, and not what a parser happens to accept."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from ingest.contract import Column


def with_settings(table, **settings):
    """Return a table some of whose columns have settings of their own."""
    columns = [
        Column(column.name, column.type, column.source_name, settings.get(column.name, {}))
        for column in table.columns
    ]
    return dataclasses.replace(table, columns=tuple(columns))


def loaded(warehouse, column: str) -> list:
    return warehouse.rows(f"select id, {column} from raw_test.items order by id")


def aside(warehouse) -> list[str]:
    return [position for position, _, _ in warehouse.quarantine()]


@pytest.fixture
def days(declare):
    return declare("id bigint, day date", key=("id",), max_quarantined=1)


@pytest.fixture
def prices(declare):
    return declare("id bigint, name text, price numeric", key=("id",), max_quarantined=1)


STRAY = (
    'id,name,price\n1,Belt 40" long,9.50\n2,Plain scarf,6.00\n3,Belt 42" long,8.50\n4,Hat,7.00\n'
)


def test_a_stray_quote_takes_no_other_line_with_it(warehouse, prices, write) -> None:
    write(STRAY)
    result = warehouse.load(prices)
    assert (result.read, result.loaded, result.quarantined) == (4, 2, 2)
    assert loaded(warehouse, "name") == [(2, "Plain scarf"), (4, "Hat")]
    assert [(where, kept["record"]) for where, _, kept in warehouse.quarantine()] == [
        ("2", '1,Belt 40" long,9.50\n'), ("4", '3,Belt 42" long,8.50\n'),
    ]  # fmt: skip


def test_without_quotes_an_inch_mark_is_a_character(warehouse, declare, write) -> None:
    write(STRAY)
    table = declare("id bigint, name text, price numeric", key=("id",), options={"quote": ""})
    assert warehouse.load(table).loaded == 4
    assert loaded(warehouse, "name")[0] == (1, 'Belt 40" long')


def test_ten_thousand_lines_with_two_inch_marks(warehouse, prices, write) -> None:
    lines = [f'{n},Belt 40"{" long" * (n > 5)},9.50' if n in (5, 9990) else f"{n},Hat,7.00"
             for n in range(1, 10_001)]  # fmt: skip
    write("\n".join(["id,name,price", *lines]))
    result = warehouse.load(prices)
    assert (result.read, result.loaded, result.quarantined) == (10_000, 9_998, 2)
    assert aside(warehouse) == ["6", "9991"]


BACKSLASH = 'id,name,price\n1,"Jacket \\"Cosy\\" red",30.00\n2,"Coat ""Alma""",80.00\n3,Scarf,6\n'


def test_a_backslash_escapes_where_that_is_declared(warehouse, declare, prices, write) -> None:
    write(BACKSLASH)
    warehouse.load(prices)
    assert (loaded(warehouse, "name"), aside(warehouse)) == (
        [(2, 'Coat "Alma"'), (3, "Scarf")], ["2"],
    )  # fmt: skip
    columns = "id bigint, name text, price numeric"
    warehouse.load(declare(columns, key=("id",), options={"escape": "\\"}))
    assert loaded(warehouse, "name") == [
        (1, 'Jacket "Cosy" red'), (2, 'Coat "Alma"'), (3, "Scarf"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["05/11/24", "28/02/25", "04-03-24", "11.05.24", "05/11/2024", "today", "now", "yesterday",
     "infinity", "-infinity", "epoch", "tomorrow", "allballs", "J2451187", "0044-03-15 BC",
     "10000-01-01", "0000-01-01", "2024-13-01", "2024-02-30", "May 11, 2024", "11-May-2024",
     "2024-05-11 10:00", "2024-W19-6", "2024.132", "24-05-11", "20240230"],
)  # fmt: skip
def test_a_day_is_written_as_iso_8601(warehouse, days, write, text) -> None:
    write(f'id,day\n1,"{text}"\n2,2024-05-11\n3,20240511\n')
    assert warehouse.load(days).quarantined == 1
    assert loaded(warehouse, "day") == [(2, dt.date(2024, 5, 11)), (3, dt.date(2024, 5, 11))]
    assert warehouse.quarantine()[0][1] == f'day is not date: "{text}"'


def test_a_reason_says_what_was_expected(warehouse, days, write) -> None:
    write("id,day\n1,05/11/24\n")
    warehouse.load(days)
    [(reason,)] = warehouse.rows("select reason from raw_ingest.quarantine")
    assert reason == (
        'day is not date: "05/11/24" (expected YYYY-MM-DD; declare a format for another)'
    )


def test_a_declared_format(warehouse, days, write) -> None:
    write("id,day\n1,05/11/24\n2,28/02/25\n3,04-03-24\n4,31/02/24\n5,\n")
    table = with_settings(days, day={"format": "%d/%m/%y"})
    warehouse.load(table)
    assert loaded(warehouse, "day") == [
        (1, dt.date(2024, 11, 5)), (2, dt.date(2025, 2, 28)), (5, None),
    ]  # fmt: skip
    assert aside(warehouse) == ["4", "5"]
    warehouse.load(with_settings(days, day={"format": ["%d/%m/%y", "%d-%m-%y"]}))
    assert loaded(warehouse, "day")[2] == (3, dt.date(2024, 3, 4))


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "-inf", "0x1F", "1_000", "1,000", "ten", "1 0"]
)
def test_a_number_is_a_number(warehouse, prices, write, text) -> None:
    write(f'id,name,price\n1,Coat,"{text}"\n5,Glove,1e3\n6,Sock,6.00\n')
    assert warehouse.load(prices).quarantined == 1
    assert loaded(warehouse, "price") == [(5, Decimal(1000)), (6, Decimal("6.00"))]


def test_what_is_allowed_is_loaded(warehouse, prices, write) -> None:
    write("id,name,price\n1,Coat,NaN\n2,Scarf,Infinity\n3,Hat,-inf\n4,Cap,0x1F\n")
    table = with_settings(prices, price={"allow": ["nan", "infinity"]})
    assert warehouse.load(table).loaded == 3
    assert warehouse.rows("select price::text from raw_test.items order by id") == [
        ("NaN",), ("Infinity",), ("-Infinity",),
    ]  # fmt: skip


def test_decimals_beyond_the_declared_ones_are_not_rounded(warehouse, declare, write) -> None:
    write("id,price\n1,12.345\n2,12.340\n3,.5\n4,1e-1\n5,1.25e-2\n6,7.\n")
    table = declare("id bigint, price numeric(12,2)", key=("id",), max_quarantined=1)
    warehouse.load(table)
    assert loaded(warehouse, "price") == [
        (2, Decimal("12.34")), (3, Decimal("0.50")), (4, Decimal("0.10")), (6, Decimal("7.00")),
    ]  # fmt: skip
    assert aside(warehouse) == ["2", "6"]


def test_a_decimal_comma(warehouse, declare, write) -> None:
    write("id;day;price\n1;11/05/2024;1.234,50\n2;12/05/2024;6,00\n3;13/05/2024;-0,5\n4;;1.23,4\n")
    options = {"delimiter": ";", "decimal": ",", "thousands": "."}
    table = declare(
        "id bigint, day date, price numeric", key=("id",), options=options, max_quarantined=1
    )
    warehouse.load(with_settings(table, day={"format": "%d/%m/%Y"}))
    assert warehouse.rows("select day, price from raw_test.items order by id") == [
        (dt.date(2024, 5, 11), Decimal("1234.50")), (dt.date(2024, 5, 12), Decimal("6.00")),
        (dt.date(2024, 5, 13), Decimal("-0.5")),
    ]  # fmt: skip
    assert aside(warehouse) == ["5"]


def test_an_encoding_is_declared(warehouse, prices, declare, write) -> None:
    text = "id,name,price\n1,Müller,1\n2,Café étoile,2\n3,Scarf,3\n"
    write(text.encode("latin-1"))
    warehouse.load(prices)
    assert loaded(warehouse, "name") == [(3, "Scarf")]
    assert "declare its encoding, such as windows-1252" in warehouse.quarantine()[0][1]
    for encoding in ("latin-1", "utf-16", "utf-16-le", "cp1252", "utf-8-sig", "utf-32"):
        write(text.encode(encoding))
        table = declare(
            "id bigint, name text, price numeric", key=("id",), options={"encoding": encoding}
        )
        assert warehouse.load(table, full=True).loaded == 3, encoding
        assert loaded(warehouse, "name")[:2] == [(1, "Müller"), (2, "Café étoile")]


def test_utf_16_is_known_by_its_mark(warehouse, prices, write) -> None:
    for encoding in ("utf-16", "utf-32", "utf-8-sig"):
        write("id,name,price\n1,Müller,1\n".encode(encoding))
        assert warehouse.load(prices, full=True).loaded == 1
        assert loaded(warehouse, "name") == [(1, "Müller")]


def test_bytes_that_an_encoding_does_not_have_are_set_aside(warehouse, declare, write) -> None:
    write(b"id,name,price\n1,M\x81ller,1\n2,Hat,2\n")
    columns = "id bigint, name text, price numeric"
    warehouse.load(declare(columns, key=("id",), options={"encoding": "cp1252"}))
    assert (loaded(warehouse, "name"), aside(warehouse)) == ([(2, "Hat")], ["2"])
    write("id,name,price\n1,Hat,1\n".encode("utf-16-le") + b"\x00\xd8")
    result = warehouse.load(declare(columns, key=("id",), options={"encoding": "utf-16-le"}))
    assert result.status == "failed"
    assert "items.csv is not utf-16-le" in result.notes[0]


def test_words_for_null_are_declared_by_column(warehouse, declare, write) -> None:
    write("id,price,note\n1,NA,none\n2,-,NA\n3,,\n4,6.00,ok\n")
    table = declare("id bigint, price numeric, note text", key=("id",))
    assert warehouse.load(with_settings(table, price={"null_values": ["NA", "-"]})).loaded == 4
    assert warehouse.rows("select price, note from raw_test.items order by id") == [
        (None, "none"), (None, "NA"), (None, None), (Decimal("6.00"), "ok"),
    ]  # fmt: skip


def test_an_open_quote_in_the_header_is_refused_shortly(warehouse, prices, write) -> None:
    for count in (20, 200_000):
        write('id,"name,price\n' + "1,Scarf,6.00\n" * count)
        [note] = warehouse.load(prices).notes
        assert note.startswith("items.csv: the first line")
        assert len(note) < 300


MOMENTS = [
    ("2024-05-11T10:00:00Z", "2024-05-11 10:00:00+00"),
    ("2024-05-11 10:00+02", "2024-05-11 08:00:00+00"),
    ("2024-05-11t10:00:00.5-0330", "2024-05-11 13:30:00.5+00"),
    ("2024-05-11 10:00:00 UTC", "2024-05-11 10:00:00+00"),
    ("2024-05-11 10:00:00", None),
    ("2024-05-11", None),
    ("2024-05-11 10:00:00 IST", None),
    ("2024-05-11 10:00:00 Europe/Berlin", None),
    ("2024-05-11 24:00:00Z", None),
    ("2024-05-11 23:59:60Z", None),
]


def test_a_time_needs_a_zone_where_the_column_has_one(warehouse, declare, write) -> None:
    write("id,at\n" + "".join(f"{n},{text}\n" for n, (text, _) in enumerate(MOMENTS)))
    warehouse.load(declare("id bigint, at timestamptz", key=("id",), max_quarantined=1))
    warehouse.connection.execute("set time zone 'UTC'")
    found = warehouse.rows("select id, at::text from raw_test.items order by id")
    assert found == [(n, value) for n, (_, value) in enumerate(MOMENTS) if value]


def test_a_declared_zone_is_that_of_times_without_one(warehouse, declare, write) -> None:
    write("id,at,here\n1,2024-05-11 10:00,2024-05-11T10:00:00Z\n2,2024-05-11T10:00Z,2024-05-11\n"
          "3,2024-03-31 02:30,\n4,2024-01-11 10:00:00.123456,\n")  # fmt: skip
    table = declare(
        "id bigint, at timestamptz, here timestamp", key=("id",), max_quarantined=1,
        options={"timezone": "Europe/Berlin"},
    )  # fmt: skip
    warehouse.load(table)
    warehouse.connection.execute("set time zone 'UTC'")
    assert warehouse.rows("select id, at::text, here::text from raw_test.items order by id") == [
        (1, "2024-05-11 08:00:00+00", "2024-05-11 12:00:00"),
        (2, "2024-05-11 10:00:00+00", "2024-05-11 00:00:00"),
        (4, "2024-01-11 09:00:00.123456+00", None),
    ]
    assert "a time that exists in Europe/Berlin" in str(
        warehouse.rows("select reason from raw_ingest.quarantine")
    )


def test_an_offset_that_would_be_dropped_is_refused(warehouse, declare, write) -> None:
    write("id,at\n1,2024-05-11T10:00:00+02:00\n2,2024-05-11T10:00:00\n")
    warehouse.load(declare("id bigint, at timestamp", key=("id",), max_quarantined=1))
    assert loaded(warehouse, "at") == [(2, dt.datetime(2024, 5, 11, 10))]


def test_booleans_are_words_of_a_list(warehouse, declare, write) -> None:
    write("id,sure\n1,true\n2,F\n3,ja\n4,tr\n5,yes\n6,2\n")
    table = declare("id bigint, sure boolean", key=("id",), max_quarantined=1)
    warehouse.load(table)
    assert loaded(warehouse, "sure") == [(1, True), (2, False), (5, True)]
    warehouse.load(with_settings(table, sure={"true_values": ["ja", "tr"], "false_values": "F"}))
    assert loaded(warehouse, "sure") == [(2, False), (3, True), (4, True)]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("bytea", r"\x00ff", "abc"), ("uuid", "0b8e7e1c-9d1f-4c3e-8f5a-2f2f9c1d7a55", "{x}"),
        ("interval", "P2DT1H", "a while"), ("interval", "2 days 00:00:00.005", "infinity"),
        ("time", "10:30", "now"), ("double precision", "1.5e300", "NaN"), ("real", "1", "inf"),
        ("integer[]", "{1,NULL,3}", "{0x1F}"), ("date[]", "{2024-05-11}", "{today}"),
        ("integer[]", "{{1,2},{3,4}}", "{1-2}"), ("numeric[]", "{}", "{NaN}"),
        ("timestamptz[]", '{""2024-05-11 10:00:00+00""}', "{now}"),
        ("varchar(3)", "abc", "abc  "), ("smallint", "+5", "1e2"), ("bigint", " 12", "1_0"),
    ],
)  # fmt: skip
def test_other_types_have_their_forms(warehouse, declare, write, kind, good, bad) -> None:
    write(f'id,value\n1,"{good}"\n2,"{bad}"\n')
    warehouse.load(declare(f"id bigint, value {kind}", key=("id",), max_quarantined=1))
    assert warehouse.rows("select id from raw_test.items") == [(1,)]
    assert aside(warehouse) == ["3"]


def test_a_file_without_header_with_comments_and_lines_before(warehouse, declare, write) -> None:
    write("Report of 2024\nmade at night\n# a comment\n1\tHat\n# another\n2\tCap #2\n")
    options = {
        "delimiter": "\t",
        "header": False,
        "skip_lines": 2,
        "comment": "#",
        "files": "*.tsv",
    }
    table = declare("id bigint, name text", key=("id",), options=options)
    assert warehouse.load(table).status == "failed"
    write(
        "Report of 2024\nmade at night\n# a comment\n1\tHat\n# another\n2\tCap #2\nx\ty\n", "a.tsv"
    )
    assert warehouse.load(table).loaded == 2
    assert loaded(warehouse, "name") == [(1, "Hat"), (2, "Cap #2")]
    assert aside(warehouse) == ["7"]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"encoding": "utf-9"}, "an encoding that Python knows"),
        ({"encoding": "hex"}, "an encoding that Python knows"),
        ({"skip_lines": -1}, "skip_lines"), ({"header": "no"}, "true or false"),
        ({"quote": ","}, "should differ"), ({"delimiter": ";;"}, "one character"),
        ({"delimiter": ""}, "one character"), ({"escape": "ab"}, "one character"),
        ({"timezone": "Berlin"}, "timezone"), ({"decimal": "12"}, "decimal"),
        ({"null_values": 5}, "null_values"), ({"calendar": [2000]}, "calendar"),
    ],
)  # fmt: skip
def test_a_wrong_setting_fails_its_table(warehouse, declare, write, setting, message) -> None:
    write("id,price,at\n1,1,\n")
    columns = "id bigint, price numeric, at timestamptz"
    result = warehouse.load(declare(columns, key=("id",), options=setting))
    assert result.status == "failed"
    assert message in result.notes[0]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"format": "%d"}, "format does not fit the type numeric"), ({"allow": ["words"]}, "allow"),
        ({"allow": "nan", "format": "x"}, "does not fit"), ({"null_values": [1, 2]}, "null_values"),
    ],
)  # fmt: skip
def test_a_wrong_setting_of_a_column_fails_it(warehouse, prices, write, setting, message) -> None:
    write("id,name,price\n1,Hat,1\n")
    result = warehouse.load(with_settings(prices, price=setting))
    assert result.status == "failed"
    assert message in result.notes[0]


def test_the_calendar_is_declared(warehouse, declare, write) -> None:
    write("id,day,at\n1,1899-12-31,\n2,1900-01-01,2199-12-31 23:59\n3,,2200-01-01\n4,99991231,\n")
    table = declare(
        "id bigint, day date, at timestamp", key=("id",), max_quarantined=1,
        options={"calendar": [1900, 2199]},
    )  # fmt: skip
    warehouse.load(table)
    assert warehouse.rows("select id from raw_test.items") == [(2,)]
    assert "from 1900 to 2199" in str(warehouse.rows("select reason from raw_ingest.quarantine"))
    warehouse.load(with_settings(table, day={"calendar": [1, 9999]}))
    assert warehouse.rows("select id from raw_test.items order by 1") == [(1,), (2,), (4,)]
