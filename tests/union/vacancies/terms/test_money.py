"""Pay, read from what people and programs write, and shown."""

from decimal import Decimal

import pytest

from fediunion.kit.errors import Invalid
from fediunion.union.vacancies.notice import Salary
from fediunion.union.vacancies.terms.money import (
    PayUnit,
    amounts_text,
    read_currency,
    read_pay_unit,
    read_salary,
    salary_sentence,
)
from tests.union.vacancies.samples import POSTINGS


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("68000", "68000"),
        (" 68 000 ", "68000"),
        ("68\u202f000", "68000"),
        ("68'000", "68000"),
        ("68’000.50", "68000.50"),
        ("68,000.50", "68000.50"),
        ("1,068,000", "1068000"),
        ("17.40", "17.40"),
        ("17,40", "17.40"),
        ("0", "0"),
        (68000, "68000"),
        (17.4, "17.4"),
        (Decimal("0.5"), "0.5"),
    ],
)
def test_an_amount_is_read_as_people_write_it(written: str | float | Decimal, amount: str) -> None:
    assert read_salary("USD", written) == Salary(currency="USD", minimum=Decimal(amount), unit="YEAR")


@pytest.mark.parametrize(
    "written",
    [
        *(
            "68.000",
            "68,000",
            "lots",
            "-5",
            "1e9",
            "NaN",
            "1,2,3",
            "12 34",
            "9" * 30,
            "0x10",
            "$5",
            "1.23456",
        ),
        *(-1, 1e13, True, float("nan"), float("inf"), Decimal("1E-7")),
    ],
    ids=str,
)
def test_an_amount_that_is_none_or_could_be_two_is_refused(written: str | float | Decimal) -> None:
    with pytest.raises(Invalid, match="not an amount") as refused:
        read_salary("USD", written)
    assert refused.value.field == "salary"


def test_pay_has_one_or_two_bounds_in_order_or_is_not_told() -> None:
    assert read_salary("eur", "610", "690", "day") == Salary(
        currency="EUR", minimum=Decimal(610), maximum=Decimal(690), unit="DAY"
    )
    assert read_salary("EUR", None, 690) == Salary(currency="EUR", maximum=Decimal(690))
    assert read_salary("", None, "") is None
    with pytest.raises(Invalid, match="lowest"):
        read_salary("EUR", 700, 690)


@pytest.mark.parametrize("code", ["", "XXX", "XTS", "DEM", "HRK", "ABC", "US", "Dollar", "€"])
def test_a_currency_that_nobody_pays_with_is_refused(code: str) -> None:
    with pytest.raises(Invalid, match="no currency") as refused:
        read_salary(code, 5)
    assert refused.value.field == "currency"


def test_currencies_and_units_are_read_in_any_case() -> None:
    assert [read_currency(each) for each in ("usd", " Kes ", "CHF", "XOF", "NPR", "TZS", "SSP")] == [
        *("USD", "KES", "CHF", "XOF", "NPR", "TZS", "SSP")
    ]
    assert [read_pay_unit(each) for each in ("YEAR", "annual", "Monthly", "day")] == [
        *(PayUnit.YEAR, PayUnit.YEAR, PayUnit.MONTH, PayUnit.DAY)
    ]
    with pytest.raises(Invalid) as refused:
        read_pay_unit("fortnight")
    assert refused.value.field == "pay_unit"


def test_the_pay_of_the_samples_is_read() -> None:
    paid = [each["baseSalary"] for each in POSTINGS.values() if "baseSalary" in each]
    assert len(paid) == 10
    for given in paid:
        value = given["value"]
        salary = read_salary(given["currency"], value["minValue"], value["maxValue"], value["unitText"])
        assert salary is not None
        assert (salary.currency, salary.unit) == (given["currency"], value["unitText"])
        assert (salary.minimum, salary.maximum) == (value["minValue"], value["maxValue"])


def test_pay_is_shown_as_the_language_writes_it() -> None:
    salary = Salary(currency="USD", minimum=Decimal(68000), maximum=Decimal("92000.5"), unit="YEAR")
    assert amounts_text(salary, "en") == "USD 68,000–92,000.5"
    assert amounts_text(salary, "fr") == "68\u202f000–92\u202f000,5 USD"
    assert amounts_text(Salary(currency="CHF", minimum=Decimal(620), maximum=Decimal(620)), "en") == "CHF 620"
    assert "USD" in amounts_text(salary, "ar")
    assert salary_sentence(salary, "en") == "USD 68,000–92,000.5 a year"
    assert [
        salary_sentence(Salary(currency="EUR", maximum=Decimal(5), unit=unit), "en").template
        for unit in PayUnit
    ] == [f"%(amount)s {said}" for said in ("an hour", "a day", "a week", "a month", "a year")]
