"""How often a second factor or a password may be tried by one member, and from one address."""

from typing import Final

from fediunion.config import Limits, Settings
from fediunion.members.attempts import Allowance, address_bucket

_MINUTES_5: Final = 300
_HOUR: Final = 3600
_DAY: Final = 86_400


def code_allowances(whom: str, address: str) -> list[Allowance]:
    """Return how often codes are tried: 5 in 5 minutes, 20 in an hour, 50 in a day for one account (W11)."""
    return [
        Allowance("code:5-minutes", whom, 5, _MINUTES_5),
        Allowance("code:hour", whom, 20, _HOUR),
        Allowance("code:day", whom, 50, _DAY),
        Allowance("code:address", address_bucket(address), 20, _MINUTES_5),
    ]


def password_allowances(
    settings: Settings, whom: str, address: str, *, browser: str | None = None
) -> list[Allowance]:
    """Return how often passwords are tried at `whom`, from an address, and in all (row W09).

    Before a password was right, `whom` is what was typed and not whose it is (row W08). A `browser` that the
    member used before has its own tries (members/known_browsers.py). Strangers cannot use them up, and that
    they used up those of everybody, for which a hundred addresses are enough, does not count there.
    """
    limits = settings.limits
    from_address = _from_address("sign-in", limits, address)
    if browser is not None:
        return [Allowance("sign-in:browser", browser, limits.logins_per_5_minutes, _MINUTES_5), from_address]
    at = Allowance("sign-in:account", whom, limits.logins_per_5_minutes, _MINUTES_5)
    return [at, from_address, _altogether("sign-in", limits)]


def own_password_allowances(settings: Settings, whom: str, address: str) -> list[Allowance]:
    """Return how often who is signed in tries the password once more: as in a browser that is known."""
    return password_allowances(settings, whom, address, browser=whom)


def recovery_allowances(settings: Settings, address: str) -> list[Allowance]:
    """Return how often recovery codes are tried for another password: from an address, and in all.

    Nobody needs a password for that, so nothing is counted for the account: strangers could keep its member
    from the second step. Source: row W12; a code has 79 random bits.
    """
    return [_from_address("recovery", settings.limits, address), _altogether("recovery", settings.limits)]


def _from_address(what: str, limits: Limits, address: str) -> Allowance:
    return Allowance(f"{what}:address", address_bucket(address), limits.logins_per_5_minutes, _MINUTES_5)


def _altogether(what: str, limits: Limits) -> Allowance:
    return Allowance(f"{what}:all", "", limits.all_logins_per_5_minutes, _MINUTES_5)


def passkey_allowances(address: str) -> list[Allowance]:
    """Return how often passkeys are asked for and tried from one address."""
    return [Allowance("passkey:address", address_bucket(address), 60, _MINUTES_5)]
