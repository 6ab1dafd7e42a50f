"""What the process is that commands are forked from: all is imported, and dbt has parsed once.

dbt makes the code that reads its nodes when it first needs it, which takes seconds.
"""

import gc
import os
import tempfile
from unittest import mock

import quick  # noqa: F401  # for what it does
from commands import PROJECT
from dbt.cli.main import dbtRunner
from parsed import FILE, nowhere, parsed

with (
    tempfile.TemporaryDirectory() as folder,
    mock.patch.dict(os.environ, {**nowhere(), FILE: str(parsed())}, clear=True),
):
    dbtRunner().invoke(
        [
            "--quiet", "--log-level-file", "none", "--no-write-json", "parse",
            "--project-dir", str(PROJECT), "--target-path", folder,
        ]
    )  # fmt: skip

gc.collect()
gc.freeze()  # what is here stays; to look through it in each process would copy its memory
