"""Which links of a page say whose it is, and where its other forms are."""

import pytest

from fediunion.kit.html import text_to_html
from fediunion.kit.page_links import alternates_of, claimed_by, link_of_field

ME = "https://union.test/@ana"


@pytest.mark.parametrize(
    "page",
    [
        f'<html><head><link rel="me" href="{ME}"><title>Ana</title></head></html>',
        f"<p>See <a class=x rel='nofollow ME' href='{ME}'>my account</a>",
        f'<a rel="me noopener" title="a > b" href="{ME}">',
    ],
)
def test_links_with_rel_me_count_wherever_they_stand(page: str) -> None:
    assert claimed_by(page) == {ME}


def test_other_forms_are_named_with_their_media_types() -> None:
    links = ("<link rel='alternate' type='text/x' href='/a'>", "<link rel=next href='/b'>")
    page = "".join(links) + "<a rel=alternate href='/c'>"
    assert alternates_of(page) == [("/a", "text/x"), ("/c", "")]


@pytest.mark.parametrize(
    "page",
    [
        f'<a href="{ME}">not mine</a>',
        f'<a rel="menu" href="{ME}">menu</a>',
        f'<!-- <a rel="me" href="{ME}"> -->',
        f'<script>\'<a rel="me" href="{ME}">\'</script>',
        f'<textarea><a rel="me" href="{ME}"></textarea>',
        f'&lt;a rel="me" href="{ME}"&gt;',
        f'<img alt=\'<a rel="me" href="{ME}">\'>',
        '<a rel="me">nowhere</a>',
        "",
        "<" * 1000,
    ],
)
def test_H09_what_only_looks_like_a_link_does_not_count(page: str) -> None:
    assert claimed_by(page) == frozenset()


def test_a_field_that_is_one_https_link_has_an_address() -> None:
    def field(text: str) -> str | None:
        return link_of_field(text_to_html(text, mentions={}, hashtag_url=None)[3:-4])

    assert field("https://blog.example/about?a=1&b=2") == "https://blog.example/about?a=1&b=2"
    assert field("http://blog.example/") is None
    assert field("my blog: https://blog.example/") is None
    assert field("https://blog.example/ https://other.example/") is None
    assert field("she/her") is None
