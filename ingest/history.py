"""What was loaded of a table before, by which its files are known again."""

from psycopg import Connection

from ingest.contract import Table
from ingest.readers import Batch, Past
from ingest.readers.files import SourceFile


class History:
    """What was loaded of a table before, by which a file is known again.

    Attributes:
        last: what the last load of each batch recorded, by the batch's name.
    """

    def __init__(self, connection: Connection, table: Table, full: bool) -> None:
        loads = connection.execute(
            "select source_file, cursor_after, content_hash, contract_version, bytes_read,"
            " started_at from raw_ingest.loads where source_name = %s and table_name = %s"
            " and status = 'loaded' and mode <> 'replay' order by load_id",
            [table.source, table.name],
        ).fetchall()
        self._table, self._full = table, full
        self._hashes = {load[2] for load in loads}
        self._sizes = {load[4] for load in loads}
        newest = [load for load in loads if load[5] == loads[-1][5]]
        self._newest = {(load[1] or load[2], load[3]) for load in newest}
        self._taken: list[SourceFile] = []
        self.last: dict[str, Past] = {}
        for name, cursor, content, contract, _, _ in loads:
            # a load that found nothing does not move the cursor
            before = self.last.get(name)
            self.last[name] = Past(cursor or (before and before.cursor), content, contract)

    def knows(self, file: SourceFile) -> bool:
        """Tell whether a file's content need not be loaded again; if not, it counts as taken."""
        same = [other for other in self._taken if other.size == file.size]
        self._taken.append(file)
        if file.size not in self._sizes and not same:
            return False  # what has another size is not the same, and need not be hashed to know
        content = file.content_hash()
        if self._table.mode == "append":
            return content in self._hashes | {other.content_hash() for other in same}
        last = self.last.get(file.name)
        now = (content, self._table.version())
        return not self._full and last is not None and last[1:] == now

    def is_current(self, unit: list[Batch]) -> bool:
        """Tell whether these files, all together, are what the table holds."""
        files = [batch.file for batch in unit if batch.file]
        if self._full or not files or any(file.size not in self._sizes for file in files):
            return False
        version = self._table.version()
        return {(file.version() or file.content_hash(), version) for file in files} == self._newest
