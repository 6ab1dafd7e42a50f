"""What another web page, or another name of this machine, gets from the orchestrator's pages."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import psutil
import pytest
from orchestration.servers import free_port, wait_for
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from world import PROJECT

from apps.dashboard.browser import browsing
from apps.guard import refusal

# Dagster's smallest project, for the pages do not depend on what they show
DEFINITIONS = """
import dagster

@dagster.op
def work():
    pass

@dagster.job
def quick():
    work()

always = dagster.ScheduleDefinition(
    name="always", job=quick, cron_schedule="0 0 1 1 *",
    default_status=dagster.DefaultScheduleStatus.RUNNING,
)
defs = dagster.Definitions(jobs=[quick], schedules=[always])
"""
SELECTOR = 'repositoryLocationName: "definitions.py", repositoryName: "__repository__"'
SCHEDULE = f'{{scheduleOrError(scheduleSelector: {{{SELECTOR}, scheduleName: "always"}}) {{\
... on Schedule {{name scheduleState {{id selectorId status}}}}}}}}'
RUNS = "{runsOrError {... on Runs {results {runId}}}}"
LAUNCH = f'mutation {{launchRun(executionParams: {{selector: {{{SELECTOR}, jobName: "quick"}},\
 runConfigData: {{}}}}) {{__typename}}}}'
# what a page can try: each gives what it could read, or throws
ATTEMPTS = """async ([pages, query]) => {
    const address = pages + '/graphql?query=' + encodeURIComponent(query);
    const json = {method: 'POST', headers: {'content-type': 'application/json'},
                  body: JSON.stringify({query})};
    const frame = document.createElement('iframe');
    const form = Object.assign(document.createElement('form'),
                               {method: 'POST', action: address, target: 'inside'});
    frame.name = 'inside';
    document.body.append(frame, form);
    form.submit();
    const socket = new Promise((done, failed) => {
        const opened = new WebSocket(pages.replace('http', 'ws') + '/graphql', 'graphql-ws');
        opened.onopen = () => done('open');
        opened.onerror = () => failed('refused');
    });
    const image = new Promise((done, failed) => {
        Object.assign(new Image(), {onload: done, onerror: failed, src: address});
    });
    const tried = await Promise.allSettled([
        fetch(address).then(answer => answer.text()),
        fetch(pages + '/graphql', json).then(answer => answer.text()),
        fetch(address, {mode: 'no-cors'}),
        fetch(address, {mode: 'no-cors', method: 'POST'}).then(answer => answer.text()),
        fetch(pages + '/server_info').then(answer => answer.text()),
        socket, image,
    ]);
    await new Promise(done => setTimeout(done, 1000));
    return tried.map(one => one.status == 'fulfilled' && typeof one.value == 'string'
                            ? one.value : '');
}"""
OWN = """async query => (await fetch('/graphql', {
    method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify({query}),
})).text()"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of pages behind the guard."""
    folder = tmp_path_factory.mktemp("dagster")
    (folder / "definitions.py").write_text(DEFINITIONS)
    port = free_port()
    code = "import sys; from apps.orchestration import pages; pages.serve(sys.argv[1:])"
    where = ["--python-file", str(folder / "definitions.py"), "--port", str(port)]
    log = folder / "log"
    with log.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *where], cwd=PROJECT, stdout=written, stderr=written,
            env={**os.environ, "DAGSTER_HOME": str(folder), "DAGSTER_DISABLE_TELEMETRY": "1",
                 "PAGES_HOSTS": "runs.example.com"},
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            return "always" in ask(address, SCHEDULE)
        except (URLError, ConnectionError):
            return False

    wait_for(answers)
    yield address
    children = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    process.wait(timeout=60)
    for child in psutil.wait_procs(children, timeout=20)[1]:
        child.kill()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The address of an empty page of another origin on this machine."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><body></body>")

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def ask(address: str, query: str, **headers: str) -> str:
    """Return the answer to a query, as a program that is no browser asks it."""
    body = json.dumps({"query": query}).encode()
    headers = {"content-type": "application/json", **headers}
    return urlopen(Request(f"{address}/graphql", body, headers)).read().decode()


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", f"/graphql?query={quote(LAUNCH)}", {}),
        ("GET", "/server_info", {"Host": "evil.example"}),
        ("GET", "/server_info", {"Host": "127.0.0.1.evil.example:3000"}),
        ("GET", "/server_info", {"Origin": "http://127.0.0.1:9"}),
        ("GET", "/server_info", {"Sec-Fetch-Site": "cross-site"}),
        ("GET", "/runs", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate",
                          "Sec-Fetch-Dest": "iframe"}),
        ("POST", f"/graphql?query={quote(LAUNCH)}", {"Origin": "null"}),
        ("POST", f"/graphql?query={quote(LAUNCH)}", {"Sec-Fetch-Site": "same-site"}),
    ],
)  # fmt: skip
def test_what_the_user_did_not_send_is_refused(pages, method, path, headers) -> None:
    with pytest.raises(HTTPError) as refused:
        urlopen(Request(pages + path, method=method, headers=headers))
    assert refused.value.code == 403
    assert json.loads(ask(pages, RUNS))["data"]["runsOrError"]["results"] == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "localhost:1234"},
        {"Host": "runs.example.com", "Origin": "https://runs.example.com"},
        {"Origin": "https://runs.example.com", "Sec-Fetch-Site": "same-origin"},
        # a link in a mail
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
         "Sec-Fetch-Dest": "document"},
    ],
)  # fmt: skip
def test_what_the_user_sends_is_answered(pages, headers) -> None:
    with urlopen(Request(f"{pages}/server_info", headers=headers)) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'self'"


def test_a_socket_of_another_origin_is_refused(pages) -> None:
    address = f"{pages.replace('http', 'ws')}/graphql"
    with connect(address, origin=pages, subprotocols=["graphql-ws"]) as socket:
        socket.send('{"type": "connection_init"}')
        assert json.loads(socket.recv())["type"] == "connection_ack"
    with pytest.raises(InvalidStatus), connect(address, origin="http://127.0.0.1:9"):
        pass


def test_a_page_of_another_origin_neither_steers_nor_reads(pages, elsewhere) -> None:
    state = json.loads(ask(pages, SCHEDULE))["data"]["scheduleOrError"]["scheduleState"]
    stop = f'mutation {{stopRunningSchedule(id: "{state["id"]}") {{__typename}}}}'
    with browsing() as page:
        for address in (elsewhere, elsewhere.replace("127.0.0.1", "localhost")):
            page.goto(address)
            for query in (LAUNCH, stop, RUNS):
                assert set(page.evaluate(ATTEMPTS, [pages, query])) == {""}
        assert json.loads(ask(pages, RUNS))["data"]["runsOrError"]["results"] == []
        assert state["status"] == "RUNNING"
        assert state == json.loads(ask(pages, SCHEDULE))["data"]["scheduleOrError"]["scheduleState"]

        # the same from their own page
        page.goto(f"{pages}/runs")
        assert "LaunchRunSuccess" in page.evaluate(OWN, LAUNCH)
        assert "ScheduleStateResult" in page.evaluate(OWN, stop)
    assert len(json.loads(ask(pages, RUNS))["data"]["runsOrError"]["results"]) == 1
    assert '"STOPPED"' in ask(pages, SCHEDULE)


def test_a_host_is_given_once(pages) -> None:
    twice = [("host", "localhost"), ("host", "evil.example")]
    assert refusal("http", "GET", "/", "", twice)
    assert refusal("http", "GET", "/", "", [])
    assert not refusal("http", "GET", "/", "", [("host", "[::1]:3000")])
