"""What a member does with a post: forms of one button each, that lead back to where they were pressed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from sqlalchemy.orm import Session
from starlette.responses import Response
from starlette.routing import BaseRoute

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.viewer import Viewer
from fediunion.db import now_of
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.html import clean_html, html_to_text
from fediunion.kit.sentences import Sentence
from fediunion.social.institutions.service import withdraw_as
from fediunion.social.media.service import readdress
from fediunion.social.posts.models import Post
from fediunion.social.posts.service import interactions
from fediunion.social.posts.service.polls import vote
from fediunion.social.posts.service.publishing import change_quote_policy, withdraw_post
from fediunion.social.posts.service.quotes import revoke_quote
from fediunion.social.posts.visibility import find_visible_post, get_own_post, get_visible_post
from fediunion.social.profiles.posting_defaults import QUOTE_POLICIES
from fediunion.social.translation.translating import translate_post
from fediunion.social.unpublished.service import keep_draft
from fediunion.social.unpublished.wishes import PostWish
from fediunion.web.composing.beginning import edited, get_changeable_post
from fediunion.web.forms import Form, safe_next
from fediunion.web.listing import id_in_path
from fediunion.web.markup import already_clean
from fediunion.web.render import page
from fediunion.web.routes import Who, see_other, sent, shown
from fediunion.web.rows import own_actor
from fediunion.web.visits import Visit

Act = Callable[[Session, Actor, int], object]

_VOTED: Final = Sentence("Your vote is counted.")
_SAVED: Final = Sentence("Saved.")
_TAKEN_BACK: Final = Sentence("Your post is shown in it no longer, also on servers that heed such wishes.")
_DELETED: Final = Sentence("Your post is deleted. Other servers that have it are told.")
_NO_REDRAFT: Final = Sentence("No draft is made of an institution's post.")
_REDRAFT: Final = Sentence("Your post is deleted, and its words are here.")


def _own(session: Session, member: Actor, post_id: int) -> Post:
    return get_own_post(session, post_id, Viewer(member.id, None, is_member=True))


def _pin(session: Session, member: Actor, post_id: int) -> None:
    interactions.pin(session, member, _own(session, member, post_id))


def _unpin(session: Session, member: Actor, post_id: int) -> None:
    interactions.unpin(session, member, _own(session, member, post_id))


_ACTIONS: Final[Mapping[str, tuple[Act, Act]]] = {
    "favourite": (interactions.favourite, interactions.unfavourite),
    "boost": (interactions.boost, interactions.unboost),
    "bookmark": (interactions.bookmark, interactions.unbookmark),
    "mute": (interactions.mute_thread, interactions.unmute_thread),
    "pin": (_pin, _unpin),
}


async def act(visit: Visit, form: Form) -> Response:
    """POST /posts/{id}/{action}: does it, or with `undo=1` takes it back.

    Raises NotFound for another action and for what is not there, Invalid for what may not be boosted. What is
    taken back may have become invisible meanwhile.
    """
    does, undoes = _ACTIONS.get(str(visit.request.path_params["action"]), (None, None))
    if does is None or undoes is None:
        raise NotFound("There is no such page.")
    undo = form.get("undo") == "1"
    await visit.world.db.write(partial(_act, visit=visit, act=undoes if undo else does, undo=undo))
    return _back(visit, form)


async def take_vote(visit: Visit, form: Form) -> Response:
    """POST /posts/{id}/vote: counts a vote, which cannot be changed. Raises Invalid for none."""
    choices = [int(each) for each in form.every("choice[]") if each.isascii() and each.isdecimal()]
    if not choices:
        raise Invalid(Sentence("Choose an answer first."), field="choice")
    await visit.world.db.write(
        lambda session: vote(session, own_actor(session, visit), id_in_path(visit), choices[:100])
    )
    return _back(visit, form, _VOTED)


async def save_quote_policy(visit: Visit, form: Form) -> Response:
    """POST /posts/{id}/quotes: says who may quote a post of the member's own."""
    policy = form.get("quote_policy", "")
    if policy not in QUOTE_POLICIES:
        raise Invalid(Sentence("There is no such choice."), field="quote_policy")

    def unit(session: Session) -> None:
        own = get_own_post(session, id_in_path(visit), visit.member.viewer)
        change_quote_policy(session, own_actor(session, visit), own, policy)

    await visit.world.db.write(unit)
    return _back(visit, form, _SAVED)


