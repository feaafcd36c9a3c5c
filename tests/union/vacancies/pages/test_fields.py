"""The form and the notice: what is typed becomes what is stored, and comes back as it was typed."""

import pytest

from fediunion.union.vacancies.pages.fields import Typed, notice_in, problems_of, typed_of
from fediunion.union.vacancies.pages.typed_text import typed_html, typed_text
from fediunion.union.vacancies.reading import BadNotice
from tests.union.vacancies.samples import AS_OF, POSTINGS, notice

OPEN = [sample for sample in POSTINGS if notice(sample).closes_at > AS_OF]


@pytest.mark.parametrize("sample", OPEN)
def test_a_form_that_nobody_touched_changes_nothing(sample: str) -> None:
    before = notice(sample)
    assert notice_in(typed_of(before, "public"), now=AS_OF, kept=before) == before


def test_a_duration_that_the_form_cannot_show_stays() -> None:
    before = notice("V-01", **{"fu:duration": "P1Y6M"})
    typed = typed_of(before, "public")
    assert typed.duration == ("", "Y")
    assert notice_in(typed, now=AS_OF, kept=before).duration == "P1Y6M"


def test_an_empty_form_names_every_field_that_is_needed() -> None:
    with pytest.raises(BadNotice) as refused:
        notice_in(Typed(), now=AS_OF)
    assert set(problems_of(refused.value)) == {"title", "employer", "url", "closes_day"}


@pytest.mark.parametrize(
    "html",
    [
        "<p>One &amp; two &lt;three&gt; * _four_ [five]</p><p># no</p><p>- no list</p><p>1. no list</p>",
        "<ul><li>one</li><li>two<ul><li>in it</li></ul></li></ul><p>after<br>a line</p>",
        "<ol><li>one</li><li>two<ul><li>in it</li></ul></li></ol>",
        "<p><strong>bold</strong> <em>slanted</em> <code>code</code> <s>gone</s></p>",
        '<p><a href="https://x.example/" rel="nofollow noopener noreferrer">a link</a></p>',
        "<p>مرحبا <strong>بكم</strong></p>",
    ],
    ids=["signs", "nested list", "numbered", "marks", "link", "Arabic"],
)
def test_a_text_is_typed_as_markdown_and_becomes_the_same_again(html: str) -> None:
    assert typed_html(typed_text(html)) == html


def test_H10_html_that_somebody_types_is_text() -> None:
    assert "<script" not in typed_html("<script>alert(1)</script>")
    assert typed_html("  \n ") == ""
