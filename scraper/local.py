"""What lies on disk already: a feed's file, or a folder with a products.csv or with photos."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from catalogue import feed
from catalogue.errors import CatalogueError, Unfetched
from catalogue.product import Product
from scraper import images
from scraper.draft import Draft
from scraper.progress import Show
from scraper.reading import numbered
from scraper.site import Site
from scraper.sources import merchant
from scraper.store import Fetched, Store, Task, host_of
from scraper.values import address

_HOST = host_of("file:///")


def take_in(site: Site, store: Store, folder: Path, show: Show) -> None:
    """Read the local source of a site into the store, and its photos into `folder`. Raises CatalogueError."""
    if site.local is None:
        return
    path = site.local.path.resolve()
    skips: Counter[str] = Counter()
    with store.saving():
        task = store.seed("feed", path.as_uri())
        store.read(task, numbered(task.url, _drafts(path, skips)), (), skips)
        store.done(task, Fetched(200))
    while tasks := store.take(_HOST, 32):
        with store.saving():
            for task in tasks:
                _keep(task, path, store, folder)
        show(store.settled, sum(store.waiting.values()))


def _drafts(path: Path, skips: Counter[str]) -> Iterator[Draft]:
    if path.is_dir():
        found = feed.read(path)
        skips.update(found.drops)
        yield from (_draft(product, path) for product in found.products)
    elif path.is_file():
        with path.open("rb") as file:
            yield from merchant.drafts(file, path.as_uri(), skips)
    else:
        raise CatalogueError(f"no folder and no feed at {path}. Give local.path one, relative to the site file.")


def _draft(product: Product, folder: Path) -> Draft:
    here = [_uri(folder / name) for name in product.image_files]
    there = [link for link in (product.image_link, *product.additional_image_links) if address(link, link)]
    return Draft(
        source="local",
        id=product.id,
        title=product.title,
        description=product.description,
        link=product.link,
        images=tuple(here or there),
        price=product.price,
        sale_price=product.sale_price,
        availability=product.availability,
        brand=product.brand,
        product_type=product.product_type,
        added=product.added,
    )


def _uri(path: Path) -> str:
    """A photo's address, with its time of change: a photo that was replaced is another address."""
    return f"{path.as_uri()}?{path.stat().st_mtime_ns if path.is_file() else 0}"


def _keep(task: Task, root: Path, store: Store, folder: Path) -> None:
    """Copy one photo, from inside the source's folder alone."""
    try:
        path = Path(unquote(urlsplit(task.url).path)).resolve()
        if not path.is_relative_to(root):
            raise Unfetched("outside the folder")
        sha256, file = images.save(folder, path.read_bytes())
        store.done(task, Fetched(200, sha256, file))
    except Unfetched as error:
        store.failed(task, error.reason, error.detail, 0, again=False)
    except OSError as error:
        store.failed(task, "unreadable file", str(error), 0, again=False)
