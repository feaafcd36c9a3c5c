"""Update and Delete of actors from elsewhere: accepted, repeated, forged, malformed."""

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub import vocab
from fediunion.actors.models import Actor
from fediunion.db import Database
from fediunion.db.known_uris import TOMBSTONE, KnownUri, find_known_uri
from fediunion.inbox.rules import Rules
from fediunion.kit.errors import FediUnionError, NotAllowed, Refused
from fediunion.kit.json import JsonObject
from fediunion.social.profiles.feature import FEATURE
from fediunion.social.profiles.inbound import receive_actor_delete
from tests.social.builders import activity, context_of, local_actor, remote_actor


def actor_json(actor: Actor, **values: object) -> JsonObject:
    """Return an actor as Mastodon sends it."""
    return {
        "id": actor.uri,
        "type": "Person",
        "preferredUsername": actor.username,
        "inbox": actor.inbox_url,
        "outbox": f"{actor.uri}/outbox",
        "name": "New name",
        "summary": "<p>Words</p><script>no</script>",
    } | values


def deliver(session: Session, sender: Actor, kind: type[vocab.Activity], about: object) -> None:
    """Hand an activity of `sender` to the rule that is there for it."""
    document: JsonObject = {
        "id": f"{sender.uri}#{kind.type_name}/1",
        "type": kind.type_name,
        "actor": sender.uri,
        "object": about,
    }
    parsed = activity(kind, document)
    session.flush()
    known = find_known_uri(session, parsed.object.id)
    rule = Rules(FEATURE.activities).find(parsed, known.kind if known is not None else None)
    assert rule is not None
    rule.handle(context_of(session, sender, document), parsed, known or parsed.object)


def update(session: Session, sender: Actor, document: JsonObject) -> None:
    """Hand an Update with an embedded object to its rule."""
    wrapped: JsonObject = {
        "id": f"{sender.uri}#updates/1",
        "type": "Update",
        "actor": sender.uri,
        "object": document,
    }
    parsed = activity(vocab.Update, wrapped)
    rule = Rules(FEATURE.activities).find(parsed, None)
    assert rule is not None
    rule.handle(context_of(session, sender, wrapped), parsed, parsed.object)


async def test_an_update_changes_the_sender_and_twice_changes_nothing_more(social: Database) -> None:
    def work(session: Session) -> None:
        far = remote_actor(session, "far.test", "far")
        session.flush()
        for _ in range(2):
            update(session, far, actor_json(far))
            assert (far.display_name, far.summary) == ("New name", "<p>Words</p>")

    await social.write(work)


async def test_A07_nobody_changes_somebody_else_or_moves_the_inbox_to_another_server(
    social: Database,
) -> None:
    def work(session: Session) -> None:
        far, mallory = remote_actor(session, "far.test", "far"), remote_actor(session, "far.test", "mallory")
        ours = local_actor(session, "anna")
        session.flush()
        for victim in (far, ours):
            with pytest.raises(NotAllowed):
                update(session, mallory, actor_json(victim))
        with pytest.raises(FediUnionError):
            update(session, far, actor_json(far, inbox="https://evil.test/inbox"))
        assert (far.display_name, ours.display_name) == ("", "")
        assert far.inbox_url == "https://far.test/users/far/inbox"

    await social.write(work)


async def test_an_actor_deletes_itself_once_and_for_all(social: Database) -> None:
    def work(session: Session) -> None:
        far = remote_actor(session, "far.test", "far")
        deliver(session, far, vocab.Delete, far.uri)
        known = find_known_uri(session, far.uri)
        assert far.deleted_at is not None
        assert known is not None
        assert known.kind == TOMBSTONE
        with pytest.raises(FediUnionError):
            update(session, far, actor_json(far))

    await social.write(work)


async def test_nobody_deletes_somebody_else(social: Database) -> None:
    def work(session: Session) -> None:
        far, mallory = remote_actor(session, "far.test", "far"), remote_actor(session, "far.test", "mallory")
        ours = local_actor(session, "anna")
        for victim in (far, ours):
            with pytest.raises(NotAllowed):
                deliver(session, mallory, vocab.Delete, victim.uri)
            assert victim.deleted_at is None
        lost = KnownUri(uri="https://far.test/users/lost", kind="actor", row_id=17)
        document = {"id": "https://far.test/1", "type": "Delete", "actor": mallory.uri, "object": lost.uri}
        with pytest.raises(NotAllowed):
            receive_actor_delete(
                context_of(session, mallory, document), activity(vocab.Delete, document), lost
            )

    await social.write(work)


async def test_featured_hashtags_are_ignored_and_other_things_refused(social: Database) -> None:
    def work(session: Session) -> None:
        far = remote_actor(session, "far.test", "far")
        tag = {"type": "Hashtag", "name": "#x", "id": "https://far.test/tags/x"}
        deliver(session, far, vocab.Add, tag)
        deliver(session, far, vocab.Remove, tag)
        with pytest.raises(Refused):
            deliver(session, far, vocab.Add, tag | {"type": "Gadget"})

    await social.write(work)
