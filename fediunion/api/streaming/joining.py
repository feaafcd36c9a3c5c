"""How a stream begins, whichever protocol it comes by: is it there, may it be heard, is there room."""

from fediunion.api.auth import Caller
from fediunion.api.streaming.channels import LIST, Subscription, subscription_to
from fediunion.api.streaming.deliveries import make_hub
from fediunion.api.streaming.hub import Hub
from fediunion.social.lists.queries import get_list
from fediunion.world import World


def hub_of(world: World) -> Hub:
    """Return the hub of this process."""
    return world.part(make_hub)


async def check_subscription(
    world: World, name: str, caller: Caller | None, *, tag: object = None, list_id: object = None
) -> Subscription:
    """Return what is asked for, if the caller may hear it: a list is there for its owner alone (row O25).

    Raises as `channels.subscription_to`, and NotFound for a list of somebody else.
    """
    subscription = subscription_to(name, caller, tag=tag, list_id=list_id)
    if name == LIST and caller is not None:
        await world.db.read(get_list, caller.actor_id, int(subscription.channel.about))
    return subscription
