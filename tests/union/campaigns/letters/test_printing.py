"""Letters as PDF and as links: both directions of writing, and nothing in them from elsewhere."""

from datetime import UTC, datetime
from urllib.parse import unquote

import pytest

from fediunion.union.campaigns.letters.links import LONGEST_LINK, mailto_link
from fediunion.union.campaigns.letters.pdf import PrintedLetter, is_right_to_left, printable, render_letter

ARABIC = "نطالب بإعادة حقوق التفاوض لنقابات الموظفين (ST/SGB/2011/6)."


def letter(*paragraphs: str, language: str = "en", subject: str = "Subject") -> PrintedLetter:
    """Return a letter with these paragraphs."""
    return PrintedLetter(
        sender="ICTY Staff Union",
        day="1 December 2026",
        to=["Executive Head", "Relief Coordination Office"],
        subject=subject,
        paragraphs=paragraphs,
        name="",
        signed="1,184 people have signed this call.",
        address="https://us.example/campaigns/restore",
        language=language,
        made_at=datetime(2026, 12, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("text", "turned"),
    [(ARABIC, True), ("123 – (ع)", True), ("L’œuvre", False), ("2013", False), ("", False)],
    ids=["arabic", "after-numbers", "french", "numbers", "empty"],
)
def test_a_paragraph_begins_where_its_first_letter_says(text: str, turned: bool) -> None:
    assert is_right_to_left(text) is turned


def test_a_letter_is_the_same_each_time_and_asks_for_nothing() -> None:
    first, second = render_letter(letter("Dear head,")), render_letter(letter("Dear head,"))
    assert first == second
    assert b"/URI" not in first
    assert b"/JavaScript" not in first


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_every_language_of_ours_is_in_the_font(language: str, caplog: pytest.LogCaptureFixture) -> None:
    words = {
        "en": "Dear “head” – 50 €…",
        "fr": "L’œuvre où « ça » a été né, Ÿ",
        "ar": f"{ARABIC} لإلا ﻻ ئؤ ٪ 2013، ؟",
    }
    render_letter(letter(words[language], language=language))
    assert "missing" not in caplog.text.lower()


def test_letters_of_arabic_words_are_joined() -> None:
    joined = render_letter(letter("ببب", language="ar"))
    single = render_letter(letter("ب ب ب", language="ar"))
    assert joined.count(b"beginbfchar") == single.count(b"beginbfchar")
    assert len(joined) != len(single)


def test_a_long_letter_goes_over_several_pages() -> None:
    written = render_letter(letter(*["Many words. " * 60] * 12))
    assert written.count(b"/Type /Page\n") >= 3


@pytest.mark.parametrize(
    "text",
    ["\x00\x01\x1b", "\u202eabc", "漢字 😀", "A" * 6000, "**[x](javascript:alert(1))**"],
    ids=["control", "override", "unknown", "one-word", "markup"],
)
def test_hostile_text_is_only_text(text: str) -> None:
    written = render_letter(letter(text, subject=text[:150]))
    assert written.startswith(b"%PDF-")
    assert b"/URI" not in written


def test_a_link_has_every_part_in_its_place() -> None:
    link = mailto_link("office@rco.example", "A & B?\r\nBcc: x@evil.example", "One\n&two=3")
    head, _, query = link.partition("?")
    assert head == "mailto:office@rco.example"
    assert query.count("&") == 1
    assert unquote(query) == "subject=A & B? Bcc: x@evil.example&body=One\r\n&two=3"


def test_H19_an_address_cannot_begin_another_field() -> None:
    link = mailto_link("a@b.example?cc=x@evil.example&bcc=y@evil.example", "S", "T")
    assert link.startswith("mailto:a@b.example%3Fcc%3Dx@evil.example%26bcc%3Dy@evil.example?subject=S")


def test_a_link_is_never_longer_than_programs_take() -> None:
    link = mailto_link("office@rco.example", "S", "ع " * 3000)
    assert len(link) <= LONGEST_LINK
    assert unquote(link).endswith(" …")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("-" * 1500, "-" * 200),
        ("\u200b" * 6000, ""),
        ("a" + "\u0301" * 3000 + "b", "a" + "\u0301" * 6 + "b"),
        ("\u200d" * 3000, "\u200d" * 6),
        ("…" * 250 + "\n" + "…", "…" * 200 + "\n…"),
    ],
    ids=["dashes", "no-width", "accents", "joiners", "each-line"],
)
def test_what_is_dear_to_draw_is_cut_before_it_is_drawn(text: str, left: str) -> None:
    assert printable(text) == left
    assert render_letter(letter(text, subject=text)).startswith(b"%PDF")


@pytest.mark.parametrize(
    "text",
    [ARABIC, "می‌خواهیم", "L’œuvre où « ça »\na été né", "क्षत्रिय", "1. 2013\n2. 2014 – 50 €"],
    ids=["arabic", "persian", "french", "hindi", "numbers"],
)
def test_ordinary_writing_is_printed_as_it_is(text: str) -> None:
    assert printable(text) == text
