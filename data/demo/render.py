"""Render the demo shop's pictures and write its tables."""

import argparse
from pathlib import Path

from kinds import every_product
from studio.tables import write_tables

HERE = Path(__file__).resolve().parent


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="KIND", help="render these kinds alone")
    parser.add_argument("--limit", type=int, metavar="N", help="stop after N new pictures")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="render threads")
    parser.add_argument("--tables", action="store_true", help="write the tables and render nothing")
    parser.add_argument("--size", type=int, default=512, metavar="PX", help="width and height of a picture")
    parser.add_argument("--samples", type=int, default=24, metavar="N", help="samples a pixel")
    parser.add_argument("--out", type=Path, default=HERE, metavar="DIR", help="directory of images/ and the tables")
    return parser.parse_args()


def main() -> None:
    """Run the command line."""
    chosen = _arguments()
    products = every_product()
    if chosen.tables:
        write_tables(products, chosen.out)
        return
    # The renderer is imported only here, so that the tables can be written without it.
    from studio.session import Session

    wanted = tuple(p for p in products if not chosen.only or p.kind.name in chosen.only)
    Session(chosen.out, chosen.size, chosen.samples, chosen.workers).run(wanted, chosen.limit)


if __name__ == "__main__":
    main()
