"""Plain dbt in this process, with the project parsed once."""

from pathlib import Path

from dbt.cli.main import dbtRunner, dbtRunnerResult
from world import PROJECT


class Plain:
    """Runs commands of dbt with other vars each, in the environment as it is.

    Args:
        target: the folder that dbt writes into.
    """

    def __init__(self, target: Path) -> None:
        self._place = ("--target-path", str(target), "--project-dir", str(PROJECT))
        self._manifest = None
        self._manifest = self("parse").result

    def models(self) -> list:
        """Return the nodes of the models, as dbt parsed them."""
        nodes = self._manifest.nodes.values() if self._manifest else ()
        return [node for node in nodes if node.resource_type == "model"]

    def __call__(self, *arguments: str, **parameters: object) -> dbtRunnerResult:
        """Run a command; what dbt keeps in nodes of an earlier one is forgotten."""
        for node in self.models():
            node.compiled, node.extra_ctes_injected, node.extra_ctes = False, False, []
        options = ("--quiet", "--log-level-file", "none", "--no-write-json")
        return dbtRunner(self._manifest).invoke([*options, *arguments, *self._place], **parameters)
