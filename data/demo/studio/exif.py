"""The one EXIF tag the shop needs: how a stored picture is to be turned for display."""

from struct import pack

ORIENTATION_TAG, SHORT = 0x0112, 3


def _segment(orientation: int) -> bytes:
    entry = pack(">HHIHH", ORIENTATION_TAG, SHORT, 1, orientation, 0)
    directory = pack(">H", 1) + entry + pack(">I", 0)
    payload = b"Exif\x00\x00" + b"MM\x00\x2a" + pack(">I", 8) + directory
    return b"\xff\xe1" + pack(">H", len(payload) + 2) + payload


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    """A JPEG file's bytes with an orientation (1 to 8) put right behind its start marker."""
    return jpeg[:2] + _segment(orientation) + jpeg[2:]
