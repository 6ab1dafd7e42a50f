"""Files: found by folder, file or glob, packed or not, on this machine or in an object store."""

import gzip
import io
import socket
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

HEADER = "item_id,name,price,sold_on\n"
ONE, TWO = HEADER + "1,Hat,1,\n", HEADER + "1,Hat,1,\n2,Cap,2,\n"
DENIED = (
    b"<Error><Code>InvalidAccessKeyId</Code><Message>The access key is not known.</Message></Error>"
)


def zstd(content: str) -> bytes:
    return pa.compress(content.encode(), "zstd", asbytes=True)


def parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"item_id": [1, 2], "name": ["Hat", None]}), sink)
    return sink.getvalue()


def loaded(warehouse) -> list[tuple[int, str]]:
    return warehouse.rows("select item_id, _source_file from raw_test.items order by 1, 2")


# packed files


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("items.csv.gz", gzip.compress(TWO.encode())),
        ("items.csv.zst", zstd(TWO)),
        ("items.CSV.GZ", gzip.compress(TWO.encode())),
        ("items.csv.gz", gzip.compress(ONE.encode()) + gzip.compress(b"2,Cap,2,\n")),
        ("items.csv.zst", zstd(ONE) + zstd("2,Cap,2,\n")),
    ],
    ids=["gzip", "zstd", "capitals", "gzip of two members", "zstd of two frames"],
)
def test_packed_files_are_unpacked(warehouse, declare, write, name, content) -> None:
    write(content, name)
    result = warehouse.load(declare())
    assert (result.status, result.notes) == ("loaded", [])
    assert loaded(warehouse) == [(1, name), (2, name)]
    assert warehouse.last_load()["bytes_read"] == len(content)
    assert warehouse.load(declare()).status == "unchanged"


def test_a_bad_row_of_a_packed_file_is_quarantined(warehouse, declare, write) -> None:
    write(gzip.compress((TWO + "3,Boot,cheap,\n").encode()), "items.csv.gz")
    assert warehouse.load(declare()).loaded == 2
    assert warehouse.quarantine()[0][:2] == ("4", 'price is not numeric: "cheap"')


def test_a_parquet_file_packed_once_more_is_refused(warehouse, declare, write) -> None:
    write(gzip.compress(parquet()), "items.parquet.gz")
    result = warehouse.load(declare("item_id bigint, name text", reader="parquet"))
    assert result.status == "failed"
    assert "items.parquet.gz: this is not a readable Parquet file" in result.notes[0]


@pytest.mark.parametrize("ending", [".csv.gz", ".csv.zst"])
@pytest.mark.parametrize("fault", ["cut short", "not packed", "empty", "damaged"])
def test_a_file_that_cannot_be_unpacked_changes_nothing(
    warehouse, declare, write, ending, fault
) -> None:
    write(ONE, "items.csv")
    warehouse.load(declare())
    rows = "".join(f"{number},Hat {number * number},{number},\n" for number in range(50_000))
    pack = {".csv.gz": lambda text: gzip.compress(text.encode()), ".csv.zst": zstd}[ending]
    packed = pack(HEADER + rows)
    half = len(packed) // 2
    contents = {
        "cut short": packed[:-1000],
        "not packed": TWO.encode(),
        "empty": b"",
        "damaged": packed[:half] + b"\0\1\2\3" * 100 + packed[half + 400 :],
    }
    write(contents[fault], f"items_2{ending}")
    result = warehouse.load(declare())
    assert result.status == "failed"
    assert f"items_2{ending}" in result.notes[0]
    assert loaded(warehouse) == [(1, "items.csv")]


# where files are


