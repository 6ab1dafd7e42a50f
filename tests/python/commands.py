"""Commands in processes of their own, forked from one that has imported all that they need.

Of `python -m ingest load` or `dbt run` on a small world, the imports are half of the time. A forked
process has them already; it gets its own environment, standard output, folder and arguments, and
ends with its own exit code, as if it had been started from a shell.
"""

import os
import runpy
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing import get_context
from pathlib import Path
from subprocess import CompletedProcess

PROJECT = Path(__file__).resolve().parents[2]
CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload(
    [
        "warm",
        "ingest.commands",
        "ingest.readers.parquet_files",
        "tools.demo.__main__",
        "tools.demo.tour",
        "tools.demo.history",
        "apps.search.__main__",
        "apps.search.runner",
    ]
)


def run(module: str, *arguments: str, environment: Mapping[str, str]) -> CompletedProcess[str]:
    """Run `python -m module arguments` in the checkout; return what it printed, and its exit code.

    Args:
        module: such as `ingest`; `dbt.cli.main` is dbt.
        arguments: of the command line.
        environment: all of its environment variables.
    """
    with tempfile.TemporaryDirectory() as folder:
        printed = [Path(folder) / name for name in ("stdout", "stderr")]
        process = CONTEXT.Process(
            target=_be, args=(module, arguments, dict(environment), *map(str, printed))
        )
        process.start()
        process.join()
        stdout, stderr = (path.read_text() if path.exists() else "" for path in printed)
    return CompletedProcess([module, *arguments], process.exitcode, stdout, stderr)


def _be(
    module: str, arguments: tuple[str, ...], environment: dict[str, str], stdout: str, stderr: str
) -> None:
    """Become the command."""
    for path, descriptor in ((stdout, 1), (stderr, 2)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, descriptor)
        os.close(opened)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(PROJECT)
    tempfile.tempdir = None  # that of the process from which this was forked
    sys.argv = [module, *arguments]
    try:
        if module == "dbt.cli.main":
            from dbt.cli.main import cli

            cli()
        else:
            sys.modules.pop(f"{module}.__main__", None)
            runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
