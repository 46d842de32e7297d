"""Thumbnails, which are named by what they show and so never change."""

from pathlib import Path

import flask

from storefront.lasting import lasting
from storefront.urls import IMAGES


def register(server: flask.Flask, folder: Path) -> None:
    """Answer `/images/…` from the folder."""

    @server.get(f"{IMAGES}<path:name>")
    def image(name: str) -> flask.Response:
        return lasting(flask.send_from_directory(folder, name))
