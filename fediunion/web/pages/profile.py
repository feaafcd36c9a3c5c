"""/@name and /@name@host for members: anybody's profile, and what the member has to do with them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.actors.known import find_account_by_acct, get_account
from fediunion.actors.models import Actor, ActorKind
from fediunion.kit.errors import NotFound
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import valid_language_tag
from fediunion.social.annotations import service as annotations
from fediunion.social.annotations.queries import endorsed_among, notes_about
from fediunion.social.follows import restrictions, service
from fediunion.social.follows.relationships import Relationship, relationships_of
from fediunion.social.lists.models import AccountList
from fediunion.social.lists.queries import list_lists, list_lists_with
from fediunion.social.lists.service import add_accounts, remove_accounts
from fediunion.social.media.addresses import MediaAddresses
from fediunion.social.posts.queries import PostView, views_of
from fediunion.social.timelines.queries import account_page
from fediunion.web.emoji import text_with_emoji, with_emoji
from fediunion.web.forms import Form
from fediunion.web.listing import id_in_path, page_of, ways_on, whole_number
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent
from fediunion.web.rows import Place, own_actor, show_rows
from fediunion.web.visits import Visit

Act = Callable[[Session, Actor, Actor, Form], object]

_TABS: Final = {
    "": Sentence("Posts"),
    "replies": Sentence("Posts and replies"),
    "media": Sentence("Pictures and films"),
}
_SAVED: Final = Sentence("Saved.")
_MOST_LANGUAGES: Final = 50
_LONGEST_MUTE_SECONDS: Final = 10 * 366 * 86_400


@dataclass(frozen=True)
class _Profile:
    actor: Actor
    ids: Sequence[int]
    pinned: Sequence[PostView]
    views: Sequence[PostView]
    relationship: Relationship | None
    note: str
    endorsed: bool
    lists: Sequence[tuple[AccountList, bool]]


async def show_profile(visit: Visit, acct: str) -> Response:
    """Return the profile of `name` or `name@host` as a member sees it. Raises NotFound."""
    tab = visit.request.query_params.get("tab", "")
    tab = tab if tab in _TABS else ""
    wanted = page_of(visit)
    on_top = wanted.max_id is None and wanted.min_id is None

    def load(session: Session) -> _Profile:
        actor = find_account_by_acct(session, acct, visit.member.viewer)
        if actor is None:
            raise NotFound("There is no such account.")
        viewer = visit.member.viewer
        if actor.suspended_at is not None:
            return _Profile(actor, (), (), (), _relationship(session, visit, actor), "", False, ())
        ids = account_page(
            session, actor.id, viewer, wanted, only_media=tab == "media", exclude_replies=tab == ""
        )
        pinned = account_page(session, actor.id, viewer, wanted, pinned=True) if on_top and not tab else []
        views = {view.post.id: view for view in views_of(session, [*pinned, *ids], viewer)}
        on_lists = {row.id for row in list_lists_with(session, visit.member.actor_id, actor.id)}
        return _Profile(
            actor,
            ids,
            [views[each] for each in pinned if each in views],
            [views[each] for each in ids if each in views and each not in pinned],
            _relationship(session, visit, actor),
            notes_about(session, visit.member.actor_id, [actor.id]).get(actor.id, ""),
            actor.id in endorsed_among(session, visit.member.actor_id, [actor.id]),
            [(row, row.id in on_lists) for row in list_lists(session, visit.member.actor_id)],
        )

    found = await visit.world.db.read(load)
    actor, place = found.actor, Place(visit, "", "")
    person = place.person(actor)
    back = person.path + (f"?{visit.request.url.query}" if visit.request.url.query else "")
    suspended, addresses = actor.suspended_at is not None, MediaAddresses.of(visit.settings)
    return page(
        visit,
        "profile/profile.html",
        person=person,
        account=actor,
        suspended=suspended,
        summary="" if suspended else with_emoji(actor.summary, actor.emojis, addresses),
        fields=[] if suspended else [_field(field, actor, addresses) for field in actor.fields],
        header=addresses.header(actor) if actor.header_url and not suspended else "",
        figures=_counts(actor, visit),
        tabs_shown=[
            (person.path + (f"?tab={name}" if name else ""), label, name == tab)
            for name, label in _TABS.items()
        ],
        relationship=found.relationship,
        asks=service.needs_approval(actor) if actor.local else actor.locked,
        note_text=found.note,
        endorsed=found.endorsed,
        lists=found.lists,
        host="" if actor.local else actor.host,
        address="" if actor.local else actor.url or actor.uri,
        pinned=await show_rows(visit, found.pinned, back=back, context="account"),
        posts=await show_rows(visit, found.views, back=back, context="account"),
        ways=ways_on(visit, wanted, found.ids),
    )


async def change(visit: Visit, form: Form) -> Response:
    """POST /people/{id}/{action}: changes what is between the member and an account."""
    act = _ACTIONS.get(str(visit.request.path_params["action"]))
    number = id_in_path(visit)
    if act is None:
        raise NotFound("There is no such page.")

    def unit(session: Session) -> Actor:
        account = get_account(session, number, visit.member.viewer)
        act(session, own_actor(session, visit), account, form)
        return account

    account = await visit.world.db.write(unit)
    return see_other(visit, Place(visit, "", "").person(account).path, _SAVED)


def _follow(session: Session, member: Actor, account: Actor, form: Form) -> None:
    asked = [*form.every("language[]"), form.get("more_language", "")]
    service.request_follow(
        session,
        member,
        account,
        shows_boosts="boosts" in form,
        notifies="notify" in form,
        languages=list(dict.fromkeys(tag for tag in asked[:_MOST_LANGUAGES] if valid_language_tag(tag))),
    )


def _mute(session: Session, member: Actor, account: Actor, form: Form) -> None:
    seconds = min(whole_number(form.get("duration", "")) or 0, _LONGEST_MUTE_SECONDS)
    restrictions.mute(
        session, member, account, mutes_notifications="notifications" in form, lasts_seconds=seconds
    )


def _block_host(session: Session, member: Actor, account: Actor, form: Form) -> None:
    del form
    restrictions.block_host(session, member, account.host or "")


def _unblock_host(session: Session, member: Actor, account: Actor, form: Form) -> None:
    del form
    restrictions.unblock_host(session, member, account.host or "")


def _save_note(session: Session, member: Actor, account: Actor, form: Form) -> None:
    annotations.write_note(session, member, account, form.get("note", ""))


def _save_lists(session: Session, member: Actor, account: Actor, form: Form) -> None:
    wanted = {whole_number(each) for each in form.every("list[]")}
    on_now = {row.id for row in list_lists_with(session, member.id, account.id)}
    for row in list_lists(session, member.id):
        if row.id in wanted and row.id not in on_now:
            add_accounts(session, member, row.id, [account.id])
        elif row.id in on_now and row.id not in wanted:
            remove_accounts(session, member, row.id, [account.id])


def _plain(act: Callable[[Session, Actor, Actor], object]) -> Act:
    return lambda session, member, account, _form: act(session, member, account)


_ACTIONS: Final[Mapping[str, Act]] = {
    "follow": _follow,
    "unfollow": _plain(service.unfollow),
    "remove": _plain(service.remove_follower),
    "mute": _mute,
    "unmute": _plain(restrictions.unmute),
    "block": _plain(restrictions.block),
    "unblock": _plain(restrictions.unblock),
    "block-server": _block_host,
    "unblock-server": _unblock_host,
    "note": _save_note,
    "lists": _save_lists,
    "endorse": _plain(annotations.endorse),
    "unendorse": _plain(annotations.unendorse),
}


def _relationship(session: Session, visit: Visit, actor: Actor) -> Relationship | None:
    if actor.id == visit.member.actor_id:
        return None
    return relationships_of(session, visit.member.actor_id, [actor.id])[0]


def _field(field: Mapping[str, object], actor: Actor, addresses: MediaAddresses) -> dict[str, object]:
    return {
        "name": text_with_emoji(str(field["name"]), actor.emojis, addresses),
        "value": with_emoji(str(field["value"]), actor.emojis, addresses),
        "verified": bool(field.get("verified_at")),
    }


def _counts(actor: Actor, visit: Visit) -> list[tuple[Sentence, int]]:
    """Return what is told of an account in numbers; who follows members here only where that is set.

    Of an account elsewhere that is nothing: what came here is a part of what there is.
    """
    if not actor.local:
        return []
    counts = [(Sentence("Posts"), actor.posts_count)]
    told = visit.settings.privacy.follow_counts or actor.kind != ActorKind.MEMBER
    if told or actor.id == visit.member.actor_id:
        counts.append((Sentence("Followers"), actor.followers_count))
        counts.append((Sentence("Following"), actor.following_count))
    return counts


ROUTES: Final[Sequence[BaseRoute]] = (sent("/people/{id:int}/{action}", change, to=Who.MEMBER),)
