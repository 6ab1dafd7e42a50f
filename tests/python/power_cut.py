"""A power cut: a PostgreSQL server is killed with all of its processes at once."""

import contextlib
from pathlib import Path

import psutil


def crash(data: Path) -> None:
    """Kill the server of a data folder so that none of its processes sees another one end."""
    postmaster = psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))
    postmaster.suspend()
    family = [*postmaster.children(recursive=True), postmaster]
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(family, timeout=60)
