"""The wiring of moderation."""

from fediunion.activitypub import vocab
from fediunion.actors.events import ActorDeleted, DomainRuleChanged
from fediunion.feature import Feature
from fediunion.inbox.rules import on, on_known
from fediunion.jobs.schedule import Every
from fediunion.members.events import MemberSignedUp, MemberTakenBack
from fediunion.social.moderation import accounts, departures, inbound, members, new_members, samples, servers
from fediunion.social.notifications.events import DomainFloods

FEATURE = Feature(
    name="moderation",
    activities=[
        on_known(vocab.Flag, "actor", inbound.receive_flag),
        on_known(vocab.Flag, "post", inbound.receive_flag),
        on(vocab.Flag, vocab.Object, inbound.receive_flag_of_document),
    ],
    reactions={
        ActorDeleted: [departures.erase_soon],
        DomainRuleChanged: [servers.follow_decision],
        DomainFloods: [servers.note_floods],
        MemberSignedUp: [new_members.tell_of_sign_up],
        MemberTakenBack: [members.note_taken_back],
    },
    jobs={
        departures.ERASE_ACTOR: departures.erase_actor,
        accounts.SEVER_ACTOR: departures.sever_actor,
        servers.SEVER_HOSTS: departures.sever_hosts,
        servers.PURGE_HOST: departures.purge_host,
        samples.SAMPLE: samples.sample_queues,
    },
    schedule=[Every(job=samples.SAMPLE, seconds=samples.SECONDS)],
)
