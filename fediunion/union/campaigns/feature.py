"""Campaign calls, plugged in."""

from fediunion.activitypub import vocab
from fediunion.actors.events import ActorDeleted, ActorKeysRotated, ActorSuspended, DomainRuleChanged
from fediunion.feature import Entry, Feature, Menu
from fediunion.inbox.rules import on, on_known
from fediunion.jobs.schedule import Every
from fediunion.kit.sentences import Sentence
from fediunion.members.events import MemberErased
from fediunion.members.models import Role
from fediunion.social.posts.events import PollVoted, PostEdited, PostRemoved, PostStored
from fediunion.union.affiliation.events import TrustChanged
from fediunion.union.campaigns import inbound, jobs, pages
from fediunion.union.campaigns.archiving import archived_campaigns
from fediunion.union.campaigns.audiences import campaign_halls
from fediunion.union.campaigns.consents import telling as consents_telling
from fediunion.union.campaigns.counts import api as counts_api
from fediunion.union.campaigns.counts import inbound as counts_inbound
from fediunion.union.campaigns.counts import jobs as counts_jobs
from fediunion.union.campaigns.counts import stating
from fediunion.union.campaigns.counts.documents import CLAIM as COUNT_CLAIM
from fediunion.union.campaigns.counts.documents import UnionCountDocument
from fediunion.union.campaigns.counts.service import TELL_JOB as TELL_COUNT_JOB
from fediunion.union.campaigns.documents import CLAIM, CallDocument
from fediunion.union.campaigns.events import CallEnded, CallOpened, PledgesChanged, SignaturesChanged
from fediunion.union.campaigns.letters.service import forget_writer
from fediunion.union.campaigns.pages.officers.numbers import numbers_changed
from fediunion.union.campaigns.resolutions import inbound as resolutions_inbound
from fediunion.union.campaigns.resolutions.service import RESOLUTION
from fediunion.union.campaigns.service.publishing import CLOSE_JOB, OPEN_JOB
from fediunion.union.campaigns.service.sharing import SHARED_CALLS
from fediunion.union.campaigns.signing import inbound as signing_inbound
from fediunion.union.campaigns.signing import leaving, totals, votes
from fediunion.union.campaigns.signing.rows import JOIN
from fediunion.union.campaigns.solidarity import forget_messages
from fediunion.union.campaigns.sponsors import api as sponsors_api
from fediunion.union.campaigns.sponsors import carrying, consequences, telling
from fediunion.union.campaigns.sponsors import inbound as sponsors_inbound
from fediunion.union.campaigns.sponsors import jobs as sponsors_jobs
from fediunion.union.campaigns.sponsors.documents import CLAIM as SPONSOR_CLAIM
from fediunion.union.campaigns.sponsors.documents import CoSponsorshipDocument
from fediunion.union.campaigns.sponsors.events import SponsorshipChanged, SponsorshipOffered
from fediunion.union.campaigns.sponsors.parts import ANSWER, CARRY_JOB, OFFER
from fediunion.union.campaigns.thunderclap import inbound as thunderclap_inbound
from fediunion.union.campaigns.thunderclap import jobs as thunderclap_jobs
from fediunion.union.campaigns.thunderclap import learning, pledging, releasing
from fediunion.union.campaigns.thunderclap import service as thunderclap_service
from fediunion.union.campaigns.thunderclap import telling as thunderclap_telling
from fediunion.union.campaigns.thunderclap.boosting import BOOST_JOB
from fediunion.union.campaigns.thunderclap.documents import CLAIM as RELEASE_CLAIM
from fediunion.union.campaigns.thunderclap.documents import ReleaseDocument
from fediunion.union.campaigns.thunderclap.ways import WAY_JOB, look_up_way
from fediunion.union.campaigns.wording import CAMPAIGN_HALLS

