"""The whole PostgreSQL server is killed during a load; it recovers, and the table is as before."""

import time

import psutil
import pytest
from crash.cases import CASES
from crash.stage import Stage

from ingest.embedded import EmbeddedServer

CRASHES = 3


def crash(server: EmbeddedServer) -> None:
    """Kill the server and all of its processes at once, as a power cut would."""
    postmaster = psutil.Process(int((server.data / "postmaster.pid").read_text().split()[0]))
    # stopped first, so that it does not see its children die and end in an orderly way
    postmaster.suspend()
    family = [postmaster, *postmaster.children(recursive=True)]
    for process in family:
        process.kill()
    psutil.wait_procs(family, timeout=60)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """A server of its own, that writes to disk as the user's does."""
    server = EmbeddedServer(tmp_path_factory.mktemp("crashing"))
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("case", ["csv replace", "csv append", "csv merge"])
def test_after_a_crash_of_the_server_a_re_run_is_whole(embedded, tmp_path, dice, case) -> None:
    parameters = embedded.parameters()
    crashes = 0
    with Stage(CASES[case], parameters, tmp_path) as here:
        while crashes < CRASHES:
            here.restore()
            task = here.load()
            time.sleep(here.seconds * dice.random())
            crash(embedded)
            result = task.result()
            assert str(embedded.start()) == parameters["port"]
            here.reconnect()
            number = here.states.index(here.state())
            if result.status == "failed":
                crashes += 1
                (message,) = result.notes
                assert "server closed the connection" in message or "cannot be reached" in message
            else:
                assert number == 1  # what was said to be loaded is still there
            assert here.loaded().notes == []
            assert here.state() == here.states[number + 1]
