"""/vacancies/subscriptions: the searches that a member is told of, and how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.db import settings_of
from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence, sentence_of
from fediunion.members.models import Member
from fediunion.union.vacancies.models import SearchSubscription, Vacancy
from fediunion.union.vacancies.pages.facets import PATH
from fediunion.union.vacancies.pages.following import typed_query
from fediunion.union.vacancies.pages.secret_feeds import FEED
from fediunion.union.vacancies.pages.shown import ShownVacancy
from fediunion.union.vacancies.saved.digests import offers_mail
from fediunion.union.vacancies.saved.finding import query_in
from fediunion.union.vacancies.saved.named import check_open
from fediunion.union.vacancies.saved.subscriptions import (
    MOST_SUBSCRIPTIONS,
    TOLD_IN_AN_HOUR,
    Digest,
    change_subscription,
    end_feed,
    end_subscription,
    list_subscriptions,
    newest_matches,
    renew_feed,
    subscribe,
)
from fediunion.union.vacancies.search.naming import words_of
from fediunion.union.vacancies.search.query import canonical
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path
from fediunion.web.notes import Tone
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.visits import Visit

SUBSCRIPTIONS: Final = f"{PATH}/subscriptions"
_NEWEST: Final = 5
_TOLD: Final = Sentence("You are told of what matches this search.")
_SAVED: Final = Sentence("Saved.")
_ENDED: Final = Sentence("You are told of this search no more.")
_NO_FEED: Final = Sentence("The address of the feed is dead.")
_CANNOT: Final = Sentence("Nobody can be told of this search: only one for open vacancies finds new ones.")
DIGESTS: Final[Mapping[Digest, Sentence]] = {
    Digest.NEVER: Sentence("No mail"),
    Digest.DAILY: Sentence("One mail a day"),
    Digest.WEEKLY: Sentence("One mail a week"),
}


@dataclass(frozen=True)
class ShownSubscription:
    """A search that a member is told of: its words, its page, and what matched last."""

    id: int
    words: str
    path: str
    notifies: bool
    digest: str
    has_feed: bool
    newest: Sequence[ShownVacancy]


@dataclass(frozen=True)
class _Own:
    rows: Sequence[SearchSubscription]
    newest: Mapping[int, Sequence[Vacancy]]
    offers_mail: bool


async def show_subscriptions(visit: Visit) -> Response:
    """GET /vacancies/subscriptions: all of them."""
    return await _page(visit)


async def begin(visit: Visit, form: Form) -> Response:
    """POST /vacancies/subscriptions with a `query`: tells the member of that search from now on."""
    try:
        query = typed_query(form.get("query", ""))
        check_open(query)
    except Invalid:
        return see_other(visit, SUBSCRIPTIONS, _CANNOT, tone=Tone.NO)
    try:
        await visit.world.db.write(subscribe, visit.member.member_id, canonical(query))
    except Invalid as error:
        return await _page(visit, {"": sentence_of(error)})
    return see_other(visit, SUBSCRIPTIONS, _TOLD)


async def change(visit: Visit, form: Form) -> Response:
    """POST /vacancies/subscriptions/{id}: notifications or none, a mail each day, each week or never."""
    number = id_in_path(visit)

    def work(session: Session) -> None:
        change_subscription(
            session,
            visit.member.member_id,
            number,
            notifies="notify" in form,
            digest=form.get("digest", ""),
        )

    try:
        await visit.world.db.write(work)
    except Invalid as error:
        return await _page(visit, {f"digest-{number}": sentence_of(error)})
    return see_other(visit, SUBSCRIPTIONS, _SAVED)


async def end(visit: Visit, form: Form) -> Response:
    """POST /vacancies/subscriptions/{id}/end."""
    del form
    await visit.world.db.write(end_subscription, visit.member.member_id, id_in_path(visit))
    return see_other(visit, SUBSCRIPTIONS, _ENDED)


async def make_feed(visit: Visit, form: Form) -> Response:
    """POST /vacancies/subscriptions/{id}/feed: a new address, shown this once; the one before is dead."""
    del form
    number = id_in_path(visit)
    secret = await visit.world.db.write(renew_feed, visit.member.member_id, number)
    return await _page(visit, made=(number, f"{visit.settings.base_url}{FEED}?key={secret}"))


async def drop_feed(visit: Visit, form: Form) -> Response:
    """POST /vacancies/subscriptions/{id}/feed/end."""
    del form
    await visit.world.db.write(end_feed, visit.member.member_id, id_in_path(visit))
    return see_other(visit, SUBSCRIPTIONS, _NO_FEED)


async def _page(
    visit: Visit, problems: Mapping[str, str] | None = None, *, made: tuple[int, str] = (0, "")
) -> Response:
    own = await visit.world.db.read(_load, visit.member.member_id)
    return page(
        visit,
        "vacancies/subscriptions.html",
        status=422 if problems else 200,
        active="vacancies",
        subscriptions=[_shown(row, own.newest.get(row.id, ()), visit.reader.language) for row in own.rows],
        digests=[(digest, label) for digest, label in DIGESTS.items()] if own.offers_mail else [],
        problems=problems or {},
        made=made,
        most=MOST_SUBSCRIPTIONS,
        told_most=TOLD_IN_AN_HOUR,
    )


def _shown(row: SearchSubscription, newest: Sequence[Vacancy], language: str) -> ShownSubscription:
    try:
        words = words_of(query_in(row.query), language)
    except Invalid:
        # Written by an earlier version: what it asked for is no value any more.
        words = row.query
    return ShownSubscription(
        id=row.id,
        words=words,
        path=f"{PATH}?{row.query}" if row.query else PATH,
        notifies=row.notify,
        digest=row.digest,
        has_feed=row.feed_hash is not None,
        newest=[ShownVacancy(vacancy=each) for each in newest],
    )


def _load(session: Session, member_id: int) -> _Own:
    rows = list_subscriptions(session, member_id)
    newest = newest_matches(session, [row.id for row in rows], most=_NEWEST) if rows else {}
    return _Own(rows, newest, offers_mail(settings_of(session), session.get_one(Member, member_id)))


_ONE: Final = f"{SUBSCRIPTIONS}/{{id:int}}"
ROUTES: Final[Sequence[BaseRoute]] = (
    shown(SUBSCRIPTIONS, show_subscriptions, to=Who.MEMBER),
    sent(SUBSCRIPTIONS, begin, to=Who.MEMBER),
    sent(_ONE, change, to=Who.MEMBER),
    sent(f"{_ONE}/end", end, to=Who.MEMBER),
    sent(f"{_ONE}/feed", make_feed, to=Who.MEMBER),
    sent(f"{_ONE}/feed/end", drop_feed, to=Who.MEMBER),
)
