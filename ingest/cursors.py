"""As of when a source speaks, and where its next load starts, whatever its clock says."""

from datetime import datetime, timedelta

from psycopg import Connection
from psycopg.sql import SQL, Identifier, Literal

from ingest.books import Result
from ingest.contract import Table
from ingest.landing import Landing
from ingest.readers import Batch, Stream


def as_of(
    connection: Connection, table: Table, batch: Batch, stream: Stream, result: Result
) -> datetime:
    """Return the time as of which the source says this, which is not after now."""
    at: datetime
    [(at, is_ahead)] = connection.execute(
        "select least(%(at)s, clock_timestamp()), %(at)s > clock_timestamp() + interval '1 minute'",
        {"at": stream.extracted_at},
    )
    if is_ahead:
        result.notes.append(
            f"{table}: {batch.name} is of {stream.extracted_at:%Y-%m-%d %H:%M}, which is not yet."
            " Its rows are counted as of now. Check the clock of where it comes from."
        )
    return at


def furthest(
    connection: Connection, landing: Landing, batch: Batch, stream: Stream, result: Result
) -> str | None:
    """Return, as text, where the batch's next load starts: the furthest cursor seen.

    A time that is ahead of the source's clock would hide all that comes before it.
    """
    table = landing.table
    if stream.cursor:
        return stream.cursor()
    if not table.cursor or batch.file:
        return batch.file.version() if batch.file else None
    kind = table.column(table.cursor).type
    ahead, bound = 0, None
    if kind.startswith(("timestamp", "date")):
        # without a zone, it may be that of anywhere
        is_zoned = kind.startswith("timestamptz") or kind.endswith("with time zone")
        bound = stream.extracted_at if is_zoned else stream.extracted_at + timedelta(days=1)
        [(ahead,)] = connection.execute(
            SQL("select count(*) from {} where {} > cast(%s as {})").format(
                landing.place, Identifier(table.cursor), SQL(kind)
            ),
            [bound],
        )
    found: str | None
    [(found,)] = connection.execute(
        SQL(
            "select cast(greatest(max({column}), case when {before} is not null"
            " then least({before}, {bound}) end) as text)"
            " from {landing} where {bound} is null or {column} <= {bound}"
        ).format(
            column=Identifier(table.cursor),
            before=SQL("cast({} as {})").format(Literal(batch.cursor), SQL(kind)),
            bound=SQL("cast({} as {})").format(Literal(bound), SQL(kind)),
            landing=landing.place,
        )
    )
    if ahead:
        result.notes.append(
            f"{table}: {ahead:,} rows have a {table.cursor} that is ahead of the source's clock,"
            f" {stream.extracted_at:%Y-%m-%d %H:%M}. They are loaded, and read again each time."
        )
    return found
