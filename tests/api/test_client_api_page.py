"""The page about the client API says what the route table serves."""

from fediunion.api.routes import ENDPOINTS
from fediunion.installed import routes
from scripts.client_api_page import PAGE, Served, documented, key_of, page


def test_the_page_is_written_from_the_route_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "`make fix` writes it anew"


def test_a_row_counts_as_served_only_when_a_route_answers_it() -> None:
    everything, nothing = Served(routes()), Served([])
    answered = [row for row in documented() if everything.answers(row)]
    assert len(answered) > 100
    assert [row.path for row in answered if nothing.answers(row)] == ["/.well-known/webfinger"]


def test_every_row_that_was_not_removed_is_answered() -> None:
    everything = Served(routes())
    assert [row for row in documented() if not everything.answers(row)] == []


def test_what_is_empty_on_purpose_says_why() -> None:
    reasons = {endpoint.empty for endpoint in ENDPOINTS if endpoint.empty}
    text = page()
    assert reasons
    assert all(f"- {reason} (" in text for reason in reasons)


def test_paths_are_compared_without_the_names_of_their_open_parts() -> None:
    assert key_of("PATCH", "/api/v1/lists/:id/") == key_of("PUT", "/api/v1/lists/{list_id}")
