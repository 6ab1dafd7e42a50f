"""What the process is that commands are forked from: all is imported, and dbt has parsed once.

dbt makes the code that reads its nodes when it first needs it, which takes seconds.
"""

import gc
import os
import shutil
import tempfile
from unittest import mock

import quick  # noqa: F401  # for what it does
from dbt.cli.main import dbtRunner
from parsed import PROJECT, nowhere, parsed

with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, nowhere(), clear=True):
    shutil.copy(parsed(), folder)
    dbtRunner().invoke(
        [
            "--quiet", "--log-level-file", "none", "--no-write-json", "parse",
            "--project-dir", str(PROJECT), "--target-path", folder,
        ]
    )  # fmt: skip

gc.collect()
gc.freeze()  # what is here stays; to look through it in each process would copy its memory
