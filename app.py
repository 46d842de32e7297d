"""The web process: `gunicorn app:server`, or `python app.py` on one's own machine."""

import os

import flask

from catalogue.errors import one_line_errors
from storefront import remote
from storefront.settings import LOOPBACK, check_port, listening


def load(before: flask.Flask | None = None) -> flask.Flask:
    """The site of the lists as they are now; of what the one `before` has, it reads only what changed."""
    site: flask.Flask = remote.site(os.environ.get("PRECOMPUTED_DIR", "precomputed"), before).server
    return site


with one_line_errors():
    if __name__ == "__main__":
        port = listening()[1]
        check_port(LOOPBACK, port)
    server = load()

if __name__ == "__main__":
    server.run(host=LOOPBACK, port=port)
