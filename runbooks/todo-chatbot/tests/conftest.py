"""Renders the chart with both majors of helm, once for each values file."""

import os
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

APPLICATION = Path(__file__).resolve().parent.parent
REPOSITORY = APPLICATION.parent.parent
CHART = APPLICATION / "chart"
VALUES = ("values.yaml", "values-dev.yaml", "values-staging.yaml", "values-prod.yaml")

Manifest = dict[str, Any]
Render = Callable[..., list[Manifest]]


@cache
def helm(major: int) -> str:
    """The path of helm 3 or 4: from `HELM3`/`HELM4`, `.tools/bin`, or the PATH."""
    tools = REPOSITORY / ".tools" / "bin"
    candidates = [
        os.environ.get(f"HELM{major}"),
        str(tools / "helm3" / "helm") if major == 3 else str(tools / "helm"),
        shutil.which("helm"),
    ]
    for candidate in candidates:
        if candidate and os.access(candidate, os.X_OK):
            version = subprocess.run(
                [candidate, "version", "--template", "{{.Version}}"],
                capture_output=True, text=True, check=True,
            ).stdout  # fmt: skip
            if version.startswith(f"v{major}."):
                return candidate
    raise RuntimeError(f"helm {major} is needed: scripts/install-tools.sh test")


def run_helm(major: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [helm(major), *arguments], cwd=CHART, capture_output=True, text=True, timeout=60
    )


def render_text(major: int, values: str, *settings: str) -> str:
    sets = [word for setting in settings for word in ("--set", setting)]
    result = run_helm(
        major, "template", "todo-chatbot", ".", "--namespace", "todo", "-f", values, *sets
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def parse(text: str) -> list[Manifest]:
    return [document for document in yaml.safe_load_all(text) if document]


@pytest.fixture(params=[3, 4], ids=["helm3", "helm4"])
def major(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture(params=VALUES)
def values(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def manifests(values: str) -> list[Manifest]:
    return parse(render_text(4, values))
