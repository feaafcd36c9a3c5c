"""Calls as other servers send them: whose are taken as calls, whose as posts."""

from sqlalchemy.orm import Session

from fediunion.activitypub import vocab
from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import Irrelevant
from fediunion.social.posts.events import PostEdited, PostRemoved, PostStored
from fediunion.social.posts.inbound.posts import NEWS_FOR, receive_edit
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.social.posts.service import remote as remote_posts
from fediunion.union.affiliation.events import TrustChanged
from fediunion.union.affiliation.models import Trust
from fediunion.union.affiliation.queries import trust_of
from fediunion.union.affiliation.sharing import hosts_lost_for, tell_new_peers
from fediunion.union.campaigns.documents import CallDocument, call_in
from fediunion.union.campaigns.queries import find_call_by_post, find_call_by_uri
from fediunion.union.campaigns.service import remote
from fediunion.union.campaigns.service.ending import end_without_post
from fediunion.union.campaigns.service.sharing import SHARED_CALLS


def receive_call(ctx: InboxContext, create: vocab.Create, document: CallDocument) -> None:
    """An institution elsewhere puts a call.

    From whom we take calls it is stored whoever follows the institution; from others as any post.
    """
    _receive(ctx, document, live=True)


def receive_call_update(ctx: InboxContext, change: vocab.Update, document: CallDocument) -> None:
    """An institution elsewhere tells how a call changed, how many signed it, or what came of it."""
    if find_post_by_uri(ctx.session, document.id) is not None:
        receive_edit(ctx, change, document)
        _take_tally(ctx.session, document.id)
        return
    _receive(ctx, document, live=document.published is not None and ctx.now - document.published < NEWS_FOR)


def call_stored(session: Session, event: PostStored) -> None:
    """Reaction: a remote post is new here, by whatever way; a call that it puts is taken note of."""
    if isinstance(event.document, CallDocument) and is_believed(session, event.author):
        remote.record_remote_call(session, event.author, event.post, event.document)


def call_edited(session: Session, event: PostEdited) -> None:
    """Reaction: a remote post reads differently now, or fewer may read it; maybe it puts no call any more."""
    if event.post.local:
        return
    if event.document is None:
        remote.narrow_call(session, event.post)
    elif isinstance(event.document, CallDocument):
        author = get_actor(session, event.post.author_id)
        if is_believed(session, author):
            remote.record_remote_call(session, author, event.post, event.document)
    elif call_in(event.document.raw) is None:
        _forget(session, event.post.id)


def call_removed(session: Session, event: PostRemoved) -> None:
    """Reaction: a post is gone, and the call of elsewhere that it put with it; one of ours is withdrawn."""
    if event.post.boost_of_id is None:
        _forget(session, event.post.id)


def trust_changed(session: Session, event: TrustChanged) -> None:
    """Reaction: from whom we take no calls any more, those that it put are forgotten.

    With whom we share them from now on, is told what is open here.
    """
    tell_new_peers(session, event, SHARED_CALLS)
    remote.forget_calls_of(session, hosts_lost_for(session, event, Trust.CALLS))


def is_believed(session: Session, actor: Actor) -> bool:
    """Return whether an actor's union may share calls with us."""
    return Trust.CALLS in trust_of(session, actor.host)


def _receive(ctx: InboxContext, document: CallDocument, *, live: bool) -> None:
    believed = is_believed(ctx.session, ctx.sender)
    if remote_posts.record_remote_post(ctx.session, ctx.sender, document, wanted=believed, live=live) is None:
        raise Irrelevant("concerns nobody here")


def _take_tally(session: Session, uri: str) -> None:
    call = find_call_by_uri(session, uri)
    if call is not None and not call.local:
        remote.take_tally(session, call)


def _forget(session: Session, post_id: int) -> None:
    call = find_call_by_post(session, post_id)
    if call is None:
        return
    if call.local:
        end_without_post(session, call)
    else:
        remote.forget_calls(session, [call.id])
