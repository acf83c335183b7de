import pytest

from app.settings import SettingsError, load_settings

GOOD = {"DATABASE_URL": "postgresql://u:p@h:5432/d", "BETTER_AUTH_SECRET": "s" * 32}


def test_defaults() -> None:
    settings = load_settings(GOOD)
    assert settings.database_url.render_as_string(hide_password=False) == (
        "postgresql+psycopg://u:p@h:5432/d"
    )
    assert (settings.environment, settings.log_level) == ("development", "INFO")
    assert settings.openai_api_key is None


def test_everything_can_be_set() -> None:
    settings = load_settings(
        GOOD
        | {
            "ENVIRONMENT": "prod",
            "LOG_LEVEL": "debug",
            "OPENAI_API_KEY": "k",
            "OPENAI_BASE_URL": "http://model/v1/",
            "OPENAI_MODEL": "m",
        }
    )
    assert (settings.environment, settings.log_level) == ("prod", "DEBUG")
    assert (settings.openai_api_key, settings.openai_model) == ("k", "m")
    assert settings.openai_base_url == "http://model/v1"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_the_schemes_that_providers_print(scheme: str) -> None:
    settings = load_settings(GOOD | {"DATABASE_URL": f"{scheme}://u:p@h/d?sslmode=require"})
    assert settings.database_url.drivername == "postgresql+psycopg"
    assert settings.database_url.query == {"sslmode": "require"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set; see .env.example"),
        ({"BETTER_AUTH_SECRET": " "}, "BETTER_AUTH_SECRET is not set; see .env.example"),
        (
            {"BETTER_AUTH_SECRET": "short"},
            "BETTER_AUTH_SECRET has 5 characters; at least 32 are needed",
        ),
        (
            {"DATABASE_URL": "hunter2"},
            "DATABASE_URL is not a URL like postgresql://USER:PASSWORD@HOST:5432/NAME",
        ),
        (
            {"DATABASE_URL": "postgresql://u:hunter2@h:port/d"},
            "DATABASE_URL is not a URL like postgresql://USER:PASSWORD@HOST:5432/NAME",
        ),
        (
            {"DATABASE_URL": "mysql://u:hunter2@h/d"},
            "DATABASE_URL names 'mysql'; only PostgreSQL is supported",
        ),
    ],
)
def test_what_is_wrong_is_named_and_never_shown(change: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(GOOD | change)
    assert str(caught.value) == message
