"""Which pictures a product has, and the few that are awkward on purpose."""

from dataclasses import dataclass, replace
from enum import StrEnum

from studio.product import Product
from studio.shot import Shot, main_shot, second_shot
from studio.surface import rgb


class Difficulty(StrEnum):
    """What is unusual about a product's main picture."""

    NONE = ""
    DUPLICATE = "exact-duplicate"
    NEAR_DUPLICATE = "near-duplicate"
    MISSING = "missing-image"
    BORDER = "huge-border"
    ROTATED = "exif-rotated"
    COLOURED = "coloured-background"
    DARK = "dark-photo"


DIFFICULTIES: dict[str, Difficulty] = {
    "mug-003": Difficulty.DUPLICATE,
    "bowl-002": Difficulty.NEAR_DUPLICATE,
    "plate-004": Difficulty.MISSING,
    "vase-007": Difficulty.BORDER,
    "bottle-003": Difficulty.ROTATED,
    "teapot-002": Difficulty.COLOURED,
    "planter-006": Difficulty.DARK,
}

# A duplicate is another listing's picture: the same file, or the same photograph saved again.
COPIED_FROM = {"mug-003": "mug-002", "bowl-002": "bowl-001"}


@dataclass(frozen=True)
class Picture:
    """One image file of the shop; a copied picture names the file it starts from."""

    file: str
    product: Product
    shot: Shot
    difficulty: Difficulty = Difficulty.NONE
    copied_from: str = ""


def difficulty(product: Product) -> Difficulty:
    """The product's difficulty, mostly none."""
    return DIFFICULTIES.get(product.id, Difficulty.NONE)


def main_file(product: Product) -> str:
    """The path of the main picture, relative to the shop's directory."""
    suffix = "jpg" if difficulty(product) is Difficulty.ROTATED else "webp"
    return f"images/{product.id}.{suffix}"


def _main_shot(product: Product) -> Shot:
    shot = main_shot(product)
    match difficulty(product):
        case Difficulty.COLOURED:
            return replace(shot, backdrop=rgb("c4694f"))
        case Difficulty.DARK:
            return replace(shot, exposure=-2.1)
    return shot


def has_second(product: Product) -> bool:
    """Whether the product has a second picture: about one in seven does."""
    return not difficulty(product) and product.seed % 7 == 0


def pictures(product: Product) -> tuple[Picture, ...]:
    """The product's pictures that exist, the main one first."""
    trouble = difficulty(product)
    if trouble is Difficulty.MISSING:
        return ()
    original = COPIED_FROM.get(product.id, "")
    source = f"images/{original}.webp" if original else ""
    main = Picture(main_file(product), product, _main_shot(product), trouble, source)
    second = Picture(f"images/{product.id}-2.webp", product, second_shot(product))
    return (main, second) if has_second(product) else (main,)
