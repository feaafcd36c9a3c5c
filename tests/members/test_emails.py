"""E-mail addresses, judged on the domain that mail would go to."""

import pytest

from fediunion.kit.errors import Invalid
from fediunion.members.emails import check_email_domain, parse_email


@pytest.mark.parametrize(
    "text",
    [
        "a@evil.example@us.example",
        '"x y"@us.example',
        "a%b@us.example",
        "a!b@us.example",
        "(c)a@us.example",
        "a@us.example\n",
        "a@us.example.",
        "a\x00@us.example",
        "a@us\x00.example",
        "a" * 65 + "@us.example",
        "a@" + "b." * 130 + "example",
        "a..b@us.example",
        ".a@us.example",
        "a@",
        "@us.example",
        "a",
        "a@us.example:25",
        "a@[127.0.0.1]",
        "a b@us.example",
        "a@us_.example",
        "ä@us.example",
        "a@evil.example,b@us.example",
        "",
    ],
)
def test_W16_addresses_that_two_programs_could_read_differently_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_email(text)


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("ana@us.example", "us.example"),
        ("Ana.O'Neil+union@US.Example", "us.example"),
        ("a_b-c=d~e@localhost", "localhost"),
        ("ana@bücher.example", "xn--bcher-kva.example"),
        ("ana@us。example", "us.example"),
    ],
)
def test_W16_the_domain_is_the_one_that_mail_goes_to(text: str, domain: str) -> None:
    assert parse_email(text).domain == domain


def test_W16_the_policy_judges_the_parsed_domain() -> None:
    allowed = ("us.example",)
    check_email_domain(parse_email("a@us.example"), allowed)
    check_email_domain(parse_email("a@staff.us.example"), allowed)
    check_email_domain(parse_email("a@anywhere.example"), ())
    for text in ("a@xus.example", "a@us.example.evil.example", "a@uѕ.example"):
        with pytest.raises(Invalid):
            check_email_domain(parse_email(text), allowed)
