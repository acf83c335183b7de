import time
from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event

from tests.conftest import token


def test_a_todo_lives_from_creation_to_deletion(client: httpx.Client) -> None:
    created = client.post("/todos", json={"title": "  buy milk "})
    assert created.status_code == 201
    todo = created.json()
    assert (todo["title"], todo["done"]) == ("buy milk", False)
    path = f"/todos/{todo['id']}"

    assert client.get(path).json() == todo
    assert client.get("/todos").json() == [todo]
    assert client.patch(path, json={"done": True}).json() == todo | {"done": True}
    assert client.patch(path, json={"title": "buy bread"}).json()["title"] == "buy bread"
    assert client.get(path).json() == todo | {"done": True, "title": "buy bread"}
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404
    assert client.get("/todos").json() == []


def test_a_list_is_given_in_pages(client: httpx.Client) -> None:
    for number in range(5):
        client.post("/todos", json={"title": f"todo {number}"})
    page = client.get("/todos", params={"limit": 2, "offset": 2}).json()
    assert [todo["title"] for todo in page] == ["todo 2", "todo 3"]


def test_an_answer_comes_after_its_commit(client: httpx.Client, app: FastAPI) -> None:
    event.listen(app.state.engine, "commit", lambda connection: time.sleep(0.3))
    todo = client.post("/todos", json={"title": "buy milk"}).json()
    assert client.get("/todos").json() == [todo]
    client.delete(f"/todos/{todo['id']}")
    assert client.get("/todos").json() == []


@pytest.mark.parametrize("title", ["", "   ", "x" * 201, "a\x00b", "a\nb", None, 7])
def test_a_bad_title_is_refused(client: httpx.Client, title: object) -> None:
    assert client.post("/todos", json={"title": title}).status_code == 422
    assert client.get("/todos").json() == []


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_missing_todo_is_named(client: httpx.Client, method: str) -> None:
    answer = client.request(method, "/todos/99", json={"done": True})
    assert answer.status_code == 404
    assert answer.json() == {"detail": "there is no todo 99"}


@pytest.mark.parametrize("identifier", ["0", "-1", "milk", str(2**31)])
def test_a_bad_identifier_is_refused(client: httpx.Client, identifier: str) -> None:
    assert client.get(f"/todos/{identifier}").status_code == 422


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_has_bounds(client: httpx.Client, limit: int) -> None:
    assert client.get("/todos", params={"limit": limit}).status_code == 422


INVALID = "the bearer token is not valid: "


@pytest.mark.parametrize("path", ["/todos", "/todos/1"])
@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (lambda: "", "a bearer token is needed"),
        (lambda: "Basic dTpw", "a bearer token is needed"),
        (lambda: "Bearer nonsense", INVALID + "Not enough segments"),
        (
            lambda: f"Bearer {token('quite another secret of fit length')}",
            INVALID + "Signature verification failed",
        ),
        (lambda: f"Bearer {token(exp=time.time() - 60)}", INVALID + "Signature has expired"),
        (lambda: f"Bearer {token(aud='another')}", INVALID + "Audience doesn't match"),
    ],
    ids=["none", "basic", "nonsense", "signature", "expired", "audience"],
)
def test_only_a_valid_token_opens_the_list(
    client: httpx.Client, path: str, header: Callable[[], str], reason: str
) -> None:
    answer = client.get(path, headers={"Authorization": header()})
    assert answer.status_code == 401
    assert answer.json() == {"detail": reason}
    assert answer.headers["WWW-Authenticate"] == "Bearer"
