"""Options that the commands share, and what they say."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import click
from rich.console import Console

from model import calibration, extractors
from model.extractors import ENGINES, OPENVINO, Network
from model.extractors.engine import OnEngine
from model.images import View
from model.lists import PRESETS, Preset
from model.policy import CATEGORY_POLICIES, CategoryPolicy, Policy
from model.progress import bar

Command = Callable[..., Any]


class ViewNames(click.ParamType[tuple[View, ...]]):
    """Views by their names, with commas between them."""

    name = "VIEWS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[View, ...]:
        try:
            return tuple(dict.fromkeys(View.parse(name.strip()) for name in value.split(",")))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def shared_options(command: Command) -> Command:
    """Options of every command that runs a network."""
    for option in (
        click.option("--views", type=ViewNames(), help="What the network sees of each photo, such as"
                     " letterbox,crop: letterbox, crop or squash, @PIXELS after it for another size. The preset's own"
                     " unless given; each costs as much as the first."),
        click.option("--mirror", is_flag=True, help="See each view mirrored too, and average. Costs as much again."),
        click.option("--preset", default="shop", show_default=True, type=click.Choice(sorted(PRESETS)),
                     help="shop: the whole photo on white, and its middle. classic: squashed, nearest neighbour, lists"
                     " of 5."),
        click.option("--engine", default=OPENVINO, show_default=True, type=click.Choice(ENGINES),
                     help="What runs the network: TensorFlow, or OpenVINO in 32 bits; faster and less exact, in bf16,"
                     " which not every processor has, or in eight bits calibrated on the catalogue's photos."),
        click.option("--weights", type=click.Path(path_type=Path), help="A file of weights for the extractor."),
        click.option("--extractor", "name", default="vgg16", show_default=True, metavar="NAME|FILE.toml",
                     help=f"The network that sees the photos: {', '.join(sorted(extractors.EXTRACTORS))}, or a file"
                     " that describes an ONNX model."),
    ):  # fmt: skip
        command = option(command)
    return command


def list_options(command: Command) -> Command:
    """Options of every command that makes lists."""
    for option in (
        click.option("--diversity", default=0.0, show_default=True, type=click.FloatRange(0, 1, max_open=True),
                     help="How much a product loses for looking like those before it in the list."),
        click.option("--price-factor", default=0.0, type=click.FloatRange(0), metavar="F",
                     help="Keep to prices from 1/F of the product's own to F times it; at least 1."),
        click.option("--category", default="any", show_default=True, type=click.Choice(CATEGORY_POLICIES),
                     help="Lists of any category, of the product's own before others, or of that alone."),
        click.option("--k", type=click.IntRange(1, 1000), help="Length of the lists; the preset's own unless given."),
    ):  # fmt: skip
        command = option(command)
    return command


@dataclass(frozen=True)
class Chosen:
    """What the options say: a network, what runs it, and how lists are made."""

    network: Network
    extractor: OnEngine
    preset: Preset


def chosen(
    folder: Path,
    name: str,
    weights: Path | None,
    engine: str,
    preset: str,
    views: tuple[View, ...] | None,
    mirror: bool,
    **lists: Any,
) -> Chosen:
    """Of the shared options, and of those of lists where a command has them."""
    settings = PRESETS[preset]
    shown = views or settings.views
    if mirror:
        shown = tuple(replace(view, mirrored=mirrored) for view in shown for mirrored in (False, True))
    with Console(stderr=True).status(f"loading {name}"):
        network = extractors.network(name, weights)
    extractor = calibration.on_engine(folder, network, engine, shown[0].fit, bar)
    return Chosen(network, extractor, _listed(replace(settings, views=shown), **lists))


def _listed(
    preset: Preset, k: int | None = None, category: str = "any", price_factor: float = 0.0, diversity: float = 0.0
) -> Preset:
    if 0 < price_factor < 1:
        raise click.UsageError("--price-factor is at least 1: 2 keeps to prices from half to twice the product's own.")
    policy = Policy(cast("CategoryPolicy", category), price_factor, diversity)
    if policy != Policy() and not preset.ranked:
        raise click.UsageError(f"--preset {preset.name} takes no --category, --price-factor or --diversity.")
    return replace(preset, k=k or preset.k, policy=policy)
