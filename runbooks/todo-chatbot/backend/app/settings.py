"""Settings, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

MINIMUM_SECRET_LENGTH = 32


class SettingsError(Exception):
    """A variable is missing or unusable. The message names it and never its value."""


@dataclass(frozen=True)
class Settings:
    """Everything that the environment decides."""

    database_url: URL
    auth_secret: str
    environment: str = "development"
    log_level: str = "INFO"
    openai_api_key: str | None = None
    openai_base_url: str = "https://api.openai.com/v1"
    openai_model: str = "gpt-4o-mini"


def required(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is not set; see .env.example")
    return value


def parse_database_url(text: str) -> URL:
    """Accepts the URL as hosting providers print it, and picks the psycopg 3 driver."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The parser's own message quotes the whole URL, password included.
        raise SettingsError(
            "DATABASE_URL is not a URL like postgresql://USER:PASSWORD@HOST:5432/NAME"
        ) from None
    if url.drivername not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise SettingsError(f"DATABASE_URL names {url.drivername!r}; only PostgreSQL is supported")
    return url.set(drivername="postgresql+psycopg")


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings. Raises `SettingsError` when one is missing or unusable."""
    env = os.environ if env is None else env
    auth_secret = required(env, "BETTER_AUTH_SECRET")
    if len(auth_secret) < MINIMUM_SECRET_LENGTH:
        raise SettingsError(
            f"BETTER_AUTH_SECRET has {len(auth_secret)} characters; "
            f"at least {MINIMUM_SECRET_LENGTH} are needed"
        )
    return Settings(
        database_url=parse_database_url(required(env, "DATABASE_URL")),
        auth_secret=auth_secret,
        environment=env.get("ENVIRONMENT") or Settings.environment,
        log_level=(env.get("LOG_LEVEL") or Settings.log_level).upper(),
        openai_api_key=env.get("OPENAI_API_KEY") or None,
        openai_base_url=(env.get("OPENAI_BASE_URL") or Settings.openai_base_url).rstrip("/"),
        openai_model=env.get("OPENAI_MODEL") or Settings.openai_model,
    )
