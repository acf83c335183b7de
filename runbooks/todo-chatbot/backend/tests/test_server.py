"""uvicorn as the image starts it, with a database that comes and goes."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import BACKEND, run_alembic, token
from tests.postgres import PostgresServer, free_port


def serve(environment: dict[str, str], port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app",
            "--host", "127.0.0.1", "--port", str(port),
        ],
        cwd=BACKEND, env=environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.fixture
def server(
    environment: dict[str, str],
) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    port = free_port()
    process = serve(environment, port)
    headers = {"Authorization": f"Bearer {token()}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as client:
        deadline = time.monotonic() + 60
        while True:
            try:
                client.get("/health")
                break
            except httpx.ConnectError:
                assert process.poll() is None and time.monotonic() < deadline
                time.sleep(0.05)
        yield process, client
    process.kill()
    process.communicate()


def test_readiness_follows_the_database_and_health_does_not(
    server: tuple[subprocess.Popen[str], httpx.Client], postgres: PostgresServer
) -> None:
    _, client = server
    assert client.get("/health").json() == {"status": "ok", "version": "1.0.0"}
    assert client.get("/ready").json() == {"status": "ready"}

    postgres.stop()
    try:
        down = client.get("/ready")
        assert down.status_code == 503
        assert down.json() == {"status": "unavailable", "reason": "the database cannot be used"}
        assert client.get("/health").status_code == 200
        listing = client.get("/todos")
        assert listing.status_code == 503
        assert listing.json() == {"detail": "the database cannot be used"}
    finally:
        postgres.start()

    assert client.get("/ready").status_code == 200
    assert client.post("/todos", json={"title": "after the storm"}).status_code == 201


def test_it_is_not_ready_before_the_migrations_ran(
    server: tuple[subprocess.Popen[str], httpx.Client], environment: dict[str, str]
) -> None:
    _, client = server
    assert run_alembic(environment, "downgrade", "base").returncode == 0
    assert client.get("/ready").status_code == 503
    assert run_alembic(environment, "upgrade", "head").returncode == 0
    assert client.get("/ready").status_code == 200


def test_sigterm_ends_it_cleanly(
    server: tuple[subprocess.Popen[str], httpx.Client],
) -> None:
    process, _ = server
    process.send_signal(signal.SIGTERM)
    _, report = process.communicate(timeout=60)
    assert process.returncode in (0, -signal.SIGTERM), report
    assert "Application shutdown complete" in report


@pytest.mark.parametrize("name", ["DATABASE_URL", "BETTER_AUTH_SECRET"])
def test_it_refuses_to_start_without_a_setting(environment: dict[str, str], name: str) -> None:
    del environment[name]
    process = serve(environment, free_port())
    _, report = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"SettingsError: {name} is not set; see .env.example" in report
