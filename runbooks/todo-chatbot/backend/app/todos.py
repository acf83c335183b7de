"""Create, read, update and delete todos."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import require_token
from app.database import Todo, session

# Control characters are of no use in a title, and PostgreSQL refuses NUL.
Line = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"
    ),
]
Identifier = Annotated[int, Path(ge=1, le=2**31 - 1)]
# Scope "function": it is committed before the answer goes out, so that the answer is true.
Transaction = Annotated[Session, Depends(session, scope="function")]

router = APIRouter(prefix="/todos", dependencies=[Depends(require_token)])


class NewTodo(BaseModel):
    title: Line


class TodoChange(BaseModel):
    title: Line | None = None
    done: bool | None = None


class TodoView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    done: bool
    created_at: datetime


def add_todo(database: Session, title: str) -> Todo:
    todo = Todo(title=title)
    database.add(todo)
    database.flush()
    database.refresh(todo)
    return todo


def find_todo(database: Session, identifier: int) -> Todo:
    todo = database.get(Todo, identifier)
    if todo is None:
        raise HTTPException(404, f"there is no todo {identifier}")
    return todo


@router.get("")
def list_todos(
    database: Transaction,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> list[TodoView]:
    rows = database.scalars(select(Todo).order_by(Todo.id).limit(limit).offset(offset))
    return [TodoView.model_validate(row) for row in rows]


@router.post("", status_code=201)
def create_todo(new: NewTodo, database: Transaction) -> TodoView:
    return TodoView.model_validate(add_todo(database, new.title))


@router.get("/{identifier}")
def read_todo(identifier: Identifier, database: Transaction) -> TodoView:
    return TodoView.model_validate(find_todo(database, identifier))


@router.patch("/{identifier}")
def change_todo(identifier: Identifier, change: TodoChange, database: Transaction) -> TodoView:
    todo = find_todo(database, identifier)
    for name, value in change.model_dump(exclude_none=True).items():
        setattr(todo, name, value)
    database.flush()
    return TodoView.model_validate(todo)


@router.delete("/{identifier}", status_code=204)
def delete_todo(identifier: Identifier, database: Transaction) -> None:
    database.delete(find_todo(database, identifier))
