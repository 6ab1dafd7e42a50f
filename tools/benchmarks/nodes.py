"""A cluster of embedded servers on loopback, with a build of Citus unpacked over their binaries."""

import contextlib
import os
import shutil
import signal
import tarfile
from pathlib import Path

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from warehouse.embedded import PACKAGE, EmbeddedServer, write_private

VERSION = 18
SETTINGS = {
    "shared_preload_libraries": "citus",
    "citus.node_conninfo": "sslmode=disable",
    "citus.shard_count": "4",
    "max_connections": "200",
    # a transaction of several nodes is committed in two phases
    "max_prepared_transactions": "200",
    "shared_buffers": "128MB",
    # nothing here needs to survive a crash of the machine
    "fsync": "off",
    "full_page_writes": "off",
}


class Node(EmbeddedServer):
    """A node of a cluster."""

    def kill(self) -> None:
        """End it as if the machine had lost its power."""
        lines = self._postmaster()
        assert lines, f"{self.home} does not run"
        os.kill(int(lines[0]), signal.SIGQUIT)

    def processor_seconds(self) -> float:
        """Return what it and its processes took since it was started, those that ended included."""
        lines = self._postmaster()
        assert lines, f"{self.home} does not run"
        server = psutil.Process(int(lines[0]))
        total = 0.0
        for process in [server, *server.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system
                if process is server:
                    total += times.children_user + times.children_system
        return total


class Cluster:
    """A coordinator and workers; the first node is the coordinator."""

    def __init__(self, folder: Path, tarball: Path, workers: int = 2) -> None:
        """Make the nodes, start them, and make them one cluster for the database `thinkthrift`.

        Args:
            folder: of all that is made.
            tarball: lib/ and share/ of Citus, as they lie below the server's folder.
            workers: how many.
        """
        folder.chmod(0o711)
        self._binaries = _binaries(folder, tarball)
        names = ["coordinator", *(f"worker{number + 1}" for number in range(workers))]
        self.nodes = [self._make(folder / name, folder) for name in names]
        ports = [node.port() for node in self.nodes]
        for node in self.nodes:
            with connect(node) as connection:
                connection.execute("create extension citus")
                # which one node tells another to log in
                connection.execute(
                    "insert into pg_dist_authinfo values (0, %s, %s)",
                    [node.parameters()["user"], f"password={node.parameters()['password']}"],
                )
        with connect(self.nodes[0]) as connection:
            connection.execute("select citus_set_coordinator_host('127.0.0.1', %s)", [ports[0]])
            for port in ports[1:]:
                connection.execute("select citus_add_node('127.0.0.1', %s)", [port])

    def _make(self, home: Path, folder: Path) -> Node:
        home.mkdir()
        if home.name != "coordinator":  # all have one password
            write_private(home / "password", (folder / "coordinator" / "password").read_text())
        node = Node(home, VERSION)
        node.binaries = self._binaries
        node.start()
        with connect(node, "postgres") as connection:
            connection.execute("create database thinkthrift")
            for name, value in SETTINGS.items():
                quoted = "citus" if value == "citus" else f"'{value}'"
                connection.execute(f"alter system set {name} = {quoted}")
        node.stop()
        node.start()
        return node

    def stop(self) -> None:
        """Stop all nodes, the workers last."""
        for node in self.nodes:
            node.stop()


def connect(node: EmbeddedServer, dbname: str = "thinkthrift") -> psycopg.Connection:
    """Connect to a database of one node; each statement is a transaction."""
    conninfo = make_conninfo(**node.parameters(), dbname=dbname)
    return psycopg.connect(conninfo, autocommit=True)


def _binaries(folder: Path, tarball: Path) -> Path:
    """Copy the server's programs, which look for their libraries beside them, and add Citus."""
    programs = folder / PACKAGE.name / f"pginstall{VERSION}"
    shutil.copytree(PACKAGE / programs.name, programs, symlinks=True)
    libraries = f"{PACKAGE.name}.libs"
    shutil.copytree(PACKAGE.parent / libraries, folder / libraries, symlinks=True)
    with tarfile.open(tarball) as archive:
        archive.extractall(programs, filter="data")
    return programs / "bin"
