"""Names on one line, and members' text as HTML."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fediunion.kit.html import clean_html, plain_name, text_to_html
from tests.calls import counted_calls

REL = 'rel="nofollow noopener noreferrer"'


def page_of(hashtag: str) -> str:
    return f"https://us.example/tags/{hashtag}"


def written(text: str, **mentions: tuple[str, str]) -> str:
    return text_to_html(text, mentions=mentions, hashtag_url=page_of)


def test_H06_a_name_loses_what_disturbs_its_surroundings() -> None:
    assert plain_name("Al\u202eice\u2066 \u200bof\nthe\r\n\tunion\x00", 100) == "Alice of the union"
    assert plain_name("\u3164\u2800 \u200e", 100) == ""


def test_H06_marks_are_stacked_at_most_three_high() -> None:
    assert plain_name("Z" + "\u0351" * 10_000, 100) == "Z" + "\u0351" * 3


def test_H06_a_name_of_a_megabyte_is_cut_at_once() -> None:
    with counted_calls() as calls:
        assert plain_name("\u200bx" * 500_000, 30) == "x" * 29 + "…"
    assert calls["category"] <= 30 * 16 + 256
    assert calls.total() < 3000


def test_H06_joiners_stay_where_they_join() -> None:
    assert plain_name("👨\u200d👩\u200d👧 می\u200cخواهم", 100) == "👨\u200d👩\u200d👧 می\u200cخواهم"
    assert plain_name("ad\u200dmin \u200d", 100) == "admin"


@given(st.text(max_size=80))
@settings(max_examples=200)
def test_H06_a_plain_name_is_plain_already(name: str) -> None:
    once = plain_name(name, 40)
    assert len(once) <= 40
    assert plain_name(once, 40) == once
    assert "\n" not in once


def test_paragraphs_and_lines() -> None:
    assert written("one\r\ntwo\n \n\nthree\n") == "<p>one<br>two</p><p>three</p>"
    assert written("  \n ") == ""


def test_what_a_member_writes_is_text_and_never_markup() -> None:
    assert written("<script>alert('x')</script> & {{7*7}}") == (
        "<p>&lt;script&gt;alert('x')&lt;/script&gt; &amp; {{7*7}}</p>"
    )


def test_addresses_become_links_with_their_middle_shown() -> None:
    assert written("See https://www.good.example/2026/11/a-very-long-title?x=1&y=2.") == (
        f'<p>See <a href="https://www.good.example/2026/11/a-very-long-title?x=1&amp;y=2" {REL}>'
        '<span class="invisible">https://www.</span>'
        '<span class="ellipsis">good.example/2026/11/a-very-lo</span>'
        '<span class="invisible">ng-title?x=1&amp;y=2</span></a>.</p>'
    )


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("(https://a.example/x)", "https://a.example/x"),
        ("https://a.example/x_(y)", "https://a.example/x_(y)"),
        ("HTTPS://A.example/x!", "https://a.example/x"),
        ("https://a.example:8102/", "https://a.example:8102/"),
        ("https://münchen.example/ä", "https://xn--mnchen-3ya.example/ä"),
        ("「https://a.example/x」", "https://a.example/x"),
        ("https://user:secret@a.example/x", "https://a.example/x"),
    ],
)
def test_an_address_ends_where_a_reader_would_end_it(text: str, href: str) -> None:
    assert f'href="{href}"' in written(text)


@pytest.mark.parametrize(
    "text", ["http://", "http://((((", "ftp://a.example", "javascript:alert(1)", "xhttps://a.b"]
)
def test_what_is_no_web_address_stays_text(text: str) -> None:
    assert "<a" not in written(text)


def test_H12_an_address_that_imitates_another_is_shown_as_punycode() -> None:
    assert ">xn--80ak6aa92e.com/</span>" in written("https://аррӏе.com/")


def test_mentions_link_to_those_who_were_found_and_leave_the_others() -> None:
    mentions = {
        "bob@union-b.localhost:8102": ("https://b/actors/1", "https://b/@bob"),
        "carol": ("https://us/2", ""),
    }
    html = text_to_html("@Bob@union-b.localhost:8102 @carol @dave", mentions=mentions, hashtag_url=page_of)
    assert html == (
        f'<p><span class="h-card"><a href="https://b/@bob" class="u-url mention" {REL}>@<span>Bob</span></a>'
        "</span> "
        f'<span class="h-card"><a href="https://us/2" class="u-url mention" {REL}>@<span>carol</span></a>'
        "</span> @dave</p>"
    )


def test_H09_a_long_host_is_shown_whole() -> None:
    html = written("https://bank.example.login.secure.account.evil.example/x")
    assert '<span class="ellipsis">bank.example.login.secure.account.evil.example</span>' in html


def test_hashtags_are_written_as_mastodon_and_mitra_read_them() -> None:
    assert written("#UnionJobs #1") == (
        '<p><a href="https://us.example/tags/UnionJobs" class="mention hashtag" '
        'rel="tag nofollow noopener noreferrer">#<span>UnionJobs</span></a> #1</p>'
    )
    assert text_to_html("#UnionJobs", mentions={}, hashtag_url=None) == "<p>#UnionJobs</p>"


@given(st.text(alphabet="ab @#.:/<>&\"'\n()é_-1", max_size=120))
@settings(max_examples=200)
def test_what_we_write_is_clean_already(text: str) -> None:
    html = text_to_html(
        text + " https://a.example/x #tag @bob",
        mentions={"bob": ("https://us.example/actors/1", "https://us.example/@bob")},
        hashtag_url=page_of,
    )
    assert clean_html(html) == html
