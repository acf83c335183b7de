"""A tiny chatbot: fixed phrases change the list; anything else may go to a language model."""

import logging
import re

import httpx
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from sqlalchemy import select

from app.auth import require_token
from app.database import Todo
from app.settings import Settings
from app.todos import Line, TodoView, Transaction, add_todo

log = logging.getLogger(__name__)
router = APIRouter(dependencies=[Depends(require_token)])

HELP = 'Try "add buy milk", "list" or "done 1".'
ADD = re.compile(r"(?:please\s+)?(?:add|remember|remind me to)\s+(?P<title>\S.*)", re.I)
DONE = re.compile(r"(?:done|finish|complete)\s+#?(?P<id>[1-9][0-9]{0,8})", re.I)
LIST = re.compile(r"(?:list|show|what(?:'s| is) (?:open|left))\b.*", re.I)


class Question(BaseModel):
    message: Line


class Answer(BaseModel):
    reply: str
    todo: TodoView | None = None


def ask_model(settings: Settings, message: str) -> str:
    """The model's answer, or the help text when there is no key or the model cannot be had."""
    if settings.openai_api_key is None:
        return HELP
    try:
        response = httpx.post(
            f"{settings.openai_base_url}/chat/completions",
            headers={"Authorization": f"Bearer {settings.openai_api_key}"},
            json={
                "model": settings.openai_model,
                "messages": [
                    {"role": "system", "content": f"You help with a todo list. {HELP}"},
                    {"role": "user", "content": message},
                ],
            },
            timeout=10,
        )
        response.raise_for_status()
        return str(response.json()["choices"][0]["message"]["content"])
    except (httpx.HTTPError, ValueError, KeyError, IndexError, TypeError) as error:
        log.warning("the model did not answer: %s", type(error).__name__)
        return HELP


@router.post("/chat")
def chat(question: Question, database: Transaction, request: Request) -> Answer:
    message = question.message
    if match := ADD.fullmatch(message):
        todo = add_todo(database, match["title"].strip())
        return Answer(reply=f"Added #{todo.id}: {todo.title}", todo=TodoView.model_validate(todo))
    if match := DONE.fullmatch(message):
        found = database.get(Todo, int(match["id"]))
        if found is None:
            return Answer(reply=f"There is no todo #{match['id']}.")
        found.done = True
        database.flush()
        return Answer(reply=f"Done: {found.title}", todo=TodoView.model_validate(found))
    if LIST.fullmatch(message):
        rows = database.scalars(
            select(Todo).where(Todo.done.is_(False)).order_by(Todo.id).limit(20)
        )
        lines = [f"#{row.id} {row.title}" for row in rows]
        return Answer(reply="\n".join(lines) or "Nothing is open.")
    return Answer(reply=ask_model(request.app.state.settings, message))
