"""`/health` says that the process lives, `/ready` that it can do its work."""

import logging

from fastapi import APIRouter, Request, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app import __version__

log = logging.getLogger(__name__)
router = APIRouter()


@router.get("/health")
async def health() -> dict[str, str]:
    """Answers without the database: a restart would not bring that back."""
    return {"status": "ok", "version": __version__}


@router.get("/ready")
def ready(request: Request, response: Response) -> dict[str, str]:
    """200 when the migrated table can be read, else 503."""
    try:
        with request.app.state.engine.connect() as connection:
            connection.execute(text("SELECT 1 FROM todos LIMIT 1"))
    except SQLAlchemyError as error:
        # The driver's text can hold the host and user: it goes to the log, not to the caller.
        log.warning("not ready: %s", str(error).splitlines()[0])
        response.status_code = 503
        return {"status": "unavailable", "reason": "the database cannot be used"}
    return {"status": "ready"}
