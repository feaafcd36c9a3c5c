"""The documents about campaign calls shown in docs/federation/examples."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.contexts import CALL_TERMS
from fediunion.actors.models import ActorKind
from fediunion.outbox.models import OutboxActivity
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.service.publishing import publish_call
from fediunion.union.campaigns.thunderclap.service import set_thunderclap
from fediunion.union.campaigns.thunderclap.terms import ThunderclapTerms
from tests.databases import Databases
from tests.fakes.union import TestUnion, settle
from tests.union.campaigns.conftest import draft, publish
from tests.union.campaigns.samples import call_terms
from tests.union.campaigns.unions import carry, get, sign_many, three_unions


async def call_examples(union: TestUnion) -> dict[str, Any]:
    """Return the Create of a call with everything that a call can say, by file name."""
    await union.member("campaigns", kind=ActorKind.FEED)
    terms = call_terms(
        pledges=True,
        languages=["en"],
        case={"en": "Staff lost an *agreed* channel for raising safety questions."},
        targets=[
            {"role": "Executive Head", "org": "Relief Coordination Office", "channel": "email"},
            {"role": "Press office", "channel": "email", "address": "press@rco.example"},
        ],
        asks=[
            {"type": "sign", "modes": ["public", "target-only", "counted"], "goal": 5000},
            {"type": "boost-pledge"},
            {
                "type": "email-target",
                "subject": {"en": "Talks"},
                "template": {"en": "I ask you to return to talks."},
            },
            {"type": "union-resolution", "goal": 40},
            {"type": "solidarity"},
        ],
        evidence=[{"url": "https://rco.example/bulletins/6", "name": "The bulletin of 2013"}],
    )
    opens, closes = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 5))
    made = await draft(union, terms, opens=opens, closes=closes, slug="negotiation-rights")
    clap = ThunderclapTerms(
        message={"en": "Staff who protect the world need a voice at work. #StaffRightsNow"},
        threshold=300,
        release_at=datetime(2026, 4, 10, 12, tzinfo=UTC),
    )

    def open_it(session: Session) -> None:
        call = session.get_one(CampaignCall, made.id)
        set_thunderclap(session, call, clap, by="tests")
        publish_call(session, call, by="tests")

    def sent(session: Session) -> Any:
        rows = select(OutboxActivity.body).where(OutboxActivity.activity_type == "Create")
        return orjson.loads(session.scalars(rows.order_by(OutboxActivity.id.desc())).first() or "null")

    await union.world.db.write(open_it)
    await settle(union)
    return {"context-call.json": [CALL_TERMS], "call-create.json": await union.world.db.read(sent)}


async def co_sponsor_examples(databases: Databases, folder: Path) -> dict[str, Any]:
    """Return how a union comes to carry a call of another, and what both tell of it, by file name."""
    async with three_unions(databases, folder) as three:
        call = await publish(three.ccisua, slug="negotiation-rights")
        await carry(three, call, three.ictysu)
        await sign_many(three.ictysu, call, [f"member{number}" for number in range(5)])
        await three.pass_seconds(180)
        return {
            "call-cosponsor-offer.json": await _last(three.ccisua, "fu:cosponsors", "Offer"),
            "call-cosponsor-accept.json": await _last(three.ictysu, "fu:cosponsors", "Accept"),
            "call-signature-count.json": await _last(three.ictysu, "fu:SignatureCount", "Update"),
            "call-counts.json": (await get(three.ccisua, f"/campaigns/{call.slug}/counts")).json(),
        }


async def _last(union: TestUnion, word: str, type: str) -> Any:
    """Return the last activity of a type that a union sent with a word in it."""

    def read(session: Session) -> Any:
        rows = select(OutboxActivity.body).where(
            OutboxActivity.activity_type == type, OutboxActivity.body.contains(word)
        )
        return orjson.loads(session.scalars(rows.order_by(OutboxActivity.id.desc())).first() or "null")

    return await union.world.db.read(read)
