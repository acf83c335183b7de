""".env.example names every variable, and says where each one goes."""

import re

import pytest
from conftest import APPLICATION, parse, render_text

EVERYTHING = ("database.enabled=true", "backend.openai.enabled=true")


def classes() -> dict[str, str]:
    lines = (APPLICATION / ".env.example").read_text().splitlines()
    found: dict[str, str] = {}
    for before, line in zip([""] + lines, lines, strict=False):
        if match := re.match(r"([A-Z_]+)=", line):
            assert before in ("# class: secret", "# class: config"), line
            assert match[1] not in found
            found[match[1]] = before.removeprefix("# class: ")
    return found


def test_every_variable_that_the_code_reads_is_named() -> None:
    settings = (APPLICATION / "backend/app/settings.py").read_text()
    frontend = (APPLICATION / "frontend/lib/backend.js").read_text()
    read = set(re.findall(r"""(?:required\(env, |env\.get\()"([A-Z_]+)\"""", settings))
    read |= set(re.findall(r"""setting\("([A-Z_]+)"\)""", frontend))
    assert len(read) >= 7
    # The database container's own variable; the backend sees it inside DATABASE_URL.
    assert set(classes()) == read | {"POSTGRES_PASSWORD"}


@pytest.mark.parametrize("settings", [(), EVERYTHING], ids=["defaults", "everything"])
def test_the_chart_agrees_with_the_classes(settings: tuple[str, ...]) -> None:
    manifests = parse(render_text(4, "values.yaml", *settings))
    config = {key for m in manifests if m["kind"] == "ConfigMap" for key in m["data"]}
    secret = set(re.findall(r"'key': '([A-Z_]+)'", str(manifests))) - config
    known = classes()
    assert all(known[name] == "config" for name in config)
    assert all(known[name] == "secret" for name in secret)
    if settings == EVERYTHING:
        assert config | secret | {"DATABASE_URL"} == set(known)


def test_no_value_is_a_secret() -> None:
    text = (APPLICATION / ".env.example").read_text()
    for name, kind in classes().items():
        value = re.search(rf"^{name}=(.*)$", text, re.M)[1]
        assert kind == "config" or value in ("", "postgresql://USER:PASSWORD@HOST:5432/NAME")
