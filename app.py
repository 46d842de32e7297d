"""The web process: `gunicorn app:server`, or `python app.py` on one's own machine."""

import os

from catalogue.errors import one_line_errors
from storefront import create_app

with one_line_errors():
    app = create_app(os.environ.get("PRECOMPUTED_DIR", "precomputed"))

server = app.server

if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ.get("PORT", "8050")))
