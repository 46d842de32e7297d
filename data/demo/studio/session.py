"""A run of the studio: which pictures are still to take, and how far it is."""

from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from time import monotonic

from studio.blender import scene
from studio.blender.encode import spoil
from studio.pictures import Picture, pictures
from studio.product import Product

SECOND_LAG = 8


@dataclass(frozen=True)
class Session:
    """Where pictures go and how well they are taken."""

    out: Path
    size: int
    samples: int
    workers: int

    def run(self, products: tuple[Product, ...], limit: int | None = None) -> None:
        """Take every missing picture, at most limit of them."""
        (self.out / "images").mkdir(parents=True, exist_ok=True)
        scene.configure(self.size, self.samples, self.workers)
        missing = self._missing(products)[:limit]
        began = monotonic()
        for done, picture in enumerate(missing, start=1):
            self._take(picture)
            pace = (monotonic() - began) / done
            left = pace * (len(missing) - done) / 60
            print(f"{done}/{len(missing)} {picture.file} {pace:.1f} s a picture, {left:.0f} min left", flush=True)

    def _missing(self, products: tuple[Product, ...]) -> list[Picture]:
        """All kinds side by side and second pictures a little later, so that a run cut short covers every kind."""
        ranked = [
            (int(product.id[-3:]) + SECOND_LAG * rank, picture)
            for product in products
            for rank, picture in enumerate(pictures(product))
        ]
        ranked.sort(key=lambda entry: entry[0])
        return [picture for _, picture in ranked if not (self.out / picture.file).exists()]

    def _take(self, picture: Picture) -> None:
        target = self.out / picture.file
        # Rendered beside its place and renamed, so a picture that exists is always whole.
        draft = target.with_suffix(".tmp")
        if picture.copied_from:
            copyfile(self.out / picture.copied_from, draft)
        else:
            scene.photograph(picture.product.parts(), picture.shot, draft)
        spoil(draft, picture.difficulty)
        draft.replace(target)
