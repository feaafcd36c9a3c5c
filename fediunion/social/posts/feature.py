"""Posts, plugged in."""

from fediunion.activitypub import vocab
from fediunion.feature import Feature
from fediunion.inbox.rules import on, on_known
from fediunion.jobs.schedule import Every
from fediunion.social.follows.events import Followed
from fediunion.social.posts import endpoints, inbound, inbound_reactions, jobs

FEATURE = Feature(
    name="posts",
    activities=[
        on(vocab.Create, vocab.PostDocument, inbound.receive_post),
        on(vocab.Update, vocab.PostDocument, inbound.receive_edit),
        on_known(vocab.Delete, "post", inbound.receive_delete),
        on(vocab.Announce, vocab.PostDocument, inbound.receive_boost),
        on_known(vocab.Announce, "post", inbound.receive_boost_of_known),
        on(vocab.Undo, vocab.Announce, inbound.receive_undo_boost),
        on_known(vocab.Undo, "post", inbound.receive_undo_boost_by_id),
        on_known(vocab.Like, "post", inbound_reactions.receive_like),
        on_known(vocab.EmojiReact, "post", inbound_reactions.receive_reaction),
        on_known(vocab.Dislike, "post", inbound_reactions.receive_dislike),
        on(vocab.Undo, vocab.Like, inbound_reactions.receive_undo_like),
        on(vocab.Undo, vocab.EmojiReact, inbound_reactions.receive_undo_reaction),
        on_known(vocab.Undo, "favourite", inbound_reactions.receive_undo_like_by_id),
        on_known(vocab.Add, "post", inbound_reactions.receive_pin),
        on_known(vocab.Remove, "post", inbound_reactions.receive_unpin),
        on_known(vocab.QuoteRequest, "post", inbound_reactions.receive_quote_request),
        on(vocab.Accept, vocab.QuoteRequest, inbound_reactions.receive_quote_answer),
        on(vocab.Reject, vocab.QuoteRequest, inbound_reactions.receive_quote_refusal),
        on_known(vocab.Delete, "quote", inbound_reactions.receive_quote_revocation),
    ],
    reactions={Followed: [jobs.backfill_new_follow]},
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
