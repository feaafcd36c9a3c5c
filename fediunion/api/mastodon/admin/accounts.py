"""Accounts, as moderators act on them. Source: https://docs.joinmastodon.org/methods/admin/accounts/"""

from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.api.endpoint import NO_CONTENT, Answer, Call, Endpoint, Handler, Json, delete, get, post
from fediunion.api.mastodon.admin.acting import MOST, USUAL, Moderator, read_as, write_as
from fediunion.api.mastodon.entities.admin_account import admin_account_entity
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.listing import links
from fediunion.db import settings_of
from fediunion.members.emails import unseal_email
from fediunion.members.models import Role
from fediunion.social.moderation import accounts, members
from fediunion.social.moderation.account_queries import (
    STATES,
    AccountFilter,
    ModeratedAccount,
    get_moderated,
    list_moderated,
)
from fediunion.social.moderation.audit import record_audit
from fediunion.social.moderation.members import MAX_TEXT
from fediunion.social.moderation.queries import get_report
from fediunion.social.moderation.reports import resolve

ACTIONS: Final = ("none", "sensitive", "disable", "silence", "suspend")
_ROLES: Final = {"1": Role.MODERATOR, "2": Role.ADMIN, "3": Role.OWNER}
_STAFF: Final = tuple(_ROLES.values())
_LONGEST: Final = 300

Act = Callable[[Session, Actor, Moderator], None]


async def list_v1(call: Call) -> Answer:
    """List accounts by the switches of version 1."""
    params = call.params
    states = [state for state in STATES if params.flag(state)]
    local = True if params.flag("local") else False if params.flag("remote") else None
    return await _list(call, local, states, _STAFF if params.flag("staff") else ())


async def list_v2(call: Call) -> Answer:
    """List accounts by the words of version 2."""
    params = call.params
    origin = params.word("origin", ("local", "remote", ""), "")
    status = params.word("status", (*STATES, ""), "")
    numbers = params.texts("role_ids", most=10, longest=20)
    roles = tuple(_ROLES[number] for number in numbers if number in _ROLES)
    staff = params.text("permissions", most=20) == "staff"
    local = None if not origin else origin == "local"
    return await _list(call, local, [status] if status else [], roles or (_STAFF if staff else ()))


async def _list(call: Call, local: bool | None, states: list[str], roles: tuple[Role, ...]) -> Answer:
    """List accounts, without their addresses: those are shown, and noted, one at a time.

    Nothing is found by `ip`, as no address of a network is kept, nor by who invited.
    """
    page, params = call.page(USUAL, MOST), call.params
    nothing = bool(params.text("ip", most=_LONGEST)) or bool(params.text("invited_by", most=_LONGEST))
    email = params.text("email", most=_LONGEST)
    wanted = AccountFilter(
        local=local,
        states=states,
        roles=roles,
        host=params.text("by_domain", most=_LONGEST),
        username=params.text("username", most=_LONGEST),
        display_name=params.text("display_name", most=_LONGEST),
        email=email,
    )

    def load(session: Session, moderator: Moderator) -> list[ModeratedAccount]:
        if nothing or (email and not moderator.sees_addresses):
            return []
        return list_moderated(session, wanted, page)

    found = await read_as(call, Role.MODERATOR, load)
    frame = frame_for(call.world.settings, call.viewer)
    shown = [admin_account_entity(account, frame) for account in found]
    return Answer(shown, headers=links(call, page, [account.actor.id for account in found]))


async def show(call: Call) -> Json:
    """Show one account; to administrators with its e-mail address, which the log then says (row C09)."""
    actor_id = call.id

    def work(session: Session, moderator: Moderator) -> Entity:
        account, email = get_moderated(session, actor_id), ""
        if moderator.sees_addresses and account.member is not None and account.sealed_email:
            email = unseal_email(account.sealed_email, account.member.id, settings_of(session))
            record_audit(session, by=moderator.handle, action="member.read_email", subject=account.actor.uri)
        return admin_account_entity(account, frame_for(settings_of(session), call.viewer), email=email)

    return await write_as(call, Role.MODERATOR, work)


