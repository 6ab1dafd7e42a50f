"""The embedded server: survives kills, finds another port, keeps two projects apart."""

import os
import pwd
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psutil
import psycopg
import pytest

from warehouse import PROJECT
from warehouse.embedded import EmbeddedServer


@pytest.fixture
def server(tmp_path):
    running = EmbeddedServer(tmp_path / "warehouse")
    running.start()
    yield running
    running.stop()


def ask(server: EmbeddedServer, query: str) -> object:
    with psycopg.connect(**server.parameters(), dbname="postgres") as connection:
        return connection.execute(query).fetchone()[0]


def test_it_listens_on_loopback_with_a_password_and_is_set_up_to_load(server) -> None:
    assert ask(server, "show listen_addresses") == "127.0.0.1"
    assert ask(server, "show wal_level") == "minimal"
    assert ask(server, "show timezone") == "UTC"
    assert ask(server, "show server_version_num").startswith("18")
    assert (server.home / "password").stat().st_mode & 0o777 == 0o600
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        # pragma: allowlist nextline secret
        psycopg.connect(**{**server.parameters(), "password": "guess"}, dbname="postgres")


def test_it_survives_a_kill(server) -> None:
    with psycopg.connect(**server.parameters(), dbname="postgres") as connection:
        connection.execute("create table kept as select 42 as answer")
    postmaster = psutil.Process(int((server.data / "postmaster.pid").read_text().split()[0]))
    postmaster.kill()
    postmaster.wait(10)
    assert ask(server, "select answer from kept") == 42


def test_a_number_of_another_process_is_not_taken_for_the_server(server) -> None:
    server.stop()
    # as after a reboot: the file is still there, its number is somebody else's
    (server.data / "postmaster.pid").write_text(
        f"{os.getpid()}\n{server.data}\n0\n1\n\n\n0\nready\n"
    )
    assert server.port() is None
    assert ask(server, "select 1") == 1


def test_a_taken_port_is_exchanged(server) -> None:
    port = server.port()
    server.stop()
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        assert ask(server, "select 1") == 1
        assert server.port() != port


def test_two_projects_do_not_collide(server, tmp_path) -> None:
    other = EmbeddedServer(tmp_path / "another")
    try:
        assert other.start() != server.port()
        assert ask(other, "select current_setting('data_directory')") == str(other.data)
    finally:
        other.stop()


def test_two_starters_start_one_server(tmp_path) -> None:
    home = tmp_path / "raced"
    with ThreadPoolExecutor() as pool:
        ports = list(pool.map(lambda _: EmbeddedServer(home).start(), range(3)))
    assert len(set(ports)) == 1
    assert EmbeddedServer(home).stop()
    assert not EmbeddedServer(home).stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes users")
def test_users_made_at_once_are_one() -> None:
    name = f"thinkthrift{os.getpid()}"
    code = f"from warehouse.embedded import make_system_user as make; make({name!r})"
    command = [sys.executable, "-c", f"{code}; import pwd; print(pwd.getpwnam({name!r}).pw_uid)"]
    try:
        makers = [
            subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
            for _ in range(8)
        ]
        found = {maker.communicate()[0] for maker in makers}
        assert found == {f"{pwd.getpwnam(name).pw_uid}\n"}
    finally:
        subprocess.run(["userdel", name], check=False)
