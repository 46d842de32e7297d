"""One root for every error that a user can cause or mend.

    LookalikeError                1   anything of ours
    ├── ScraperError                  a shop could not be fetched, or not wholly
    │   ├── SiteError             2   the site file or the command line is wrong
    │   ├── Incomplete            3   something is left that the same command may still get
    │   ├── Refused               4   the shop cannot be reached, or does not want to be read
    │   │   └── Unfetched         4   one address could not be had; `reason` groups it in the closing table
    │   └── Drift                 5   the shop answers, but its pages are no longer what the site file says
    ├── DiskError                 6   nothing more can be written
    ├── CatalogueError           11   products.csv or the folder of photos cannot be used
    ├── UnusableImage            12   one photo cannot be used; `reason` groups it in the closing table
    ├── ExtractorError           13   the network cannot be built or run
    │   └── WeightsError         14   its weights are missing or are not what they claim to be
    ├── FeaturesError            15   the feature store cannot be read or written
    ├── PrecomputedError         16   a precomputed folder does not match its manifest
    ├── UnknownProduct           17   no product has this id
    ├── SettingsError            18   a variable of the environment makes no sense
    ├── BundleError              19   the photo search of a precomputed folder cannot be used
    ├── ExportError              20   a folder cannot become the site as files
    ├── StorageError             21   object storage cannot be reached or used
    └── ClusterError             22   a cluster cannot be reached or used

The number is the exit code of a command that ends with the error.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class LookalikeError(Exception):
    """The message is one line that says what is wrong and what to do."""

    exit_code = 1


class ScraperError(LookalikeError):
    """What went wrong with one shop; the exit codes are those of its branches."""


class SiteError(ScraperError):
    exit_code = 2


class Incomplete(ScraperError):
    exit_code = 3


class Refused(ScraperError):
    exit_code = 4


class Unfetched(Refused):
    """`reason` is a short phrase from a small set; `again` says that the same request may succeed later.

    `status` is the HTTP status, 0 without one; `rest` is how many seconds the host asked to be left alone.
    """

    def __init__(
        self, reason: str, detail: str = "", *, again: bool = False, status: int = 0, rest: float = 0.0
    ) -> None:
        super().__init__(f"{reason} ({detail})" if detail else reason)
        self.reason, self.detail = reason, detail
        self.again, self.status, self.rest = again, status, rest


class Drift(ScraperError):
    exit_code = 5


class DiskError(LookalikeError):
    exit_code = 6


class CatalogueError(LookalikeError):
    exit_code = 11


class UnusableImage(LookalikeError):
    """`reason` is a short phrase from a small set, so that drops can be counted by it."""

    exit_code = 12

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason} ({detail})" if detail else reason)
        self.reason = reason


class ExtractorError(LookalikeError):
    exit_code = 13


class WeightsError(ExtractorError):
    exit_code = 14


class FeaturesError(LookalikeError):
    exit_code = 15


class PrecomputedError(LookalikeError):
    exit_code = 16


class UnknownProduct(LookalikeError):
    exit_code = 17


class SettingsError(LookalikeError):
    exit_code = 18


class BundleError(LookalikeError):
    exit_code = 19


class ExportError(LookalikeError):
    exit_code = 20


class StorageError(LookalikeError):
    exit_code = 21


class ClusterError(LookalikeError):
    exit_code = 22


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
