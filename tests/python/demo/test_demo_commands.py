"""The command line: mistakes cost one line and exit code 2; memory has a bound."""

import subprocess
import sys

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo


@pytest.mark.parametrize("command", [[], ["create"], ["advance"], ["serve"], ["truths"]])
def test_help(run, command):
    process = run(*command, "--help")
    output, _ = process.communicate()
    assert process.returncode == 0
    assert "Usage" in output


@pytest.mark.parametrize("command", [["advance", "--days", "1"], ["serve"], ["truths"]])
def test_no_world_is_one_clear_line(run, tmp_path, command):
    process = run(*command, "--folder", str(tmp_path / "none"))
    _, errors = process.communicate()
    assert process.returncode == 2
    assert errors.count("\n") == 1
    assert "python -m tools.demo create" in errors


def test_a_server_that_does_not_answer_is_one_clear_line(run, tmp_path):
    process = run("create", "--folder", str(tmp_path / "world"), PGPORT="1")
    _, errors = process.communicate()
    assert process.returncode == 2
    assert errors.startswith("demo: ")
    assert errors.count("\n") == 1


def test_a_wrong_value_is_a_usage_error(run):
    process = run("create", "--lines", "3")
    _, errors = process.communicate()
    assert process.returncode == 2
    assert "Traceback" not in errors


_PEAK = """
import resource, sys
from pathlib import Path
from tools.demo import company
from tools.demo.databases import Databases
company.create(
    Path(sys.argv[1]), Databases(lambda name: f"{sys.argv[2]} dbname={name}"), 7, int(sys.argv[3])
)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_number_of_lines(postgres, tmp_path):
    server = conninfo_to_dict(postgres.conninfo())
    del server["dbname"]
    peaks = []
    # from the smaller number on all caches are full
    for lines in (40_000, 120_000):
        arguments = [str(tmp_path / str(lines)), make_conninfo(**server), str(lines)]
        answer = subprocess.run(
            [sys.executable, "-c", _PEAK, *arguments], capture_output=True, text=True, check=True
        )
        peaks.append(int(answer.stdout))
    assert peaks[1] < 1.2 * peaks[0]
