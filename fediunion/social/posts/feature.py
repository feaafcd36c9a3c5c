"""Posts, plugged in."""

from fediunion.activitypub import vocab
from fediunion.feature import Feature
from fediunion.inbox.rules import on, on_known
from fediunion.jobs.schedule import Every
from fediunion.members.events import MemberReachChanged, MemberSuspended
from fediunion.social.follows.events import Blocked, Followed
from fediunion.social.posts import endpoints, jobs
from fediunion.social.posts.inbound import boosts, featured, posts, quotes, reactions

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
        on_known(vocab.QuoteRequest, "post", quotes.receive_quote_request),
        on(vocab.Accept, vocab.QuoteRequest, quotes.receive_quote_answer),
        on_known(vocab.Accept, "quote_request", quotes.receive_quote_answer_by_id),
        on(vocab.Reject, vocab.QuoteRequest, quotes.receive_quote_refusal),
        on_known(vocab.Reject, "quote_request", quotes.receive_quote_refusal_by_id),
        on_known(vocab.Delete, "quote", quotes.receive_quote_revocation),
    ],
    reactions={
        Followed: [jobs.backfill_new_follow],
        Blocked: [jobs.forget_answers],
        MemberSuspended: [jobs.forget_answers],
        MemberReachChanged: [jobs.forget_answers],
    },
    jobs={
        "posts.fetch_ancestors": jobs.fetch_missing_ancestors,
        "posts.fetch_replies": jobs.fetch_missing_replies,
        "posts.backfill": jobs.backfill,
        "posts.notice_outage": jobs.notice_outage,
        "posts.end_poll": jobs.end_poll,
        "posts.tell_tally": jobs.tell_tally,
        "posts.tell_edit": jobs.tell_edit,
        "posts.check_quote": jobs.check_quote,
        "posts.forget_old": jobs.forget_old_posts,
    },
    schedule=[
        Every(job="posts.notice_outage", seconds=600),
        Every(job="posts.forget_old", seconds=86_400),
    ],
    routes=endpoints.ROUTES,
)