async def take_action(call: Call) -> Json:
    """Warn an account, cover its pictures, disable, silence or suspend it; a report is resolved by it."""
    actor_id = call.id

    def work(session: Session, moderator: Moderator) -> None:
        params = call.params
        action, text = params.word("type", ACTIONS, ""), params.text("text", most=MAX_TEXT)
        report_id = params.id("report_id")
        actor = _outranked(session, actor_id, moderator)
        _act(
            session,
            actor,
            action,
            text,
            moderator.handle,
            tells=params.flag("send_email_notification", default=True),
        )
        if report_id is not None:
            report = get_report(session, report_id)
            resolve(session, report, by=moderator.handle, reason=action, moderator_id=moderator.actor_id)

    await write_as(call, Role.MODERATOR, work)
    return NO_CONTENT


def _act(session: Session, actor: Actor, action: str, text: str, by: str, *, tells: bool) -> None:
    if action == "none":
        members.warn(session, actor, text, by=by)
        return
    if action == "sensitive":
        members.sensitize(session, actor, by=by, reason=text)
    elif action == "disable":
        members.disable(session, actor, by=by, reason=text)
    elif action == "silence":
        accounts.silence(session, actor, by=by, reason=text)
    else:
        accounts.suspend(session, actor, by=by, reason=text)
    if tells:
        members.tell_by_mail(session, actor, text)


def _outranked(session: Session, actor_id: int, moderator: Moderator) -> Actor:
    """Return the actor of an account that the moderator may decide about. Raises NotFound, NotAllowed."""
    actor = get_moderated(session, actor_id).actor
    members.check_outranks(session, moderator.role, actor)
    return actor


def _does(act: Act, least: Role = Role.MODERATOR) -> Handler:
    """Return the handler of an act on one account, which answers what the account is then."""

    async def handle(call: Call) -> Json:
        actor_id = call.id

        def work(session: Session, moderator: Moderator) -> Entity:
            account = get_moderated(session, actor_id)
            act(session, _outranked(session, actor_id, moderator), moderator)
            session.flush()
            frame = frame_for(settings_of(session), call.viewer)
            still_waits = account.sign_up is not None and account.sign_up in session
            left = ModeratedAccount(account.actor, account.member, account.sign_up if still_waits else None)
            return admin_account_entity(left, frame)

        return await write_as(call, least, work)

    return handle


_WRITES: Final = "admin:write:accounts"
_READS: Final = "admin:read:accounts"
_ONE: Final = "/api/v1/admin/accounts/:id"

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/admin/accounts", list_v1, _READS),
    get("/api/v2/admin/accounts", list_v2, _READS),
    get(_ONE, show, _READS),
    delete(_ONE, _does(lambda s, actor, m: members.erase(s, actor, by=m.handle), Role.ADMIN), _WRITES),
    post(f"{_ONE}/action", take_action, _WRITES),
    post(f"{_ONE}/approve", _does(lambda s, actor, m: members.approve(s, actor, by=m.handle)), _WRITES),
    post(f"{_ONE}/reject", _does(lambda s, actor, m: members.reject(s, actor, by=m.handle)), _WRITES),
    post(f"{_ONE}/enable", _does(lambda s, actor, m: members.enable(s, actor, by=m.handle)), _WRITES),
    post(
        f"{_ONE}/unsensitive", _does(lambda s, actor, m: members.unsensitize(s, actor, by=m.handle)), _WRITES
    ),
    post(f"{_ONE}/unsilence", _does(lambda s, actor, m: accounts.unsilence(s, actor, by=m.handle)), _WRITES),
    post(f"{_ONE}/unsuspend", _does(lambda s, actor, m: accounts.unsuspend(s, actor, by=m.handle)), _WRITES),
)
