"""Turns a clean picture into an awkward one."""

from pathlib import Path

from studio.pictures import Picture


def spoil(draft: Path, picture: Picture, out: Path) -> None:
    """Apply the picture's difficulty to the file."""
