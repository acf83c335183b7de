"""Only the frontend reaches the list: it signs a short-lived token with the shared secret."""

from typing import Annotated

import jwt
from fastapi import Header, HTTPException, Request

AUDIENCE = "todo-backend"


def require_token(request: Request, authorization: Annotated[str | None, Header()] = None) -> None:
    """Refuses a request without a valid bearer token (HS256, audience `todo-backend`)."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise HTTPException(401, "a bearer token is needed", {"WWW-Authenticate": "Bearer"})
    try:
        jwt.decode(
            token,
            request.app.state.settings.auth_secret,
            algorithms=["HS256"],
            audience=AUDIENCE,
            options={"require": ["exp", "aud"]},
        )
    except jwt.InvalidTokenError as error:
        raise HTTPException(
            401, f"the bearer token is not valid: {error}", {"WWW-Authenticate": "Bearer"}
        ) from None
