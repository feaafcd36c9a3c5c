"""What a thunderclap says to people: its message, and what is written to those who pledged elsewhere."""

from fediunion.kit.catalogues import SOURCE, known_language, translated
from fediunion.kit.html import escape, text_to_html
from fediunion.kit.sentences import Sentence
from fediunion.kit.text import find_hashtags
from fediunion.social.posts.service.drafts import Composed
from fediunion.union.campaigns.messages import linked
from fediunion.union.campaigns.models import CampaignCall
from fediunion.union.campaigns.terms.moments import moment_text
from fediunion.union.campaigns.thunderclap.documents import release_members
from fediunion.union.campaigns.thunderclap.models import Thunderclap
from fediunion.union.campaigns.thunderclap.terms import ThunderclapTerms


def composed_message(
    terms: ThunderclapTerms, *, uri: str, slug: str, url: str, base_url: str, expand: tuple[str, ...]
) -> Composed:
    """Return the message as a post: in its first language, the others beside it."""
    shown = {tag: message_html(text, base_url) for tag, text in terms.message.items()}
    first = next(iter(terms.message))
    return Composed(
        html=shown[first],
        slug=slug,
        url=url,
        hashtags=find_hashtags(terms.message[first]),
        extension=release_members(uri, shown),
        expand=expand,
    )


def message_html(text: str, base_url: str) -> str:
    """Return the message in one language as HTML; nobody is mentioned in it."""
    return text_to_html(text, mentions={}, hashtag_url=lambda name: f"{base_url}/tags/{name.lower()}")


def first_language(terms: ThunderclapTerms) -> str:
    """Return the language that the message is posted in."""
    return next(iter(terms.message))


def words_language(call: CampaignCall) -> str:
    """Return the language in which people elsewhere are written to: the call's where it is ours."""
    languages = call.terms.get("languages") or [SOURCE]
    return known_language(str(languages[0])) or SOURCE


def confirmation(call: CampaignCall, clap: Thunderclap, link: str) -> str:
    """Return what asks somebody elsewhere whether it is they who pledge."""
    language = words_language(call)
    asked = Sentence(
        "Somebody, you maybe, wants to boost with this account, together with others: “%(title)s”, on "
        "%(when)s. It is pledged when you confirm it here:",
        title=call.title,
        when=moment_text(clap.release_at, language),
    )
    otherwise = Sentence("Do nothing where it was not you: nothing is stored.")
    return _paragraphs(language, asked, linked(link), otherwise)


def reminder(call: CampaignCall, clap: Thunderclap, withdraw: str) -> str:
    """Return what is written a day before."""
    language = words_language(call)
    told = Sentence(
        "You pledged to boost the message of “%(title)s”. If %(least)s have pledged by %(when)s, it goes out "
        "then, and a message with a link comes to you: one press, and your server boosts it.",
        title=call.title,
        least=clap.threshold,
        when=moment_text(clap.release_at, language),
    )
    return _paragraphs(language, told, Sentence("Take the pledge back:"), linked(withdraw))


def release(call: CampaignCall, address: str, post_uri: str) -> str:
    """Return what is written at the moment: `address` is where the reader's own server boosts."""
    language = words_language(call)
    return _paragraphs(
        language,
        Sentence("It is time: boost the message of “%(title)s” now, on your server:", title=call.title),
        linked(address),
        Sentence("The message itself:"),
        linked(post_uri),
    )


def missed(call: CampaignCall) -> str:
    """Return what is written where the moment was missed."""
    told = Sentence(
        "The boost of “%(title)s” was missed: this server did not run at its moment. Nothing was posted, and "
        "your pledge is deleted.",
        title=call.title,
    )
    return _paragraphs(words_language(call), told)


def _paragraphs(language: str, *parts: str) -> str:
    """Return sentences and HTML as paragraphs; sentences are translated and escaped."""
    shown = (escape(translated(each, language)) if isinstance(each, Sentence) else each for each in parts)
    return "".join(f"<p>{part}</p>" for part in shown)
