"""A report as a site shows it, for the sections of its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from catalogue.encoding import Entry
from catalogue.report import Estimate, Report
from storefront.components import formatting
from storefront.context import Context
from storefront.texts import Texts

Cell = str | tuple[str, str]  # a number in a table, with a quiet remark on it


@dataclass(frozen=True)
class View:
    """A report as a site shows it; `entries` are the products whose pictures it has, by their ids."""

    context: Context
    report: Report
    entries: dict[str, Entry]

    @property
    def texts(self) -> Texts:
        return self.context.texts.of_report

    def count(self, number: int) -> str:
        return self.context.count(number)

    def ways(self) -> list[str]:
        """The names of the ways of making lists; the first is the one that is served."""
        names = [self.texts.served, self.texts.plain, *(way.name for way in self.report.ways[2:])]
        return names[: len(self.report.ways)]

    def percent(self, share: float) -> str:
        return formatting.percent(share, self.context.texts.locale)

    def decimal(self, value: float, digits: int = 2) -> str:
        return formatting.decimal(value, digits, self.context.texts.locale)

    def signed(self, value: float) -> str:
        return formatting.signed(value, self.context.texts.locale)

    def interval(self, low: str, high: str) -> str:
        return self.texts.interval.format(low=low, high=high)

    def share(self, of: Estimate) -> tuple[str, str]:
        """A share and its interval, as a cell."""
        return self.percent(of.value), self.interval(self.percent(of.low), self.percent(of.high))

    def figure(self, of: Estimate) -> tuple[str, str]:
        """A figure with two decimals and its interval, as a cell."""
        return self.decimal(of.value), self.interval(self.decimal(of.low), self.decimal(of.high))


def section(title: str, sentences: list[str], figures: Sequence[Any], name: str = "") -> Component:
    """Words beside their figures; empty sentences are left out."""
    words: list[Any] = [html.H2(title, className="report-title"), *(html.P(each) for each in sentences if each)]
    content = [html.Div(words, className="report-words"), html.Div([*figures], className="report-figures")]
    return html.Section(content, className=f"report-section {name}".strip())


def table(caption: str, heads: list[str], rows: list[tuple[str, list[Cell]]]) -> Component:
    """A table of named rows of numbers, which scrolls sideways by itself where it has no room."""
    first, *others = heads
    head = [html.Th(first, scope="col"), *(html.Th(name, scope="col", className="number") for name in others)]
    body = [html.Tr([html.Th(name, scope="row"), *map(_cell, cells)]) for name, cells in rows]
    content = [html.Caption(caption, className="visually-hidden"), html.Thead(html.Tr(head)), html.Tbody(body)]
    return html.Div(dbc.Table(content, size="sm", class_name="figures"), className="table-room", tabIndex="0")


def _cell(cell: Cell) -> Component:
    content: Any = cell if isinstance(cell, str) else [cell[0], " ", html.Small(cell[1])]
    return html.Td(content, className="number")
