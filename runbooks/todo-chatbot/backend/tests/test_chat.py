import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import httpx
import pytest
from fastapi import FastAPI

from app.chat import HELP


def say(client: httpx.Client, message: str) -> dict[str, object]:
    answer = client.post("/chat", json={"message": message})
    assert answer.status_code == 200
    return answer.json()


def test_a_sentence_becomes_a_todo(client: httpx.Client) -> None:
    answer = say(client, "add buy milk")
    assert answer["reply"] == f"Added #{answer['todo']['id']}: buy milk"
    assert client.get("/todos").json() == [answer["todo"]]


@pytest.mark.parametrize(
    "message", ["Add call mum", "please add call mum", "remind me to call mum", "remember call mum"]
)
def test_other_ways_to_say_it(client: httpx.Client, message: str) -> None:
    assert say(client, message)["todo"]["title"] == "call mum"


def test_a_todo_is_finished_and_leaves_the_list(client: httpx.Client) -> None:
    first, second = (say(client, f"add todo {name}")["todo"] for name in ("a", "b"))
    assert say(client, "list")["reply"] == f"#{first['id']} todo a\n#{second['id']} todo b"
    assert say(client, f"done #{first['id']}")["reply"] == "Done: todo a"
    assert say(client, "what's open?")["reply"] == f"#{second['id']} todo b"
    assert say(client, "done 99")["reply"] == "There is no todo #99."


def test_an_empty_list_says_so(client: httpx.Client) -> None:
    assert say(client, "list")["reply"] == "Nothing is open."


def test_other_talk_gets_help_and_changes_nothing(client: httpx.Client) -> None:
    assert say(client, "how are you?") == {"reply": HELP, "todo": None}
    assert client.get("/todos").json() == []


def test_an_empty_message_is_refused(client: httpx.Client) -> None:
    assert client.post("/chat", json={"message": " "}).status_code == 422


def test_chat_needs_a_token(client: httpx.Client) -> None:
    answer = client.post("/chat", json={"message": "list"}, headers={"Authorization": ""})
    assert answer.status_code == 401


class Model(BaseHTTPRequestHandler):
    """Stands in for the language model's API."""

    answer: object = None
    asked: ClassVar[list[tuple[str, str | None, dict[str, object]]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, self.headers["Authorization"], json.loads(body)))
        self.send_response(500 if self.answer is None else 200)
        self.end_headers()
        self.wfile.write(json.dumps(self.answer).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def model(app: FastAPI) -> Iterator[type[Model]]:
    server = HTTPServer(("127.0.0.1", 0), Model)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    app.state.settings = replace(
        app.state.settings,
        openai_api_key="key-of-the-test",
        openai_base_url=f"http://127.0.0.1:{server.server_port}/v1",
    )
    Model.asked.clear()
    yield Model
    server.shutdown()
    thread.join()
    server.server_close()


def test_with_a_key_other_talk_goes_to_the_model(client: httpx.Client, model: type[Model]) -> None:
    model.answer = {"choices": [{"message": {"content": "Fine, and your list?"}}]}
    assert say(client, "how are you?")["reply"] == "Fine, and your list?"
    [(path, authorization, body)] = model.asked
    assert (path, authorization) == ("/v1/chat/completions", "Bearer key-of-the-test")
    assert body["messages"][1] == {"role": "user", "content": "how are you?"}


@pytest.mark.parametrize("answer", [None, {}, {"choices": []}, [], {"choices": [None]}])
def test_a_model_that_fails_gives_the_help_text(
    client: httpx.Client, model: type[Model], answer: object
) -> None:
    model.answer = answer
    assert say(client, "how are you?")["reply"] == HELP


def test_a_phrase_that_is_known_never_goes_to_the_model(
    client: httpx.Client, model: type[Model]
) -> None:
    say(client, "add buy milk")
    assert model.asked == []
