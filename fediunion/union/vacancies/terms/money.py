"""What a vacancy pays, read from what people and programs write."""

import re
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from typing import Final

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.notice import Salary
from fediunion.union.vacancies.terms.contract import read_choice

MOST: Final = Decimal(10) ** 12
_DECIMALS: Final = 4
_GROUPED: Final = re.compile(r"\d{1,3}(?:([ ',])\d{3})(?:\1\d{3})*(?:\.\d{1,4})?", re.ASCII)
_PLAIN: Final = re.compile(r"\d{1,15}(?:[.,]\d{1,4})?", re.ASCII)
_BLANKS: Final = re.compile(r"[\s\u2009\u202f\u00a0’]")
_AMBIGUOUS: Final = re.compile(r"\d{1,3}[.,]\d{3}", re.ASCII)


class PayUnit(StrEnum):
    """`unitText`: what the amounts are paid for."""

    HOUR = "HOUR"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    YEAR = "YEAR"


_UNIT_WORDS: Final = {
    "hourly": PayUnit.HOUR,
    "daily": PayUnit.DAY,
    "weekly": PayUnit.WEEK,
    "monthly": PayUnit.MONTH,
    "yearly": PayUnit.YEAR,
    "annual": PayUnit.YEAR,
    "annually": PayUnit.YEAR,
    "heure": PayUnit.HOUR,
    "jour": PayUnit.DAY,
    "semaine": PayUnit.WEEK,
    "mois": PayUnit.MONTH,
    "an": PayUnit.YEAR,
}


def read_salary(
    currency: str,
    minimum: str | float | Decimal | None,
    maximum: str | float | Decimal | None = None,
    unit: str = "YEAR",
    *,
    field: str = "salary",
) -> Salary | None:
    """Return the pay; None where no amount is given. One amount alone may be either bound.

    `currency` is ISO 4217 and in use today. Amounts are numbers or texts (`68000`, `68,000.50`); a text
    that could be thousands or thousandths (`68.000`) is Invalid, as are negative ones and more than 10^12.
    """
    low, high = _amount(minimum, field), _amount(maximum, field)
    if low is None and high is None:
        return None
    if low is not None and high is not None and low > high:
        raise Invalid(Sentence("The lowest pay is more than the highest."), field=field, reason="bad-range")
    return Salary(
        currency=read_currency(currency), minimum=low, maximum=high, unit=read_pay_unit(unit or "YEAR")
    )


def all_currencies() -> tuple[str, ...]:
    """Return the codes of the currencies that are legal tender somewhere today, in order."""
    return tuple(sorted(_currencies()))


def read_currency(text: str, *, field: str = "currency") -> str:
    """Return the ISO 4217 code of a currency that is legal tender somewhere today; Invalid for others."""
    code = text.strip().upper()
    if code not in _currencies():
        raise Invalid(
            Sentence("There is no currency “%(value)s”.", value=text.strip()[:10]),
            field=field,
            reason="unknown-currency",
        )
    return code


def read_pay_unit(text: str, *, field: str = "pay_unit") -> PayUnit:
    """Return what the amounts are paid for (`YEAR`, `annual`); Invalid where there is no such unit."""
    return read_choice(PayUnit, text, _UNIT_WORDS, field)


def amounts_text(salary: Salary, language: str) -> str:
    """Return the amounts with the currency's code as a language writes them: `USD 68,000–92,000`."""
    from babel import Locale
    from babel.numbers import format_decimal

    locale = Locale.parse(language.replace("-", "_"))
    bounds = dict.fromkeys(
        format_decimal(bound, "#,##0.####", locale=locale)
        for bound in (salary.minimum, salary.maximum)
        if bound is not None
    )
    pattern = locale.currency_formats["standard"].pattern.lstrip("\u200f\u200e")
    joined = "–".join(bounds)
    return f"{salary.currency} {joined}" if pattern.startswith("¤") else f"{joined} {salary.currency}"


def salary_sentence(salary: Salary, language: str) -> Sentence:
    """Return the pay as a sentence to translate: "USD 68,000–92,000 a year"."""
    amount = amounts_text(salary, language)
    match salary.unit:
        case PayUnit.HOUR:
            return Sentence("%(amount)s an hour", amount=amount)
        case PayUnit.DAY:
            return Sentence("%(amount)s a day", amount=amount)
        case PayUnit.WEEK:
            return Sentence("%(amount)s a week", amount=amount)
        case PayUnit.MONTH:
            return Sentence("%(amount)s a month", amount=amount)
        case _:
            return Sentence("%(amount)s a year", amount=amount)


def _amount(given: str | float | Decimal | None, field: str) -> Decimal | None:
    if given is None or given == "":
        return None
    amount = _number(given)
    if amount is None or not amount.is_finite() or not 0 <= amount <= MOST:
        raise _bad_amount(given, field)
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _DECIMALS:
        raise _bad_amount(given, field)
    return amount


def _number(given: str | float | Decimal) -> Decimal | None:
    if isinstance(given, bool):
        return None
    if not isinstance(given, str):
        try:
            return Decimal(str(given))
        except InvalidOperation:
            return None
    text = _BLANKS.sub(" ", given.strip()[:40])
    grouped = _GROUPED.fullmatch(text)
    if grouped is not None and not (grouped[1] == "," and _AMBIGUOUS.fullmatch(text)):
        return Decimal(text.replace(grouped[1], ""))
    if _PLAIN.fullmatch(text) and not _AMBIGUOUS.fullmatch(text):
        return Decimal(text.replace(",", "."))
    return None


def _bad_amount(given: object, field: str) -> Invalid:
    return Invalid(
        Sentence("“%(value)s” is not an amount such as 68000.", value=str(given)[:30]),
        field=field,
        reason="bad-amount",
    )


@cache
def _currencies() -> frozenset[str]:
    from babel.core import get_global

    return frozenset(
        code
        for used in get_global("territory_currencies").values()
        for code, _, until, tender in used
        if until is None and tender
    )
