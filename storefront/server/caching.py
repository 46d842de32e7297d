"""Answers that never change: their addresses name the build or the content that they show."""

import flask

YEAR = 365 * 24 * 3600  # seconds
FRESH = 300  # seconds: a catalogue and its scripts change when the process does


def lasting(response: flask.Response) -> flask.Response:
    """The answer, to be kept for good by browsers and all between."""
    response.cache_control.public, response.cache_control.max_age = True, YEAR
    response.cache_control.immutable = True
    return response


def gone() -> flask.Response:
    """For the address of a build that is no longer served: its page has to be loaded anew."""
    return flask.Response(status=410, mimetype="text/plain", headers={"Cache-Control": "no-store"})


def renewable(content: bytes, mimetype: str, tag: str = "") -> flask.Response:
    """An answer that is kept for minutes; `tag` stands for content that depends on more than its bytes."""
    response = flask.Response(content, mimetype=mimetype)
    response.headers["Cache-Control"] = f"public, max-age={FRESH}, must-revalidate"
    if tag:
        response.set_etag(tag)
    response.add_etag()
    response.make_conditional(flask.request)
    return response
