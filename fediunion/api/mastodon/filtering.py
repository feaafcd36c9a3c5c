"""What of a member's filters is put into the statuses that the member is shown.

Members without filters cost nothing: who has any is known of all at once, and nothing is looked for in
posts for the others. Statuses are marked and never left out, as Mastodon does it: a filter says in which
places it counts, and only the app knows where it shows a status.
Source: https://docs.joinmastodon.org/entities/FilterResult/
"""

from collections.abc import Mapping
from typing import Any

import orjson

from fediunion.api.mastodon.entities.filter import filter_result_entities
from fediunion.api.mastodon.entities.frame import Entity
from fediunion.api.mastodon.standing import Gathered, Standing
from fediunion.kit.html import html_to_text
from fediunion.social.filters.matching import Screen, fold
from fediunion.social.posts.quote_links import without_quote_link
from fediunion.world import World


def marks_of(
    world: World, screen: Screen, gathered: Gathered, statuses: Mapping[int, bytes]
) -> dict[int, bytes]:
    """Return the `filtered` of the posts that match a filter, as JSON by post id.

    `statuses` are the fields that do not change with the reader, by post id: an object without its end.
    """
    now = world.clock.now()
    marks: dict[int, bytes] = {}
    for post_id, standing in gathered.standings.items():
        if post_id in statuses:
            text = fold(_written_in(statuses[post_id], _poll_of(gathered, standing)))
            ids = [each for each in (post_id, standing.boost_of_id) if each is not None]
            matches = screen.matches(text, ids, now)
            if matches:
                marks[post_id] = orjson.dumps(filter_result_entities(matches))
    return marks


def _poll_of(gathered: Gathered, standing: Standing) -> Entity | None:
    return gathered.polls.get(standing.boost_of_id or standing.post_id)


def _written_in(status: bytes, poll: Entity | None) -> str:
    """Return everything that somebody wrote in a status: its words, its warning, options, descriptions."""
    fields: dict[str, Any] = orjson.loads(status + b"}")
    parts = [fields["spoiler_text"], html_to_text(without_quote_link(fields["content"]))]
    parts += [option["title"] for option in (poll or {}).get("options", ())]
    parts += [attachment["description"] or "" for attachment in fields["media_attachments"]]
    return "\n\n".join(parts)
