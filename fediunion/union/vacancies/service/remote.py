"""Vacancies that other unions tell of: stored, merged with what is known of the same job, taken back."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import audience_of
from fediunion.actors.models import Actor
from fediunion.actors.queries import has_owner
from fediunion.db import emit, now_of
from fediunion.kit.ids import new_slug
from fediunion.social.posts.models import Post
from fediunion.union.vacancies.documents import VacancyDocument
from fediunion.union.vacancies.events import VacancyOpened
from fediunion.union.vacancies.models import (
    OPEN_STATES,
    Vacancy,
    VacancySource,
    VacancyState,
)
from fediunion.union.vacancies.posting import posting_of
from fediunion.union.vacancies.reading import stored_notice
from fediunion.union.vacancies.service.doubts import SOURCE_DOMAIN, doubts_about, status_of_source
from fediunion.union.vacancies.service.employers import confirm_employer, find_employer
from fediunion.union.vacancies.service.ending import remove_vacancy
from fediunion.union.vacancies.service.merging import find_same_job, is_of, settle, sources_of
from fediunion.union.vacancies.service.rows import touch, write_notice
from fediunion.union.vacancies.terms.source import SourceStatus

MOST_SUSPECTS_OF_A_HOST = 100
"""So many doubtful notices of one untrusted server are kept for moderators; the rest are posts only."""


def record_remote_vacancy(
    session: Session, board: Actor, post: Post, document: VacancyDocument, *, believed: bool
) -> None:
    """Store what a remote post says of a vacancy, or what it says now.

    `believed`: the board's union may share vacancies with us. What others send stays a post; only where it
    shows the signs of a fraud it is kept beside, hidden, for moderators to see (row J3). One that is new
    and over already is left alone.
    """
    source = _source_of(session, post.uri)
    if source is None and not believed:
        note_suspect(session, board, document)
        source = _source_of(session, post.uri)
    if source is not None:
        source.post_id = post.id
        _told_again(session, source, board, post, document, believed=believed)
    elif believed and not (document.ended or document.notice.closes_at <= now_of(session)):
        _learn_employer(session, board, document)
        _told_first(session, board, post, document, believed=True)


def is_noted(session: Session, post: Post) -> bool:
    """Return whether what a post tells of a vacancy is known as that."""
    return _source_of(session, post.uri) is not None


def note_suspect(session: Session, board: Actor, document: VacancyDocument) -> bool:
    """Keep a notice of somebody whom we do not believe, hidden, where it has the signs of a fraud.

    Return whether it has; of one server no more than so many are kept.
    """
    reasons = {doubt.reason for doubt in doubts_about(session, document.notice, believed=False)}
    suspect = bool(reasons - {SOURCE_DOMAIN})
    known = _source_of(session, document.id) is not None
    if suspect and not known and not _has_enough_suspects(session, board):
        _told_first(session, board, None, document, believed=False)
    return suspect


def _told_first(
    session: Session, board: Actor, post: Post | None, document: VacancyDocument, *, believed: bool
) -> None:
    flags = _flags(session, document, believed=believed)
    audience = post.audience if post else audience_of(document.to, document.cc, board.followers_url)
    hidden = _is_suspect(flags)
    same = None if hidden else find_same_job(session, document.notice, audience)
    vacancy = same or _new_vacancy(session, board, post, document, flags, audience)
    source = VacancySource(
        vacancy_id=vacancy.id,
        post_id=post.id if post else None,
        board_id=board.id,
        uri=document.id,
        received_at=now_of(session),
    )
    _fill(source, document, flags)
    session.add(source)
    session.flush()
    settle(session, vacancy)


def _told_again(
    session: Session,
    source: VacancySource,
    board: Actor,
    post: Post,
    document: VacancyDocument,
    *,
    believed: bool,
) -> None:
    flags = _flags(session, document, believed=believed)
    vacancy = session.get_one(Vacancy, source.vacancy_id, with_for_update=True)
    alone = not vacancy.local and len(sources_of(session, vacancy.id)) == 1
    fits = is_of(vacancy, document.notice) and vacancy.audience == post.audience and not _is_suspect(flags)
    if not alone and not fits:
        # It became something else than what others tell of: it goes on alone, and takes nobody along.
        _forget(session, source)
        if believed or _is_suspect(flags):
            _told_first(session, board, post, document, believed=believed)
        return
    _fill(source, document, flags)
    if not vacancy.local and vacancy.post_id in (None, source.post_id):
        vacancy.post_id, vacancy.audience = source.post_id, post.audience
        _say_now(vacancy, document, flags, believed=believed)
    session.flush()
    settle(session, vacancy)


def _say_now(vacancy: Vacancy, document: VacancyDocument, flags: list[str], *, believed: bool) -> None:
    """Let a vacancy of elsewhere say what its notice says now; what a moderator cleared was what it said.

    Of whom we do not believe, nothing comes out of hiding by being written otherwise.
    """
    words, closed_at, was_hidden, doubts = vacancy.words, vacancy.closes_at, vacancy.hidden, vacancy.flags
    _say(vacancy, document, flags)
    if was_hidden and not believed:
        vacancy.hidden, vacancy.flags = True, list(dict.fromkeys((*doubts, *flags)))
    elif vacancy.words != words and _is_suspect(flags):
        vacancy.hidden, vacancy.cleared_at = True, None
    if vacancy.closes_at > closed_at and vacancy.state == VacancyState.OPEN:
        vacancy.state = VacancyState.EXTENDED


def _flags(session: Session, document: VacancyDocument, *, believed: bool) -> list[str]:
    return [doubt.reason for doubt in doubts_about(session, document.notice, believed=believed)]


def _is_suspect(flags: list[str]) -> bool:
    return bool(set(flags) - {SOURCE_DOMAIN})


def _source_of(session: Session, uri: str) -> VacancySource | None:
    return session.scalar(select(VacancySource).where(VacancySource.uri == uri))


def narrow_source(session: Session, post: Post) -> None:
    """Show a vacancy to no more than those who may read its post now; others' vacancies it leaves."""
    source = session.scalar(select(VacancySource).where(VacancySource.post_id == post.id))
    vacancy = None if source is None else session.get_one(Vacancy, source.vacancy_id)
    if source is None or vacancy is None or vacancy.local or vacancy.audience == post.audience:
        return
    if len(sources_of(session, vacancy.id)) > 1:
        _forget(session, source)
    else:
        vacancy.audience = post.audience
        touch(session, vacancy)


