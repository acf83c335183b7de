"""The connection pool, and the one table."""

from collections.abc import Iterator
from datetime import datetime

from fastapi import Request
from sqlalchemy import DateTime, Engine, String, create_engine, func, text
from sqlalchemy.engine import URL
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

CONNECT_TIMEOUT_SECONDS = 3


class Base(DeclarativeBase):
    """What the migrations compare the schema with."""


class Todo(Base):
    __tablename__ = "todos"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    done: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


def make_engine(url: URL) -> Engine:
    """A pool that notices a database that went away, and gives up on one that is not there."""
    return create_engine(
        url,
        pool_size=5,
        max_overflow=5,
        pool_timeout=CONNECT_TIMEOUT_SECONDS,
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_TIMEOUT_SECONDS},
    )


def session(request: Request) -> Iterator[Session]:
    """One transaction a request: committed at its end, rolled back on an error."""
    with Session(request.app.state.engine) as current, current.begin():
        yield current
