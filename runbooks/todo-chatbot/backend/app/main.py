"""The application: `uvicorn --factory app.main:create_app`."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app import __version__, chat, health, todos
from app.database import make_engine
from app.settings import Settings, load_settings

log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.engine.dispose()


def database_unavailable(_: Request, error: Exception) -> JSONResponse:
    log.warning("database: %s", str(error).splitlines()[0])
    return JSONResponse({"detail": "the database cannot be used"}, status_code=503)


def create_app(settings: Settings | None = None) -> FastAPI:
    """Builds the application. The database is first contacted by a request that needs it."""
    settings = settings or load_settings()
    logging.basicConfig(level=settings.log_level)
    app = FastAPI(title="todo-chatbot", version=__version__, lifespan=lifespan)
    app.state.settings = settings
    app.state.engine = make_engine(settings.database_url)
    app.add_exception_handler(OperationalError, database_unavailable)
    app.add_exception_handler(PoolTimeoutError, database_unavailable)
    for module in (health, todos, chat):
        app.include_router(module.router)
    return app
