"""The words that a setting can be, as enumerations."""

from enum import StrEnum


class Mode(StrEnum):
    """What the instance is for."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"


class Scheme(StrEnum):
    """How our own addresses begin."""

    HTTPS = "https"
    HTTP = "http"


class UnionLevel(StrEnum):
    """At which level of the movement a union is. "" is not said. Source: `fu:level` of our vocabulary."""

    UNSAID = ""
    LOCAL = "local"
    STAFF_UNION = "staff-union"
    NATIONAL = "national"
    SECTOR = "sector"
    COORDINATING_COMMITTEE = "coordinating-committee"
    NATIONAL_CENTRE = "national-centre"
    REGIONAL = "regional"
    GLOBAL = "global"
    NETWORK = "network"


class UnionRegion(StrEnum):
    """In which region of the world a union is, as UNI divides it. "" is not said."""

    UNSAID = ""
    AFRICA = "africa"
    AMERICAS = "americas"
    ASIA_PACIFIC = "asia-pacific"
    EUROPA = "europa"


class FederationMode(StrEnum):
    """With whom the instance federates."""

    OPEN = "open"
    ALLOWLIST = "allowlist"
    OFF = "off"


class MailMode(StrEnum):
    """Where mail goes."""

    SMTP = "smtp"
    FILE = "file"
    OFF = "off"


class MediaStore(StrEnum):
    """Where uploaded files are."""

    LOCAL = "local"
    S3 = "s3"


class RegistrationMode(StrEnum):
    """How an account is opened."""

    CLOSED = "closed"
    INVITE = "invite"
    APPROVAL = "approval"
    OPEN = "open"


class InviteMakers(StrEnum):
    """Who may invite: members of that role and those above."""

    MEMBER = "member"
    MODERATOR = "moderator"
    ADMIN = "admin"


class Reach(StrEnum):
    """How far a member is known: not outside the instance, to be followed on request, or to everybody."""

    HIDDEN = "hidden"
    FOLLOWABLE = "followable"
    PUBLIC = "public"
