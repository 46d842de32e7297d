"""A measured value beside its target and what another design took."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Figure:
    """A measured value; `most` and `least` are its targets, `seed` is what the seed's design took."""

    part: str
    name: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None
    seed: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is, nothing without one."""
        if self.most is None and self.least is None:
            return None
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    @property
    def ratio(self) -> float | None:
        """The seed's value by ours: how many times as long it took."""
        return self.seed / self.value if self.seed is not None and self.value else None


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1]


LEVELS: dict[str, Callable[[Sequence[float]], float]] = {"p50": median, "p95": _p95}
