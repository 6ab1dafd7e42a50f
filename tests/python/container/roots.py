"""Containers without an engine: a root made by debootstrap, and processes that are shut into it.

Mounts are made in namespaces of their own, so that they go with the processes.
"""

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from checkout import PROJECT
from container import steps

SUITE = "trixie"
ALONE = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc"]
# however the tests end
WITH_THE_TESTS = ["setpriv", "--pdeathsig", "KILL"]
# whom this machine trusts in the network
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")


def bootstrap(root: Path) -> None:
    """Make a minimal Debian, as the base image is one."""
    run(["debootstrap", "--variant=minbase", SUITE, root])
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")


def run(command: list, **options) -> subprocess.CompletedProcess:
    """Run a command to its end; what it printed is the message if it fails."""
    done = subprocess.run(
        ["nice", *map(str, command)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False, **options,
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-5000:]}"
    return done


def build_step(
    root: Path, command: str, folder: str = "/", environment: dict[str, str] | None = None
) -> None:
    """Run a RUN step as root, with the network."""
    trusted = root / "tmp/authorities.crt"
    shutil.copy(AUTHORITIES, trusted)
    environment = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "PIP_CERT": "/tmp/authorities.crt",
        **(environment or {}),
    }
    script = (
        f"mount -t proc p {root}/proc; mount --rbind /dev {root}/dev; "
        f"exec chroot {root} sh -c {shlex.quote(f'cd {folder} && {command}')}"
    )
    run([*ALONE, script], env=environment)
    trusted.unlink()


def build(base: Path, folder: Path) -> Path:
    """Carry out the project's Dockerfile and return the last stage's root.

    Args:
        base: the root that stands for the base image.
        folder: an empty one, in which the stages are made.
    """
    roots, context = {}, folder / "context"
    _copy_context(context)
    for stage in steps.read_stages(PROJECT / "Dockerfile"):
        root = roots[stage.name] = folder / (stage.name or "image")
        run(["cp", "--archive", base, root])
        _carry_out(stage, root, context, roots)
    return root


def _copy_context(context: Path) -> None:
    """Copy what .dockerignore lets in."""
    found = subprocess.check_output(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--",
         *steps.let_in(PROJECT / ".dockerignore")], cwd=PROJECT, text=True,
    )  # fmt: skip
    for name in filter(None, found.split("\0")):
        if (PROJECT / name).is_file():
            (context / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, context / name)


def _carry_out(stage: steps.Stage, root: Path, context: Path, roots: dict[str, Path]) -> None:
    folder, environment = "/", {}
    for instruction, rest in stage.steps:
        if instruction == "WORKDIR":
            folder = rest
            (root / folder[1:]).mkdir(parents=True, exist_ok=True)
        elif instruction == "ENV":
            environment |= steps.pairs(rest)
        elif instruction == "RUN":
            build_step(root, rest, folder, environment)
        elif instruction == "COPY":
            words = shlex.split(rest)
            origin, copy = context, shutil.copy2
            if words[0].startswith("--from="):
                # nothing writes to that stage any more, so it may share its files
                origin, copy = roots[words.pop(0).removeprefix("--from=")], os.link
            *names, to = words
            target = root / (to[1:] if to.startswith("/") else f"{folder[1:]}/{to}")
            for name in names:
                source = origin / name.lstrip("/")
                if source.is_dir():
                    shutil.copytree(
                        source, target, symlinks=True, dirs_exist_ok=True, copy_function=copy
                    )
                else:
                    shutil.copy(source, target)


@dataclass
class Container:
    """What a process sees that is shut into a root.

    Attributes:
        root: its root folder, which it cannot write to.
        user: its user and group, such as 10001:10001.
        environment: its environment, all of it.
        mounts: path inside to folder outside, which is read-only if it begins with `ro:`; or to the
            owner of a temporary one, `tmpfs:UID`.
        capabilities: those that it keeps.
        folder: where it starts.
    """

    root: Path
    user: str
    environment: dict[str, str]
    mounts: dict[str, str]
    capabilities: list[str] = field(default_factory=list)
    folder: str = "/"

    def command(self, words: list[str], network: int) -> list[str]:
        """Return the command that starts another one inside.

        Args:
            words: the command inside.
            network: id of a process in the network to use.
        """
        prepared = [f"mount --bind {self.root} {self.root}", f"cd {self.root}"]
        prepared += [f"mount -o remount,bind,ro {self.root}"]
        prepared += [f"mount -t proc p {self.root}/proc", f"mount --rbind /dev {self.root}/dev"]
        for path, source in sorted(self.mounts.items()):
            # in Debian /var/run leads to /run, which outside would be this machine's
            place = self.root / path.replace("/var/run/", "/run/")[1:]
            place.mkdir(parents=True, exist_ok=True)
            if source.startswith("tmpfs:"):
                options = f"uid={source[6:]},mode=1777"
                prepared.append(f"mount -t tmpfs -o {options} t {place}")
            else:
                prepared.append(f"mount --bind {source.removeprefix('ro:')} {place}")
                if source.startswith("ro:"):
                    prepared.append(f"mount -o remount,bind,ro {place}")
        user, group = self.user.split(":")
        kept = "".join(f",+{name.lower()}" for name in self.capabilities)
        inside = shlex.join([
            "chroot", str(self.root),
            "/usr/bin/setpriv", "--reuid", user, "--regid", group, "--clear-groups",
            "--no-new-privs", f"--inh-caps=-all{kept}", f"--bounding-set=-all{kept}",
            "/usr/bin/env", "-i", *(f"{name}={value}" for name, value in self.environment.items()),
            "/bin/sh", "-c", f'cd {self.folder} && exec "$@"', "sh", *words,
        ])  # fmt: skip
        script = "; ".join([*prepared, f"exec {inside}"])
        return [*WITH_THE_TESTS, "nsenter", f"--net=/proc/{network}/ns/net", *ALONE, script]


@contextmanager
def network() -> Iterator[int]:
    """Make a network of its own, with loopback only; gives the id of a process in it."""
    script = "ip link set lo up; echo up; exec sleep infinity"
    holder = subprocess.Popen(
        [*WITH_THE_TESTS, "unshare", "--net", "sh", "-c", script], stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout.readline() == b"up\n"
        yield holder.pid
    finally:
        holder.kill()
        holder.wait()
