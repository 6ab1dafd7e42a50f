"""A stage for each kind of load; randomness that can be repeated; what was hit, at the end."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict

import pytest
from crash.cases import CASES
from crash.stage import Stage


@pytest.fixture(scope="session")
def stages(postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Stage]]:
    """Give a function that sets the stage for a case, once in a session."""
    known: dict[str, Stage] = {}
    with ExitStack() as stack:

        def stage(name: str) -> Stage:
            if name not in known:
                folder = tmp_path_factory.mktemp("stage")
                known[name] = stack.enter_context(Stage(CASES[name], asdict(postgres), folder))
            return known[name]

        yield stage


@pytest.fixture
def stage(stages: Callable[[str], Stage]) -> Iterator[Callable[[str], Stage]]:
    """Give a function that sets the stage for a case, as it is before the load."""
    used: list[Stage] = []

    def make(name: str) -> Stage:
        used.append(stages(name))
        used[-1].restore()
        return used[-1]

    yield make
    assert [here.left_behind() for here in used] == [[]] * len(used)


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    """Randomness of a seed that a failing test shows, and that CRASH_SEED sets."""
    seed = os.environ.get("CRASH_SEED") or str(random.randrange(10**6))
    print(f"repeat it with CRASH_SEED={seed}")
    return random.Random(f"{seed} {request.node.name}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many kills hit a load, and what PostgreSQL was doing for it."""
    said = [
        text
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, text in getattr(report, "user_properties", ())
        if name == "kills" and report.when == "call"
    ]
    if said:
        terminalreporter.section("kills")
        for text in sorted(said):
            terminalreporter.line(text)
