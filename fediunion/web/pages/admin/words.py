"""What deliveries and servers note about failures, and what the audit log notes about acts, in words."""

import re
from typing import Final

from fediunion.kit.sentences import Sentence

_ANSWERED: Final = re.compile(r"answered (\d{3})")
_ANSWERS: Final = {
    "401": Sentence("It does not accept our signature."),
    "403": Sentence("It refuses what we send: perhaps we are blocked there."),
    "404": Sentence("It knows no such inbox."),
    "408": Sentence("It was too slow; it is asked again."),
    "410": Sentence("The account there is gone."),
    "413": Sentence("It takes no message of this size."),
    "429": Sentence("It asks for a pause."),
}
_BY_CLASS: Final = {
    "3": Sentence("It sends us elsewhere, which inboxes may not."),
    "4": Sentence("It refuses this message for good."),
    "5": Sentence("It has a problem of its own."),
}
_SAID: Final = (
    ("certificate", Sentence("Its certificate is not valid: perhaps it expired.")),
    ("name", Sentence("Its name is not found.")),
    ("timeout", Sentence("It does not answer in time.")),
    ("timed out", Sentence("It does not answer in time.")),
    ("in time", Sentence("It does not answer in time.")),
    ("refused", Sentence("Nothing answers at its address.")),
    ("connect", Sentence("Nothing answers at its address.")),
    ("blocked", Sentence("We blocked this server.")),
    ("dropped by hand", Sentence("An administrator gave it up.")),
    ("withdrawn", Sentence("What it is about was deleted.")),
    ("inbox is gone", Sentence("The account there is gone.")),
    ("stayed unreachable", Sentence("The server could not be reached for too long.")),
    ("address", Sentence("Its address is one that we never connect to.")),
)
_UNKNOWN: Final = Sentence("It did not work.")


def reason_in_words(error: str | None) -> str:
    """Return a sentence about a noted failure that a person understands; "" where there is none."""
    if not error:
        return ""
    answered = _ANSWERED.search(error)
    if answered is not None:
        status = answered[1]
        return _ANSWERS.get(status) or _BY_CLASS.get(status[0], _UNKNOWN)
    lowered = error.lower()
    return next((sentence for word, sentence in _SAID if word in lowered), _UNKNOWN)


