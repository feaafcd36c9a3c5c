"""The line that says what a quote quotes: written once, and taken out as other servers write it."""

import pytest

from fediunion.social.posts.models import Post
from fediunion.social.posts.quote_links import with_quote_link, without_quote_link

PAGE = "https://b.example/@ben/1"
LINK = f'<a href="{PAGE}" rel="nofollow noopener noreferrer">{PAGE}</a>'


@pytest.mark.parametrize(
    ("content", "left"),
    [
        ("<p>Words</p>", "<p>Words</p>"),
        (f'<p class="quote-inline">RE: {LINK}</p><p>Words</p>', "<p>Words</p>"),
        (f'<p class="quote-inline">RE: <span class="invisible">{LINK}</span></p>', ""),
        (f'<p>Words<span class="quote-inline"><br><br>RE: {LINK}</span></p>', "<p>Words</p>"),
        ("<p>Say quote-inline</p>", "<p>Say quote-inline</p>"),
        (f"<p>RE: {LINK}</p>", f"<p>RE: {LINK}</p>"),
    ],
    ids=["no quote", "Mastodon", "Mastodon, nothing else", "Akkoma", "the word alone", "typed"],
)
def test_only_the_line_itself_is_taken_out(content: str, left: str) -> None:
    assert without_quote_link(content) == left


def test_the_page_is_linked_or_the_id_where_there_is_no_page() -> None:
    quoted = Post(uri="https://b.example/posts/1", url=PAGE)
    linked = with_quote_link("<p>Words</p>", quoted)
    assert f'RE: <a href="{PAGE}"' in linked
    assert with_quote_link(linked, quoted) == linked
    assert without_quote_link(linked) == "<p>Words</p>"
    quoted.url = ""
    assert 'RE: <a href="https://b.example/posts/1"' in with_quote_link("", quoted)


@pytest.mark.parametrize(
    "address", ['https://b.example/"><b>x', "https://b.example/ #strike @ana"], ids=["markup", "words"]
)
def test_V12_an_address_from_elsewhere_is_nothing_but_an_address(address: str) -> None:
    linked = with_quote_link("", Post(uri="https://b.example/1", url=address))
    assert linked.count("<a ") == 1
    assert "<b>" not in linked


def test_what_is_no_address_is_not_linked() -> None:
    assert with_quote_link("<p>x</p>", Post(uri="urn:x", url="")) == "<p>x</p>"
