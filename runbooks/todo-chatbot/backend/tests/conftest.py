import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import jwt
import psycopg
import pytest
import uvicorn
from fastapi import FastAPI

from app.main import create_app
from app.settings import load_settings
from tests.postgres import PostgresServer

BACKEND = Path(__file__).resolve().parent.parent
SECRET = "a secret that only these tests know"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.remove()


NUMBERS = itertools.count(1)
Alembic = Callable[..., subprocess.CompletedProcess[str]]


def make_database(postgres: PostgresServer, template: str = "template1") -> str:
    name = f"test_{next(NUMBERS)}"
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return name


def run_alembic(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=BACKEND, env=environment, capture_output=True, text=True, timeout=180,
    )  # fmt: skip


def environment_for(url: str) -> dict[str, str]:
    """What a child process of a test is started with."""
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": url,
        "BETTER_AUTH_SECRET": SECRET,
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@pytest.fixture(scope="session")
def migrated(postgres: PostgresServer) -> str:
    """A migrated database that others are copied from, since a migration takes seconds."""
    name = make_database(postgres)
    result = run_alembic(environment_for(postgres.url(name)), "upgrade", "head")
    assert result.returncode == 0, result.stderr
    return name


@pytest.fixture
def empty_database(postgres: PostgresServer) -> str:
    return postgres.url(make_database(postgres))


@pytest.fixture
def environment(postgres: PostgresServer, migrated: str) -> dict[str, str]:
    """The environment of the application, with a migrated database of its own."""
    return environment_for(postgres.url(make_database(postgres, template=migrated)))


@pytest.fixture
def alembic(empty_database: str) -> Alembic:
    """Runs the `alembic` command on an empty database, as the init container does."""

    def run(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        return run_alembic(environment_for(empty_database) | changes, *arguments)

    return run


def token(secret: str = SECRET, **claims: object) -> str:
    return jwt.encode({"aud": "todo-backend", "exp": time.time() + 60} | claims, secret, "HS256")


@pytest.fixture
def app(environment: dict[str, str]) -> FastAPI:
    return create_app(load_settings(environment))


@pytest.fixture
def client(app: FastAPI) -> Iterator[httpx.Client]:
    """A client with a valid token, of the application served by a thread."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    headers = {"Authorization": f"Bearer {token()}"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as client:
        yield client
    server.should_exit = True
    thread.join()
