"""What two products of a list have in common besides what the network sees, as one number and in words."""

from collections.abc import Mapping
from enum import IntFlag


class Reason(IntFlag):
    """What is alike; a pair's reasons are their sum."""

    COLOURS = 1
    SHAPE = 2
    CATEGORY = 4
    PRICE = 8
    BRAND = 16


SAME = {Reason.COLOURS: "colours", Reason.SHAPE: "shape", Reason.CATEGORY: "category", Reason.BRAND: "brand"}


def sentence(
    flags: int, things: Mapping[Reason, str] = SAME, same: str = "same {things}", joint: str = "and",
    price: str = "near in price",
) -> str:  # fmt: skip
    """`Same colours and shape, near in price`, or that in the words of another language; empty for none."""
    names = [name for reason, name in things.items() if reason & flags]
    listed = f" {joint} ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    parts = [same.format(things=listed) if names else "", price if flags & Reason.PRICE else ""]
    text = ", ".join(filter(None, parts))
    return text[:1].upper() + text[1:]
