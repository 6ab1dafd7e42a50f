"""Apache Superset as one sets it up, in an environment and a process of its own; see docs/bi.md."""

import os
import secrets
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import requests
from commands import PROJECT
from psycopg.conninfo import conninfo_to_dict

PROGRAM = PROJECT / ".venv-superset" / "bin" / "superset"
PATIENCE = 120


class Superset:
    """A running Superset on loopback, and its API as its administrator uses it."""

    def __init__(self, folder: Path) -> None:
        """Set it up in an empty folder, and start it.

        Args:
            folder: where its metadata (SQLite) and its log are.
        """
        password = secrets.token_urlsafe()
        self._folder = folder
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "FLASK_APP": "superset.app:create_app",
            "SUPERSET_HOME": str(folder),
            "SUPERSET_SECRET_KEY": secrets.token_urlsafe(42),
            "SCARF_ANALYTICS": "false",
        }
        self._run("db", "upgrade")
        # asked for twice, and not on the command line
        self._run(
            "fab", "create-admin", "--username", "admin", "--firstname", "Ada", "--lastname", "Min",
            "--email", "admin@mail.example", typed=f"{password}\n{password}\n",
        )  # fmt: skip
        self._run("init")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with (folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [PROGRAM, "run", "--host", "127.0.0.1", "--port", str(port)],
                env=self._environment, cwd=folder, stdout=log, stderr=log,
            )  # fmt: skip
        self._session, self._address = requests.Session(), f"http://127.0.0.1:{port}"
        try:
            self._wait()
            self._sign_in(password)
        except BaseException:
            self.stop()
            raise

    def _run(self, *arguments: str, typed: str = "") -> None:
        # without a terminal, from which a password would be read
        done = subprocess.run(
            [PROGRAM, *arguments], env=self._environment, cwd=self._folder, input=typed, text=True,
            capture_output=True, start_new_session=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                if self._session.get(f"{self._address}/health", timeout=5).ok:
                    return
            except requests.ConnectionError:
                pass
            log = (self._folder / "log").read_text()[-4000:]
            assert self._process.poll() is None, log
            assert time.monotonic() < end, log
            time.sleep(0.5)

    def _sign_in(self, password: str) -> None:
        user = {"username": "admin", "password": password, "provider": "db"}
        token = self.post("security/login", **user)["access_token"]
        self._session.headers["Authorization"] = f"Bearer {token}"
        self._session.headers["X-CSRFToken"] = self.get("security/csrf_token/")["result"]

    def stop(self) -> None:
        """End its process."""
        self._process.terminate()
        self._process.wait()

    def get(self, path: str) -> dict:
        """Return what the API answers; it must not refuse."""
        return _answer(self._session.get(f"{self._address}/api/v1/{path}", timeout=PATIENCE))

    def post(self, path: str, **body: object) -> dict:
        """Post to the API and return what it answers; it must not refuse."""
        return _answer(self.try_to_post(path, **body))

    def try_to_post(self, path: str, **body: object) -> requests.Response:
        """Post to the API and return the response, whatever it is."""
        return self._session.post(f"{self._address}/api/v1/{path}", json=body, timeout=PATIENCE)

    def connect(self, conninfo: str, user: str, password: str) -> int:
        """Add a database, and return its number.

        Args:
            conninfo: where it is.
            user: as whom to connect.
            password: of that user.
        """
        place = conninfo_to_dict(conninfo)
        uri = (
            f"postgresql+psycopg2://{quote(user)}:{quote(password)}"
            f"@{place['host']}:{place['port']}/{place['dbname']}"
        )
        return self.post("database/", database_name="ThinkThrift", sqlalchemy_uri=uri)["id"]

    def relations(self, database: int, schema: str) -> set[str]:
        """Return the names that it offers for datasets."""
        found = self.get(f"database/{database}/tables/?q=(force:!t,schema_name:{schema})")
        return {relation["value"] for relation in found["result"]}

    def query(self, database: int, sql: str) -> requests.Response:
        """Run a statement in SQL Lab."""
        return self.try_to_post(
            "sqllab/execute/", database_id=database, sql=sql, client_id=secrets.token_hex(5)
        )


def _answer(response: requests.Response) -> dict:
    assert response.ok, f"{response.status_code} {response.url}: {response.text[:2000]}"
    return response.json()
