"""Quotes with consent (FEP-044f): asking to quote, deciding, and showing only what was agreed to."""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience, narrower
from fediunion.activitypub.vocab import PUBLIC
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor, get_actor
from fediunion.db import announce, emit, insert_ignoring, now_of, settings_of
from fediunion.db.known_uris import KnownUri, remember_uri
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.ids import new_slug
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.kit.urls import same_origin
from fediunion.outbox.publish import Recipients, publish
from fediunion.social.follows.documents import new_activity_uri
from fediunion.social.follows.queries import is_blocked_between, is_following
from fediunion.social.follows.refusals import refuses
from fediunion.social.posts import documents, policies
from fediunion.social.posts.events import PostQuoted
from fediunion.social.posts.kinds import TELL_EDIT
from fediunion.social.posts.models import Post, QuoteApproval
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.social.posts.service.counting import lock_post
from fediunion.social.posts.service.reach import has_left
from fediunion.world import CHANGED

ACCEPTED, PENDING, REJECTED = "accepted", "pending", "rejected"
REVOKED, DELETED = "revoked", "deleted"
QUOTE, ANNOUNCE = "quote", "announce"


def may_quote(session: Session, post: Post, author: Actor, quoter: Actor) -> bool:
    """Return whether `quoter` may quote our `post` without asking a person, by its policy."""
    if quoter.id == author.id:
        return post.audience != Audience.DIRECT
    if not Audience(post.audience).is_public or is_blocked_between(session, author.id, quoter.id):
        return False
    allowed = policies.approved_quoters(post, author)
    if PUBLIC in allowed or quoter.uri in allowed:
        return True
    return f"{author.uri}/followers" in allowed and is_following(session, quoter.id, author.id)


def quote_audience(audience: Audience, quoted: Post) -> Audience:
    """Return whom a quote may reach: nobody whom its author did not let read the quoted post.

    Source: https://docs.joinmastodon.org/methods/statuses/#create, `quoted_status_id`
    """
    reach = Audience(quoted.audience)
    return audience if reach.is_public else narrower(audience, reach)


def start_quote(
    session: Session, post: Post, quoter: Actor, quoted: Post, addressed_ids: Collection[int]
) -> None:
    """Make our new `post` quote `quoted`: agreed at once for one of ours, else to be asked for.

    Raises Invalid where the policy forbids it, and for a private message that the quoted author is not
    `addressed` by.
    """
    author = get_actor(session, quoted.author_id)
    if post.audience == Audience.DIRECT and author.id != quoter.id and author.id not in addressed_ids:
        sentence = "A private message with a quote has to mention the author of what it quotes."
        raise Invalid(sentence, field="quote")
    post.quote_uri, post.quote_of_id = quoted.uri, quoted.id
    if author.local:
        if not may_quote(session, quoted, author, quoter):
            raise Invalid(Sentence("This post may not be quoted."), field="quote")
        approval = approve(session, quoted, author, post.uri, quoter)
        post.quote_state, post.quote_authorization_uri = ACCEPTED, approval.uri
    elif not Audience(quoted.audience).is_public or policies.lets_nobody_quote(quoted, author):
        raise Invalid(Sentence("This post may not be quoted."), field="quote")
    else:
        post.quote_state = PENDING


def ask_to_quote(session: Session, post: Post, quoter: Actor, note: JsonObject) -> None:
    """Ask the author of the quoted remote post; the answer is an Accept or a Reject.

    What not everybody may read is named by its id alone: the quoted author need not be among its readers.
    """
    quoted = session.get(Post, post.quote_of_id)
    author = find_actor(session, quoted.author_id) if quoted is not None else None
    if quoted is None or author is None:
        return
    uri = f"{post.uri}#quote-request"
    by = note if Audience(post.audience).is_public else post.uri
    document = documents.quote_request_document(uri, quoter, quoted, author, by)
    remember_uri(session, uri, "quote_request", post.id)
    publish(session, quoter, document, Recipients(actor_ids=(author.id,)))


def find_approval(
    session: Session, quoted: Post, quoting_uri: str, kind: str = QUOTE
) -> QuoteApproval | None:
    """Return the consent that `quoting_uri` quotes our `quoted`, also one that was taken back."""
    return session.scalar(
        select(QuoteApproval).where(
            QuoteApproval.post_id == quoted.id,
            QuoteApproval.kind == kind,
            QuoteApproval.quoting_uri == quoting_uri,
        )
    )


