"""Mails to officers about acts that take two: each step is told to all of them but who did it."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.db import settings_of
from fediunion.kit.sentences import Sentence
from fediunion.members.mail.notices import title_of, write_to
from fediunion.members.models import Member, MemberState, Role
from fediunion.social.moderation.officers import Officer

PAGE = "/admin/two-persons"


def tell_officers(session: Session, action: str, *, by: Officer, reason: str = "") -> None:
    """Write to every other admin and owner what `by` did; `action` is what the log calls it.

    Those without an address see it in the log. Nothing is written about a refusal: nothing came of it.
    """
    what = _told(by.handle).get(action)
    if what is None:
        return
    settings = settings_of(session)
    officers = session.scalars(
        select(Member).where(
            Member.role.in_([Role.ADMIN, Role.OWNER]),
            Member.state == MemberState.ACTIVE,
            Member.actor_id != by.actor_id,
        )
    )
    subject = Sentence("An act of two at %(title)s", title=title_of(settings))
    for officer in officers.all():
        write_to(session, officer, subject, what, *([reason] if reason else []), f"{settings.base_url}{PAGE}")


def _told(who: str) -> Mapping[str, Sentence]:
    return {
        "owner_role.ask": Sentence(
            "%(who)s asked that a member becomes owner. A second officer has to approve it.", who=who
        ),
        "owner_role.approve": Sentence("%(who)s approved that a member becomes owner.", who=who),
        "key_export.ask": Sentence(
            "%(who)s asked for an export of the keys of this server. A second officer has to approve it.",
            who=who,
        ),
        "key_export.approve": Sentence("%(who)s approved an export of the keys of this server.", who=who),
        "key_export.take": Sentence("%(who)s has an export of the keys of this server made.", who=who),
        "key_export.fetch": Sentence("%(who)s fetched the exported keys of this server.", who=who),
        "full_export.ask": Sentence(
            "%(who)s asked for an export of everything on this server. A second officer has to approve it.",
            who=who,
        ),
        "full_export.approve": Sentence("%(who)s approved an export of everything on this server.", who=who),
        "full_export.take": Sentence("%(who)s has an export of everything on this server made.", who=who),
        "full_export.fetch": Sentence("%(who)s fetched the export of everything on this server.", who=who),
    }
