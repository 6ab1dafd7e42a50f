"""Commands in processes of their own, forked from one that has imported all that they need.

Of `python -m ingest load` or `dbt run` on a small world, the imports are half of the time. A forked
process has them already; it gets its own environment, standard output, folder and arguments, and
ends with its own exit code, as if it had been started from a shell.
"""

import gc
import os
import runpy
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing import forkserver, get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from subprocess import CompletedProcess
from unittest import mock

PROJECT = Path(__file__).resolve().parents[2]
# the variable that names the folder of what the workers of a run share; the conftest makes it
SHARED = "TESTS_SHARED"
CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload(
    [
        "ingest.commands",
        "ingest.readers.parquet_files",
        "tools.demo.__main__",
        "tools.demo.tour",
        "tools.demo.history",
        "apps.reports.__main__",
        "apps.search.__main__",
        "apps.search.runner",
        "warm",
    ]
)


def start(process: BaseProcess) -> None:
    """Start a process of CONTEXT; the first one starts the process that all are forked from.

    That one looks for `warm` in PYTHONPATH, for Python 3.11 does not give it the search path.
    """
    with mock.patch.dict(os.environ, {"PYTHONPATH": str(Path(__file__).parent)}):
        forkserver.ensure_running()
    process.start()


class Started:
    """A command at work, in a process of its own."""

    def __init__(self, module: str, *arguments: str, environment: Mapping[str, str]) -> None:
        """Start `python -m module arguments` in the checkout.

        Args:
            module: such as `ingest`; `dbt.cli.main` is dbt.
            arguments: of the command line.
            environment: all of its environment variables.
        """
        self._folder = tempfile.TemporaryDirectory()
        self._printed = [Path(self._folder.name) / name for name in ("stdout", "stderr")]
        self._command = [module, *arguments]
        self.process = CONTEXT.Process(
            target=_be, args=(module, arguments, dict(environment), *map(str, self._printed))
        )
        start(self.process)

    def end(self) -> CompletedProcess[str]:
        """Wait for its end; return what it printed, and its exit code."""
        self.process.join()
        stdout, stderr = (path.read_text() if path.exists() else "" for path in self._printed)
        self._folder.cleanup()
        return CompletedProcess(self._command, self.process.exitcode or 0, stdout, stderr)


def run(module: str, *arguments: str, environment: Mapping[str, str]) -> CompletedProcess[str]:
    """Run a command as `Started` does; return what it printed, and its exit code."""
    return Started(module, *arguments, environment=environment).end()


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
    gc.disable()  # half of the time of a `dbt build`; what it would free, the end does
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
