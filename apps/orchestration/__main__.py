"""The command line: python -m apps.orchestration serve|daily|live."""

import os
import shutil
import socket
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated

import typer

from apps.orchestration import alert, day, live, summary
from warehouse import PROJECT
from warehouse.errors import UsageError, UserError
from warehouse.signals import asked_to_stop

app = typer.Typer(
    help="Run the day: load, build, test, and say how it went.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535)] = 3000,
) -> None:
    """Serve Dagster's pages and run the day by its schedule, until Ctrl-C."""
    try:
        from apps.orchestration import pages
        from apps.orchestration.schedules import schedules
    except ImportError:
        message = "Dagster is missing. `make orchestrate` installs what is needed."
        raise day.DayError(message) from None
    schedules()
    _check_settings()
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            free.bind((host, port))
        except OSError as error:
            message = f"{host}:{port} cannot be used: {error.strerror}. Try another: --port"
            raise day.DayError(message) from None
    home = Path(os.environ.setdefault("DAGSTER_HOME", str(PROJECT / ".dagster"))).resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(__file__).with_name("dagster.yaml"), home)
    except OSError as error:
        message = f"{home} cannot be written: {error.strerror}. Set DAGSTER_HOME to another folder."
        raise UsageError(message) from None
    typer.echo(f"orchestrator: http://{host}:{port}, until Ctrl-C")
    os.chdir(PROJECT)
    where = ["--host", host, "--port", str(port), "--log-level", "warning"]
    pages.serve(["--module-name", "apps.orchestration.definitions", *where])


@app.command()
def daily(
    selector: Annotated[
        str, typer.Option(help="weekly tests every row, daily what is new.", metavar="daily|weekly")
    ] = "daily",
) -> None:
    """Load, build, test and send the summary once, without Dagster: for cron and others.

    Exit codes: 0 all went well; 1 something failed; 2 the call or a setting is wrong.
    """
    if selector not in ("daily", "weekly"):
        raise typer.BadParameter(f"{selector!r} is neither daily nor weekly")
    _check_settings()
    began, errors = datetime.now(timezone.utc), []
    try:
        day.run(selector, lambda line: typer.echo(line, err=True))
    except UserError as error:
        errors = [str(error)]
    except Exception as error:  # the summary is sent whatever happens
        errors = [f"{type(error).__name__}: {error}"]
    found = summary.gather(selector, began, day.target(), errors)
    typer.echo(found.as_text())
    alert.send(found)
    raise typer.Exit(found.status == "failed")


@app.command("live")
def follow(
    interval: Annotated[
        float, typer.Option("--every", min=0.1, help="Seconds between two looks.")
    ] = 5.0,
) -> None:
    """Build the live marts whenever a load or replication brought something, until Ctrl-C.

    Exit code 0, whatever failed meanwhile: that is told, and tried again.
    """
    with asked_to_stop() as stop:
        typer.echo(f"live: looking every {interval:g} s")
        live.follow(stop, interval, typer.echo, lambda line: typer.echo(line, err=True))
    typer.echo("stopped; no build is left half done")


def _check_settings() -> None:
    """Let a wrong setting be told now and not at the end of the first night."""
    alert.ways()
    day.wait_before(0)


if __name__ == "__main__":
    try:
        app(prog_name="python -m apps.orchestration")
    except UserError as error:
        typer.echo(str(error), err=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)
