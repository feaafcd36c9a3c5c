"""What the form of a post shows: audiences under their ceiling, and the servers that will receive it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience, narrower
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.kit.sentences import Sentence
from fediunion.outbox.publish import NETWORK
from fediunion.social.institutions.queries import institutions_of
from fediunion.social.media.addresses import MediaAddresses
from fediunion.social.media.models import Attachment
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import view_of
from fediunion.social.posts.receiving import Receivers, Receiving, receivers_of
from fediunion.social.posts.service.drafts import MAX_OPTIONS, MAX_WRITTEN_CHARACTERS
from fediunion.social.posts.service.reach import ceiling_of, narrowed
from fediunion.social.posts.visibility import get_visible_post
from fediunion.social.profiles.posting_defaults import PostingDefaults, posting_defaults
from fediunion.web.composing.beginning import get_changeable_post
from fediunion.web.composing.state import ComposeState, FileState
from fediunion.web.rows import Place
from fediunion.web.shown import AUDIENCES, ShownAudience, ShownPost
from fediunion.web.visits import Visit

_NARROWEST_FIRST: Final = tuple(reversed(Audience))
_OPEN_OPTIONS: Final = 4
_HIDDEN: Final = Sentence("Who can read it · you are hidden: what you write stays on this server")
_FOLLOWABLE: Final = Sentence("Who can read it · your followers at most, as you chose your reach")
_CEILINGS: Final = {
    Audience.UNLISTED: Sentence("Who can read it · the thread is public, but not listed"),
    Audience.FOLLOWERS: Sentence("Who can read it · the thread allows followers at most"),
    Audience.NETWORK: Sentence("Who can read it · the thread allows the union network at most"),
    Audience.LOCAL: Sentence("Who can read it · the thread stays on this server"),
    Audience.DIRECT: Sentence("Who can read it · only people named, as in the message that you answer"),
}
_WHO: Final = Sentence("Who can read it")
_NO_EDITOR: Final = Sentence("You are no editor of this institution.")
_NOWHERE: Final = Sentence("Goes to no other server")
_MORE: Final = {
    Audience.PUBLIC: Sentence("Anybody can find it, quote it and keep a copy."),
    Audience.UNLISTED: Sentence("Anybody who has the address can read it and keep a copy."),
    Audience.FOLLOWERS: Sentence("The administrators of these servers can read it."),
    Audience.NETWORK: Sentence("The administrators of these servers can read it."),
    Audience.LOCAL: Sentence("Everybody who has an account here can read it."),
    Audience.DIRECT: Sentence(
        "The administrators of all servers involved can read messages. For anything that could harm "
        "somebody, meet or use an encrypted messenger."
    ),
}


@dataclass(frozen=True, kw_only=True)
class AudienceChoice:
    """One choice in `audience_pick` of the templates."""

    value: str
    symbol: str
    label: Sentence
    summary: str
    servers: Sequence[tuple[str, str]]
    more: Sequence[str]
    disabled: bool


@dataclass(frozen=True, kw_only=True)
class ShownCompose:
    """The form of a post. `open_options` are the lines for answers of a poll, empty ones too.

    `institutions` are those that the member may write for, by id with a handle.
    """

    state: ComposeState
    choices: Sequence[AudienceChoice]
    legend: Sentence
    parent: ShownPost | None = None
    quoted: ShownPost | None = None
    open_options: Sequence[str] = ()
    must_describe: bool = False
    problems: Mapping[str, str] = field(default_factory=dict)
    zone: str = ""
    institutions: Sequence[tuple[int, str]] = ()
    usual_language: str = ""
    longest: int = MAX_WRITTEN_CHARACTERS


def load_compose(
    session: Session,
    visit: Visit,
    state: ComposeState,
    problems: Mapping[str, str] = MappingProxyType({}),
    *,
    offers_institutions: bool = True,
) -> ShownCompose:
    """Return the form as it is shown. Raises NotFound where what it answers or quotes is not there.

    Without `offers_institutions` one writes as oneself, and whom else one may write for is not read.
    """
    # What is begun as a member's goes on as that.
    offers = offers_institutions and state.edit is None and state.draft is None and state.scheduled is None
    institutions = institutions_of(session, visit.member.member_id) if offers else ()
    acting = next((each for each in institutions if each.id == state.write_as), None)
    if state.write_as is not None and acting is None:
        problems = {"write_as": _NO_EDITOR, **problems}
    write_as = None if acting is None else acting.id
    if write_as != state.shown_as:
        # The audience was chosen among somebody else's.
        state = replace(state, audience="")
    state = replace(state, write_as=write_as, shown_as=write_as)
    author = acting or session.get_one(Actor, visit.member.actor_id)
    usual = posting_defaults(session, author.id)
    parent = _seen(session, visit, state.reply)
    limits = () if parent is None else (Audience(parent.audience),)
    wish = Audience(state.audience) if state.audience else first_audience(author, usual)
    chosen = narrowed(author, wish, *limits)
    state = replace(
        state,
        audience=str(chosen),
        language=state.language or usual.language or ("" if state.edit else visit.reader.language),
        quote_policy=state.quote_policy or usual.quote_policy,
        files=_with_previews(session, visit, state),
    )
    # An institution speaks to everybody: there messages to single people are none of its posts.
    offered = [each for each in _NARROWEST_FIRST if each is not Audience.DIRECT or acting is None]
    allowed = [each for each in offered if narrowed(author, each, *limits) == each]
    network = visit.request.app.state.audiences[NETWORK](session, author, "")
    receivers = receivers_of(
        session,
        author,
        allowed,
        text=state.text,
        parent=parent,
        content_type=state.content_type,
        network=network,
    )
    options = [option for option in state.options if option.strip()]
    lines = min(max(_OPEN_OPTIONS, len(options) + 1), MAX_OPTIONS)
    return ShownCompose(
        state=state,
        choices=[_choice(each, receivers.get(each)) for each in offered],
        legend=_legend(author, parent),
        parent=_post(session, visit, state.reply),
        quoted=_post(session, visit, state.quote),
        open_options=[*options, *[""] * (lines - len(options))],
        must_describe=visit.settings.media.require_descriptions,
        problems=problems,
        zone=str(visit.reader.zone),
        usual_language=usual.language,
        # The mark keeps the sign before the name where the page runs from right to left: options have no bdi.
        institutions=[(each.id, f"\u200e@{each.username}") for each in institutions],
    )


def first_audience(author: Actor, usual: PostingDefaults) -> Audience:
    """Return where a post starts, unless the member set something: for few, but for an institution."""
    if usual.audience:
        return Audience(usual.audience)
    if author.kind != ActorKind.MEMBER:
        return Audience.PUBLIC
    return Audience.LOCAL if author.reach == Reach.HIDDEN else Audience.FOLLOWERS


def _legend(author: Actor, parent: Post | None) -> Sentence:
    own = ceiling_of(author)
    if parent is not None and narrower(own, Audience(parent.audience)) != own:
        return _CEILINGS[Audience(parent.audience)]
    return {Audience.LOCAL: _HIDDEN, Audience.FOLLOWERS: _FOLLOWABLE}.get(own, _WHO)


def _choice(audience: Audience, receivers: Receivers | None) -> AudienceChoice:
    shown: ShownAudience = AUDIENCES[audience]
    found = receivers or Receivers()
    more: list[str] = [_MORE[audience]] if found.servers or audience is not Audience.NETWORK else []
    if found.unreached:
        more.append(Sentence("Will not see it: %(who)s", who=", ".join(found.unreached)))
    if found.left_out:
        hosts = ", ".join(found.left_out)
        more.append(Sentence("Left out, for this server blocks them: %(hosts)s", hosts=hosts))
    return AudienceChoice(
        value=str(audience),
        symbol=shown.symbol,
        label=shown.label,
        summary=_summary(audience, len(found.servers)),
        servers=[(each.host, _why(each)) for each in found.servers],
        more=more,
        disabled=receivers is None,
    )


def _summary(audience: Audience, count: int) -> Sentence:
    if audience.is_public:
        return Sentence.counted(
            "Goes to %(count)s server now, and can travel anywhere",
            "Goes to %(count)s servers now, and can travel anywhere",
            count=count,
        )
    if not count:
        return _NOWHERE
    return Sentence.counted("Goes to %(count)s other server", "Goes to %(count)s other servers", count=count)


def _why(server: Receiving) -> str:
    if server.affiliated:
        return Sentence("affiliated")
    if server.named:
        return ", ".join(server.named)
    return Sentence.counted("%(count)s follower", "%(count)s followers", count=server.followers)


def _seen(session: Session, visit: Visit, post_id: int | None) -> Post | None:
    """Return what is answered: of a boost what it boosts."""
    if post_id is None:
        return None
    post = get_visible_post(session, post_id, visit.member.viewer)
    return (
        post if post.boost_of_id is None else get_visible_post(session, post.boost_of_id, visit.member.viewer)
    )


def _post(session: Session, visit: Visit, post_id: int | None) -> ShownPost | None:
    post = _seen(session, visit, post_id)
    view = None if post is None else view_of(session, post, visit.member.viewer)
    return None if view is None else Place(visit, "/compose", "thread").shown(view, quoted=True)


def _with_previews(session: Session, visit: Visit, state: ComposeState) -> list[FileState]:
    """Return the files that are still there, of the member or of the author whose post is changed."""
    ids = [file.file_id for file in state.files]
    owners = {visit.member.actor_id}
    if ids and state.edit is not None:
        owners.add(get_changeable_post(session, visit, state.edit).author_id)
    rows = select(Attachment).where(Attachment.id.in_(ids), Attachment.owner_id.in_(owners))
    found = {row.id: row for row in session.scalars(rows)} if ids else {}
    addresses = MediaAddresses.of(visit.settings)
    return [
        replace(
            file,
            kind=found[file.file_id].kind,
            preview=addresses.preview(found[file.file_id]) or "",
            description=file.description or found[file.file_id].description,
        )
        for file in state.files
        if file.file_id in found
    ]
