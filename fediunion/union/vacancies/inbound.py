"""Vacancies as other servers send them: whose are taken as vacancies, whose as posts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub import vocab
from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import Irrelevant, Refused
from fediunion.social.posts.events import PostEdited, PostRemoved, PostStored
from fediunion.social.posts.inbound.posts import NEWS_FOR, receive_edit
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.social.posts.service import remote as remote_posts
from fediunion.union.affiliation.events import TrustChanged
from fediunion.union.affiliation.models import Trust
from fediunion.union.affiliation.queries import trust_of
from fediunion.union.affiliation.sharing import hosts_lost_for, tell_new_peers
from fediunion.union.vacancies.documents import VacancyDocument, vacancy_in
from fediunion.union.vacancies.models import VacancySource
from fediunion.union.vacancies.service import remote
from fediunion.union.vacancies.service.sharing import SHARED_VACANCIES


def receive_vacancy(ctx: InboxContext, create: vocab.Create, document: VacancyDocument) -> None:
    """A board elsewhere tells of a vacancy.

    From whom we take vacancies it is stored whoever follows the board; from others as any post.
    """
    _receive(ctx, document, live=True)


def receive_vacancy_update(ctx: InboxContext, change: vocab.Update, document: VacancyDocument) -> None:
    """A board elsewhere tells how a vacancy changed, or that it has ended."""
    post = find_post_by_uri(ctx.session, document.id)
    if post is not None:
        receive_edit(ctx, change, document)
        _take_note_late(ctx, post, document)
        return
    _receive(ctx, document, live=document.published is not None and ctx.now - document.published < NEWS_FOR)


def _receive(ctx: InboxContext, document: VacancyDocument, *, live: bool) -> None:
    believed = is_believed(ctx.session, ctx.sender)
    over = bool(document.ended) or document.notice.closes_at <= ctx.now
    post = remote_posts.record_remote_post(
        ctx.session, ctx.sender, document, wanted=believed and not over, live=live
    )
    if post is None and not believed and remote.note_suspect(ctx.session, ctx.sender, document):
        ctx.remarks.append(Refused("The vacancy shows the signs of a fraud.", reason="suspect-vacancy"))
    elif believed and over:
        ctx.remarks.append(Refused("The vacancy has closed already.", reason="closed-vacancy"))
    elif post is None:
        raise Irrelevant("concerns nobody here")


def _take_note_late(ctx: InboxContext, post: Post, document: VacancyDocument) -> None:
    """Take note of a vacancy that came as a post, or was forgotten: its union may share it only now."""
    is_current = post.edited_at is None or (
        document.updated is not None and document.updated >= post.edited_at
    )
    if is_current and not remote.is_noted(ctx.session, post) and is_believed(ctx.session, ctx.sender):
        remote.record_remote_vacancy(ctx.session, ctx.sender, post, document, believed=True)


def vacancy_stored(session: Session, event: PostStored) -> None:
    """Reaction: a remote post is new here, by whatever way; a vacancy that it tells of is taken note of."""
    if isinstance(event.document, VacancyDocument):
        believed = is_believed(session, event.author)
        remote.record_remote_vacancy(session, event.author, event.post, event.document, believed=believed)


def vacancy_edited(session: Session, event: PostEdited) -> None:
    """Reaction: a remote post reads differently now, or fewer may read it; maybe its vacancy is gone."""
    if event.post.local:
        return
    if event.document is None:
        remote.narrow_source(session, event.post)
    elif isinstance(event.document, VacancyDocument):
        author = get_actor(session, event.post.author_id)
        believed = is_believed(session, author)
        remote.record_remote_vacancy(session, author, event.post, event.document, believed=believed)
    elif vacancy_in(event.document.raw) is None:
        remote.forget_source(session, event.post.id)


def vacancy_removed(session: Session, event: PostRemoved) -> None:
    """Reaction: a post is gone, and what it told of a vacancy with it."""
    if event.post.boost_of_id is None:
        remote.forget_source(session, event.post.id)


def trust_changed(session: Session, event: TrustChanged) -> None:
    """Reaction: from whom we take no vacancies any more, those that it told of are forgotten.

    With whom we share them from now on, is told what is open here.
    """
    tell_new_peers(session, event, SHARED_VACANCIES)
    lost = hosts_lost_for(session, event, Trust.VACANCIES)
    boards = select(VacancySource.board_id).join(Actor, Actor.id == VacancySource.board_id)
    remote.forget_boards(session, session.scalars(boards.where(Actor.host.in_(lost), ~Actor.local)).all())


def is_believed(session: Session, board: Actor) -> bool:
    """Return whether a board's union may share vacancies with us; ours need not ask."""
    return Trust.VACANCIES in trust_of(session, board.host)
