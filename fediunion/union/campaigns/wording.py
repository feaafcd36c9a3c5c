"""What a call's post says: words for people on any server, and beside them what programs read.

One Question without `name` and `summary`, its title the first paragraph, the link to our page the first
attachment. It is read on servers that know nothing of calls, so that it says itself how one signs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fediunion.actors.models import Actor
from fediunion.kit.catalogues import SOURCE, known_language, translated
from fediunion.kit.clock import format_instant
from fediunion.kit.html import escape
from fediunion.kit.json import JsonObject
from fediunion.kit.sentences import Sentence
from fediunion.social.posts.service.drafts import Composed
from fediunion.union.campaigns.asks.boost_pledge import BoostPledgeAsk
from fediunion.union.campaigns.documents import call_members
from fediunion.union.campaigns.models import CallState, CampaignCall, OutcomeStatus
from fediunion.union.campaigns.terms.call import CallTerms, Target
from fediunion.union.campaigns.terms.moments import moment_text
from fediunion.union.campaigns.thunderclap.models import Thunderclap, ThunderclapState

CAMPAIGN_HALLS: Final = "campaign_halls"
"""The audience of every public call beside the followers of its actor: peers whose calls we take."""

_HERE: Final = "\N{OBJECT REPLACEMENT CHARACTER}"
_ENDED: Final = {
    OutcomeStatus.WON: "[Won]",
    OutcomeStatus.PARTLY_WON: "[Partly won]",
    OutcomeStatus.LOST: "[Lost]",
    OutcomeStatus.WITHDRAWN: "[Withdrawn]",
}
_CLOSED: Final = "[Closed]"
"""How the words of what is over begin, in any language: others tell by it, too."""

SIGN, SIGN_AND_PLEDGE, FOLLOW = (
    Sentence("Sign"),
    Sentence("Sign and pledge the boost"),
    Sentence("Just following"),
)
"""The options of a call's poll; the second is there only where there is a boost to pledge."""


@dataclass(frozen=True, kw_only=True)
class CallView:
    """A call with all that its post tells of: `lead` is the union's id, `amplify` its thunderclap's JSON."""

    call: CampaignCall
    terms: CallTerms
    lead: str
    base_url: str
    co_sponsors: Sequence[str] = ()
    thunderclap: Thunderclap | None = None
    amplify: JsonObject | None = None


def composed_call(view: CallView) -> Composed:
    """Return the post in which an institution puts a call, in the state that it is in now."""
    call, terms = view.call, view.terms
    return Composed(
        html=_html(view),
        slug=call.slug,
        url=call.url,
        hashtags=list(terms.hashtags),
        extension=call_members(
            call,
            terms,
            language=language_of(terms),
            lead=view.lead,
            co_sponsors=view.co_sponsors,
            amplify=view.amplify,
        ),
        expand=(CAMPAIGN_HALLS,),
    )


def question_uri(actor: Actor, slug: str) -> str:
    """Return the id of the Question in which our institution puts a call."""
    return f"{actor.uri}/posts/{slug}"


def page_url(slug: str, base_url: str) -> str:
    """Return the page of a call here."""
    return f"{base_url}/campaigns/{slug}"


def language_of(terms: CallTerms) -> str:
    """Return the language that our own words in a call's post are in: the call's where it is ours."""
    return known_language(terms.language) or SOURCE


def poll_terms(terms: CallTerms) -> tuple[str, tuple[Sentence, ...]]:
    """Return what the poll of a call is made of: the language of its options, and these in their order."""
    pledges = (SIGN_AND_PLEDGE,) if terms.ask(BoostPledgeAsk) is not None else ()
    return language_of(terms), (SIGN, *pledges, FOLLOW)


def poll_options(terms: CallTerms) -> list[str]:
    """Return the options of a call's poll as they are voted for."""
    language, options = poll_terms(terms)
    return [translated(each, language) for each in options]


def title_mark(call: CampaignCall) -> str:
    """Return what stands before the title of a call that is over, such as "[Won]"; "" before any other."""
    if call.state != CallState.CLOSED:
        return ""
    return _ENDED[OutcomeStatus(call.outcome_status)] if call.outcome_status else _CLOSED


def _html(view: CallView) -> str:
    call, terms = view.call, view.terms
    mark = title_mark(call)
    title = f"{mark} {escape(terms.title)}" if mark else escape(terms.title)
    lines = [f"<strong>{title}</strong>"]
    if call.outcome_text:
        lines.append(escape(call.outcome_text))
    lines += [escape(terms.demand), _targets(terms), _how(view), _boost(view)]
    linked = escape(call.url)
    lines.append(f'<a href="{linked}" rel="nofollow noopener">{linked.partition("//")[2]}</a>')
    lines.append(
        " ".join(
            f'<a href="{view.base_url}/tags/{escape(name.lower())}" class="mention hashtag" rel="tag">'
            f"#<span>{escape(name)}</span></a>"
            for name in terms.hashtags
        )
    )
    return "".join(f"<p>{line}</p>" for line in lines if line)


def _targets(terms: CallTerms) -> str:
    if not terms.targets:
        return ""
    named = [target_name(target) for target in terms.targets[:3]]
    whom = "; ".join(named) + (" …" if len(terms.targets) > 3 else "")
    return escape(translated(Sentence("To: %(whom)s", whom=whom), language_of(terms)))


def target_name(target: Target) -> str:
    """Return a target in one line: "Executive Head, Relief Coordination Office"."""
    return ", ".join(part for part in (target.role, target.organisation) if part)


def _how(view: CallView) -> str:
    call, language = view.call, language_of(view.terms)
    if call.state == CallState.CLOSED:
        return _timed(Sentence("Closed on %(when)s", when=_HERE), call.ended_at or call.closes_at, language)
    vote = translated(
        Sentence("Vote below to sign: your vote goes only to us, and is not shown to anybody."), language
    )
    until = _timed(Sentence("Open until %(when)s.", when=_HERE), call.closes_at, language)
    return f"{escape(vote)} {until}"


def _boost(view: CallView) -> str:
    clap, language = view.thunderclap, language_of(view.terms)
    if clap is None or (view.call.state == CallState.CLOSED and clap.state == ThunderclapState.COLLECTING):
        return ""
    match ThunderclapState(clap.state):
        case ThunderclapState.COLLECTING:
            sentence = Sentence(
                "Boost together on %(when)s, if %(least)s have pledged by then; else nothing is posted.",
                when=_HERE,
                least=clap.threshold,
            )
        case ThunderclapState.RELEASED:
            sentence = Sentence("Boosted together on %(when)s.", when=_HERE)
        case _:
            sentence = Sentence("The boost of %(when)s did not take place; nothing was posted.", when=_HERE)
    return _timed(sentence, clap.release_at, language)


def _timed(sentence: Sentence, at: datetime, language: str) -> str:
    moment = f'<time datetime="{format_instant(at)}">{escape(moment_text(at, language))}</time>'
    return escape(translated(sentence, language)).replace(_HERE, moment)
