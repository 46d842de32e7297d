"""A report as a site shows it, for the parts of its page."""

from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from catalogue.encoding import Entry
from catalogue.report import Estimate, Report
from storefront.figures import decimal, percent, signed
from storefront.report_texts import ReportTexts
from storefront.site import Site


@dataclass(frozen=True)
class Shown:
    """A report as a site shows it; `entries` are the products whose pictures it has, by their ids."""

    site: Site
    report: Report
    entries: dict[str, Entry]

    @property
    def texts(self) -> ReportTexts:
        return self.site.texts.report_texts

    def way(self, number: int) -> str:
        """The name of a way of making lists; the first is the one that is served."""
        known = (self.texts.served, self.texts.plain)
        return known[number] if number < len(known) else self.report.ways[number].name

    def percent(self, share: float) -> str:
        return percent(share, self.site.texts.locale)

    def decimal(self, value: float, digits: int = 2) -> str:
        return decimal(value, digits, self.site.texts.locale)

    def signed(self, value: float) -> str:
        return signed(value, self.site.texts.locale)

    def between(self, of: Estimate) -> str:
        return self.texts.interval.format(low=self.decimal(of.low), high=self.decimal(of.high))

    def margin(self, of: Estimate) -> str:
        return self.texts.interval.format(low=self.percent(of.low), high=self.percent(of.high))


def section(title: str, sentences: list[str], figures: list[Any], name: str = "") -> Component:
    """Words beside their figures; empty sentences are left out."""
    words: list[Any] = [html.H2(title, className="report-title"), *(html.P(each) for each in sentences if each)]
    content = [html.Div(words, className="report-words"), html.Div(figures, className="report-figures")]
    return html.Section(content, className=f"report-section {name}".strip())


def heading(name: str, *, number: bool = False) -> Component:
    """The head of a column of a table."""
    return html.Th(name, scope="col", className="number" if number else "")


def cell(content: Any, small: str = "") -> Component:
    """A number in a table, and more quietly what else is to be said of it."""
    more: list[Any] = [" ", html.Small(small)] if small else []
    return html.Td([content, *more], className="number")


def table(caption: str, heads: list[Any], bodies: list[Component]) -> Component:
    """A table with a caption for screen readers, which scrolls sideways by itself where it has no room."""
    head = html.Thead(html.Tr(heads))
    made = html.Table([html.Caption(caption, className="visually-hidden"), head, *bodies], className="figures")
    return html.Div(made, className="table-room", tabIndex="0")
