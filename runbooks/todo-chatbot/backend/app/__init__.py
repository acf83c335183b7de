"""The todo chatbot's backend: a todo list in PostgreSQL behind a small HTTP API."""

__version__ = "1.0.0"
