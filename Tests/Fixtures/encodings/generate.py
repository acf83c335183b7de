#!/usr/bin/env python3
"""Writes encodings.json: secrets as real programs spell them, for the redactor's tests.

Needs python3 with PyYAML, node, jq, lua5.4, bash and openssl. Run after adding a value or a program.
"""
import base64
import html
import json
import os
import shlex
import subprocess
import urllib.parse
import xml.sax.saxutils

import yaml

VALUES = [
    "Zk3-plain_value.09",
    "quote\"apos'back\\slash/end",
    "<tag a=\"b\">&amp;</tag>",
    "spaces and $HOME `id` 100%+1",
    "Grüße, 秘密 🔑 clé",
    "esc\x1b[0m bel\x07 tab\tdel\x7f.",
    "line one of it\nline two of it\nline three of it",
    "a;b|c&d>e<f*g?h[i]j!k#l~m,n{o}p^q",
]
rows = []


def add(by, value, text):
    rows.append({"by": by, "value": value, "text": text})


def run(arguments, value):
    environment = dict(os.environ, V=value, LC_ALL="C.UTF-8")
    result = subprocess.run(arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True)
    return result.stdout.decode().rstrip("\n")


def lua_quoted(value):
    program = 'io.write((string.format("%q", os.getenv("V"))))'
    return run(["lua5.4", "-e", program], value)


for v in VALUES:
    raw = v.encode()
    for length in range(3):
        body = b"u:" + b"x" * length + raw + b"!"
        add(f"python b64encode {length}", v, base64.b64encode(body).decode())
        add(f"python urlsafe_b64encode {length}", v, base64.urlsafe_b64encode(body).decode())
        add(f"openssl base64 {length}", v, run(["sh", "-c", 'printf "%064d%s" 0 "$V" | openssl base64'], "x" * length + v))
    add("python hex", v, raw.hex())
    add("python json.dumps", v, json.dumps({"k": v}))
    add("python json.dumps twice", v, json.dumps(json.dumps([v])))
    add("python json.dumps ensure_ascii=False", v, json.dumps([v], ensure_ascii=False))
    add("python json then base64", v, base64.b64encode(json.dumps({"pw": v}).encode()).decode())
    add("python quote", v, urllib.parse.quote(v))
    add("python quote safe=''", v, urllib.parse.quote(v, safe=""))
    add("python quote_plus", v, urllib.parse.quote_plus(v))
    add("python repr", v, repr(v))
    add("python repr of bytes", v, repr(raw))
    add("python html.escape", v, html.escape(v))
    add("python saxutils.escape", v, xml.sax.saxutils.escape(v))
    add("python shlex.quote", v, shlex.quote(v))
    add("python yaml", v, yaml.dump({"k": v}, width=1000))
    add("python yaml double quoted", v, yaml.dump([v], default_style='"', width=1000))
    add("python yaml single quoted", v, yaml.dump([v], default_style="'", allow_unicode=True, width=1000))
    add("node JSON.stringify", v, run(["node", "-p", "JSON.stringify([process.env.V])"], v))
    add("node encodeURIComponent", v, run(["node", "-p", "encodeURIComponent(process.env.V)"], v))
    add("node encodeURI", v, run(["node", "-p", "encodeURI(process.env.V)"], v))
    add("node URLSearchParams", v, run(["node", "-p", "new URLSearchParams({v: process.env.V}).toString()"], v))
    add("node inspect", v, run(["node", "-p", "({v: process.env.V.replaceAll('\\n', ' ')})"], v.replace("\n", " ")))
    add("node Buffer", v, run(["node", "-p", "Buffer.from(process.env.V).subarray(0, 50)"], v[:10]))
    add("jq", v, run(["jq", "-cn", "[env.V]"], v))
    add("jq -a", v, run(["jq", "-acn", "[env.V]"], v))
    add("jq @sh", v, run(["jq", "-rn", "env.V|@sh"], v))
    add("jq @uri", v, run(["jq", "-rn", "env.V|@uri"], v))
    add("jq @html", v, run(["jq", "-rn", "env.V|@html"], v))
    add("jq @csv", v, run(["jq", "-rn", "[env.V]|@csv"], v))
    add("jq @base64", v, run(["jq", "-rn", "env.V|@base64"], v))
    add("lua %q", v, lua_quoted(v))
    add("bash printf %q", v, run(["bash", "-c", 'printf %q "$V"'], v))
    add("bash set -x", v, run(["bash", "-c", 'set -x; : "$V"'], v))
    add("dash set -x", v, run(["dash", "-c", 'set -x; : "$V"'], v))
    add("bash declare -p", v, run(["bash", "-c", "declare -p V"], v))
    add("xxd -p", v, run(["sh", "-c", 'printf %s "$V" | od -An -v -tx1 | tr -d " \n"'], v))

for row in rows:
    if row["by"] == "node inspect":
        row["value"] = row["value"].replace("\n", " ")
    if row["by"] == "node Buffer":
        row["value"] = row["value"][:10]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "encodings.json"), "w") as file:
    json.dump(rows, file, indent=0)
    file.write("\n")
