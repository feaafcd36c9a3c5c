"""Writes docs/use/client-api.md: what the Mastodon API documents, beside what the route table serves."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.routing import BaseRoute, Match, Mount

from fediunion.api.endpoint import Endpoint
from fediunion.api.router import ApiRoute
from fediunion.installed import routes

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "use" / "client-api.md"
DOCUMENTED: Final = Path(__file__).with_name("mastodon_endpoints.tsv")
_DOCUMENTATION: Final = "https://docs.joinmastodon.org/methods/"
_WEBFINGER: Final = ("GET", "/.well-known/webfinger")
"""Answered before the router, and so in no route table."""

_INTRODUCTION: Final = """\
# What apps can call

FediUnion speaks the client API of Mastodon, as documented for version 4.5. This page is written from the
route table by `make fix`; a test compares the two.

*served*: does what the documentation says. *empty on purpose*: answers in the documented form that there is
nothing, for the reason given below. *not served*: 404. A client may send PUT where PATCH is documented and
the other way round, and may put a slash at the end of any path.
"""

_DIFFERENT: Final = """\
## Different on purpose

- `application` of a Status is always null, for its author too: which app a post was written with is not
  kept. It would tell whoever gets a copy of the rows which device somebody had in hand, and when.
- Outside the instance a member's posts, their edits and the ends of their polls tell their minute, accounts
  the day they were made. The `id` of a post still tells the millisecond in which it was made, as Mastodon's
  does: ids sort by time.
- `statuses_count` and `last_status_at` are of the posts that strangers may read where a stranger asks, and of
  all but direct ones where a member does. `replies_count` is of the replies that anybody may read.
- An edit that leaves out `poll` or `media_ids` leaves what there is. A poll whose options or `multiple`
  change begins anew, without votes; one that has ended keeps its options (422), and none is added to a post
  (422).
- The history of a post does not name a picture of this server that the post has no longer: it is deleted.
- A `language` that is none is read up to its first `-` or `_`; where that is none either, the member's own
  counts: the one that is set for posts, else the one in which the member reads.
- An answer reaches whom it answers though it does not name them, but not past `allowed_mentions`.
- Ids are texts. Two are numbers, as Mastodon sends them: `most_recent_notification_id` of a group, and the
  `id` of a push subscription, which is below 2^31.
- What stands together as a group of notifications is fixed when they are stored: what happens within the
  same half of a day, from midnight or noon UTC. `group_key` says so and is to be taken as it is.
- What only its author may do with a post is 404 for everybody else, whether they may read it or not.
- A token is taken from the `Authorization` header; in an address from WebSockets only.
- A password is never taken from an app. A refresh token comes with the scope `offline_access`.
- Streams of what is public are open without a login, as its timelines are.
- A rule about a server is `silence` or `suspend`; `noop` is refused with 422, as it is no rule."""


@dataclass(frozen=True)
class Documented:
    """One row of Mastodon's documentation. `standing` is current, deprecated or undocumented."""

    method: str
    path: str
    standing: str
    does: str
    page: str


def documented() -> list[Documented]:
    """Return every endpoint of Mastodon's documentation that was not removed, and some that it leaves out."""
    with DOCUMENTED.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        return [Documented(*row) for row in rows]


class Served:
    """What the routes answer."""

    def __init__(self, table: Sequence[BaseRoute]) -> None:
        self._others = [route for route in table if not isinstance(route, ApiRoute)]
        self.endpoints = {
            key_of(endpoint.method, endpoint.path): endpoint
            for route in table
            if isinstance(route, ApiRoute)
            for endpoint in route.endpoints
        }

    def endpoint(self, row: Documented) -> Endpoint | None:
        """Return what the table of the client API has for `row`, if anything."""
        return self.endpoints.get(key_of(row.method, row.path))

    def answers(self, row: Documented) -> bool:
        """Return whether `row` is answered, in the client API or by another route."""
        if self.endpoint(row) is not None or (row.method, row.path) == _WEBFINGER:
            return True
        scope = {"type": "http", "method": row.method, "path": row.path, "headers": []}
        socket = {"type": "websocket", "path": row.path, "headers": []}
        return any(
            route.matches(each)[0] is Match.FULL
            for route in self._others
            if not isinstance(route, Mount)
            for each in (scope, socket)
        )


def key_of(method: str, path: str) -> tuple[str, str]:
    """Return how a method and a path are compared: PATCH is PUT, and names of open parts do not count."""
    parts = [":" if part[:1] in (":", "{") else part for part in path.rstrip("/").split("/")]
    return ("PUT" if method == "PATCH" else method, "/".join(parts))


def page() -> str:
    """Return the page as Markdown."""
    served = Served(routes())
    rows = documented()
    lines = [_INTRODUCTION, _summary(rows, served), "", "## Endpoints", ""]
    lines += ["| endpoint | does | scope | status |", "|---|---|---|---|"]
    lines += [_line(row, served) for row in rows]
    empty = [endpoint for endpoint in served.endpoints.values() if endpoint.empty]
    lines += ["", "## Empty on purpose", "", *_reasons(empty), "", _DIFFERENT]
    return "\n".join(lines) + "\n"


def _summary(rows: list[Documented], served: Served) -> str:
    current = [row for row in rows if row.standing == "current"]
    admin = [row for row in current if "/admin/" in row.path]
    others = [row for row in current if "/admin/" not in row.path]
    return (
        f"Of {len(others)} documented endpoints for members {sum(map(served.answers, others))} are answered, "
        f"of {len(admin)} for administrators {sum(map(served.answers, admin))}."
    )


def _line(row: Documented, served: Served) -> str:
    where, endpoint = f"`{row.method} {row.path}`", served.endpoint(row)
    if row.page.endswith(".md"):
        where = f"[{where}]({_DOCUMENTATION}{row.page.removesuffix('.md')}/)"
    status = "empty on purpose" if endpoint and endpoint.empty else "served"
    if not served.answers(row):
        status = "not served"
    note = "" if row.standing == "current" else f" ({row.standing})"
    return f"| {where} | {row.does}{note} | {_scope(endpoint)} | {status} |"


def _scope(endpoint: Endpoint | None) -> str:
    if endpoint is None or not endpoint.scopes:
        return ""
    scopes = " or ".join(f"`{scope}`" for scope in endpoint.scopes)
    return f"{scopes}, or none" if endpoint.public else scopes


def _reasons(empty: list[Endpoint]) -> Iterator[str]:
    for reason in dict.fromkeys(endpoint.empty for endpoint in empty):
        named = ", ".join(
            f"`{endpoint.method} {endpoint.path}`" for endpoint in empty if endpoint.empty == reason
        )
        yield f"- {reason} ({named})"


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
