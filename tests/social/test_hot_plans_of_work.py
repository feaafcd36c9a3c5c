"""What workers ask again and again is found by indexes, also with the statistics of a large instance."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from fediunion.db import Database, now_of
from fediunion.inbox.queries import (
    ReceivedActivity,
    list_behind,
    list_known,
    list_sizes,
    list_waiting,
    lock_waiting,
)
from fediunion.inbox.retention import _delete_old, _forget_markers, _list_old_texts
from fediunion.jobs.claims import claim, claim_suspect, due_kinds
from fediunion.oauth.jobs import prune
from fediunion.outbox.claims import claim_hosts, held_leases
from fediunion.outbox.ledger import holders, retain, trim_bodies
from fediunion.outbox.publish import inboxes_waiting, withdraw_from, withdraw_from_network
from fediunion.outbox.queries import oldest_due_seconds
from fediunion.social.follows.queries import followed_here
from fediunion.social.media.queries import list_expired
from fediunion.social.posts.jobs.forgetting import _forget_some
from fediunion.social.push.service import forget_ended
from fediunion.social.search.service import index_new_posts
from tests.social.builders import let_follow, local_actor, post_by
from tests.social.plans import full_scans, plan_of, pretend_large

KINDS = ("inbox.process", "outbox.fan_out")
URIS = ["https://far.example/1", "https://far.example/2"]

OF_MEMBERS = ("access_token", "refresh_token", "web_session", "application", "authorization_code")
"""Tables that grow with the members and their apps, not with what they do: read whole once an hour."""

WORK: dict[str, Callable[[Session], object]] = {
    "jobs that are due": lambda s: due_kinds(s, KINDS),
    "jobs claimed": lambda s: claim(s, "inbox.process", limit=100, lease_seconds=60, token="t"),
    "jobs after a crash": lambda s: claim_suspect(s, KINDS, held=[1], lease_seconds=60, token="t"),
    "deliveries claimed": lambda s: claim_hosts(s, "t", 20),
    "deliveries to those that were well": lambda s: claim_hosts(s, "t", 4, now_of(s)),
    "deliveries for who left": lambda s: withdraw_from(s, 1, [f"https://far.example/{n}" for n in range(3)]),
    "deliveries for followers": lambda s: inboxes_waiting(s, 1, "far.example"),
    "deliveries for the network": lambda s: withdraw_from_network(s, ["far.example"]),
    "deliveries held": lambda s: held_leases(s, "t", ["far.example"]),
    "deliveries due since": oldest_due_seconds,
    "deliveries kept for a Delete": lambda s: holders(s, local_actor(s, "anna"), URIS[0]),
    "deliveries that are over": retain,
    "texts of deliveries": trim_bodies,
    "activities that wait": lambda s: list_waiting(s, [1, 2]),
    "activities locked": lambda s: lock_waiting(s, [1, 2]),
    "activities that are over": _delete_old,
    "texts that are over": lambda s: _list_old_texts(s, 0),
    "markers that are over": _forget_markers,
    "how long activities are": lambda s: list_sizes(s, [1, 2]),
    "activities that come after others": lambda s: list_behind(s, [_received(s)], [1, 2]),
    "what is known of things": lambda s: list_known(s, URIS),
    "whom people here follow": lambda s: followed_here(s, URIS),
    "files that are over": list_expired,
    "posts that are over": _forget_some,
    "subscriptions that are over": forget_ended,
    "tokens that are over": prune,
    "posts to be found": index_new_posts,
}


def _received(session: Session) -> ReceivedActivity:
    bob, post = URIS
    return ReceivedActivity(2, f"{bob}/2", bob, bob, post, "Remove", "{}", True, now_of(session))


@pytest.mark.parametrize("large", [False, True], ids=["new", "large"])
@pytest.mark.parametrize("name", WORK)
async def test_what_is_asked_again_and_again_reads_no_whole_table(
    social: Database, name: str, large: bool
) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        let_follow(session, ben, anna)
        post_by(session, anna)
        index_new_posts(session)
        session.flush()
        if large:
            pretend_large(session)
        plan = plan_of(session, WORK[name])
        assert plan
        assert [line for line in full_scans(plan) if not any(name in line for name in OF_MEMBERS)] == []

    await social.write(work)
