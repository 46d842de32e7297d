"""Any other network: an ONNX file, and a few lines of TOML that say how it takes photos and what it gives.

name = "dinov2-small"
model = "model.onnx"                  # beside this file
size = 224                            # pixels of a side
mean = [123.675, 116.28, 103.53]      # of each channel's 0 to 255, in the order RGB
std = [58.395, 57.12, 57.375]
output = "last_hidden_state"          # the first one unless named
pooling = "first"                     # "none" (N, D), "first" token of (N, T, D), "mean" of tokens or positions
"""

import hashlib
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import onnx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalogue.errors import ExtractorError, WeightsError
from model.extractors import Network, Scale
from model.extractors.pooling import Pooling

Channels = tuple[float, float, float]
Positive = Annotated[float, Field(gt=0)]


class Description(BaseModel):
    """The lines of such a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    model: str
    size: int = Field(ge=8, le=2048)
    mean: Channels = (0.0, 0.0, 0.0)
    std: tuple[Positive, Positive, Positive] = (255.0, 255.0, 255.0)
    channels: Literal["RGB", "BGR"] = "RGB"
    output: str = ""
    pooling: Pooling = "none"
    any_size: bool = False


def network(path: Path, weights: Path | None = None) -> Network:
    """The network that the TOML file at `path` describes, with the ONNX file `weights` or the one it names.

    Raises ExtractorError for a description that cannot be used, and WeightsError without a model.
    """
    described = _read(path)
    model = weights or path.parent / described.model
    if not model.is_file():
        raise WeightsError(f"{path} names {described.model}, and there is no {model}. Put the ONNX file there.")
    scale = Scale(described.mean, described.std, described.channels == "BGR")
    return Network(
        described.name,
        _digest(model, described),
        described.size,
        scale,
        lambda: model,
        any_size=described.any_size,
        output=described.output,
        pooling=described.pooling,
    )


def _read(path: Path) -> Description:
    try:
        return Description.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ExtractorError(
            f"{path} is neither an extractor's name nor a file. Use vgg16, efficientnet-lite0, efficientnet-lite2, or"
            " the path of a TOML file that describes an ONNX model."
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        raise ExtractorError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
    except (OSError, ValueError) as error:
        raise ExtractorError(f"{path} cannot be read as TOML: {error}.") from error


def _digest(model: Path, described: Description) -> str:
    """Of the model's files and of every line that changes a feature."""
    digests = [json.dumps(described.model_dump(exclude={"model"}), sort_keys=True)]
    for part in [model, *_beside(model)]:
        try:
            with part.open("rb") as file:
                digests.append(hashlib.file_digest(file, "sha256").hexdigest())
        except OSError as error:
            raise WeightsError(f"{part} cannot be read: {error.strerror}.") from error
    return hashlib.sha256(json.dumps(digests).encode()).hexdigest()


def _beside(model: Path) -> Iterator[Path]:
    """The files in which a large model keeps its weights."""
    try:
        graph = onnx.load(model, load_external_data=False).graph
    except Exception as error:  # protobuf's DecodeError, which is private to its implementation
        raise ExtractorError(f"{model} cannot be read as an ONNX model: {error}.") from error
    names = {entry.value for each in graph.initializer for entry in each.external_data if entry.key == "location"}
    return (model.parent / name for name in sorted(names))
