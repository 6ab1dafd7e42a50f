"""A server that is not who it should be is refused, everywhere, with a message of its own."""

import os
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from subprocess import CompletedProcess

import commands
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import warehouse
from ingest.load import load_table
from warehouse import PROJECT
from warehouse.errors import UserError

YESTERDAY = datetime.now(timezone.utc) - timedelta(days=1)
REFUSALS = {
    "wrong host name": ("does not match host name", "Connect by a name that its certificate holds"),
    "expired": ("certificate has expired", "Have the server's certificate renewed"),
    "unknown CA": ("unable to get local issuer", "Name the certificate of the CA"),
    "self-signed": ("self-signed certificate", "Have the server's certificate issued by the CA"),
    "plaintext": ("no encryption", "The server wants TLS: set sslmode=verify-full"),
    "no TLS": ("does not support SSL", "Turn TLS on at the server"),
    "no CA file": ("root certificate file", "Name the CA's certificate in sslrootcert"),
}


@pytest.fixture(params=REFUSALS)
def refusal(request, shop, live, authority, postgres) -> tuple[tuple[str, str], str, dict]:
    """What is to be said, the location that deserves it, and the PG* variables for the same."""
    right = authority.issue_cert("localhost")
    certificates = {
        "wrong host name": authority.issue_cert("elsewhere.example"),
        "expired": authority.issue_cert("localhost", not_after=YESTERDAY),
        "unknown CA": trustme.CA().issue_cert("localhost"),
        "self-signed": _self_signed(),
    }
    settings = {"sslmode": "verify-full", "sslrootcert": str(shop.authority)}
    parameters = {"host": "localhost", "port": str(shop.port), "user": "shop",
                  # pragma: allowlist nextline secret
                  "password": "not-so-secret", "dbname": live.dbname}  # fmt: skip
    if request.param in certificates:
        shop.show(certificates[request.param])
    elif request.param == "plaintext":
        settings = {"sslmode": "disable"}
    elif request.param == "no TLS":
        parameters |= {"host": postgres.host, "port": postgres.port, "user": postgres.user,
                       "password": postgres.password}  # fmt: skip
    else:
        settings["sslrootcert"] = "/nowhere/ca.crt"
    location = "postgresql://{user}:{password}@{host}:{port}/{dbname}?".format(
        **parameters
    ) + "&".join(f"{name}={value}" for name, value in settings.items())
    environment = {f"PG{name.upper()}": value for name, value in {**parameters, **settings}.items()}
    environment["PGDATABASE"] = environment.pop("PGDBNAME")
    yield REFUSALS[request.param], location, environment
    shop.show(right)


def _self_signed() -> trustme.LeafCert:
    """Return a certificate that is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(YESTERDAY).not_valid_after(YESTERDAY + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )  # fmt: skip
    return trustme.LeafCert(private, made.public_bytes(serialization.Encoding.PEM), [])


def test_each_is_refused_with_its_own_message(refusal, live, monkeypatch) -> None:
    (sign, remedy), location, environment = refusal
    table = replace(live.replication.tables[0], location=location)
    # a load
    loaded = load_table(replace(table, reader="postgres"))
    assert loaded.status == "failed"
    # replication
    live.replication.tables = [table]
    with pytest.raises(UserError) as replicated:
        live.replication.setup()
    # the warehouse itself
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UserError) as connected:
        warehouse.connect()
    # dbt
    done = dbt("debug", "--connection")
    assert done.returncode == 1
    assert sign.split(" ", 1)[1] in done.stdout or "certificate verify failed" in done.stdout
    for name in environment:
        monkeypatch.delenv(name)
    for said in (loaded.notes[0], str(replicated.value), str(connected.value)):
        assert sign in said
        assert remedy in said
        assert "not-so-secret" not in said


def dbt(*arguments: str) -> CompletedProcess[str]:
    environment = {**os.environ, "DBT_LOG_LEVEL_FILE": "none", "DBT_PROFILES_DIR": str(PROJECT)}
    return commands.run("dbt.cli.main", "--no-use-colors", *arguments, environment=environment)


def test_a_verified_warehouse_serves_ingest_and_dbt(shop, live, monkeypatch) -> None:
    for name, value in {
        "PGHOST": "localhost", "PGPORT": str(shop.port), "PGUSER": "shop",
        # pragma: allowlist nextline secret
        "PGPASSWORD": "not-so-secret", "PGDATABASE": live.dbname, "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": str(shop.authority),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    query = "select version from pg_stat_ssl where pid = pg_backend_pid()"
    # Debian's may be older than what a warehouse needs
    monkeypatch.setattr(warehouse, "OLDEST", 150_000)
    with warehouse.connect() as connection:
        [protocol] = connection.execute(query).fetchone()
    assert protocol.startswith("TLSv1.")
    shown = dbt("show", "--quiet", "--output", "json", "--inline", query)
    assert protocol in shown.stdout, shown.stdout + shown.stderr


@pytest.mark.long
def test_the_doctor_says_which_connections_are_ok_and_which_failed(
    shop, authority, postgres, tmp_path
) -> None:
    environment = {
        **os.environ,
        **postgres.environment(),
        "SHOP_LOCATION": shop.uri("postgres"),
        "CATALOG_LOCATION": "http://127.0.0.1:1",
        "DBT_TARGET_PATH": str(tmp_path),
    }

    def doctor() -> tuple[int, str]:
        done = commands.run("ingest", "doctor", environment=environment)
        assert "Traceback" not in done.stderr
        assert "not-so-secret" not in done.stdout + done.stderr
        return done.returncode, done.stdout + done.stderr

    _, printed = doctor()
    [line] = [line for line in printed.splitlines() if line.split()[:1] == ["shop"]]
    assert "TLSv1.3, verified" in line
    assert line.split()[-1] == "ok"
    # a client that has not asked for a page has not tried its connection
    [line] = [line for line in printed.splitlines() if line.split()[:1] == ["catalog"]]
    assert line.split()[-1] == "failed"
    shop.show(authority.issue_cert("elsewhere.example"))
    try:
        code, printed = doctor()
    finally:
        shop.show(authority.issue_cert("localhost"))
    assert code == 1
    [line] = [line for line in printed.splitlines() if line.split()[:1] == ["shop"]]
    assert line.split()[-1] == "failed"
    assert "Connect by a name that its certificate holds" in printed
