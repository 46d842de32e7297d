"""What two products of a list have in common besides what the network sees, as one number and in words."""

from enum import IntFlag


class Reason(IntFlag):
    """What is alike; a pair's reasons are their sum."""

    COLOURS = 1
    SHAPE = 2
    CATEGORY = 4
    PRICE = 8
    BRAND = 16


def sentence(flags: int) -> str:
    """`Same colours and shape, near in price`; empty for none."""
    held = Reason(flags)
    names = [name for reason, name in _SAME.items() if reason in held]
    listed = " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    parts = [f"same {listed}"] if names else []
    text = ", ".join([*parts, *(["near in price"] if Reason.PRICE in held else [])])
    return text[:1].upper() + text[1:]


_SAME = {Reason.COLOURS: "colours", Reason.SHAPE: "shape", Reason.CATEGORY: "category", Reason.BRAND: "brand"}
