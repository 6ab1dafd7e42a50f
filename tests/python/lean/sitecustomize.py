"""For the Python processes that a test's command starts: what `quick` does, and little garbage.

dbt holds so many objects that to look for garbage in them takes a third of the time of a build.
"""

import gc
import importlib.util
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

# imported by every command of dbt, after what `quick` changes
MARK = "dbt.cli.requires"

gc.set_threshold(100_000, 20, 100)


class _Finder(MetaPathFinder):
    """Loads `quick` when dbt is imported."""

    def find_spec(self, name: str, *rest: object) -> ModuleSpec | None:
        if name != MARK:
            return None
        sys.meta_path.remove(self)
        found = importlib.util.find_spec(name)
        load = found.loader.exec_module

        def load_both(module: ModuleType) -> None:
            load(module)
            if "quick" not in sys.modules:  # what it does is done once
                path = Path(__file__).parents[1] / "quick.py"
                quick = importlib.util.spec_from_file_location("quick", path)
                sys.modules["quick"] = importlib.util.module_from_spec(quick)
                quick.loader.exec_module(sys.modules["quick"])

        found.loader.exec_module = load_both
        return found


sys.meta_path.insert(0, _Finder())
