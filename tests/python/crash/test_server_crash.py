"""The whole PostgreSQL server is killed during a load; it recovers, and the table is as before.

CRASH_SERVERS is the number of such kills for each kind of load.
"""

import os
import tempfile
import time
from pathlib import Path

import pytest
from crash.cases import CASES
from crash.stage import Stage
from power_cut import crash

from warehouse.embedded import EmbeddedServer

CRASHES = int(os.environ.get("CRASH_SERVERS", "2"))


# in the middle of a statement, between two, or before the first
LOST = ("server closed the connection", "the connection is closed", "cannot be reached")


@pytest.fixture(scope="module")
def embedded():
    """A server of its own, that writes to disk as the user's does."""
    # not in pytest's own folder, which another run of pytest takes from the server's user
    with tempfile.TemporaryDirectory(prefix="thinkthrift_crashing_") as folder:
        server = EmbeddedServer(Path(folder))
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
            crash(embedded.data)
            result = task.result()
            assert str(embedded.start()) == parameters["port"]
            here.reconnect()
            number = here.states.index(here.state())
            if result.status == "failed":
                crashes += 1
                (message,) = result.notes
                assert any(said in message for said in LOST), message
            else:
                assert number == 1  # what was said to be loaded is still there
            assert here.loaded().notes == []
            assert here.state() == here.states[number + 1]
