"""Vacancies, plugged in."""

from fediunion.activitypub import vocab
from fediunion.feature import Entry, Feature, Menu
from fediunion.inbox.rules import on
from fediunion.jobs.schedule import Every
from fediunion.kit.sentences import Sentence
from fediunion.members.events import MemberErased
from fediunion.members.models import Role
from fediunion.social.follows.events import Followed, Unfollowed
from fediunion.social.posts.events import PostEdited, PostRemoved, PostStored
from fediunion.union.affiliation.events import TrustChanged
from fediunion.union.vacancies import inbound, jobs, pages
from fediunion.union.vacancies.audiences import hiring_halls
from fediunion.union.vacancies.documents import CLAIM, VacancyDocument
from fediunion.union.vacancies.events import VacancyOpened
from fediunion.union.vacancies.saved import digests, featuring, matching
from fediunion.union.vacancies.saved.finding import make_search_actor
from fediunion.union.vacancies.saved.subscriptions import archived_searches, forget_subscriptions
from fediunion.union.vacancies.service.ending import REMOVE_JOB
from fediunion.union.vacancies.service.publishing import CLOSE_JOB
from fediunion.union.vacancies.service.sharing import SHARED_VACANCIES
from fediunion.union.vacancies.watching import jobs as watching
from fediunion.union.vacancies.watching.service import LOOK_JOB
from fediunion.union.vacancies.wording import HIRING_HALLS

FEATURE = Feature(
    name="vacancies",
    claims=[CLAIM],
    activities=[
        on(vocab.Create, VacancyDocument, inbound.receive_vacancy),
        on(vocab.Update, VacancyDocument, inbound.receive_vacancy_update),
    ],
    audiences={HIRING_HALLS: hiring_halls},
    reactions={
        PostStored: [inbound.vacancy_stored],
        PostEdited: [inbound.vacancy_edited],
        PostRemoved: [inbound.vacancy_removed],
        TrustChanged: [inbound.trust_changed],
        VacancyOpened: [matching.enqueue_matching],
        Followed: [matching.search_followed],
        Unfollowed: [matching.search_unfollowed],
        MemberErased: [forget_subscriptions],
    },
    jobs={
        CLOSE_JOB: jobs.close,
        REMOVE_JOB: jobs.remove,
        "vacancies.sweep": jobs.sweep,
        SHARED_VACANCIES.tell_job: jobs.tell_peer,
        matching.MATCH_JOB: matching.match,
        matching.FORGET_JOB: matching.forget_searches,
        featuring.FEATURE_JOB: featuring.feature,
        digests.MAIL_JOB: digests.mail_digests,
        watching.WATCH_JOB: watching.watch,
        LOOK_JOB: watching.look_at_page,
    },
    schedule=[
        Every(job="vacancies.sweep", seconds=600),
        Every(job=featuring.FEATURE_JOB, seconds=3600),
        Every(job=matching.FORGET_JOB, seconds=86_400),
        Every(job=digests.MAIL_JOB, seconds=3600),
        Every(job=watching.WATCH_JOB, seconds=watching.EVERY_SECONDS),
    ],
    makes_actor=make_search_actor,
    routes=pages.ROUTES,
    menus={
        Menu.STRANGERS: [Entry("vacancies", "/vacancies", Sentence("Vacancies"))],
        Menu.MEMBERS: [Entry("vacancies", "/vacancies", Sentence("Vacancies"), "vacancy", begins=True)],
        Menu.OFFICERS: [
            Entry(
                "vacancies-admin",
                "/admin/vacancies",
                Sentence("Vacancies"),
                "vacancy",
                begins=True,
                least=Role.MODERATOR,
            ),
            Entry("employers", "/admin/employers", Sentence("Employers"), "local", least=Role.ADMIN),
        ],
    },
    front=[pages.FRONT],
    cards=[pages.CARDS],
    archived=archived_searches,
)