async def take_back_quote(visit: Visit, form: Form) -> Response:
    """POST /posts/{id}/quotes/{quoting}/revoke: the member's own post is shown in that one no longer.

    Raises NotFound for another's post, and for one that does not quote it.
    """
    quoting_id = id_in_path(visit, "quoting")

    def unit(session: Session) -> None:
        viewer = visit.member.viewer
        own = get_own_post(session, id_in_path(visit), viewer)
        revoke_quote(session, own_actor(session, visit), own, get_visible_post(session, quoting_id, viewer))

    await visit.world.db.write(unit)
    return see_other(visit, safe_next(form.get("back", "/home")), _TAKEN_BACK)


async def ask_delete(visit: Visit) -> Response:
    """GET /posts/{id}/delete: asks whether it is meant, and whether the words are to be kept."""
    post = await visit.world.db.read(get_changeable_post, visit, id_in_path(visit))
    path, own = f"/posts/{post.id}", post.author_id == visit.member.actor_id
    return page(visit, "posts/delete.html", path=path, text=post.source, own=own)


async def delete(visit: Visit, form: Form) -> Response:
    """POST /posts/{id}/delete: deletes it everywhere; `do=redraft` makes a draft of its words and files.

    An institution's post is deleted by its editors, and no draft is made of it. Raises NotFound.
    """
    redraft = form.get("do") == "redraft"

    def unit(session: Session) -> int | None:
        own = get_changeable_post(session, visit, id_in_path(visit))
        if own.author_id != visit.member.actor_id:
            if redraft:
                raise Invalid(_NO_REDRAFT, field="do")
            withdraw_as(session, visit.member.member_id, own.id, visit.member.viewer)
            return None
        member = own_actor(session, visit)
        wish = _wish_of(session, own)
        readdress(session, own.id)
        withdraw_post(session, member, own)
        session.flush()
        return keep_draft(session, member, wish).id if redraft else None

    draft_id = await visit.world.db.write(unit)
    if draft_id is not None:
        return see_other(visit, f"/compose?draft={draft_id}", _REDRAFT)
    return see_other(visit, "/home", _DELETED)


async def translate(visit: Visit, form: Form) -> Response:
    """POST /posts/{id}/translate: its words in the reader's language. Raises as `translate_post`."""
    del form
    number = id_in_path(visit)
    _, translated = await translate_post(visit.world, visit.member.viewer, number, visit.reader.language)
    content, warning, *rest = translated.texts
    return page(
        visit,
        "posts/translation.html",
        path=f"/posts/{number}",
        content=already_clean(clean_html(content)),
        warning=html_to_text(warning),
        rest=[html_to_text(each) for each in rest],
    )


def _wish_of(session: Session, post: Post) -> PostWish:
    """Return a post as one that could be published again. A poll is not: what was voted is gone with it."""
    now = now_of(session)
    draft = edited(session, post).post_draft(Audience(post.audience), now)
    draft = replace(draft, in_reply_to_id=post.in_reply_to_id, quote_of_id=post.quote_of_id)
    return PostWish.of(draft, now, has_audience=True)


def _act(session: Session, visit: Visit, act: Act, undo: bool) -> None:
    post_id = id_in_path(visit)
    found = find_visible_post(session, post_id, visit.member.viewer)
    if found is None and not undo:
        raise NotFound("There is no such post.")
    about = (found.boost_of_id if found is not None else None) or post_id
    act(session, own_actor(session, visit), about)


def _back(visit: Visit, form: Form, told: Sentence | None = None) -> Response:
    back = safe_next(form.get("back", "/home"))
    return see_other(visit, f"{back}#post-{id_in_path(visit)}", told)


ROUTES: Final[Sequence[BaseRoute]] = (
    sent("/posts/{id:int}/vote", take_vote, to=Who.MEMBER),
    sent("/posts/{id:int}/quotes", save_quote_policy, to=Who.MEMBER),
    sent("/posts/{id:int}/quotes/{quoting:int}/revoke", take_back_quote, to=Who.MEMBER),
    shown("/posts/{id:int}/delete", ask_delete, to=Who.MEMBER),
    sent("/posts/{id:int}/delete", delete, to=Who.MEMBER),
    sent("/posts/{id:int}/translate", translate, to=Who.MEMBER),
    sent("/posts/{id:int}/{action}", act, to=Who.MEMBER),
)
