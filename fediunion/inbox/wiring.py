"""What the assembly of an instance takes from this package: its jobs and its schedule."""

from collections.abc import Sequence

from fediunion.inbox.collector import PROCESS_JOB
from fediunion.inbox.fetching import FETCH_JOB, PATIENT_JOB, InboxFetcher
from fediunion.inbox.forward import PassOn
from fediunion.inbox.process import InboxProcessor
from fediunion.inbox.rejections import Rejections
from fediunion.inbox.relevance import FollowedHere, OpenHere, SentHere
from fediunion.inbox.retention import FORGET_JOB, forget_received
from fediunion.inbox.rules import Rules
from fediunion.inbox.runs import HeardFrom, Wiring
from fediunion.inbox.turns import PATIENT, QUICK
from fediunion.jobs.run import BatchHandler, JobHandler
from fediunion.jobs.schedule import Every

SCHEDULE: Sequence[Every] = (Every(FORGET_JOB, 6 * 3600),)


def inbox_jobs(
    rules: Rules,
    rejections: Rejections,
    *,
    pass_on: PassOn | None = None,
    heard_from: HeardFrom | None = None,
    followed_here: FollowedHere | None = None,
    sent_here: SentHere | None = None,
    open_here: OpenHere | None = None,
) -> dict[str, JobHandler | BatchHandler]:
    """Return the handlers of this package's jobs.

    `rules` come from all features. `rejections` is that of the process. `pass_on` publishes a forwarded
    activity; without it nothing is forwarded. `heard_from` is told of servers that did not answer us and
    speak again. `followed_here` says whom anybody here follows; without it nothing is left alone for
    nobody's interest.
    `sent_here` says which activities are of our own; without it none is, where it is named by its id alone.
    `open_here` says which posts of others that we have anybody may read; without it none.
    """
    wiring = Wiring(rules, rejections, pass_on, heard_from, followed_here, sent_here, open_here)
    return {
        PROCESS_JOB: BatchHandler(InboxProcessor(wiring).handle),
        FETCH_JOB: BatchHandler(InboxFetcher(wiring, QUICK, if_slow=PATIENT_JOB).handle),
        PATIENT_JOB: BatchHandler(InboxFetcher(wiring, PATIENT).handle),
        FORGET_JOB: forget_received,
    }
