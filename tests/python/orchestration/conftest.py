"""A small world with the orchestrator, a webhook and a mail server."""

import contextlib
from collections.abc import Callable, Iterator

import commands
import pytest
from aiosmtpd.controller import Controller
from orchestration.servers import Letters, Orchestrator, Webhook, free_port
from world import World


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with contextlib.closing(Webhook()) as made:
        yield made


@pytest.fixture
def letters() -> Iterator[Letters]:
    kept = Letters()
    port = free_port()
    # on this machine it takes logins without TLS
    server = Controller(kept, hostname="127.0.0.1", port=port, auth_require_tls=False)
    server.start()
    kept.address = f"127.0.0.1:{port}"
    yield kept
    server.stop()


@pytest.fixture(scope="module")
def orchestrator(new_world: World) -> Iterator[Orchestrator]:
    new_world.keep_artifacts()
    new_world.demo("create", "--lines", "900", "--seed", "5")
    with contextlib.closing(Webhook()) as told:
        made = Orchestrator(new_world, told)
        yield made
        made.close()


@pytest.fixture(scope="module")
def run_daily(new_world: World) -> Callable[..., tuple[int, str]]:
    """Give a function that runs the day as cron does: its exit code and what it printed."""

    def run(*arguments: str, **environment: str) -> tuple[int, str]:
        with new_world.catalog() as chosen:
            done = commands.run(
                "apps.orchestration", "daily", *arguments,
                environment={**chosen, "LOAD_RETRY_SECONDS": "0.2", **environment},
            )  # fmt: skip
        printed = done.stdout + done.stderr
        assert "Traceback" not in printed, printed[-3000:]
        return done.returncode, printed

    return run
