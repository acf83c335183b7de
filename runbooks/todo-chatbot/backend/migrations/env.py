"""Runs the migrations on the database that DATABASE_URL names.

`alembic -x wait=30 upgrade head` waits that many seconds for a database that is still starting.
"""

import logging
import os
import time
from logging.config import fileConfig

from alembic import context
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from app.database import Base, make_engine
from app.settings import parse_database_url, required

# Any fixed number: it keeps the init containers of several pods from migrating at once.
MIGRATION_LOCK = 7_205_914_311

log = logging.getLogger("migrations")


def connect(engine: Engine, patience: float) -> Connection:
    deadline = time.monotonic() + patience
    while True:
        try:
            return engine.connect()
        except OperationalError as error:
            if time.monotonic() >= deadline:
                raise
            log.warning("waiting for the database: %s", str(error).splitlines()[0])
            time.sleep(1)


if context.config.config_file_name is not None:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)

url = parse_database_url(required(os.environ, "DATABASE_URL"))

if context.is_offline_mode():
    context.configure(url=url, target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    patience = float(context.get_x_argument(as_dictionary=True).get("wait", "0"))
    with connect(make_engine(url), patience) as connection:
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            context.run_migrations()
