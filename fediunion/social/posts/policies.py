"""Who may do what with a post: what ours let others do (FEP-044f, GoToSocial's interaction policies)."""

from collections.abc import Collection

from fediunion.activitypub.audience import Audience
from fediunion.activitypub.vocab import PUBLIC
from fediunion.actors.models import Actor
from fediunion.kit.json import JsonObject
from fediunion.social.posts.models import Post


def default_policy(post: Post, author: Actor) -> JsonObject:
    """Return who may interact without asking: as wide as the post itself; quotes only of what is public."""
    return _open_policy() if Audience(post.audience).is_public else {"canQuote": _approving(author.uri)}


def policy_document(post: Post, author: Actor) -> JsonObject:
    """Return the policy of a post of ours that everybody may read, as the outside reads it.

    Every rule stands there, and in both spellings: GoToSocial before 0.19 knows only the older one, and takes
    a rule that it does not find in a policy for one that lets nobody. A post for fewer carries no policy.
    Source: https://docs.gotosocial.org/en/v0.20.1/federation/interaction_policy/
    """
    policy = _open_policy() | (post.interaction_policy or default_policy(post, author))
    return {
        name: rule | {"always": rule["automaticApproval"], "approvalRequired": rule["manualApproval"]}
        for name, rule in policy.items()
    }


def policy_for(quotes: str, audience: Audience, author: Actor) -> JsonObject:
    """Return the policy of a post that `public`, `followers` or `nobody` may quote; {} for the default.

    Only what everybody may read can be quoted, so that the wish means nothing for other posts.
    Source: FEP-044f
    """
    if quotes == "public" or not audience.is_public:
        return {}
    quoter = f"{author.uri}/followers" if quotes == "followers" else author.uri
    return _open_policy() | {"canQuote": _approving(quoter)}


def quotes_in(policy: JsonObject, author: Actor) -> str:
    """Return whom a policy of ours lets quote, as `policy_for` was given it."""
    approved = policy.get("canQuote", _approving(PUBLIC))["automaticApproval"]
    if PUBLIC in approved:
        return "public"
    return "followers" if f"{author.uri}/followers" in approved else "nobody"


def approved_quoters(post: Post, author: Actor) -> Collection[str]:
    """Return the ids of those who may quote our post without asking a person; as:Public is everybody."""
    policy = post.interaction_policy or default_policy(post, author)
    approved: Collection[str] = policy.get("canQuote", {}).get("automaticApproval", [])
    return approved


def lets_nobody_quote(post: Post, author: Actor) -> bool:
    """Return whether a remote author says that nobody else may quote the post; silence says nothing."""
    rule = post.interaction_policy.get("canQuote")
    if rule is None:
        return False
    return not {*rule.get("automaticApproval", []), *rule.get("manualApproval", [])} - {author.uri}


def _approving(uri: str) -> JsonObject:
    return {"automaticApproval": [uri], "manualApproval": []}


def _open_policy() -> JsonObject:
    return {name: _approving(PUBLIC) for name in ("canLike", "canReply", "canAnnounce", "canQuote")}
