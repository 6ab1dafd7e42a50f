"""Dagster's pages behind the guard, and `dagster dev` with these pages in the place of its own."""

import sys
import warnings
from typing import Any

import dagster_webserver.app
from dagster._cli import dev
from dagster_webserver.cli import cli
from dagster_webserver.webserver import DagsterWebserver
from starlette.middleware import Middleware

from apps.guard import Guard

# what `dagster dev` starts, and what is started for it; anything else would be unguarded
PROGRAMS = {"dagster_webserver": "apps.orchestration.pages", "dagster._daemon": "dagster._daemon"}


class GuardedWebserver(DagsterWebserver):  # type: ignore[misc]
    """Dagster's webserver, which asks the guard first."""

    def build_middleware(self) -> list[Middleware]:
        """Return Dagster's own middleware behind the guard."""
        return [Middleware(Guard), *super().build_middleware()]


def serve(arguments: list[str]) -> None:
    """Run `dagster dev` until it is stopped; it has no setting for another webserver.

    Args:
        arguments: of `dagster dev`.
    """
    start = dev.open_ipc_subprocess

    def started(parts: list[str], **settings: Any) -> object:
        program, option, module, *rest = parts
        if option != "-m":
            raise RuntimeError(f"`dagster dev` starts {option}, which is not known here.")
        return start([program, option, PROGRAMS[module], *rest], **settings)

    dev.open_ipc_subprocess = started
    warnings.filterwarnings("ignore", message="Function `dev_command` is superseded")
    dev.dev_command.main(args=arguments, prog_name="dagster dev")


if __name__ == "__main__":
    dagster_webserver.app.DagsterWebserver = GuardedWebserver
    sys.exit(cli(auto_envvar_prefix="DAGSTER_WEBSERVER"))
