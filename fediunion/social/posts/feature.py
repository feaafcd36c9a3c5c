"""Posts, plugged in."""

from fediunion.activitypub import vocab
from fediunion.feature import Feature
from fediunion.inbox.rules import on, on_known
from fediunion.jobs.schedule import Every
from fediunion.members.events import MemberReachChanged, MemberSuspended
from fediunion.social.follows.events import Blocked, Followed
from fediunion.social.posts import answers, endpoints
from fediunion.social.posts.inbound import approvals, boosts, featured, posts, quotes, reactions
from fediunion.social.posts.jobs import backfill, forgetting, telling, threads
from fediunion.social.posts.jobs.quotes import check_quote
from fediunion.social.posts.kinds import (
    BACKFILL,
    CHECK_QUOTE,
    END_POLL,
    FETCH_ANCESTORS,
    FETCH_REPLIES,
    FORGET_OLD,
    NOTICE_OUTAGE,
    TELL_EDIT,
    TELL_TALLY,
)

FEATURE = Feature(
    name="posts",
    activities=[
        on(vocab.Create, vocab.PostDocument, posts.receive_post),
        on(vocab.Update, vocab.PostDocument, posts.receive_edit),
        on_known(vocab.Delete, "post", posts.receive_delete),
        on(vocab.Announce, vocab.PostDocument, boosts.receive_boost),
        on_known(vocab.Announce, "post", boosts.receive_boost_of_known),
        on(vocab.Undo, vocab.Announce, boosts.receive_undo_boost),
        on_known(vocab.Undo, "post", boosts.receive_undo_boost_by_id),
        on_known(vocab.Like, "post", reactions.receive_like),
        on_known(vocab.EmojiReact, "post", reactions.receive_reaction),
        on_known(vocab.Dislike, "post", reactions.receive_dislike),
        on(vocab.Undo, vocab.Like, reactions.receive_undo_like),
        on(vocab.Undo, vocab.EmojiReact, reactions.receive_undo_reaction),
        on_known(vocab.Undo, "favourite", reactions.receive_undo_like_by_id),
        on(vocab.Add, vocab.PostDocument, featured.receive_pin_of_new),
        on_known(vocab.Add, "post", featured.receive_pin),
        on_known(vocab.Remove, "post", featured.receive_unpin),
        on_known(vocab.QuoteRequest, "post", quotes.receive_request),
        on_known(vocab.ReplyRequest, "post", quotes.receive_request),
        on_known(vocab.LikeRequest, "post", quotes.receive_request),
        on_known(vocab.AnnounceRequest, "post", quotes.receive_request),
        on_known(vocab.Accept, "post", approvals.receive_approval),
        on_known(vocab.Reject, "post", approvals.receive_refusal),
        on_known(vocab.Accept, "favourite", approvals.receive_approval_of_like),
        on_known(vocab.Reject, "favourite", approvals.receive_refusal_of_like),
        on(vocab.Accept, vocab.QuoteRequest, quotes.receive_quote_answer),
        on_known(vocab.Accept, "quote_request", quotes.receive_quote_answer_by_id),
        on(vocab.Reject, vocab.QuoteRequest, quotes.receive_quote_refusal),
        on_known(vocab.Reject, "quote_request", quotes.receive_quote_refusal_by_id),
        on_known(vocab.Delete, "quote", quotes.receive_quote_revocation),
    ],
    reactions={
        Followed: [backfill.backfill_new_follow],
        Blocked: [answers.forget_answers],
        MemberSuspended: [answers.forget_answers],
        MemberReachChanged: [answers.forget_answers],
    },
    jobs={
        FETCH_ANCESTORS: threads.fetch_missing_ancestors,
        FETCH_REPLIES: threads.fetch_missing_replies,
        BACKFILL: backfill.backfill,
        NOTICE_OUTAGE: backfill.notice_outage,
        END_POLL: telling.end_poll,
        TELL_TALLY: telling.tell_tally,
        TELL_EDIT: telling.tell_edit,
        CHECK_QUOTE: check_quote,
        FORGET_OLD: forgetting.forget_old_posts,
    },
    schedule=[
        Every(job=NOTICE_OUTAGE, seconds=600),
        Every(job=FORGET_OLD, seconds=86_400),
    ],
    routes=endpoints.ROUTES,
)
