"""Everything that the page of a call shows, read in one unit of work."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.social.posts.models import Post
from fediunion.union.campaigns import solidarity
from fediunion.union.campaigns.counts.queries import list_counts
from fediunion.union.campaigns.drawing.progress import Progress
from fediunion.union.campaigns.letters.service import letters_to, written_by
from fediunion.union.campaigns.models import (
    CallDay,
    CallState,
    CampaignCall,
    ContactConsent,
    CountKind,
    Resolution,
    Signature,
    SigningMode,
    SolidarityMessage,
    SponsorState,
)
from fediunion.union.campaigns.pages.listing import shown_of
from fediunion.union.campaigns.pages.shown import ShownCall
from fediunion.union.campaigns.queries import co_sponsor_uris, lead_of
from fediunion.union.campaigns.signing.queries import list_public
from fediunion.union.campaigns.sponsors.queries import list_sponsors
from fediunion.union.campaigns.thunderclap.standing import ThunderclapView, view_of

_MOST_NAMES: Final = 20
_MOST_RESOLUTIONS: Final = 200


@dataclass(frozen=True)
class Sponsor:
    """A union that carries a call, or was `asked` to: what it is called, and its page."""

    name: str
    path: str
    asked: bool = False


@dataclass(frozen=True)
class NamedSigner:
    """Who signed with a public name, and on which day."""

    name: str
    day: date


@dataclass(frozen=True, kw_only=True)
class Mine:
    """What a member did for a call."""

    signature: Signature | None = None
    consents: bool = False
    letters: Collection[int] = ()
    message: SolidarityMessage | None = None


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """A call with what stands around it. `by_union` is host → signatures that its union states."""

    it: ShownCall
    post: Post | None
    days: Sequence[tuple[date, int]]
    sponsors: Sequence[Sponsor]
    by_union: Mapping[str, int]
    names: Sequence[NamedSigner]
    names_total: int
    resolutions: Sequence[Resolution]
    messages: Sequence[SolidarityMessage]
    letters: Mapping[int, int]
    clap: ThunderclapView | None
    mine: Mine | None

    def progress(self, today: date) -> Progress:
        """Return how it goes, for its drawing."""
        call = self.it.call
        ended = (call.ended_at or call.closes_at).date()
        return Progress(
            days=self.days,
            opens=call.opens_at.date(),
            closes=call.closes_at.date(),
            until=min(today, ended) if call.state == CallState.CLOSED else today,
            count=call.signatures_count,
            goal=call.goal,
        )


def gather(session: Session, call: CampaignCall, actor_id: int | None) -> Gathered:
    """Return a call with all that its page shows; with what the member `actor_id` did for it."""
    names = [
        NamedSigner(row.name, date.fromisoformat(row.day))
        for row in list_public(session, call, limit=_MOST_NAMES)
    ]
    return Gathered(
        it=shown_of(call, lead_of(session, call)),
        post=session.get(Post, call.post_id) if call.post_id is not None else None,
        days=_days(session, call),
        sponsors=_sponsors(session, call),
        by_union={each.host: each.number for each in list_counts(session, call, CountKind.SIGNATURES)},
        names=names,
        names_total=count_names(session, call) if len(names) == _MOST_NAMES else len(names),
        resolutions=session.scalars(
            select(Resolution)
            .where(Resolution.call_id == call.id)
            .order_by(Resolution.id.desc())
            .limit(_MOST_RESOLUTIONS)
        ).all(),
        messages=solidarity.list_messages(session, call, shown=True),
        letters=letters_to(session, call),
        clap=view_of(session, call, member_id=actor_id),
        mine=None if actor_id is None else _mine(session, call, actor_id),
    )


def count_names(session: Session, call: CampaignCall) -> int:
    """Return how many signed with a public name."""
    named = select(func.count()).where(
        Signature.call_id == call.id,
        Signature.mode == SigningMode.PUBLIC,
        Signature.counted_here.is_(True),
    )
    return session.scalar(named) or 0


def _days(session: Session, call: CampaignCall) -> list[tuple[date, int]]:
    rows = session.scalars(select(CallDay).where(CallDay.call_id == call.id).order_by(CallDay.day))
    return [(date.fromisoformat(row.day), row.signatures) for row in rows]


def _sponsors(session: Session, call: CampaignCall) -> list[Sponsor]:
    carrying = co_sponsor_uris(session, call)
    asked: list[str] = []
    if call.local:
        offered = list_sponsors(session, call, SponsorState.OFFERED)
        asked = [each.union_uri for each in offered if each.union_uri not in carrying]
    uris = [*carrying, *asked]
    known = (
        {each.uri: each for each in session.scalars(select(Actor).where(Actor.uri.in_(uris)))} if uris else {}
    )
    return [_sponsor(uri, known.get(uri), asked=uri in asked) for uri in uris]


def _sponsor(uri: str, actor: Actor | None, *, asked: bool) -> Sponsor:
    if actor is None:
        return Sponsor(uri.partition("//")[2].partition("/")[0], uri, asked)
    path = f"/@{actor.username}" if actor.local else actor.url or actor.uri
    return Sponsor(actor.display_name or actor.username, path, asked)


def _mine(session: Session, call: CampaignCall, actor_id: int) -> Mine:
    own = (Signature.call_id == call.id, Signature.actor_id == actor_id)
    consent = select(ContactConsent.id).where(
        ContactConsent.call_id == call.id, ContactConsent.actor_id == actor_id
    )
    return Mine(
        signature=session.scalar(select(Signature).where(*own)),
        consents=session.scalar(consent) is not None,
        letters=written_by(session, call, actor_id),
        message=solidarity.find_message_of(session, call, actor_id),
    )
