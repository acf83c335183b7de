#!/usr/bin/env python3
"""A child that tells the secrets which it was given: those of its environment (S_…), and its standard input."""
import base64
import json
import os
import shlex
import sys
import urllib.parse

mode = sys.argv[1]
values = [value for name, value in sorted(os.environb.items()) if name.startswith(b"S_")]
if mode.endswith("-input"):
    values = [sys.stdin.buffer.read()]
    mode = mode.removesuffix("-input")
out = sys.stdout.buffer


def say(data, to=out):
    to.write(data + b"\n")


def escaped(value, encode):
    return encode(value.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


for index, value in enumerate(values):
    prefix = b"user:password="[: index % 7]
    if mode == "raw":
        say(b"the value is <" + value + b">")
    elif mode == "bytes":
        for byte in b"x" + value + b"y\n":
            out.write(bytes([byte]))
            out.flush()
    elif mode == "base64":
        for start in (b"", b"a", b"ab", prefix):
            say(base64.b64encode(start + value + b"and more"))
            say(base64.urlsafe_b64encode(start + value).rstrip(b"="))
            say(base64.encodebytes(b"0123456789" * 8 + start + value))
            say(base64.b64encode(base64.b64encode(start + value)))
    elif mode == "digits":
        say(value.hex().encode())
        say(value.hex().upper().encode())
        say(value.hex(":").encode())
        say("".join("%%%02X" % byte for byte in value).encode())
    elif mode == "quoted":
        say(urllib.parse.quote(value, safe="").encode())
        say(urllib.parse.quote_plus(value).encode())
        if value.isascii() or b"\xff" not in value:
            for encode in (json.dumps, lambda text: json.dumps(text, ensure_ascii=False), shlex.quote, repr):
                say(escaped(value, encode))
            say(escaped(value, lambda text: json.dumps(json.dumps({"k": text}, ensure_ascii=False))))
    elif mode == "fail":
        say(b"fatal: cannot log in with " + value, sys.stderr.buffer)

if mode == "serve":
    import http.server

    class Echo(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(500 if self.path == "/fail" else 200)
            self.send_header("x-echo", (self.headers.get("authorization") or "").encode().hex())
            self.end_headers()
            self.wfile.write(self.path.encode() + b"\n" + str(self.headers).encode() + b"\n" + body)

        do_GET = do_POST

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Echo)
    print(server.server_address[1], flush=True)
    server.serve_forever()
if mode == "fail":
    sys.exit(3)
