"""What a union says of itself and of its people: instance, registration, privacy, transparency, campaigns."""

from dataclasses import dataclass

from fediunion.config import readers
from fediunion.config.keys import required, setting
from fediunion.config.readers import one_of, text, whole_number, yes_or_no
from fediunion.config.words import (
    InviteMakers,
    Mode,
    Reach,
    RegistrationMode,
    Scheme,
    UnionLevel,
    UnionRegion,
)


@dataclass(frozen=True, kw_only=True)
class Instance:
    """Who this instance is."""

    domain: str = required(
        "The name after the @ in handles. It cannot be changed once others know it. Required.",
        readers.authority,
        example="union.example",
    )
    web_domain: str = setting(
        "",
        "Where the server answers, when that is not the domain. Empty: the domain.",
        readers.optional_authority,
    )
    mode: Mode = setting(
        Mode.PRODUCTION, '"production" or "development" (for trials on one machine only).', one_of(Mode)
    )
    scheme: Scheme = setting(Scheme.HTTPS, '"https"; "http" only in development.', one_of(Scheme))
    title: str = setting("FediUnion", "The name that people read.", text)
    description: str = setting("", "One or two sentences about the union, shown on the first page.", text)
    level: UnionLevel = setting(
        UnionLevel.UNSAID,
        'What kind of union it is: "local", "staff-union", "national", "sector", "coordinating-committee",'
        ' "national-centre", "regional", "global" or "network". Empty: not said.',
        one_of(UnionLevel),
    )
    sector: str = setting(
        "", "The sector that the union organises, in a few words. Empty: not said.", readers.line(100)
    )
    region: UnionRegion = setting(
        UnionRegion.UNSAID,
        'Its region of the world: "africa", "americas", "asia-pacific" or "europa". Empty: not said.',
        one_of(UnionRegion),
    )
    contact: str = setting("", "An e-mail address for questions and complaints, shown to everybody.", text)
    languages: tuple[str, ...] = setting(
        ("en",), "Language codes, the first is the default.", readers.lowered_texts
    )
    rules: tuple[str, ...] = setting(
        (), "The rules that members agree to, one sentence each, shown to everybody.", readers.texts
    )
    innocuous_name: str = setting(
        "",
        "A neutral name for page titles and notifications, for screens that others see. Empty: off.",
        text,
    )


@dataclass(frozen=True, kw_only=True)
class Registration:
    """Who may open an account."""

    mode: RegistrationMode = setting(
        RegistrationMode.APPROVAL, '"closed", "invite", "approval" or "open".', one_of(RegistrationMode)
    )
    email_domains: tuple[str, ...] = setting(
        (), "Only these e-mail domains (and those below them) may sign up. Empty: all.", readers.lowered_texts
    )
    email_required: bool = setting(
        True, "false lets people join without an address; recovery codes take its place.", yes_or_no
    )
    employer_domains: tuple[str, ...] = setting(
        (),
        "E-mail domains of employers: who signs up with such an address is warned that the employer can"
        " read its mail.",
        readers.lowered_texts,
    )
    invites_by: InviteMakers = setting(
        InviteMakers.MODERATOR,
        'Who may invite: "member" (and above), "moderator" or "admin".',
        one_of(InviteMakers),
    )


@dataclass(frozen=True, kw_only=True)
class Privacy:
    """What others learn, and how long things are kept; periods can only be shortened."""

    default_reach: Reach = setting(
        Reach.HIDDEN, 'What a new account starts with: "hidden", "followable" or "public".', one_of(Reach)
    )
    nodeinfo_counts: bool = setting(True, "Publish how many members and posts there are, rounded.", yes_or_no)
    round_counts_to: int = setting(50, "Published counts are rounded to this many.", whole_number(1, 10_000))
    follow_counts: bool = setting(
        True, "Show how many followers a person has (who they are is never shown).", yes_or_no
    )
    inbox_days: int = setting(
        7, "Days that received activities are kept as they came, unless refused.", whole_number(1, 7)
    )
    delivery_days: int = setting(3, "Days that a successful delivery is kept.", whole_number(1, 3))
    remote_post_days: int = setting(90, "Days that unused remote posts are kept.", whole_number(1, 90))
    backup_days: int = setting(
        14, "Days that `fediunion backup FOLDER` keeps what it wrote there.", whole_number(1, 14)
    )


@dataclass(frozen=True, kw_only=True)
class Transparency:
    """What /about, /privacy and /transparency say beside what the server knows of itself."""

    administrators: tuple[str, ...] = setting(
        (),
        "Who administers the server, as they want to be named to everybody. Empty: not said.",
        readers.texts,
    )
    controller: str = setting(
        "", "Who answers for personal data in law, with an address. Empty: not said.", text
    )
    hosting: str = setting("", "Who runs the machine, and in which country. Empty: not said.", text)
    authority_requests: int = setting(
        0,
        "How many requests for data of courts, police and other authorities came so far.",
        whole_number(0, 1_000_000),
    )
    authority_requests_answered: int = setting(
        0, "To how many of them something was handed over.", whole_number(0, 1_000_000)
    )
    authority_requests_until: str = setting(
        "",
        "Up to which day the two figures are counted, such as 2026-11-22. Empty: they are not shown.",
        text,
    )
    publish_limited_servers: bool = setting(
        False, "Tell strangers which servers are blocked or silenced, with the public reason.", yes_or_no
    )


@dataclass(frozen=True, kw_only=True)
class Campaigns:
    """Calls to act, and who signs them."""

    votes_per_host_hour: int = setting(
        1000,
        "Signatures of one call that are taken from the servers of one domain within an hour.",
        whole_number(1, 1_000_000),
    )
