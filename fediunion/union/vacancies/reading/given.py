"""What stands in one JobPosting, value by value; what cannot be read is gathered as faults."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Final, TypeVar

from fediunion.kit.errors import Invalid
from fediunion.kit.html import clean_html, html_to_text, plain_name
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.union.vacancies.json_values import LONGEST_LINE, checked_url, first_text, number_text

T = TypeVar("T")

_LONGEST_TEXT: Final = 20_000


class BadNotice(Invalid):
    """A notice that cannot be read: `faults` are all that is wrong, by the field that it is in."""

    reason = "bad-vacancy"

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        field, sentence = next(iter(self.faults.items()))
        super().__init__(sentence, field=field)


class Given:
    """One JobPosting being read; what is wrong is gathered, so that all of it can be told at once.

    Where it is not `strict`, what cannot be read of most values is as if it did not stand there.
    """

    def __init__(self, posting: JsonObject, *, strict: bool) -> None:
        self.posting = posting
        self.strict = strict
        self.faults: dict[str, str] = {}

    def miss(self, field: str, sentence: str) -> None:
        """Note a fault; the first of a field is the one that is told."""
        self.faults.setdefault(field, sentence)

    def attempt(self, field: str, read: Callable[[], T], *, theirs: bool = False) -> T | None:
        """Return what `read` gives, None where it raises Invalid, which is noted.

        Of what is `theirs`, words of a peer that decide nothing, a fault is noted only where it is `strict`.
        """
        try:
            return read()
        except Invalid as error:
            if self.strict or not theirs:
                self.miss(field, sentence_of(error))
            return None

    def line(self, name: str) -> str:
        """Return a text of one line."""
        return plain_name(first_text(self.posting.get(name)), LONGEST_LINE)

    def text(self, name: str) -> str:
        """Return a text without its HTML."""
        return html_to_text(clean_html(first_text(self.posting.get(name))[:_LONGEST_TEXT]))

    def html(self, name: str) -> str:
        """Return clean HTML; for strangers' the beginning of what is too long."""
        text = first_text(self.posting.get(name))
        if len(text) > _LONGEST_TEXT and self.strict:
            self.miss(name, Sentence("This has at most %(most)s characters.", most=_LONGEST_TEXT))
        return clean_html(text[:_LONGEST_TEXT])

    def choice(self, name: str, read: Callable[..., str]) -> str:
        """Return the name of a term that `read` knows, "" where there is none."""
        text = self.line(name)
        if not text:
            return ""
        return self.attempt(name, lambda: str(read(text, field=name)), theirs=True) or ""

    def address(self, names: tuple[str, ...], instead: str) -> str:
        """Return the first address that stands under one of `names`, else `instead`."""
        for name in names:
            text = first_text(self.posting.get(name)).strip()
            if text:
                return self.attempt(name, partial(checked_url, text, name)) or ""
        if not instead:
            self.miss(names[0], Sentence("The address of the official notice is needed."))
        return instead

    def day(self, name: str) -> date | None:
        """Return a day such as 2027-03-01, None where there is none."""
        text = first_text(self.posting.get(name)).strip()
        if not text:
            return None
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            if self.strict:
                self.miss(name, Sentence("“%(value)s” is no date such as 2027-03-01.", value=text[:40]))
            return None

    def decimal(self, name: str) -> Decimal | None:
        """Return a number, None where there is none."""
        value = self.posting.get(name)
        if value is None or isinstance(value, bool):
            return None
        try:
            number = Decimal(number_text(value))
        except InvalidOperation:
            number = Decimal("NaN")
        # Compared as it is: what is computed of a number such as 1e999999999 is an overflow.
        if not number.is_finite() or not -10_000 <= number <= 10_000:
            if self.strict:
                self.miss(name, Sentence("This is no number."))
            return None
        return number

    def count(self, name: str, value: object) -> int | None:
        """Return a whole number, None where there is none."""
        if value is None or value == "" or isinstance(value, bool):
            return None
        text = number_text(value)
        if text.isascii() and text.isdigit() and len(text) <= 5:
            return int(text)
        if self.strict:
            self.miss(name, Sentence("This is no whole number."))
        return None


def named(thing: JsonObject) -> str:
    """Return the name of an employer or a department."""
    return plain_name(first_text(thing.get("name")), LONGEST_LINE)
