"""How posts stand: what of a row is the post's, and what its author's."""

from fediunion.api.mastodon.standing import Standing


def test_what_is_the_authors_stands_together_and_last() -> None:
    standing = Standing._make(Standing._fields)
    of_authors = [name for name in Standing._fields if name.startswith("author_") and name != "author_id"]
    assert list(standing.author_version) == of_authors
