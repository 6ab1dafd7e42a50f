"""What the process is that commands are forked from: all is imported, and dbt has parsed once.

dbt makes the code that reads and writes its nodes when it first needs it, which takes seconds.
"""

import tempfile
from pathlib import Path

from dbt.cli.main import dbtRunner

PROJECT = str(Path(__file__).resolve().parents[2])
PLACE = ("--project-dir", PROJECT, "--profiles-dir", PROJECT)

with tempfile.TemporaryDirectory() as folder:
    for _ in range(2):  # the second reads what the first wrote
        dbtRunner().invoke(
            ["--quiet", "--log-level-file", "none", "parse", *PLACE, "--target-path", folder]
        )