def approve(
    session: Session, quoted: Post, author: Actor, quoting_uri: str, quoter: Actor, kind: str = QUOTE
) -> QuoteApproval:
    """Return the consent that `quoting_uri` may quote our `quoted`: the one given before, or a new one."""
    known = find_approval(session, quoted, quoting_uri, kind)
    if known is None:
        slug = new_slug()
        known = QuoteApproval(
            kind=kind,
            slug=slug,
            uri=f"{author.uri}/{kind}_authorizations/{slug}",
            post_id=quoted.id,
            quoting_uri=quoting_uri,
            quoter_id=quoter.id,
            created_at=now_of(session),
        )
        session.add(known)
    return known


def answer_request(
    session: Session, request: JsonObject, quoted: Post, quoting_uri: str, quoter: Actor, kind: str = QUOTE
) -> None:
    """Answer a QuoteRequest about our `quoted` by its policy: Accept with the consent, or Reject.

    So it is with what asks to reply, like or boost (`kind`): all may, whom the author does not block. A
    consent that was taken back is not given again.
    """
    author = get_actor(session, quoted.author_id)
    uri = new_activity_uri(author)
    lock_post(session, quoted.id)
    given = find_approval(session, quoted, quoting_uri, kind)
    revoked = given is not None and given.revoked_at is not None
    if not revoked and _may(session, kind, quoted, author, quoter):
        approval = approve(session, quoted, author, quoting_uri, quoter, kind)
        answer = documents.accepted_request_document(uri, author, request, quoting_uri, quoter, approval)
        quoting = find_post_by_uri(session, quoting_uri) if kind == QUOTE else None
        if quoting is not None and quoting.author_id == quoter.id and quoting.quote_uri == quoted.uri:
            quoting.quote_of_id = quoted.id
            confirm_quote(session, quoting, approval.uri)
    else:
        answer = documents.rejected_request_document(uri, author, request, quoting_uri, quoter)
    publish(session, author, answer, Recipients(actor_ids=(quoter.id,)))


def _may(session: Session, kind: str, post: Post, author: Actor, asking: Actor) -> bool:
    if kind == QUOTE:
        return may_quote(session, post, author, asking)
    return not refuses(session, author, asking) and (kind != ANNOUNCE or Audience(post.audience).is_public)


def confirm_quote(session: Session, quoting: Post, authorization_uri: str | None) -> None:
    """Take note that the quoted author agreed: the quoted post is shown from now on."""
    if quoting.quote_state == ACCEPTED:
        return
    quoting.quote_state, quoting.quote_authorization_uri = ACCEPTED, authorization_uri
    if authorization_uri and not same_origin(authorization_uri, settings_of(session).base_url):
        row = {"uri": authorization_uri, "kind": "quote", "row_id": quoting.id, "seen_at": now_of(session)}
        insert_ignoring(session, KnownUri, [row])
    quoted = session.get(Post, quoting.quote_of_id) if quoting.quote_of_id else None
    if quoted is not None and quoted.local:
        emit(session, PostQuoted(quoted, quoting))
    if quoting.local:
        enqueue(session, TELL_EDIT, key=f"tell_edit:{quoting.id}", post_id=quoting.id)
    announce(session, CHANGED, "posts")


def refuse_quote(session: Session, quoting: Post) -> None:
    """Take note that the quoted author did not agree, or agrees no longer: the quoted post is not shown."""
    quoting.quote_state = REVOKED if quoting.quote_state in (ACCEPTED, REVOKED) else REJECTED
    quoting.quote_authorization_uri = None
    announce(session, CHANGED, "posts")


def revoke_quote(session: Session, author: Actor, quoted: Post, quoting: Post) -> None:
    """Let our `quoted` be shown in `quoting` no longer; what was only asked for is refused for good.

    Raises NotFound where `quoting` quotes something else.
    """
    if quoting.quote_of_id != quoted.id:
        raise NotFound("That post does not quote this one.")
    lock_post(session, quoted.id)
    approval = find_approval(session, quoted, quoting.uri)
    if approval is None:
        approval = approve(session, quoted, author, quoting.uri, get_actor(session, quoting.author_id))
        session.flush()
    revoke(session, author, approval)
    session.refresh(quoting, ["quote_state", "quote_authorization_uri"])


def revoke(session: Session, author: Actor, approval: QuoteApproval) -> None:
    """Take back our consent to a quote: who holds the quoting post is told by a Delete of the consent."""
    if approval.revoked_at is not None:
        return
    approval.revoked_at = now_of(session)
    session.execute(
        update(Post)
        .where(Post.uri == approval.quoting_uri)
        .values(quote_state=REVOKED, quote_authorization_uri=None)
    )
    announce(session, CHANGED, "posts")
    quoting = find_post_by_uri(session, approval.quoting_uri)
    if quoting is not None and quoting.local and not has_left(session, quoting.uri):
        return
    recipients = Recipients(actor_ids=(approval.quoter_id,), expand=("followers",))
    publish(session, author, documents.revoked_document(approval, author), recipients, shared=True)
