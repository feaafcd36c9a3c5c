"""Publishing a vacancy of ours, and telling how it changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.db import emit, now_of, settings_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import Invalid, NotAllowed
from fediunion.kit.sentences import Sentence
from fediunion.social.moderation.audit import record_audit
from fediunion.social.posts.queries import find_post
from fediunion.social.posts.service.drafts import PostDraft
from fediunion.social.posts.service.publishing import publish_post
from fediunion.social.posts.service.publishing.composed import recompose_post
from fediunion.union.vacancies.events import VacancyOpened
from fediunion.union.vacancies.models import Vacancy, VacancySource, VacancyState
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.posting import posting_of
from fediunion.union.vacancies.service.doubts import SOURCE_DOMAIN, Doubt, doubts_about
from fediunion.union.vacancies.service.rows import lock_vacancy, notice_of, touch, write_notice
from fediunion.union.vacancies.terms.source import SourceStatus
from fediunion.union.vacancies.wording import composed_vacancy, language_of, note_uri, page_url

CLOSE_JOB: Final = "vacancies.close"


def publish_vacancy(session: Session, vacancy: Vacancy, *, by: str) -> None:
    """Open a draft of ours: it is listed here, and the board tells its followers and the other unions.

    Where its source is not the employer's own site it is open here alone and shown as unverified
    (official-source rule). Raises Invalid for words of a fraud, naming them, and for a closing date in the
    past; NotAllowed for what is no draft.
    """
    lock_vacancy(session, vacancy)
    if not vacancy.local or vacancy.state != VacancyState.DRAFT:
        raise NotAllowed(Sentence("Only a draft can be published."))
    notice = notice_of(vacancy)
    check_publishable(session, notice)
    vacancy.state, vacancy.posted_at = VacancyState.OPEN, now_of(session)
    open_here(session, vacancy, notice)
    record_audit(session, by=by, action="vacancy.publish", subject=vacancy.slug)


def check_publishable(session: Session, notice: Notice) -> None:
    """Raise Invalid, with its field, for a notice that may not be published here."""
    if notice.closes_at <= now_of(session):
        raise Invalid(Sentence("The closing date is in the past."), field="validThrough", reason="past")
    check_words(session, notice)


def check_words(session: Session, notice: Notice) -> None:
    """Raise Invalid, with its field, for a notice with the words of a fraud."""
    for doubt in doubts_about(session, notice, believed=False):
        if doubt.reason != SOURCE_DOMAIN:
            raise Invalid(
                Sentence("The words “%(phrase)s” are those of a fraud.", phrase=doubt.phrase),
                field="description",
                reason=doubt.reason,
            )


def tell_change(session: Session, vacancy: Vacancy, notice: Notice, *, extended: bool) -> None:
    """Let an open vacancy of ours say something else.

    Raises Invalid as `check_publishable`, and where it was told and no address of the employer would be left:
    who believed it once would read the new one as believed.
    """
    check_publishable(session, notice)
    if vacancy.post_id is not None and not _is_verified(doubts_about(session, notice, believed=False)):
        raise Invalid(
            Sentence("This vacancy was sent with an address of the employer, and has to keep one."),
            field="source_url",
            reason=SOURCE_DOMAIN,
        )
    if extended:
        vacancy.state = VacancyState.EXTENDED
    open_here(session, vacancy, notice)


def open_here(session: Session, vacancy: Vacancy, notice: Notice) -> None:
    """Store what an open vacancy says, tell of it whom it concerns, and have it close in time.

    Its post is made as soon as its source is verified, and changed from then on.
    """
    write_notice(vacancy, notice)
    doubts = doubts_about(session, notice, believed=False)
    vacancy.flags = [doubt.reason for doubt in doubts]
    verified = _is_verified(doubts)
    vacancy.source_status = SourceStatus.VERIFIED if verified else SourceStatus.UNVERIFIED
    board = get_actor(session, vacancy.board_id)
    if vacancy.post_id is not None:
        retell(session, vacancy, notice)
        source = session.scalar(select(VacancySource).where(VacancySource.post_id == vacancy.post_id))
        assert source is not None  # made with the post
        _fill(source, notice, verified=verified)
    elif verified:
        _tell(session, vacancy, notice, board)
    touch(session, vacancy)
    session.flush()
    schedule_closing(session, vacancy)
    emit(session, VacancyOpened(vacancy.id))


def retell(session: Session, vacancy: Vacancy, notice: Notice, *, only_to_holders: bool = False) -> None:
    """Change the post of a vacancy to what it says now, in the state that it is in."""
    post = find_post(session, vacancy.post_id or 0)
    if post is not None and post.deleted_at is None:
        board = get_actor(session, vacancy.board_id)
        composed = composed_vacancy(vacancy, notice, board=board, base_url=settings_of(session).base_url)
        recompose_post(session, board, post, composed, only_to_holders=only_to_holders)


def schedule_closing(session: Session, vacancy: Vacancy) -> None:
    """Have a vacancy looked at when it closes; one that was put off meanwhile is left alone then."""
    at: datetime = vacancy.closes_at
    key = f"close_vacancy:{vacancy.id}:{at.timestamp():.0f}"
    enqueue(session, CLOSE_JOB, at=at, key=key, vacancy_id=vacancy.id)


def _is_verified(doubts: Sequence[Doubt]) -> bool:
    return all(doubt.reason != SOURCE_DOMAIN for doubt in doubts)


def _tell(session: Session, vacancy: Vacancy, notice: Notice, board: Actor) -> None:
    base_url = settings_of(session).base_url
    draft = PostDraft(
        audience=Audience(vacancy.audience),
        language=language_of(notice),
        composed=composed_vacancy(vacancy, notice, board=board, base_url=base_url),
    )
    post = publish_post(session, board, draft)
    vacancy.post_id = post.id
    source = VacancySource(
        vacancy_id=vacancy.id,
        post_id=post.id,
        board_id=board.id,
        uri=note_uri(board, vacancy),
        url=page_url(vacancy, base_url),
        received_at=now_of(session),
    )
    _fill(source, notice, verified=True)
    session.add(source)


def _fill(source: VacancySource, notice: Notice, *, verified: bool) -> None:
    source.posting, source.source_url, source.verified = posting_of(notice), notice.source_url, verified
    source.closes_at, source.closes_zone = notice.closes_at, notice.closes_zone
