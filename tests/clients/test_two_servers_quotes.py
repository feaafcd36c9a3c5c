"""What a member quotes with a client on one server is what the client of a member of another one reads."""

from mastodon import Mastodon

from tests.clients.test_two_servers import arrived, words
from tests.federation.processes import eventually


def test_a_quote_is_read_with_what_it_quotes_until_that_is_taken_back(
    author: Mastodon, stranger: Mastodon
) -> None:
    original = stranger.status_post("Quote me #wages", spoiler_text="Ours", language="de")
    found = author.search_v2(original.uri, resolve=True, result_type="statuses").statuses[0]
    posted = author.status_post("As Ben says", quoted_status_id=found, language="en")
    eventually(lambda: author.status(posted).quote.state == "accepted")
    read = arrived(stranger, posted.uri)
    eventually(lambda: stranger.status(read).quote.state == "accepted")
    quoting = stranger.status(read)
    assert words(quoting) == words(author.status(posted))
    assert words(quoting.quote.quoted_status) == words(author.status(posted).quote.quoted_status)
    assert quoting.quote.quoted_status.id == original.id
    assert quoting.content.startswith(f'<p class="quote-inline">RE: <a href="{original.url}"')
    assert stranger.notifications(types=["quote"])[0].status.id == read.id
    edited = author.status_update(posted, "As Ben said")
    eventually(lambda: stranger.status(read).edited_at)
    assert words(stranger.status(read)) == words(edited)
    assert stranger.status_quote_revoke(original, read).quote.state == "revoked"
    eventually(lambda: author.status(posted).quote.state == "revoked")
    assert author.status(posted).quote.quoted_status is None


def test_a_quote_without_words_is_read_as_one(
    author: Mastodon, colleague: Mastodon, stranger: Mastodon
) -> None:
    original = colleague.status_post("Nothing to add")
    posted = author.status_post("", quoted_status_id=original)
    assert posted.quote.state == "accepted"
    read = arrived(stranger, posted.uri)
    eventually(lambda: stranger.status(read).quote.state == "accepted")
    assert words(stranger.status(read)) == words(posted)
