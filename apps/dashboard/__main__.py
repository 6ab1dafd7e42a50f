"""The command line: python -m apps.dashboard [report]."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from apps.dashboard.data import NotReady, reading
from apps.guard import named_hosts

# nothing is sent to anybody, nothing offers to deploy
SETTINGS = {
    "server.headless": "true", "server.fileWatcherType": "none",
    "server.enableCORS": "true", "server.enableXsrfProtection": "true",
    "browser.gatherUsageStats": "false", "client.toolbarMode": "viewer",
    "client.showErrorDetails": "none",
    "theme.light.primaryColor": "#0072b2", "theme.dark.primaryColor": "#56b4e9",
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
    # Streamlit's own check, which knows this machine's names only
    flags += [f"--server.corsAllowedOrigins=https://{name}" for name in named_hosts()]
    sys.exit(cli.main(["run", str(Path(__file__).with_name("served.py")), *flags]))


@app.command()
def report(
    output: Annotated[Path, typer.Option(help="File.")] = Path("target/report.html"),
) -> None:
    """Write the main charts and key figures as one HTML page."""
    from apps.dashboard.report import write

    try:
        with reading() as read:
            write(read, output)
    except NotReady as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}. Choose another place: --output"
        typer.echo(message, err=True)
        raise typer.Exit(2) from None
    typer.echo(f"file://{output.resolve()}")


if __name__ == "__main__":
    try:
        app(prog_name="python -m apps.dashboard")
    except ModuleNotFoundError as error:
        sys.exit(f"The package {error.name} is missing. `make dashboard` installs what is needed.")
