"""Mails about what matched members' searches: one a day or a week, and the link that ends them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from fediunion.config import MailMode, Settings
from fediunion.db import now_of, settings_of
from fediunion.kit.catalogues import translated
from fediunion.kit.errors import Invalid
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.members.links.sealed import opened_from_link, sealed_in_link
from fediunion.members.mail.notices import language_for, title_of, write_to
from fediunion.members.models import Member, MemberState
from fediunion.union.vacancies.models import SearchSubscription, SubscriptionMatch, Vacancy
from fediunion.union.vacancies.saved.finding import query_in
from fediunion.union.vacancies.saved.subscriptions import (
    Digest,
    can_be_applied_for,
    forget_matches,
    list_subscriptions,
)
from fediunion.union.vacancies.search.naming import words_of
from fediunion.union.vacancies.service.rows import notice_of
from fediunion.union.vacancies.terms.closing import Closing, closing_text
from fediunion.union.vacancies.wording import headline, page_url
from fediunion.web.languages import LOCALES
from fediunion.world import World

MAIL_JOB: Final = "vacancies.mail_digests"
UNSUBSCRIBE: Final = "/vacancies/unsubscribe"
MOST_IN_A_MAIL: Final = 20
"""So many vacancies of one search a mail names, those that close first; the others are on the page."""

_PERIODS: Final = {Digest.DAILY: timedelta(days=1), Digest.WEEKLY: timedelta(days=7)}
_MEMBERS_AT_ONCE: Final = 20
_ASSOCIATED: Final = b"end-vacancy-mails"


def offers_mail(settings: Settings, member: Member) -> bool:
    """Return whether mails can be sent to a member."""
    return settings.mail.mode is not MailMode.OFF and member.sealed_email is not None


async def mail_digests(world: World, _payload: JsonObject) -> None:
    """Job: mail what is due; forget what is over."""
    while await world.db.write(mail_due):
        pass
    while await world.db.write(forget_matches):
        pass


def mail_due(session: Session) -> int:
    """Write to some members whose day or week is over, where something matched; return how many they were."""
    now = now_of(session)
    due = [
        and_(SearchSubscription.digest == digest, SearchSubscription.digest_sent_at <= now - period)
        for digest, period in _PERIODS.items()
    ]
    own = select(SearchSubscription.member_id).where(or_(*due)).distinct().limit(_MEMBERS_AT_ONCE)
    members = session.scalars(own).all()
    for member_id in members:
        wanted = [
            each
            for each in list_subscriptions(session, member_id)
            if each.digest and each.digest_sent_at <= now - _PERIODS[Digest(each.digest)]
        ]
        _mail(session, session.get_one(Member, member_id), wanted)
    return len(members)


def sealed_member(member_id: int, settings: Settings) -> str:
    """Return what the link in a mail carries: who ends the mails, readable by this server alone."""
    return sealed_in_link(b"%d" % member_id, settings, _ASSOCIATED)


def unsealed_member(text: str, settings: Settings) -> int:
    """Return whose link that is; raise NotFound for what is none of ours."""
    return int(opened_from_link(text, settings, _ASSOCIATED))


def _mail(session: Session, member: Member, due: Sequence[SearchSubscription]) -> None:
    """Write one mail about all that is due, where something is in it, and begin the next day or week."""
    settings, now = settings_of(session), now_of(session)
    language = language_for(member, settings)
    parts: list[str] = []
    total = 0
    for subscription in due:
        found = _unmailed(session, subscription)
        if found:
            parts.append(_heading(subscription, len(found), settings, language))
            parts += [_line(each, settings, language) for each in found[:MOST_IN_A_MAIL]]
            total += len(found)
        session.execute(
            update(SubscriptionMatch)
            .where(
                SubscriptionMatch.subscription_id == subscription.id, SubscriptionMatch.mailed_at.is_(None)
            )
            .values(mailed_at=now)
        )
        subscription.digest_sent_at = now
    if not parts or member.state != MemberState.ACTIVE or not offers_mail(settings, member):
        return
    end = f"{settings.base_url}{UNSUBSCRIBE}?member={sealed_member(member.id, settings)}"
    write_to(
        session,
        member,
        Sentence.counted(
            "%(title)s: %(count)s new vacancy for you",
            "%(title)s: %(count)s new vacancies for you",
            count=total,
            title=title_of(settings),
        ),
        *parts,
        Sentence("You asked for this mail. Change what you get:"),
        f"{settings.base_url}/vacancies/subscriptions",
        Sentence("Get no more of these mails:"),
        end,
        unsubscribe=end,
    )


def _unmailed(session: Session, subscription: SearchSubscription) -> Sequence[Vacancy]:
    """Return what matched since the last mail and can still be applied for, what closes first before."""
    statement = (
        select(Vacancy)
        .join(SubscriptionMatch, SubscriptionMatch.vacancy_id == Vacancy.id)
        .where(
            SubscriptionMatch.subscription_id == subscription.id,
            SubscriptionMatch.mailed_at.is_(None),
            *can_be_applied_for(session),
        )
    )
    return session.scalars(statement.order_by(Vacancy.closes_at, Vacancy.id)).all()


def _heading(subscription: SearchSubscription, count: int, settings: Settings, language: str) -> str:
    try:
        words = words_of(query_in(subscription.query), language)
    except Invalid:
        words = subscription.query
    asked = f"?{subscription.query}" if subscription.query else ""
    return f"{words} ({count})\n{settings.base_url}/vacancies{asked}"


def _line(vacancy: Vacancy, settings: Settings, language: str) -> str:
    closing = closing_text(Closing(vacancy.closes_at, vacancy.closes_zone), LOCALES[language])
    told = translated(Sentence("Apply by %(closing)s.", closing=closing), language)
    lines = (headline(notice_of(vacancy)), vacancy.employer, told, page_url(vacancy, settings.base_url))
    return "\n".join(lines)