def forget_source(session: Session, post_id: int) -> None:
    """Forget what a post said of a vacancy: the post is gone. With its last source the vacancy goes."""
    source = session.scalar(select(VacancySource).where(VacancySource.post_id == post_id))
    if source is not None:
        _forget(session, source)


def _forget(session: Session, source: VacancySource) -> None:
    vacancy = session.get_one(Vacancy, source.vacancy_id, with_for_update=True)
    ours = vacancy.local and source.post_id == vacancy.post_id
    session.delete(source)
    session.flush()
    if ours or not sources_of(session, vacancy.id):
        # Of a vacancy of ours the post is what others know of it: who deletes that, withdraws the vacancy.
        remove_vacancy(session, vacancy)
    else:
        settle(session, vacancy)


def forget_boards(session: Session, board_ids: Sequence[int]) -> None:
    """Forget what these boards elsewhere told of vacancies: they may share none with us any more."""
    gone = select(VacancySource).where(VacancySource.board_id.in_(board_ids))
    for source in session.scalars(gone).all():
        _forget(session, source)


def clear_of_doubt(session: Session, vacancy: Vacancy) -> None:
    """Show a vacancy that was hidden: a moderator found it in order."""
    if vacancy.hidden:
        vacancy.hidden, vacancy.cleared_at = False, now_of(session)
        touch(session, vacancy)
        if vacancy.state in OPEN_STATES:
            emit(session, VacancyOpened(vacancy.id))


def _learn_employer(session: Session, board: Actor, document: VacancyDocument) -> None:
    """Note which sites a believed peer names as an employer's; an officer's word stands before it."""
    notice = document.notice
    known = find_employer(session, notice.employer)
    if notice.verified_domains and (known is None or not known.ours):
        confirm_employer(session, notice.employer, notice.verified_domains, by=board.host, ours=False)


def _has_enough_suspects(session: Session, board: Actor) -> bool:
    kept = (
        select(Vacancy.id)
        .join(Actor, Actor.id == Vacancy.board_id)
        .where(Vacancy.hidden.is_(True), Vacancy.local.is_(False), has_owner(Actor.host, board.host))
    )
    return len(session.scalars(kept.limit(MOST_SUSPECTS_OF_A_HOST)).all()) >= MOST_SUSPECTS_OF_A_HOST


def judge_again(session: Session, employer_key: str) -> None:
    """Judge anew which notices of elsewhere are on an employer's own site: an officer said which it is."""
    sources = session.execute(
        select(VacancySource, Vacancy)
        .join(Vacancy, Vacancy.id == VacancySource.vacancy_id)
        .join(Actor, Actor.id == VacancySource.board_id)
        .where(Vacancy.employer_key == employer_key, ~Actor.local)
        .order_by(VacancySource.id)
    ).all()
    for source, vacancy in sources:
        status = status_of_source(session, stored_notice(source.posting), believed=False)
        source.verified = status is SourceStatus.VERIFIED
        if not vacancy.local and vacancy.post_id == source.post_id:
            doubts = [flag for flag in vacancy.flags if flag != SOURCE_DOMAIN]
            vacancy.flags = doubts if source.verified else [*doubts, SOURCE_DOMAIN]
            vacancy.source_status = status
    session.flush()
    for vacancy in {vacancy.id: vacancy for _, vacancy in sources}.values():
        settle(session, vacancy)


def _new_vacancy(
    session: Session,
    board: Actor,
    post: Post | None,
    document: VacancyDocument,
    flags: list[str],
    audience: str,
) -> Vacancy:
    now = now_of(session)
    if post is not None:
        # What was forgotten of this post is gone for good; told again it is another vacancy.
        session.execute(update(Vacancy).where(Vacancy.post_id == post.id).values(post_id=None))
    vacancy = Vacancy(
        slug=new_slug(),
        state=VacancyState.OPEN,
        local=False,
        board_id=board.id,
        post_id=post.id if post else None,
        audience=audience,
        posted_at=min(document.published or now, now),
        created_at=now,
    )
    _say(vacancy, document, flags)
    touch(session, vacancy)
    session.add(vacancy)
    session.flush()
    return vacancy


def _say(vacancy: Vacancy, document: VacancyDocument, flags: list[str]) -> None:
    """Let a vacancy of elsewhere say what its first source says now."""
    write_notice(vacancy, document.notice)
    vacancy.flags = flags
    verified = SOURCE_DOMAIN not in flags
    vacancy.source_status = SourceStatus.VERIFIED if verified else SourceStatus.UNVERIFIED
    vacancy.hidden = _is_suspect(flags) and vacancy.cleared_at is None


def _fill(source: VacancySource, document: VacancyDocument, flags: list[str]) -> None:
    notice = document.notice
    source.url, source.posting = document.url or document.id, posting_of(notice)
    source.source_url, source.verified = notice.source_url, SOURCE_DOMAIN not in flags
    source.closes_at, source.closes_zone = notice.closes_at, notice.closes_zone
    source.ended = document.ended
