"""Lists that lie in object storage, of which the web process serves a copy."""

import os
import shutil
import subprocess
import sys
import tempfile
import weakref
from contextlib import suppress
from pathlib import Path

import flask

from catalogue.errors import StorageError
from storefront.app import Storefront, create_app


def site(where: str, before: flask.Flask | None = None) -> Storefront:
    """The app for the lists in the folder, or at the URL, `where`. Raises StorageError, and what `create_app` does.

    The copy of a URL's lies in the folder for temporary files for as long as this process uses it. What the app
    `before` has already is not fetched again.
    """
    if "://" not in where:
        return create_app(where)
    folder = Path(tempfile.mkdtemp(prefix="lookalike-lists-"))
    try:
        if before:
            with suppress(OSError):  # then more is fetched
                # Its files are replaced but never changed.
                shutil.copytree(before.extensions["lookalike"].folder, folder / "lists", copy_function=os.link)
        _copy(where, folder / "lists")
        app = create_app(folder / "lists")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(app.server, _remove, folder, os.getpid())
    return app


def _copy(url: str, folder: Path) -> None:
    """In a process of its own, so that what it loads does not stay in memory."""
    command = [sys.executable, "-m", "catalogue.publication", url, str(folder)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent.parent)
    if answer.returncode:
        said = answer.stderr.strip().splitlines() or [f"{url.split('://')[0]}://… cannot be copied"]
        raise StorageError(said[-1].removeprefix("error: "))


def _remove(folder: Path, maker: int) -> None:
    if os.getpid() == maker:  # not a process that was forked from it
        shutil.rmtree(folder, ignore_errors=True)
