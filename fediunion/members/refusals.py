"""What is refused because nobody was shown to be the one."""

from fediunion.kit.errors import NotAllowed


class WrongProof(NotAllowed):
    """What was shown proves nothing; the message may be shown to whoever tried."""

    reason = "wrong-proof"


class SignInRefused(WrongProof):
    """Nobody is signed in; the message says why as far as whoever tried may know."""

    reason = "sign-in-refused"


class AccountSuspended(SignInRefused):
    """Whose account it is showed the right password or passkey, and the account is suspended.

    `complete`: nothing else would have been asked for. See members/suspension.py for what opens then.
    """

    def __init__(self, message: str, *, member_id: int, complete: bool) -> None:
        super().__init__(message)
        self.member_id, self.complete = member_id, complete
