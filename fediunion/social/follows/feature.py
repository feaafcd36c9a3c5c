"""Following, plugged in."""

from fediunion.activitypub import vocab
from fediunion.feature import Feature
from fediunion.inbox.collector import SYNCHRONISE_JOB
from fediunion.inbox.rules import on, on_known
from fediunion.outbox.events import InboxGone
from fediunion.social.follows import inbound, moves, service, synchronization
from fediunion.social.follows.queries import follower_inboxes

FEATURE = Feature(
    name="follows",
    activities=[
        on_known(vocab.Follow, "actor", inbound.receive_follow),
        on(vocab.Accept, vocab.Follow, inbound.receive_accept),
        on_known(vocab.Accept, "follow", inbound.receive_accept_by_id),
        on(vocab.Reject, vocab.Follow, inbound.receive_reject),
        on_known(vocab.Reject, "follow", inbound.receive_reject_by_id),
        on(vocab.Undo, vocab.Follow, inbound.receive_undo_follow),
        on_known(vocab.Undo, "follow", inbound.receive_undo_follow_by_id),
        on_known(vocab.Block, "actor", inbound.receive_block),
        on(vocab.Undo, vocab.Block, inbound.receive_undo_block),
        on_known(vocab.Undo, "block", inbound.receive_undo_block_by_id),
        on_known(vocab.Move, "actor", moves.receive_move),
    ],
    audiences={"followers": follower_inboxes},
    reactions={InboxGone: [service.forget_gone_follower]},
    jobs={
        moves.MOVE_JOB: moves.move_followers,
        SYNCHRONISE_JOB: synchronization.synchronise,
    },
    routes=synchronization.ROUTES,
)
