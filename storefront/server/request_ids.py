"""An id for each request, which its answer, the access log and errors share."""

import logging
import re
from typing import Any
from uuid import uuid4

import flask
from flask.logging import default_handler

HEADER = "X-Request-ID"
KEY = "lookalike.request_id"  # in a request's environ
_SAFE = re.compile(r"[A-Za-z0-9_.:-]{8,128}")  # whoever sent it, it can stand in a log and in a header


def given(environ: dict[str, Any]) -> str:
    """The id of a platform's router, where it is a safe one, else a new one; kept in `environ`."""
    sent: str = environ.get("HTTP_X_REQUEST_ID", "")
    environ[KEY] = sent if _SAFE.fullmatch(sent) else uuid4().hex
    return str(environ[KEY])


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        record.request_id = flask.request.environ.get(KEY, "-") if flask.has_request_context() else "-"
        return super().format(record)


def register() -> None:
    """Let errors of a request be logged with its id."""
    default_handler.setFormatter(_Formatter("[%(asctime)s] [%(request_id)s] %(levelname)s in %(module)s: %(message)s"))
