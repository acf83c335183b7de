#!/usr/bin/env python3
"""Records a command in a terminal as a picture for the documentation.

    scripts/picture.py docs/pictures/deploy.svg --size 80x20 -- runbook deploy-local.lua --sim --yes

The command runs in a tmux of its own; what stands on its screen is looked at ten times a second, and the SVG plays
that back and stops at the end. A viewer that plays nothing shows the last screen. Needs tmux and Python only.
"""

import argparse
import html
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
import unicodedata

CELL, LINE, MARGIN, BAR = 8.4, 19, 14, 30
COLOURS = {"31": "#ff7b72", "32": "#56d364", "33": "#e3b341", "36": "#76c7d6"}
HOLD = 6.0  # seconds for which the last screen stays


def record(command, columns, rows):
    """The screens of a run with the times at which they came, in seconds."""
    socket = f"picture-{os.getpid()}"
    tmux = ["tmux", "-L", socket, "-f", "/dev/null"]
    with tempfile.TemporaryDirectory() as folder:
        # The screen waits for the last look at it.
        shown = shlex.quote(f"$ {command}")
        script = f"printf '%s\\n' {shown}; {command}; touch {shlex.quote(folder)}/over; sleep 60"
        size = ["-x", str(columns), "-y", str(rows)]
        subprocess.run([*tmux, "new-session", "-d", *size, "sh", "-c", script], check=True)
        try:
            subprocess.run([*tmux, "set", "-g", "status", "off"], check=True)
            start, frames, is_over = time.monotonic(), [], False
            while not is_over:
                is_over = os.path.exists(f"{folder}/over")
                screen = subprocess.run(
                    [*tmux, "capture-pane", "-e", "-p"], check=True, capture_output=True, text=True
                ).stdout.rstrip("\n")
                if not frames or frames[-1][1] != screen:
                    frames.append((time.monotonic() - start, screen))
                time.sleep(0.1)
            return frames, time.monotonic() - start
        finally:
            subprocess.run([*tmux, "kill-server"], check=False, capture_output=True)


def width(character):
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def spans(line):
    """The pieces of a line: column, text, and how it looks."""
    column, style = 0, {}
    for piece in re.split(r"(\x1b\[[0-9;]*m)", line):
        if piece.startswith("\x1b["):
            for code in (piece[2:-1] or "0").split(";"):
                if code == "0":
                    style = {}
                elif code in COLOURS:
                    style = {**style, "fill": COLOURS[code]}
                elif code == "39":
                    style = {k: v for k, v in style.items() if k != "fill"}
                elif code == "1":
                    style = {**style, "font-weight": "600"}
                elif code == "2":
                    style = {**style, "opacity": ".6"}
                elif code == "22":
                    style = {k: v for k, v in style.items() if k in ("fill",)}
            continue
        # Runs of blanks split a piece, so that each part stands in its own column.
        for part in re.split(r"( {2,})", piece):
            if part.strip():
                lead = len(part) - len(part.lstrip(" "))
                yield column + lead, part.strip(" "), style
            column += sum(width(c) for c in part)


def draw(line, row):
    parts = []
    for column, text, style in spans(line):
        look = "".join(f' {name}="{value}"' for name, value in style.items())
        parts.append(f'<tspan x="{MARGIN + column * CELL:.1f}"{look}>{html.escape(text, quote=False)}</tspan>')
    if not parts:
        return ""
    return f'<text y="{BAR + (row + 1) * LINE:.0f}">{"".join(parts)}</text>'


def picture(frames, length, columns, rows, title, caption):
    total = length + HOLD
    wide, high = MARGIN * 2 + columns * CELL, BAR + rows * LINE + MARGIN
    ids, shapes, uses, rules = {}, [], [], []
    for index, (begin, screen) in enumerate(frames):
        end = frames[index + 1][0] if index + 1 < len(frames) else total
        lines = []
        for row, line in enumerate(screen.split("\n")[-rows:]):
            shape = draw(line, row)
            if not shape:
                continue
            if shape not in ids:
                ids[shape] = f"l{len(ids)}"
                shapes.append(shape.replace("<text", f'<text id="{ids[shape]}"', 1))
            lines.append(f'<use href="#{ids[shape]}"/>')
        is_last = index + 1 == len(frames)
        name = "last" if is_last else f"f{index}"
        uses.append(f'<g class="f" id="{name}">{"".join(lines)}</g>')
        start, stop = 100 * begin / total, 100 * end / total
        on = f"{start:.2f}%{{visibility:visible}}"
        off = "" if is_last else f"{stop:.2f}%{{visibility:hidden}}"
        rules.append(f"@keyframes k{index}{{0%{{visibility:{'visible' if start == 0 else 'hidden'}}}{on}{off}}}")
        rules.append(f"#{name}{{animation:k{index} {total:.1f}s step-end infinite}}")
    dots = "".join(f'<circle cx="{18 + 18 * i}" cy="16" r="5" fill="#3b424c"/>' for i in range(3))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}" role="img">
<title>{html.escape(title)}</title><desc>{html.escape(caption)}</desc>
<style>text{{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d7dde4;white-space:pre}}
.f{{visibility:hidden}}#last{{visibility:visible}}
@media(prefers-reduced-motion:no-preference){{{"".join(rules)}}}</style>
<defs>{"".join(shapes)}</defs>
<rect width="100%" height="100%" rx="9" fill="#161b22"/>{dots}
<text x="50%" y="20" text-anchor="middle" style="font-size:12px" opacity=".6">{html.escape(title)}</text>
{"".join(uses)}
</svg>
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--size", default="80x24", help="columns and rows of the terminal")
    parser.add_argument("--title", help="what stands above it (default: the command)")
    parser.add_argument("command", nargs="+")
    given = parser.parse_args()
    columns, rows = (int(part) for part in given.size.split("x"))
    command = shlex.join(given.command)
    frames, length = record(command, columns, rows)
    caption = re.sub(r"\x1b\[[0-9;]*m", "", frames[-1][1])
    text = picture(frames, length, columns, rows, given.title or command, caption)
    os.makedirs(os.path.dirname(given.file) or ".", exist_ok=True)
    with open(given.file, "w", encoding="utf-8") as file:
        file.write(text)
    print(f"{given.file}: {len(frames)} screens, {len(text) // 1024} KiB", file=sys.stderr)


if __name__ == "__main__":
    main()
