"""Relations of unions, plugged in."""

from fediunion.activitypub import vocab
from fediunion.actors.events import ActorDeleted, ActorKeysRotated, DomainRuleChanged
from fediunion.feature import Feature
from fediunion.inbox.rules import on, on_known
from fediunion.jobs.schedule import Every
from fediunion.outbox.publish import NETWORK
from fediunion.union.affiliation import api, hints, inbound, jobs, telling
from fediunion.union.affiliation.documents import CLAIMS, RelationshipDocument
from fediunion.union.affiliation.events import AffiliationChanged, AffiliationOffered, TrustChanged
from fediunion.union.affiliation.network import network_inboxes, stop_what_waits
from fediunion.union.affiliation.service import consequences
from fediunion.union.affiliation.service.parts import ANSWER, OFFER

FEATURE = Feature(
    name="affiliation",
    activities=[
        on(vocab.Offer, RelationshipDocument, inbound.receive_offer),
        on_known(vocab.Accept, OFFER, inbound.receive_accept),
        on_known(vocab.Reject, OFFER, inbound.receive_reject),
        on_known(vocab.Undo, OFFER, inbound.receive_undo),
        on_known(vocab.Undo, ANSWER, inbound.receive_undo),
        on(vocab.Update, RelationshipDocument, inbound.receive_statement),
        on(vocab.Update, vocab.CollectionDocument, hints.receive_hint),
    ],
    claims=CLAIMS,
    audiences={NETWORK: network_inboxes},
    reactions={
        AffiliationOffered: [telling.tell_of_offer],
        AffiliationChanged: [jobs.learn_soon, telling.tell_of_change, hints.tell_network],
        TrustChanged: [stop_what_waits, jobs.hear_again],
        DomainRuleChanged: [consequences.follow_rule, jobs.learn_after_rule],
        ActorDeleted: [consequences.part_from_gone],
        ActorKeysRotated: [consequences.renew_proofs],
    },
    jobs={
        jobs.LEARN: jobs.learn_network,
        jobs.HEAR: jobs.hear_hosts,
        telling.TELL_OFFERS: telling.tell_of_offers,
    },
    schedule=[Every(job=jobs.LEARN, seconds=jobs.LEARN_EVERY_SECONDS)],
    routes=api.ROUTES,
)
