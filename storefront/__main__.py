"""The commands of `python -m storefront`: each parses its arguments and calls one function."""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from catalogue import command as command_line
from storefront.export.render_site import export
from storefront.settings import Settings, base_address

Folder = click.Path(path_type=Path)
_bar = partial(click.progressbar, label="products", show_pos=True, file=sys.stderr)  # a word when that is no terminal


@click.group()
def cli() -> None:
    """From precomputed lists to a site without a server of its own."""


@cli.command("export")
@click.argument("site", type=Folder)
@click.option(
    *("--precomputed", "folder"), default="precomputed", show_default=True, envvar="PRECOMPUTED_DIR", type=Folder,
    help="The folder of lists.",
)  # fmt: skip
@click.option("--public-url", default="", metavar="URL", help="Where the site will stand, else PUBLIC_URL.")
def export_command(site: Path, folder: Path, public_url: str) -> None:
    """Write the whole site and its API to the folder SITE as files; again to renew it."""
    settings = Settings.of()
    if public_url:
        settings = replace(settings, public_url=base_address(public_url, "--public-url"))
    products, files = export(folder, site, settings, _bar)
    print(f"{site} holds {products} products in {files} files")


if __name__ == "__main__":
    command_line.run(cli, "python -m storefront")
