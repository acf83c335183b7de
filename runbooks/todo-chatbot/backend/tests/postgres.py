"""A PostgreSQL server of the tests' own: a fresh cluster in a temporary folder."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

# PostgreSQL refuses to run as root; Debian's package brings this user.
SERVER_USER = "postgres" if os.geteuid() == 0 else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def program(name: str) -> str:
    """Debian keeps the server's programs out of PATH, in a folder for each version."""
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(folders, key=lambda folder: float(folder.parent.name), reverse=True)
    for folder in newest_first:
        if (folder / name).exists():
            return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is needed: apt-get install postgresql")
    return found


class PostgresServer:
    """Start, stop and start again, always on the same port and data."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="todo-postgres-"))
        self.port = free_port()
        if SERVER_USER is not None:
            shutil.chown(self.folder, SERVER_USER)
        data = str(self.folder / "data")
        self._run(program("initdb"), "-D", data, "-U", "todo", "-A", "trust", "-E", "UTF8", "-N")
        self._control = (
            program("pg_ctl"), "-D", data, "-w", "-l", str(self.folder / "log"),
            "-o", f"-c listen_addresses=127.0.0.1 -c port={self.port} -c fsync=off"
            f" -c unix_socket_directories={self.folder}",
        )  # fmt: skip
        self.start()

    def _run(self, *argv: str) -> None:
        subprocess.run(
            argv, check=True, user=SERVER_USER, cwd=self.folder,
            stdout=subprocess.DEVNULL, timeout=180,
        )  # fmt: skip

    def start(self) -> None:
        self._run(*self._control, "start")

    def stop(self) -> None:
        self._run(*self._control, "-m", "immediate", "stop")

    def url(self, database: str) -> str:
        return f"postgresql://todo@127.0.0.1:{self.port}/{database}"

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)
