"""The command line: python -m dashboard [prepare|report]."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from dashboard.data import NotReady, reading
from ingest import warehouse
from ingest.errors import IngestError

# nothing is sent to anybody, nothing offers to deploy
SETTINGS = {
    "server.headless": "true", "server.fileWatcherType": "none",
    "browser.gatherUsageStats": "false", "client.toolbarMode": "viewer",
    "client.showErrorDetails": "none", "theme.primaryColor": "#0072b2", "theme.base": "light",
    "theme.baseFontSize": "14", "theme.metricValueFontSize": "1.6rem",
}  # fmt: skip

app = typer.Typer(
    help="Pages over the marts, or the same charts as a file.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(min=1, max=65_535, help="Else a free one.")] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; the pages know no logins.")
    ] = "127.0.0.1",
) -> None:
    """Serve the pages on this machine until Ctrl-C."""
    if context.invoked_subcommand:
        return
    from streamlit.web import cli

    place = {"server.address": host, **({"server.port": str(port)} if port else {})}
    flags = [f"--{name}={value}" for name, value in {**SETTINGS, **place}.items()]
    sys.exit(cli.main(["run", str(Path(__file__).with_name("app.py")), *flags]))


@app.command()
def prepare(
    lines: Annotated[int, typer.Option(min=500, help="Order lines of the demo.")] = 5000,
    seed: Annotated[int, typer.Option(help="Another seed makes another demo.")] = 7,
) -> None:
    """Start the embedded warehouse, and make the demo in it if nothing was ever loaded."""
    try:
        warehouse.up()
        if not warehouse.is_embedded():
            return  # a server of the user's own gets no made-up data
        with warehouse.connect() as connection:
            [(loads, marts)] = connection.execute(
                "select to_regclass('raw_ingest.loads'), to_regclass('marts.rpt_daily_sales')"
            )
    except IngestError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    if not loads and not marts:
        typer.echo("dashboard: the warehouse is empty, so the demo is made first")
        demo = [sys.executable, "-m", "demo", "run", "--lines", str(lines), "--seed", str(seed)]
        raise typer.Exit(subprocess.run(demo, check=False).returncode)


@app.command()
def report(
    output: Annotated[Path, typer.Option(help="File.")] = Path("target/report.html"),
) -> None:
    """Write the main charts and key figures as one HTML page."""
    from dashboard.report import write

    try:
        with reading() as read:
            write(read, output)
    except NotReady as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"file://{output.resolve()}")


if __name__ == "__main__":
    try:
        app(prog_name="python -m dashboard")
    except ModuleNotFoundError as error:
        sys.exit(f"The package {error.name} is missing. `make dashboard` installs what is needed.")