ACTS: Final = {
    "actor.warn": Sentence("warned an account"),
    "actor.suspend": Sentence("suspended an account"),
    "actor.unsuspend": Sentence("took a suspension back"),
    "actor.silence": Sentence("limited an account"),
    "actor.unsilence": Sentence("took a limit back"),
    "actor.sensitize": Sentence("covered the pictures of an account"),
    "actor.unsensitize": Sentence("uncovered the pictures of an account"),
    "actor.erase": Sentence("deleted an account"),
    "post.remove": Sentence("removed posts"),
    "member.approve": Sentence("let somebody in"),
    "member.reject": Sentence("refused a request for an account"),
    "member.disable": Sentence("disabled an account"),
    "member.enable": Sentence("enabled an account"),
    "member.role": Sentence("gave a role"),
    "member.take_back": Sentence("gave an account back to who had its former e-mail address"),
    "member.read_email": Sentence("looked at an e-mail address"),
    "report.resolve": Sentence("resolved a report"),
    "report.reopen": Sentence("reopened a report"),
    "report.assign": Sentence("took a report"),
    "report.unassign": Sentence("left a report to others"),
    "report.change": Sentence("changed what a report is about"),
    "report.note": Sentence("wrote a note about a report"),
    "report.read_direct": Sentence("read direct messages in a report"),
    "appeal.upheld": Sentence("upheld a decision after an appeal"),
    "appeal.taken_back": Sentence("took a decision back after an appeal"),
    "host.block": Sentence("blocked a server"),
    "host.block.purge": Sentence("blocked a server and removed all of it"),
    "host.silence": Sentence("limited a server"),
    "host.allow": Sentence("allowed a server"),
    "host.forget": Sentence("removed a rule about a server"),
    "host.floods": Sentence("noted that a server floods"),
    "email_domain.block": Sentence("blocked an e-mail domain"),
    "email_domain.unblock": Sentence("unblocked an e-mail domain"),
    "email.block": Sentence("blocked an e-mail address"),
    "email.unblock": Sentence("unblocked an e-mail address"),
    "announcement.publish": Sentence("published an announcement"),
    "announcement.withdraw": Sentence("withdrew an announcement"),
    "emoji.add": Sentence("added an emoji"),
    "emoji.remove": Sentence("removed an emoji"),
    "deliveries.retry": Sentence("had deliveries tried again"),
    "deliveries.drop": Sentence("gave deliveries up"),
    "invite.make": Sentence("made an invitation"),
    "invite.revoke": Sentence("revoked an invitation"),
    "owner_role.ask": Sentence("asked for the owner’s role for a member"),
    "owner_role.approve": Sentence("approved the owner’s role for a member"),
    "owner_role.refuse": Sentence("refused the owner’s role for a member"),
    "owner_role.withdraw": Sentence("withdrew a request for the owner’s role"),
    "key_export.ask": Sentence("asked for an export of keys"),
    "key_export.approve": Sentence("approved an export of keys"),
    "key_export.refuse": Sentence("refused an export of keys"),
    "key_export.withdraw": Sentence("withdrew a request for an export of keys"),
    "key_export.take": Sentence("exported keys"),
    "key_export.fetch": Sentence("fetched the exported keys"),
    "full_export.ask": Sentence("asked for an export of everything"),
    "full_export.approve": Sentence("approved an export of everything"),
    "full_export.refuse": Sentence("refused an export of everything"),
    "full_export.withdraw": Sentence("withdrew a request for an export of everything"),
    "full_export.take": Sentence("exported everything"),
    "full_export.fetch": Sentence("fetched the export of everything"),
    "institution.create": Sentence("made a board, feed or group"),
    "institution.editor": Sentence("named an editor"),
    "institution.no_editor": Sentence("ended the work of an editor"),
    "institution.post": Sentence("published as an institution"),
    "institution.edit": Sentence("changed a post of an institution"),
    "institution.delete": Sentence("deleted a post of an institution"),
    "page.publish": Sentence("published a page"),
    "page.remove": Sentence("removed a page"),
    "appearance.change": Sentence("changed how the pages look"),
    "search.create": Sentence("gave a search over vacancies a name"),
    "search.rename": Sentence("renamed a search over vacancies"),
    "search.end": Sentence("ended a search over vacancies"),
    "affiliation.offer": Sentence("offered another union an affiliation"),
    "affiliation.accept": Sentence("accepted an affiliation with another union"),
    "affiliation.reject": Sentence("refused an affiliation with another union"),
    "affiliation.suspend": Sentence("suspended an affiliation with another union"),
    "affiliation.resume": Sentence("resumed an affiliation with another union"),
    "affiliation.end": Sentence("ended an affiliation with another union"),
    "affiliation.trust": Sentence("decided what a server may share with us"),
    "server_list.publish": Sentence("published a list of servers"),
    "server_list.withdraw": Sentence("published a list of servers no longer"),
    "server_list.follow": Sentence("followed a list of servers"),
    "server_list.unfollow": Sentence("followed a list of servers no longer"),
    "vacancy.draft": Sentence("wrote the draft of a vacancy"),
    "vacancy.publish": Sentence("published a vacancy"),
    "vacancy.change": Sentence("changed a vacancy"),
    "vacancy.extend": Sentence("extended a vacancy"),
    "vacancy.closed": Sentence("closed a vacancy"),
    "vacancy.filled": Sentence("noted that a vacancy is filled"),
    "vacancy.withdrawn": Sentence("withdrew a vacancy"),
    "vacancy.clear": Sentence("showed a vacancy that was hidden"),
    "vacancy.remove": Sentence("removed a vacancy that was hidden"),
    "vacancy.watch": Sentence("had a page with vacancies watched"),
    "vacancy.unwatch": Sentence("ended the watching of a page"),
    "employer.confirm": Sentence("confirmed the sites of an employer"),
}
"""What an act in the log is called, after the name of who did it; others are shown as they are noted."""

OPERATOR: Final = Sentence("an operator on the machine itself")
NOBODY: Final = Sentence("the server by itself")
