"""The alert rules of docs/operations.md, and whether one holds: as much of Prometheus' language as they use."""

import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from prometheus_client.parser import text_string_to_metric_families

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"

Series = Mapping[tuple[str, frozenset[tuple[str, str]]], float]
"""Values by the name and the labels."""

_SELECTOR = r"[a-z_]+(?:\{[^}]*\})?"
_TERM = re.compile(rf"(?:(max|sum)\()?(?:(rate)\()?({_SELECTOR})(?:\[(\d+)m\]\))?\)?")
_RULE = re.compile(r"(.+?)(?: / (.+?))? (==|>|<) ([\d.]+)")
_COMPARE = {"==": operator.eq, ">": operator.gt, "<": operator.lt}


@dataclass(frozen=True, slots=True)
class Rule:
    alert: str
    expr: str
    severity: str
    summary: str
    seconds: int
    """How long it must hold (`for`)."""

    @property
    def metrics(self) -> set[str]:
        return set(re.findall(r"(?:tidings_[a-z_]+|\bup\b)", self.expr))


def rules() -> dict[str, Rule]:
    """By their names."""
    [text] = re.findall(r"```yaml\n(groups:.*?)```", DOCUMENT.read_text(), re.DOTALL)
    found = [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
    made = [
        Rule(r["alert"], r["expr"], r["labels"]["severity"], r["annotations"]["summary"], _seconds(r["for"]))
        for r in found
    ]
    assert len({rule.alert for rule in made}) == len(made)
    return {rule.alert: rule for rule in made}


def interval() -> int:
    """Seconds from one evaluation to the next, as the document has it: Prometheus' own is a minute."""
    [text] = re.findall(r"```yaml\nglobal: (\{.*?\})", DOCUMENT.read_text())
    told = yaml.safe_load(text)
    assert told["evaluation_interval"] == told["scrape_interval"]
    return _seconds(told["scrape_interval"])


def _seconds(text: str) -> int:
    return int(text[:-1]) * {"s": 1, "m": 60}[text[-1]]


def read(*texts: str) -> Series:
    """What several processes tell, as one scrape; `instance` tells them apart."""
    return {
        (sample.name, frozenset({**sample.labels, "instance": str(number)}.items())): sample.value
        for number, text in enumerate(texts)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@dataclass(slots=True)
class Scrapes:
    """What was scraped, oldest first: (seconds, values)."""

    taken: list[tuple[float, Series]] = field(default_factory=list[tuple[float, Series]])

    def holds(self, rule: Rule) -> bool:
        """Whether the rule's condition holds by the newest scrape; rates are taken over their windows."""
        match = _RULE.fullmatch(rule.expr)
        assert match is not None, f"{rule.expr} is not written as the others are"
        value, over = self._term(match[1]), None if match[2] is None else self._term(match[2])
        if value is None or (match[2] is not None and not over):
            return False
        return _COMPARE[match[3]](value / (over or 1), float(match[4]))

    def _term(self, text: str) -> float | None:
        match = _TERM.fullmatch(text)
        assert match is not None, f"{text} is not written as the others are"
        aggregate, rate, selector, minutes = match.groups()
        values = (
            self._rates(selector, 60 * int(minutes)) if rate else list(_select(self.taken[-1][1], selector).values())
        )
        if not values:
            return None
        assert aggregate or len(values) == 1
        return (sum if aggregate == "sum" else max)(values)

    def _rates(self, selector: str, seconds: int) -> Sequence[float]:
        """No more than Prometheus has: over the whole of its window, however little of it was scraped.

        One that falls was started anew; of a series that begins meanwhile no rate is known.
        """
        ended, last = self.taken[-1]
        first = next(series for at, series in self.taken if ended - at <= seconds)
        before = _select(first, selector)
        return [
            max(0.0, value - min(value, before[key])) / seconds
            for key, value in _select(last, selector).items()
            if key in before
        ]


def _select(series: Series, selector: str) -> Series:
    name, _, labels = selector.partition("{")
    wanted = set(re.findall(r'(\w+)="([^"]*)"', labels))
    return {key: value for key, value in series.items() if key[0] == name and wanted <= key[1]}
