"""A name for each request, which its answer, the access log and errors share."""

import logging
import re
from typing import Any
from uuid import uuid4

import flask
from flask.logging import default_handler

HEADER = "X-Request-ID"
KEY = "lookalike.request_id"  # in a request's environ
_SAFE = re.compile(r"[A-Za-z0-9_.:-]{8,128}")  # what can stand in a log and in a header whoever sent it
_FORMAT = "[%(asctime)s] [%(request_id)s] %(levelname)s in %(module)s: %(message)s"


def given(environ: dict[str, Any]) -> str:
    """The name that a platform's router gave the request, where it is a safe one, else a new one; kept in `environ`."""
    sent = environ.get("HTTP_X_REQUEST_ID", "")
    name: str = sent if _SAFE.fullmatch(sent) else uuid4().hex
    environ[KEY] = name
    return name


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        record.request_id = flask.request.environ.get(KEY, "-") if flask.has_request_context() else "-"
        return super().format(record)


def register() -> None:
    """Let what goes wrong in a request be logged with its name."""
    default_handler.setFormatter(_Formatter(_FORMAT))
