"""A server for the tests of `http`: prints its port, and answers until its standard input ends."""
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

counts = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body, kind="text/plain", **headers):
        data = body.encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def do(self):
        path = self.path.split("?")[0]
        size = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(size).decode()
        counts[path] = counts.get(path, 0) + 1
        if path == "/echo":
            told = {"method": self.command, "body": body, "headers": {k.lower(): v for k, v in self.headers.items()}}
            self.answer(200, json.dumps(told), "application/json")
        elif path == "/flaky":
            self.answer(503 if counts[path] < 3 else 200, "warming up" if counts[path] < 3 else "ready")
        elif path == "/late-text":
            self.answer(200, "starting" if counts[path] < 3 else "ready")
        elif path == "/slow":
            time.sleep(5)
            self.answer(200, "at last")
        elif path == "/broken":
            self.answer(500, "Traceback:\nKeyError: DATABASE_URL\n")
        elif path == "/half":
            self.answer(500 if counts[path] % 2 else 200, "x")
        elif path == "/moved":
            self.answer(302, "", location="/ok")
        elif path == "/no-json":
            self.answer(200, "{", "application/json")
        elif path == "/bytes":
            self.send_response(200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"\xff\xfe")
        elif path == "/count":
            self.answer(200, json.dumps(counts), "application/json")
        else:
            self.answer(200 if path == "/ok" else 404, "ok" if path == "/ok" else "nothing here")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