FEATURE = Feature(
    name="campaigns",
    claims=[CLAIM, SPONSOR_CLAIM, COUNT_CLAIM, RELEASE_CLAIM],
    activities=[
        on(vocab.Create, ReleaseDocument, thunderclap_inbound.receive_release),
        on(vocab.Create, CallDocument, inbound.receive_call),
        on(vocab.Update, CallDocument, inbound.receive_call_update),
        on(vocab.Offer, CoSponsorshipDocument, sponsors_inbound.receive_offer),
        on_known(vocab.Accept, OFFER, sponsors_inbound.receive_accept),
        on_known(vocab.Reject, OFFER, sponsors_inbound.receive_reject),
        on_known(vocab.Undo, OFFER, sponsors_inbound.receive_undo),
        on_known(vocab.Undo, ANSWER, sponsors_inbound.receive_undo),
        on(vocab.Update, UnionCountDocument, counts_inbound.receive_count),
        on_known(vocab.Undo, RESOLUTION, resolutions_inbound.receive_undo),
        on_known(vocab.Accept, RESOLUTION, resolutions_inbound.receive_accept),
        on_known(vocab.Reject, RESOLUTION, resolutions_inbound.receive_reject),
        on_known(vocab.Join, "post", signing_inbound.receive_join),
        on_known(vocab.Leave, "post", signing_inbound.receive_leave),
        on_known(vocab.Undo, JOIN, signing_inbound.receive_undo_join),
        on_known(vocab.Accept, JOIN, signing_inbound.receive_accept),
        on_known(vocab.Reject, JOIN, signing_inbound.receive_reject),
    ],
    audiences={CAMPAIGN_HALLS: campaign_halls, releasing.PLEDGERS: releasing.inboxes_of_pledgers},
    reactions={
        MemberErased: [pledging.forget_member, forget_writer, forget_messages],
        CallEnded: [thunderclap_service.call_ended, consents_telling.call_ended],
        ActorDeleted: [consequences.part_from_gone, leaving.actor_deleted],
        ActorSuspended: [leaving.actor_suspended],
        DomainRuleChanged: [leaving.domain_rule_changed],
        PollVoted: [votes.poll_voted],
        ActorKeysRotated: [consequences.renew_proofs],
        CallOpened: [carrying.call_arrived, thunderclap_service.call_opened],
        SignaturesChanged: [numbers_changed, stating.signatures_changed],
        PledgesChanged: [numbers_changed, totals.pledges_changed, stating.pledges_changed],
        SponsorshipOffered: [telling.tell_of_offer],
        SponsorshipChanged: [telling.tell_of_change, learning.sponsorship_changed],
        PostStored: [inbound.call_stored, learning.call_told],
        PostEdited: [inbound.call_edited, learning.call_told],
        PostRemoved: [consequences.call_gone, inbound.call_removed],
        TrustChanged: [consequences.trust_lost, inbound.trust_changed],
    },
    jobs={
        thunderclap_service.RELEASE_JOB: thunderclap_jobs.release_now,
        thunderclap_service.REMIND_JOB: thunderclap_jobs.remind,
        thunderclap_telling.TELL_JOB: thunderclap_jobs.tell_released,
        thunderclap_telling.MISSED_JOB: thunderclap_jobs.tell_missed,
        BOOST_JOB: thunderclap_jobs.boost,
        WAY_JOB: look_up_way,
        thunderclap_jobs.SWEEP_JOB: thunderclap_jobs.sweep,
        OPEN_JOB: jobs.open_,
        CLOSE_JOB: jobs.close,
        "campaigns.sweep": jobs.sweep,
        SHARED_CALLS.tell_job: jobs.tell_peer,
        CARRY_JOB: sponsors_jobs.carry_call,
        TELL_COUNT_JOB: counts_jobs.tell_count,
        consents_telling.TELL_JOB: consents_telling.tell,
        consents_telling.FORGET_JOB: consents_telling.forget,
        leaving.WITHDRAW_JOB: leaving.withdraw_host,
    },
    routes=[*sponsors_api.ROUTES, *counts_api.ROUTES, *pages.ROUTES],
    schedule=[
        Every(job="campaigns.sweep", seconds=600),
        Every(job=consents_telling.FORGET_JOB, seconds=86_400),
        Every(job=thunderclap_jobs.SWEEP_JOB, seconds=thunderclap_jobs.SWEEP_SECONDS),
    ],
    menus={
        Menu.STRANGERS: [Entry("campaigns", "/campaigns", Sentence("Calls"))],
        Menu.MEMBERS: [Entry("campaigns", "/campaigns", Sentence("Calls"), "call")],
        Menu.OFFICERS: [
            Entry("campaigns-admin", "/admin/campaigns", Sentence("Calls"), "call", least=Role.MODERATOR)
        ],
    },
    front=[pages.FRONT],
    cards=[pages.CARDS],
    archived=archived_campaigns,
)
