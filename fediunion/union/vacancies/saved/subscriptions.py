"""What members hear of searches: who subscribes, and what matched."""

from sqlalchemy.orm import Session

from fediunion.db import emit, now_of
from fediunion.union.vacancies.events import SubscriptionMatched
from fediunion.union.vacancies.models import OPEN_STATES, SearchSubscription, SubscriptionMatch, Vacancy


def note_match(session: Session, subscription_id: int, vacancy_id: int) -> bool:
    """Note that a vacancy matched a member's subscription, once; return whether it is new.

    Members read what is for the network too. Whoever wants a notification is told at once.
    """
    subscription, vacancy = session.get(SearchSubscription, subscription_id), session.get(Vacancy, vacancy_id)
    if subscription is None or vacancy is None or vacancy.hidden or vacancy.state not in OPEN_STATES:
        return False
    if session.get(SubscriptionMatch, (subscription_id, vacancy_id)) is not None:
        return False
    session.add(
        SubscriptionMatch(
            subscription_id=subscription_id, vacancy_id=vacancy_id, matched_at=now_of(session), mailed_at=None
        )
    )
    emit(session, SubscriptionMatched(subscription_id, vacancy_id))
    return True
