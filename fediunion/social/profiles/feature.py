"""The wiring of profiles."""

from fediunion.activitypub import vocab
from fediunion.actors.events import ActorKeysRotated
from fediunion.feature import Feature
from fediunion.inbox.rules import on, on_known
from fediunion.jobs.schedule import Every
from fediunion.members.events import MemberErased, MemberReachChanged
from fediunion.social.profiles import endpoints, erasing, inbound, telling, verification

FEATURE = Feature(
    name="profiles",
    activities=[
        on(vocab.Update, vocab.ActorDocument, inbound.receive_actor_update),
        on_known(vocab.Delete, "actor", inbound.receive_actor_delete),
        on(vocab.Add, vocab.UnknownObject, inbound.ignore_featured_tag),
        on(vocab.Remove, vocab.UnknownObject, inbound.ignore_featured_tag),
    ],
    reactions={
        ActorKeysRotated: [telling.tell_of_keys],
        MemberReachChanged: [telling.tell_of_reach],
        MemberErased: [telling.tell_of_erasure],
    },
    jobs={
        telling.TELL: telling.tell,
        telling.HIDE: telling.hide,
        verification.VERIFY: verification.verify_links,
        verification.VERIFY_ALL: verification.verify_all_links,
        erasing.FORGET: erasing.forget,
    },
    schedule=[
        Every(verification.VERIFY_ALL, verification.VERIFY_EVERY_SECONDS),
        Every(erasing.FORGET, seconds=86_400),
    ],
    routes=endpoints.ROUTES,
)
