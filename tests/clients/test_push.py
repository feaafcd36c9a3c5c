"""Mastodon.py subscribes to push, and decrypts what the worker sends over real sockets."""

from mastodon import Mastodon
from mastodon.return_types import PushNotification

from tests.clients.push_sink import Sink


def test_mastodon_py_decrypts_what_it_is_pushed(reader: Mastodon, colleague: Mastodon, sink: Sink) -> None:
    private, public = reader.push_subscription_generate_keys()

    def pushed() -> PushNotification:
        sent = sink.next()
        told: PushNotification = reader.push_subscription_decrypt_push(
            sent.body, private, sent.headers["Encryption"], sent.headers["Crypto-Key"]
        )
        return told

    made = reader.push_subscription_set(sink.address, public, mention_events=True)
    assert reader.push_subscription().id == made.id
    assert made.server_key == reader.instance_v2().configuration.vapid.public_key
    colleague.status_post("@ana The vote is on Thursday")
    told = pushed()
    notification = reader.notifications(types=["mention"], limit=1)[0]
    assert (told.access_token, told.notification_type) == (reader.access_token, "mention")
    assert (str(told.notification_id), told.title) == (str(notification.id), "cleo mentioned you")
    assert told.body == "@ana The vote is on Thursday"
    reader.push_subscription_update(mention_events=False)
    colleague.status_post("@ana Not heard")
    reader.push_subscription_update(mention_events=True)
    colleague.status_post("@ana Heard")
    # What was not acknowledged in time is pushed again.
    while (heard := pushed().body) == "@ana The vote is on Thursday":
        pass
    assert heard == "@ana Heard"
    reader.push_subscription_delete()
