"""Products, and how a kind's families become a numbered row of them."""

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

from studio.mesh import Mesh
from studio.surface import Finish, Surface, finish


@dataclass(frozen=True)
class Part:
    """A mesh and its surface; bevel is the width of its softened edges in product units."""

    mesh: Mesh
    surface: Surface
    bevel: float = 0.0


Parts = tuple[Part, ...]
Shape = Callable[[Finish], Parts]


@dataclass(frozen=True)
class Family:
    """Products of one design: the title takes the colour, and prices step up member by member."""

    name: str
    title: str
    story: str
    brand: str
    price: int
    shape: Shape
    finishes: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of product; elevation is the camera's usual angle above the horizon in radians."""

    name: str
    path: str
    families: tuple[Family, ...]
    elevation: float = 0.3
    turn: float = 0.25
    sizes: tuple[float, ...] = (1.0, 1.08, 0.94, 1.04)


@dataclass(frozen=True)
class Product:
    """One product; stretch is its height against its family's design."""

    id: str
    kind: Kind
    family: Family
    finish: Finish
    stretch: float

    @property
    def seed(self) -> int:
        """A number that belongs to this product alone, the same in every run."""
        return crc32(self.id.encode())

    def parts(self) -> Parts:
        """The product's meshes."""
        return tuple(
            Part(part.mesh.scaled(z=self.stretch), part.surface, part.bevel) for part in self.family.shape(self.finish)
        )


def products_of(kind: Kind) -> tuple[Product, ...]:
    """The kind's products, numbered family by family."""
    members = [(family, name) for family in kind.families for name in family.finishes]
    return tuple(
        Product(f"{kind.name}-{n:03d}", kind, family, finish(name), kind.sizes[n % len(kind.sizes)])
        for n, (family, name) in enumerate(members, start=1)
    )
