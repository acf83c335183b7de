"""What the images promise, read from their Dockerfiles; building them needs the base images."""

import fnmatch
import re
from pathlib import Path

import pytest
from conftest import APPLICATION, parse, render_text

IMAGES = ("backend", "frontend")


def instructions(image: str) -> list[tuple[str, str]]:
    text = (APPLICATION / image / "Dockerfile").read_text()
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.M).replace("\\\n", " ")
    return [
        (word.upper(), re.sub(r"\s+", " ", rest).strip())
        for word, _, rest in (line.partition(" ") for line in text.splitlines() if line.strip())
    ]


def last_stage(image: str) -> list[tuple[str, str]]:
    found = instructions(image)
    start = max(index for index, (word, _) in enumerate(found) if word == "FROM")
    return found[start:]


def reaches_the_build(image: str, path: Path) -> bool:
    """Whether .dockerignore lets a file or folder at the top of the context through."""
    included = True
    for pattern in (APPLICATION / image / ".dockerignore").read_text().split():
        negated = pattern.startswith("!")
        if fnmatch.fnmatch(path.name, pattern.lstrip("!")):
            included = negated
    return included


@pytest.mark.parametrize("image", IMAGES)
def test_it_is_built_in_stages_from_images_with_a_version(image: str) -> None:
    bases = [rest for word, rest in instructions(image) if word == "FROM"]
    assert len(bases) == 2
    assert bases[0].endswith(" AS build")
    assert all(re.match(r"[a-z]+:\d+(\.\d+)?-(slim|alpine)\b", base) for base in bases)


@pytest.mark.parametrize("image", IMAGES)
def test_it_runs_as_the_user_that_the_chart_names(image: str) -> None:
    [user] = [rest for word, rest in last_stage(image) if word == "USER"]
    [deployment] = [
        manifest
        for manifest in parse(render_text(4, "values.yaml"))
        if manifest["kind"] == "Deployment" and manifest["metadata"]["name"].endswith(image)
    ]
    context = deployment["spec"]["template"]["spec"]["securityContext"]
    assert user == f"{context['runAsUser']}:{context['runAsGroup']}"
    [port] = [rest for word, rest in last_stage(image) if word == "EXPOSE"]
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    assert container["ports"][0]["containerPort"] == int(port)


@pytest.mark.parametrize("image", IMAGES)
def test_what_it_copies_is_there_and_not_ignored(image: str) -> None:
    copies = [
        rest.split()[:-1]
        for word, rest in instructions(image)
        if word == "COPY" and not rest.startswith("--from")
    ]
    assert copies
    for source in (source for sources in copies for source in sources):
        if source.endswith("*"):
            continue  # optional by its pattern
        path = APPLICATION / image / source
        assert path.exists(), source
        assert reaches_the_build(image, path), f"{source} is in .dockerignore"


@pytest.mark.parametrize("image", IMAGES)
def test_what_must_stay_out_stays_out(image: str) -> None:
    for name in (".env", ".git", "tests", "node_modules", "Dockerfile", ".venv"):
        assert not reaches_the_build(image, Path(name)), name


@pytest.mark.parametrize("image", IMAGES)
def test_no_secret_is_built_in(image: str) -> None:
    for word, rest in instructions(image):
        if word in ("ARG", "ENV"):
            assert not re.search("SECRET|PASSWORD|TOKEN|API_KEY|DATABASE_URL", rest), rest
