"""Publishing: the rows that are made, and what is refused before there are any."""

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.keys import PublicKey, load_public_multibase
from fediunion.activitypub.proofs import verify_proof
from fediunion.actors.models import ActorKey
from fediunion.jobs.models import Job
from fediunion.kit.errors import NotAllowed
from fediunion.outbox.models import Delivery, OutboxActivity
from fediunion.outbox.publish import Recipients, publish
from tests.outbox.sending_union import SendingUnion


async def test_publishing_writes_rows_and_a_job_and_sends_nothing(union: SendingUnion) -> None:
    uri = await union.publish("one", ["https://peer.example/inbox"])
    row = await union.activity(uri)
    assert (row.activity_type, row.object_uri, row.public) == ("Create", union.post_uri("one"), False)
    assert orjson.loads(row.body)["@context"][0] == "https://www.w3.org/ns/activitystreams"
    kinds = await union.world.db.read(lambda session: list(session.scalars(select(Job.kind))))
    assert kinds == ["outbox.fan_out"]
    assert await union.deliveries() == []


@pytest.mark.parametrize("type", ["Delete", "Undo", "Block", "Move", "Reject"])
async def test_L12_what_must_not_be_missed_is_patient(union: SendingUnion, type: str) -> None:
    uri = await union.publish("one", type=type)
    assert (await union.activity(uri)).patient


async def test_L12_an_update_of_the_actor_itself_is_patient_and_of_a_post_not(union: SendingUnion) -> None:
    post = await union.activity(await union.publish("post", type="Update"))
    author = union.author
    document: dict[str, object] = {
        "id": f"{author.uri}#updates/1",
        "type": "Update",
        "object": {"id": author.uri},
    }
    await union.world.db.write(
        lambda session: publish(session, session.merge(author), document, Recipients())
    )
    assert (await union.activity(f"{author.uri}#updates/1")).patient
    assert not post.patient


@pytest.mark.parametrize(
    "others",
    [
        {"inboxes": ["https://peer.example/inbox"]},
        {"expand": ["followers"]},
    ],
)
async def test_I3_the_network_audience_is_never_mixed_with_another(
    union: SendingUnion, others: dict[str, list[str]]
) -> None:
    expand = ["network", *others.get("expand", [])]
    with pytest.raises(NotAllowed):
        await union.publish("one", others.get("inboxes", []), expand=expand)

    def rows(session: Session) -> int:
        return len(session.scalars(select(OutboxActivity.id)).all()) + len(
            session.scalars(select(Delivery.id)).all()
        )

    assert await union.world.db.read(rows) == 0


async def test_I3_a_delete_goes_to_the_network_and_to_whoever_holds_the_post(union: SendingUnion) -> None:
    expand = ["network", f"holders:{union.post_uri('one')}"]
    assert await union.publish("one", type="Delete", expand=expand)


async def test_a_public_activity_carries_a_proof_by_the_author_and_a_private_one_none(
    union: SendingUnion,
) -> None:
    public = await union.publish("public", public=True)
    private = await union.publish("private")
    await union.fan_out()
    document = orjson.loads((await union.activity(public)).body)
    row = await union.world.db.read(
        lambda session: session.scalars(
            select(ActorKey).where(ActorKey.key_uri == document["proof"]["verificationMethod"])
        ).one()
    )
    key: PublicKey = load_public_multibase(row.public)
    verify_proof(document, key, now=union.world.clock.now())
    assert row.actor_id == union.author.id
    assert "proof" not in orjson.loads((await union.activity(private)).body)


async def test_a_document_without_an_id_is_a_mistake_of_ours(union: SendingUnion) -> None:
    with pytest.raises(ValueError, match="needs an id"):
        await union.world.db.write(
            lambda session: publish(session, session.merge(union.author), {"type": "Create"}, Recipients())
        )
