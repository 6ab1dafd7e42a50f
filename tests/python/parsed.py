"""What dbt makes of the project, parsed once in a run of tests, with a copy for each server.

A full parse takes as long as a build of a small world. dbt takes an earlier one only for the same
connection, though nothing of host and port is in it: a copy gets the checksum of its server.
"""

import fcntl
import os
import pprint
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

from commands import PROJECT, SHARED
from dbt.artifacts.resources import FileHash
from dbt.config.runtime import load_profile
from dbt.flags import set_from_args
from dbt_common.context import set_invocation_context

# the variable in which dbt is told where to read what it parsed
FILE = "DBT_PARTIAL_PARSE_FILE_PATH"
PORT = 1
# a warehouse that is not there; parsing asks for none
NOWHERE = {
    "PGHOST": "127.0.0.1", "PGPORT": str(PORT), "PGUSER": "thinkthrift", "PGPASSWORD": "",
    "PGDATABASE": "thinkthrift",
}  # fmt: skip


def parsed() -> Path:
    """Return the file of what dbt parsed; the first worker that asks parses, others wait.

    It is done in a process of its own: the static parser has threads, for which a process that is
    forked from one that used it waits forever.
    """
    folder = Path(os.environ[SHARED])
    file = folder / "partial_parse.msgpack"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            subprocess.run(
                [
                    Path(sys.executable).with_name("dbt"), "--quiet", "--log-level-file", "none",
                    "--no-write-json", "parse", "--target-path", str(folder / "draft"),
                ],
                cwd=PROJECT, check=True, env=nowhere(),
            )  # fmt: skip
            (folder / "draft" / file.name).rename(file)
    return file


def nowhere() -> dict[str, str]:
    """Return the environment in which that is done."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "DBT_"))}
    return {**kept, **NOWHERE, "DBT_PROFILES_DIR": str(PROJECT)}


def checksum(connection: dict[str, object]) -> bytes:
    """Return what dbt notes of a connection."""
    return FileHash.from_contents(pprint.pformat(sorted(connection.items()))).checksum.encode()


def main(file: Path) -> None:
    """Write a copy for the connection that the environment chooses."""
    set_invocation_context(os.environ)
    set_from_args(Namespace(profiles_dir=str(PROJECT), project_dir=str(PROJECT)), None)
    here = dict(load_profile(str(PROJECT), {}).credentials.connection_info())
    there = checksum(here | {"port": PORT})
    read = parsed().read_bytes()
    # else see dbt's build_manifest_state_check
    assert read.count(there) == 1, "dbt notes connections in another way"
    file.write_bytes(read.replace(there, checksum(here)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
