"""The orchestrator at work, and those who are told of its runs."""

import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
from aiosmtpd.handlers import Message
from dagster import AssetKey, DagsterInstance, DagsterRun, DagsterRunStatus
from dagster_graphql import DagsterGraphQLClient
from world import PROJECT, World

# seconds that anything may take on a machine with much else to do
PATIENCE = 420
ENDED = (DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(what: Callable[[], object]) -> object:
    """Return what the function gives as soon as it gives something."""
    until = time.monotonic() + PATIENCE
    while not (found := what()):
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.5)
    return found


class Webhook:
    """A server that keeps what is posted to it; `busy` of the calls are answered with 503."""

    def __init__(self) -> None:
        self.calls, self.busy = [], 0
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                webhook.busy -= 1
                if webhook.busy < 0:
                    webhook.calls.append(json.loads(body))
                self.send_response(503 if webhook.busy >= 0 else 200)
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/hooks/s3cret"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Letters(Message):
    """Keeps the messages that an SMTP server takes."""

    def __init__(self) -> None:
        super().__init__()
        self.taken = []

    def handle_message(self, message) -> None:
        self.taken.append(message)


class Orchestrator:
    """`python -m apps.orchestration serve`, at work on a world of which nothing has been loaded.

    Attributes:
        world: the world.
        told: what the webhook was told of runs.
        home: where Dagster keeps its records.
    """

    def __init__(self, world: World, told: Webhook) -> None:
        self.world, self.told = world, told
        self.home = world.folder / "dagster"
        self.port = free_port()
        demo = [sys.executable, "-m", "tools.demo", "serve", "--port", "0"]
        serve = [sys.executable, "-m", "apps.orchestration", "serve", "--port", str(self.port)]
        self._log = (world.folder / "orchestrate.log").open("w")
        self._process = subprocess.Popen(
            [*demo, "--folder", str(world.folder / "demo"), "--", *serve],
            cwd=PROJECT, stdout=self._log, stderr=subprocess.STDOUT,
            env={
                **world.environment, "DAGSTER_HOME": str(self.home), "ALERT_WEBHOOK": told.address,
                "LOAD_RETRY_SECONDS": "0.2", "DBT_TARGET_PATH": str(world.folder / "target"),
            },
        )  # fmt: skip
        wait_for(self._answers)
        self._client = DagsterGraphQLClient("127.0.0.1", self.port)
        self.instance = DagsterInstance.from_config(str(self.home))

    def _answers(self) -> bool:
        assert self._process.poll() is None, Path(self._log.name).read_text()[-3000:]
        with contextlib.suppress(URLError, ConnectionError):
            return urlopen(f"http://127.0.0.1:{self.port}/server_info").status == 200
        return False

    def start(self, job: str = "daily") -> str:
        """Start a run, as the button does; return its id."""
        return self._client.submit_job_execution(job)

    def run(self, job: str = "daily") -> DagsterRun:
        """Start a run and return it when it has ended."""
        return self.ended(self.start(job))

    def ended(self, run_id: str) -> DagsterRun:
        """Wait for the end of a run."""

        def run() -> DagsterRun | None:
            found = self.instance.get_run_by_id(run_id)
            return found if found and found.status in ENDED else None

        return wait_for(run)

    def made(self, run: DagsterRun) -> dict[str, dict]:
        """Return the metadata of what a run made, by name; a raw table's is SOURCE.TABLE."""
        found = {}
        for entry in self.instance.all_logs(run.run_id):
            event = entry.dagster_event
            if event and event.is_step_materialization:
                made = event.step_materialization_data.materialization
                folder, name = made.asset_key.path
                name = f"{folder}.{name}" if folder in self.sources else name
                assert name not in found
                found[name] = {key: value.value for key, value in made.metadata.items()}
        return found

    def groups(self) -> dict[str, str]:
        """Return the group in which the lineage shows each asset, by name as `made` has it."""
        nodes = self._client._execute("{ assetNodes { assetKey { path } groupName } }")
        found = {}
        for node in nodes["assetNodes"]:
            folder, name = node["assetKey"]["path"]
            name = f"{folder}.{name}" if folder in self.sources else name
            found[name] = node["groupName"]
        return found

    def has_made(self, folder: str, name: str, run_id: str) -> bool:
        """Tell whether a run has made a model by now."""
        last = self.instance.get_latest_materialization_event(AssetKey([folder, name]))
        return last is not None and last.run_id == run_id

    @cached_property
    def manifest(self) -> dict:
        """What dbt makes of the project."""
        self.world.dbt("parse")
        return json.loads((self.world.folder / "target" / "manifest.json").read_text())

    @cached_property
    def sources(self) -> set[str]:
        """The names of the sources."""
        return {source["source_name"] for source in self.manifest["sources"].values()}

    def summary(self, number: int) -> dict:
        """Return what the webhook was told of the runs, by number."""
        return wait_for(lambda: len(self.told.calls) > number and self.told.calls[number])

    def worker(self, run_id: str) -> psutil.Process:
        """Return the process that executes a run."""
        for entry in self.instance.all_logs(run_id):
            if entry.dagster_event and "in process (pid:" in (entry.dagster_event.message or ""):
                return psutil.Process(
                    int(entry.dagster_event.message.split("pid: ")[1].rstrip(")"))
                )
        raise AssertionError("no process")

    def close(self) -> None:
        """End it as `kill` does, which ends all of its processes; a second time does nothing."""
        if self._process.poll() is not None:
            return
        children = psutil.Process(self._process.pid).children(recursive=True)
        self._process.terminate()
        self._process.wait()
        left = psutil.wait_procs(children, timeout=20)[1]
        for process in left:
            process.kill()
        self.instance.dispose()
        self._log.close()
        assert not left, [process.name() for process in left]