def test_a_glob_finds_files_in_folders(warehouse, declare, tmp_path) -> None:
    for folder, text in (("2025-01", ONE), ("2025-02", HEADER + "2,Cap,2,\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "items.csv").write_text(text)
    (tmp_path / "2025-02" / "users.csv").write_text("other\n")
    warehouse.load(declare(location=f"{tmp_path}/2025-*/items*.csv"))
    assert loaded(warehouse) == [(1, "2025-01/items.csv"), (2, "2025-02/items.csv")]


def test_one_file_is_a_location(warehouse, declare, write) -> None:
    write(ONE, "items_1.csv")
    write(HEADER + "2,Cap,2,\n", "items_2.csv")
    warehouse.load(declare(location=str(write(ONE, "items_1.csv"))))
    assert loaded(warehouse) == [(1, "items_1.csv")]


def test_a_missing_folder_is_named(warehouse, declare) -> None:
    result = warehouse.load(declare(location="/nowhere/exports"))
    assert result.status == "failed"
    assert "there is no /nowhere/exports. Set TEST_LOCATION" in result.notes[0]


# object stores


@pytest.fixture(scope="module")
def server() -> Iterator[SimpleNamespace]:
    """An S3-compatible endpoint.

    It notes what it is asked, does not know the key `stranger`, and breaks off what is fetched if
    it is told to.
    """
    backend = DomainDispatcherApplication(create_backend_app)
    told = SimpleNamespace(asked=[], breaks_off=False)

    def application(environ: dict, start_response):
        ask = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        told.asked.append(ask)
        if told.breaks_off and ask.startswith("GET /exports/daily/"):
            body = b"".join(backend(environ, start_response))
            return [body[: len(body) // 2]]
        if "Credential=stranger/" in environ.get("HTTP_AUTHORIZATION", ""):
            start_response("403 Forbidden", [("Content-Type", "application/xml")])
            return [DENIED]
        return backend(environ, start_response)

    running = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=running.serve_forever, args=[0.02])
    thread.start()
    told.url = f"http://127.0.0.1:{running.server_port}"
    yield told
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def bucket(server, monkeypatch) -> Iterator[SimpleNamespace]:
    """An empty bucket `exports`, found by the environment as a real one's credentials are."""
    for name, value in {
        "AWS_ENDPOINT_URL": server.url,
        "AWS_ACCESS_KEY_ID": "test",
        # pragma: allowlist nextline secret
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3")
    client.create_bucket(Bucket="exports")

    def put(name: str, content: str | bytes) -> None:
        client.put_object(Bucket="exports", Key=name, Body=content)

    def fetched() -> list[str]:
        """Return the names of the objects that were fetched since the last call."""
        names = [ask[13:] for ask in server.asked if ask.startswith("GET /exports/")]
        server.asked.clear()
        return sorted(name for name in names if name)

    server.asked.clear()
    yield SimpleNamespace(put=put, fetched=fetched)
    for found in client.list_objects_v2(Bucket="exports").get("Contents", []):
        client.delete_object(Bucket="exports", Key=found["Key"])
    client.delete_bucket(Bucket="exports")


@pytest.fixture
def stored(declare):
    """Give a function that declares the table `test.items` in the bucket."""

    def make(location: str = "s3://exports/daily", **settings):
        return declare(location=location, **settings)

    return make


def test_objects_are_loaded_like_files(warehouse, stored, bucket) -> None:
    bucket.put("daily/items_1.csv", ONE)
    bucket.put("daily/items_2.csv.gz", gzip.compress((HEADER + "2,Cap,cheap,\n").encode()))
    bucket.put("daily/items_3.csv.zst", zstd(HEADER + "3,Boot,3,\n"))
    bucket.put("daily/users.csv", "other\n")
    bucket.put("daily/old/items_0.csv", ONE)
    result = warehouse.load(stored())
    assert (result.read, result.loaded, result.quarantined) == (3, 2, 1)
    assert loaded(warehouse) == [(1, "items_1.csv"), (3, "items_3.csv.zst")]


@pytest.mark.parametrize(
    ("location", "names"),
    [
        ("s3://exports", ["items.csv"]),
        ("s3://exports/", ["items.csv"]),
        ("s3://exports/2025-01/items.csv", ["items.csv"]),
        ("s3://exports/2025-*/items*.csv", ["2025-01/items.csv", "2025-02/items_2.csv"]),
        ("s3://exports/2025-0[2-9]/items*.csv", ["2025-02/items_2.csv"]),
        # pragma: allowlist nextline secret
        ("s3://test:secret@exports/2025-0[2-9]/items*.csv", ["2025-02/items_2.csv"]),
        ("s3://exports/2025-02/**/items*.csv", ["items_2.csv", "old/items_3.csv"]),
    ],
)
def test_a_location_may_be_a_folder_an_object_or_a_glob(
    warehouse, stored, bucket, location, names
) -> None:
    bucket.put("items.csv", HEADER + "0,Hat,1,\n")
    bucket.put("2025-01/items.csv", ONE)
    bucket.put("2025-02/items_2.csv", HEADER + "2,Cap,2,\n")
    bucket.put("2025-02/old/items_3.csv", HEADER + "3,Cap,2,\n")
    bucket.put("2025-02/users.csv", "other\n")
    warehouse.load(stored(location))
    assert [name for _, name in loaded(warehouse)] == names


def test_parquet_is_read_from_a_store(warehouse, stored, bucket) -> None:
    bucket.put("daily/items.parquet", parquet())
    table = stored(columns="item_id bigint, name text", reader="parquet")
    assert warehouse.load(table).loaded == 2
    assert loaded(warehouse) == [(1, "items.parquet"), (2, "items.parquet")]


def test_an_object_known_is_not_fetched_again(warehouse, stored, bucket) -> None:
    table = stored(mode="append", key=())
    bucket.put("daily/items_1.csv", ONE)
    warehouse.load(table)
    assert bucket.fetched() == ["daily/items_1.csv"]
    bucket.put("daily/items_2.csv", TWO)
    assert warehouse.load(table).loaded == 2
    assert bucket.fetched() == ["daily/items_2.csv"]
    assert warehouse.load(table).status == "unchanged"
    assert bucket.fetched() == []


def test_the_same_content_under_another_name_is_not_appended(warehouse, stored, bucket) -> None:
    table = stored(mode="append", key=())
    bucket.put("daily/items_1.csv", ONE)
    warehouse.load(table)
    bucket.put("daily/items_copy.csv", ONE)
    assert warehouse.load(table).status == "unchanged"
    assert loaded(warehouse) == [(1, "items_1.csv")]


def test_an_object_that_was_overwritten_replaces_the_rows(warehouse, stored, bucket) -> None:
    bucket.put("daily/items.csv", ONE)
    warehouse.load(stored())
    assert warehouse.load(stored()).status == "unchanged"
    assert bucket.fetched() == ["daily/items.csv"]
    time.sleep(1)  # the store counts in seconds
    bucket.put("daily/items.csv", ONE.replace("1,Hat", "3,Hat"))
    assert warehouse.load(stored()).status == "loaded"
    assert loaded(warehouse) == [(3, "items.csv")]


def test_an_object_that_is_gone_leaves_what_was_loaded(warehouse, stored, bucket) -> None:
    bucket.put("daily/items.csv", ONE)
    warehouse.load(stored())
    bucket.put("other/users.csv", ONE)
    result = warehouse.load(stored("s3://exports/other"))
    assert (result.status, loaded(warehouse)) == ("failed", [(1, "items.csv")])
    assert 'begins with "items"' in result.notes[0]


@pytest.mark.parametrize(
    ("location", "settings", "reason"),
    [
        ("s3://nowhere/daily", {}, "NO_SUCH_BUCKET"),
        ("s3://exports/nowhere", {}, "s3://exports/nowhere cannot be read"),
        ("s3://exports/daily", {"AWS_ACCESS_KEY_ID": "stranger"}, "AWS Error"),
        ("s3://exports/daily", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "NETWORK_CONNECTION"),
        ("s3://exports/daily?unheard=of", {}, "unheard"),
        # pragma: allowlist nextline secret
        ("s3://test:s3cret@nowhere/daily", {}, "s3://nowhere/daily cannot be read"),
    ],
    ids=["bucket", "folder", "credentials", "endpoint", "option", "secret"],
)
def test_a_store_that_refuses_is_named(
    warehouse, stored, bucket, monkeypatch, location, settings, reason
) -> None:
    bucket.put("daily/items.csv", ONE)
    warehouse.load(stored())
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    started = time.monotonic()
    result = warehouse.load(stored(location, unreachable="warn"))
    assert (result.status, loaded(warehouse)) == ("unreachable", [(1, "items.csv")])
    assert reason in result.notes[0]
    assert "TEST_LOCATION and the credentials" in result.notes[0]
    assert "s3cret" not in result.notes[0]
    assert time.monotonic() - started < 10


def test_a_store_that_breaks_off_changes_nothing(warehouse, stored, bucket, server) -> None:
    bucket.put("daily/items.csv", ONE)
    warehouse.load(stored())
    bucket.put("daily/items.csv", TWO)
    server.breaks_off = True
    result = warehouse.load(stored(unreachable="warn"))
    server.breaks_off = False
    assert (result.status, loaded(warehouse)) == ("unreachable", [(1, "items.csv")])
    assert "items.csv could not be fetched" in result.notes[0]
    assert warehouse.load(stored()).loaded == 2


def test_a_store_that_is_silent_is_given_up(warehouse, stored, bucket, monkeypatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        started = time.monotonic()
        assert warehouse.load(stored(unreachable="warn")).status == "unreachable"
        assert time.monotonic() - started < 20
