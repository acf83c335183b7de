import subprocess
import sys
import threading

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app.database import Base, make_engine
from app.settings import parse_database_url
from tests.conftest import BACKEND, Alembic, environment_for
from tests.postgres import PostgresServer


def tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
    return {name for (name,) in rows}


def test_up_down_and_up_again(alembic: Alembic, empty_database: str) -> None:
    assert alembic("upgrade", "head").returncode == 0
    assert tables(empty_database) == {"alembic_version", "todos"}
    assert alembic("downgrade", "base").returncode == 0
    assert tables(empty_database) == {"alembic_version"}
    assert alembic("upgrade", "head").returncode == 0
    assert tables(empty_database) == {"alembic_version", "todos"}


def test_upgrading_twice_changes_nothing(alembic: Alembic, empty_database: str) -> None:
    assert alembic("upgrade", "head").returncode == 0
    with psycopg.connect(empty_database) as connection:
        connection.execute("INSERT INTO todos (title) VALUES ('kept')")
    again = alembic("upgrade", "head")
    assert (again.returncode, "Running upgrade" in again.stderr) == (0, False)
    with psycopg.connect(empty_database) as connection:
        assert connection.execute("SELECT title FROM todos").fetchall() == [("kept",)]


def test_the_schema_is_what_the_code_expects(alembic: Alembic, empty_database: str) -> None:
    assert alembic("upgrade", "head").returncode == 0
    engine = make_engine(parse_database_url(empty_database))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert differences == []


def test_pods_that_migrate_at_once_wait_for_each_other(
    empty_database: str,
) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "alembic", "upgrade", "head"],
            cwd=BACKEND, env=environment_for(empty_database), stderr=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    reports = [child.communicate(timeout=180)[1] for child in children]
    assert [child.returncode for child in children] == [0, 0, 0], reports
    assert sum("Running upgrade" in report for report in reports) == 1
    assert tables(empty_database) == {"alembic_version", "todos"}


def test_without_an_address_the_init_container_says_what_is_missing(alembic: Alembic) -> None:
    result = alembic("upgrade", "head", DATABASE_URL="")
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == (
        "app.settings.SettingsError: DATABASE_URL is not set; see .env.example"
    )


def test_an_unreachable_database_fails_without_showing_the_password(alembic: Alembic) -> None:
    result = alembic("upgrade", "head", DATABASE_URL="postgresql://todo:hunter2@127.0.0.1:1/todo")
    assert result.returncode == 1
    assert "Connection refused" in result.stderr
    assert "hunter2" not in result.stderr + result.stdout


def test_a_database_that_is_still_starting_is_waited_for(
    alembic: Alembic, postgres: PostgresServer, empty_database: str
) -> None:
    postgres.stop()
    later = threading.Timer(2, postgres.start)
    later.start()
    try:
        result = alembic("-x", "wait=30", "upgrade", "head")
    finally:
        later.join()
    assert result.returncode == 0, result.stderr
    assert "WARNING migrations: waiting for the database:" in result.stderr
    assert tables(empty_database) == {"alembic_version", "todos"}
