"""The row of a call and the terms in it: written together."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fediunion.db import announce, now_of
from fediunion.kit.ids import new_slug
from fediunion.union.campaigns.models import CallTarget, CampaignCall
from fediunion.union.campaigns.terms.call import CallTerms
from fediunion.world import CHANGED

CAMPAIGNS: Final = "campaigns"
"""Announced as changed with every change of a call."""

_LONGEST_SLUG: Final = 60
_NOT_IN_A_SLUG: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who holds a target's office: it is known here alone, for the letters of our own members."""

    name: str = ""
    address: str = ""


def terms_of(call: CampaignCall) -> CallTerms:
    """Return what a call says."""
    return CallTerms.from_json(call.terms)


def write_terms(call: CampaignCall, terms: CallTerms) -> None:
    """Let a call say `terms`, in all the columns that repeat something of it."""
    call.terms = terms.to_json()
    call.title, call.demand, call.goal = terms.title, terms.demand, terms.goal


def write_people(session: Session, call: CampaignCall, people: Mapping[int, Person]) -> None:
    """Keep who the persons behind the targets of a call are, by the target's number, in place of before."""
    session.execute(delete(CallTarget).where(CallTarget.call_id == call.id))
    session.add_all(
        CallTarget(call_id=call.id, number=number, name=each.name, address=each.address, personal=True)
        for number, each in people.items()
    )


def touch(session: Session, call: CampaignCall) -> None:
    """Note that a call was changed now."""
    call.updated_at = now_of(session)
    announce(session, CHANGED, CAMPAIGNS)


def free_slug(session: Session, wish: str) -> str:
    """Return the end of a page's address that says what a call is about, and that no other call has."""
    plain = unicodedata.normalize("NFKD", wish).encode("ascii", "ignore").decode().lower()
    slug = _NOT_IN_A_SLUG.sub("-", plain)[:_LONGEST_SLUG].strip("-")
    if len(slug) < 3 or slug in RESERVED_SLUGS:
        return new_slug()
    taken = session.scalar(select(CampaignCall.id).where(CampaignCall.slug == slug).limit(1))
    return slug if taken is None else f"{slug}-{new_slug()[:6].lower()}"


RESERVED_SLUGS: Final = frozenset(
    {
        "new",
        "embed",
        "feed",
        "atom",
        "rss",
        "json",
        "sign",
        "withdraw",
        "confirm",
        "consent",
        "search",
        "pledge",
        "offers",
    }
)
"""Words that addresses of other pages below that of all calls may have."""
