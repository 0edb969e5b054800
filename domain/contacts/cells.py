"""Cells of a row as what they mean for a contact."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from db.contacts import OptInStatus
from domain.contacts.columns import Column, ContactField
from domain.core.errors import ErrorCode, Refusal

_TEXTS = {
    ContactField.NAME: "name",
    ContactField.FIRST_NAME: "first_name",
    ContactField.LAST_NAME: "last_name",
    ContactField.EMAIL: "email",
    ContactField.COMPANY: "company",
    ContactField.JOB_TITLE: "job_title",
    ContactField.TIME_ZONE: "time_zone",
}
_KEYS = {"firstName": "first_name", "lastName": "last_name", "jobTitle": "job_title", "timeZone": "time_zone"} | {
    key: key for key in ("name", "email", "company", "tags")
}
"""What refusals call them."""
_WORDS: Mapping[OptInStatus, str] = {
    OptInStatus.UNKNOWN: "unknown",
    OptInStatus.OPTED_IN: "true yes y 1 x opted_in subscribed si sí sim s oui ja да verdadero verdadeiro vrai wahr",
    OptInStatus.OPTED_OUT: "false no n 0 opted_out unsubscribed não nao non nein nee нет falso faux falsch",
}
_CONSENTS = {word: state for state, words in _WORDS.items() for word in words.split()}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,6})?")
_TRUTHS = {"true": True, "false": False}
_SEPARATORS = re.compile("[,;]")


class Reader:
    """Reads rows whose columns mean this; empty cells say nothing."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.width = len(columns)
        texts = [(n, column.header, _TEXTS.get(column.field)) for n, column in enumerate(columns) if column.field]
        self._texts = [(n, key) for n, _, key in texts if key]
        self._headers = {key: header for _, header, key in texts if key}
        self._attributes = [(n, column.attribute) for n, column in enumerate(columns) if column.attribute]
        places = {column.field: n for n, column in enumerate(columns) if column.field}
        self._phones = [n for n, column in enumerate(columns) if column.field is ContactField.PHONE_NUMBER]
        self._consent, self._tags = places.get(ContactField.OPT_IN_STATUS), places.get(ContactField.TAGS)
        if self._tags is not None:
            self._headers["tags"] = columns[self._tags].header
        self._columns = columns

    def given(self, cells: list[str]) -> dict[str, Any]:
        """What a row says of a contact, for `check_details`; its numbers with their headers. Raises Refusal."""
        if len(cells) > self.width and any(cell.strip() for cell in cells[self.width :]):
            words = f"It has {len(cells)} cells where the header has {self.width}."
            raise Refusal(ErrorCode.VALIDATION_ERROR, words, reason="too_many")
        if len(cells) < self.width:
            cells = cells + [""] * (self.width - len(cells))
        given: dict[str, Any] = {key: text for n, key in self._texts if (text := cells[n].strip())}
        given["phones"] = [(cells[n], self._columns[n].header) for n in self._phones if cells[n].strip()]
        if self._consent is not None and (word := cells[self._consent].strip()):
            given["opt_in_status"] = self._said(word, self._columns[self._consent].header)
        if self._tags is not None and (tags := cells[self._tags].strip()):
            given["tags"] = [tag for part in _SEPARATORS.split(tags) if (tag := part.strip())]
        if self._attributes:
            values = {name: _value(text) for n, name in self._attributes if (text := cells[n].strip())}
            given |= {"attributes": values} if values else {}
        return given

    def header(self, field: str | None) -> str | None:
        """The column that fills a field of a contact; other names are headers already."""
        return self._headers.get(_KEYS.get(field or "", ""), field)

    @property
    def phone(self) -> str:
        """The column of primary numbers."""
        return self._columns[self._phones[0]].header

    def _said(self, word: str, header: str) -> OptInStatus:
        try:
            return _CONSENTS[word.casefold()]
        except KeyError:
            words = f"{word[:40]!r} is neither a yes nor a no: true, yes, 1, opted_in; false, no, 0, opted_out."
            raise Refusal(ErrorCode.VALIDATION_ERROR, words, field=header, reason="invalid_value") from None


def _value(text: str) -> str | int | float | bool:
    """Numbers and truths as such, so that they can be compared; 007 and +1 stay texts."""
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return _TRUTHS.get(text.lower(), text)
