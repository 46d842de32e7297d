"""One root for every error that a user can cause or mend.

    LookalikeError                1   anything of ours
    ├── CatalogueError            3   products.csv or the folder of photos cannot be used
    ├── UnusableImage             4   one photo cannot be used; `reason` groups it in the closing table
    ├── ExtractorError            5   the network cannot be built or run
    │   └── WeightsError          6   its weights are missing or are not what they claim to be
    ├── FeaturesError             7   the feature store cannot be read or written
    ├── PrecomputedError          8   a precomputed folder does not match its manifest
    └── UnknownProduct            9   no product has this id

The number is the exit code of a command that ends with the error.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class LookalikeError(Exception):
    """The message is one line that says what is wrong and what to do."""

    exit_code = 1


class CatalogueError(LookalikeError):
    exit_code = 3


class UnusableImage(LookalikeError):
    """`reason` is a short phrase from a small set, so that drops can be counted by it."""

    exit_code = 4

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason} ({detail})" if detail else reason)
        self.reason = reason


class ExtractorError(LookalikeError):
    exit_code = 5


class WeightsError(ExtractorError):
    exit_code = 6


class FeaturesError(LookalikeError):
    exit_code = 7


class PrecomputedError(LookalikeError):
    exit_code = 8


class UnknownProduct(LookalikeError):
    exit_code = 9


@contextmanager
def one_line_errors() -> Iterator[None]:
    """End the process with the error's one line on stderr and its exit code, without a traceback."""
    try:
        yield
    except LookalikeError as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("stopped: what was finished is kept; run the same command again to go on", file=sys.stderr)
        sys.exit(130)
