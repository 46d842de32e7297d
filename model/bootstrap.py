"""95 % intervals by the bootstrap, percentile method.

B. Efron, Bootstrap Methods: Another Look at the Jackknife, Annals of Statistics 7 (1979). N values drawn from N with
replacement are known by how often each distinct value was drawn, and these counts follow a multinomial distribution.
Shares of ten places have at most eleven distinct values: a thousand resamples of a whole catalogue then are a small
table of counts. The order of the values changes nothing.
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from catalogue.report import Estimate

RESAMPLES = 1000
INTERVAL = (0.025, 0.975)

Values = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Statistic = Callable[[Values, Counts], Values]  # of (U,) distinct values, ascending, and (R, U) counts: (R,)


def mean(values: Values, seed: int) -> Estimate:
    """The mean of (N,) values; 0 for none."""
    return _estimate(values, _means, seed)


def gini(values: Values, seed: int) -> Estimate:
    """The Gini coefficient, in [0, 1), of (N,) values ≥ 0: C. Gini, Variabilità e mutabilità (1912).

    It is 0 where all are equal, and where all are 0.
    """
    return _estimate(values, _ginis, seed)


def resamples(count: int, seed: int) -> Iterator[Counts]:
    """RESAMPLES times how often each of `count` things is drawn, (count,): for figures that are no plain statistic."""
    draw = np.random.default_rng(seed)
    return (np.bincount(draw.integers(count, size=count), minlength=count) for _ in range(RESAMPLES))


def interval(value: float, resampled: Values) -> Estimate:
    """The figure with the interval of (R,) resampled ones, widened where nearly all of these lie on one side of it."""
    low, high = np.quantile(resampled, INTERVAL)
    return Estimate(value, min(value, float(low)), max(value, float(high)))


def _estimate(values: Values, statistic: Statistic, seed: int) -> Estimate:
    if not len(values):
        return Estimate(0.0, 0.0, 0.0)
    distinct, counts = np.unique(values, return_counts=True)
    value = float(statistic(distinct, counts[None])[0])
    if len(distinct) == 1:
        return Estimate(value, value, value)
    drawn = np.random.default_rng(seed).multinomial(len(values), counts / len(values), RESAMPLES)
    return interval(value, statistic(distinct, drawn))


def _means(distinct: Values, counts: Counts) -> Values:
    return np.asarray(counts @ distinct / counts.sum(axis=1))


def _ginis(distinct: Values, counts: Counts) -> Values:
    """1 - 2 × the area below the Lorenz curve, by trapezia."""
    shares = counts / counts.sum(axis=1, keepdims=True)
    held = counts * distinct
    total = held.sum(axis=1, keepdims=True)
    lorenz = held.cumsum(axis=1) / np.where(total > 0, total, 1)
    before = np.pad(lorenz, ((0, 0), (1, 0)))[:, :-1]
    return np.asarray(np.where(total[:, 0] > 0, 1 - (shares * (lorenz + before)).sum(axis=1), 0.0).clip(0, 1))
