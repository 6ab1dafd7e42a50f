"""The services of compose.yml, as far as that can be without an engine.

Debian's PostgreSQL stands for the image of PostgreSQL; all services share one loopback.
"""

import os
import re
import subprocess
import time
from pathlib import Path

import psutil
import yaml
from checkout import PROJECT
from container import steps
from container.roots import Container, build_step

PATIENCE = 600
# the user that the image of PostgreSQL has for it
SERVER = "999:999"
INSTALL = (
    "groupadd --gid 999 postgres && useradd --uid 999 --gid 999 --no-create-home postgres"
    " && apt-get update -qq && mkdir -p /etc/postgresql-common"
    " && echo create_main_cluster = false >/etc/postgresql-common/createcluster.conf"
    " && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends postgresql"
)


def install_postgres(root: Path) -> None:
    """Make a minimal Debian stand for the image of PostgreSQL."""
    build_step(root, INSTALL)


class Stack:
    """The services of compose.yml and what they write to.

    Attributes:
        processes: the running ones, by service.
    """

    def __init__(self, folder: Path, image: Path, postgres: Path, network: int) -> None:
        """Start nothing yet.

        Args:
            folder: for volumes and logs.
            image: the root of the project's image.
            postgres: the root that stands for the image of PostgreSQL.
            network: id of a process in the network that all share.
        """
        self.folder, self.network = folder, network
        self._roots = {"thinkthrift-analytics": image, "postgres": postgres}
        text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", (PROJECT / "compose.yml").read_text())
        self.services = yaml.safe_load(text.replace("$$", "$"))["services"]
        self._stage = steps.read_stages(PROJECT / "Dockerfile")[-1]
        self._defaults = {}
        for instruction, rest in self._stage.steps:
            if instruction == "ENV":
                self._defaults |= steps.pairs(rest)
        self.processes: dict[str, subprocess.Popen] = {}
        names = " ".join(["localhost", *self.services])
        for root in self._roots.values():
            (root / "etc/hosts").write_text(f"127.0.0.1 {names}\n")

    def container(self, service: str) -> Container:
        """Return what a service's processes see."""
        told = self.services[service]
        is_own = told["image"] == "thinkthrift-analytics"
        user = told.get("user") or steps.last(self._stage, "USER")
        version = "" if is_own else self._version()
        path = {} if is_own else {"PATH": f"/usr/lib/postgresql/{version}/bin:/usr/bin:/bin"}
        environment = {**(self._defaults if is_own else path), **told.get("environment", {})}
        assert told["read_only"]
        assert told["cap_drop"] == ["ALL"]
        mounts = {path.partition(":")[0]: "tmpfs:" + user.split(":")[0] for path in told["tmpfs"]}
        for name, path, *mode in (volume.split(":") for volume in told.get("volumes", [])):
            mounts[path] = "ro:" * bool(mode) + str(self._volume(name, path, user))
        return Container(
            root=self._root(service),
            user=user,
            environment={name: str(value) for name, value in environment.items()},
            mounts=mounts,
            capabilities=told.get("cap_add", []),
            folder=steps.last(self._stage, "WORKDIR") if is_own else "/",
        )

    def run(self, service: str, *words: str, **more: str) -> subprocess.CompletedProcess:
        """Run a command in a service's container of its own, to its end."""
        container = self.container(service)
        container.environment |= more
        return subprocess.run(
            container.command([*words], self.network), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def up(self, service: str) -> None:
        """Start a service after those that it depends on, and wait until it is well or done."""
        if service in self.processes:
            return
        told = self.services[service]
        for other in told.get("depends_on", {}):
            self.up(other)
        if service == "warehouse":
            self._initialise()
        process = self.processes[service] = self._start(service)
        if "healthcheck" in told and told["healthcheck"].get("disable"):
            assert process.wait(PATIENCE) == 0, self.log(service)
            return
        end = time.monotonic() + PATIENCE
        while not self.is_healthy(service):
            assert process.poll() is None, self.log(service)
            assert time.monotonic() < end, self.log(service)
            time.sleep(1)

    def is_healthy(self, service: str) -> bool:
        """Tell what the service's own health check says."""
        told = self.services[service].get("healthcheck")
        test = told["test"][1:] if told else steps.words(self._stage, "HEALTHCHECK")
        return self.run(service, *test).returncode == 0

    def log(self, service: str) -> str:
        """Return what a service has printed."""
        return (self.folder / f"{service}.log").read_text()[-4000:]

    def stop(self, service: str) -> None:
        """End a service's processes."""
        process = self.processes.pop(service)
        if process.poll() is not None:
            return
        # the first process inside, with which all others go; the one outside waits for that
        for inside in psutil.Process(process.pid).children():
            inside.kill()
        process.wait()

    def down(self) -> None:
        """End all processes."""
        for service in [*self.processes]:
            self.stop(service)

    def _root(self, service: str) -> Path:
        return self._roots[self.services[service]["image"].partition(":")[0]]

    def _version(self) -> str:
        [folder] = (self._roots["postgres"] / "usr/lib/postgresql").iterdir()
        return folder.name

    def _volume(self, name: str, path: str, user: str) -> Path:
        """Return a volume, which is its first user's if the image has nothing there."""
        volume = self.folder / "volumes" / name
        if not volume.exists():
            volume.mkdir(parents=True)
            root = self._roots["postgres" if name == "warehouse" else "thinkthrift-analytics"]
            there = root / path[1:]
            owner = there.stat() if there.exists() else None
            if name == "warehouse":
                os.chown(volume, *map(int, SERVER.split(":")))
            elif owner:
                os.chown(volume, owner.st_uid, owner.st_gid)
        return volume

    def _start(self, service: str) -> subprocess.Popen:
        told = self.services[service]
        command = told.get("command")
        if told["image"] == "thinkthrift-analytics":
            entry = told.get("entrypoint") or steps.words(self._stage, "ENTRYPOINT")
            command = [*entry, *(steps.words(self._stage, "CMD") if command is None else command)]
        with (self.folder / f"{service}.log").open("w") as log:
            return subprocess.Popen(
                self.container(service).command(command, self.network),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def _initialise(self) -> None:
        """Do what the image of PostgreSQL does at its first start, in Debian's folders."""
        told = self.services["warehouse"]["environment"]
        told["PGDATA"] = "/var/lib/postgresql/data"
        script = (
            f'initdb --username postgres --pwfile "$POSTGRES_PASSWORD_FILE"'
            f" {told['POSTGRES_INITDB_ARGS']}"
            " && echo 'create database thinkthrift' | postgres --single postgres"
        )
        done = self.run("warehouse", "sh", "-euc", script)
        assert done.returncode == 0, done.stdout + done.stderr
