"""Mastodon.py keeps filters in both forms, and finds out what they mean for what is read."""

from collections.abc import Iterator

import pytest
from mastodon import Mastodon, MastodonNotFoundError

pytestmark = [
    # The old forms are served too, and say that they are old.
    pytest.mark.filterwarnings("ignore::mastodon.errors.MastodonDeprecationWarning"),
]


@pytest.fixture
def author(reader: Mastodon, colleague: Mastodon) -> Iterator[Mastodon]:
    """Somebody whom the reader follows."""
    reader.account_follow(colleague.me())
    yield colleague
    reader.account_unfollow(colleague.me())


def test_a_filter_is_kept_and_marks_what_it_catches(reader: Mastodon, author: Mastodon) -> None:
    made = reader.create_filter_v2(
        "No overtime",
        context=["home", "notifications"],
        filter_action="warn",
        keywords_attributes=[{"keyword": "overtime"}],
    )
    assert [keyword.keyword for keyword in made.keywords] == ["overtime"]
    added = reader.add_filter_keyword_v2(made.id, "double shift", whole_word=True)
    assert {keyword.id for keyword in reader.filter_keywords_v2(made.id)} == {made.keywords[0].id, added.id}

    caught, free = author.status_post("More overtime"), author.status_post("More pay")
    home = {each.id: each for each in reader.timeline_home()}
    [result] = home[caught.id].filtered
    assert (result.filter.title, list(result.keyword_matches)) == ("No overtime", ["overtime"])
    assert list(home[free.id].filtered) == []
    reader.add_filter_status_v2(made.id, free)
    assert [each.status_id for each in reader.filter_statuses_v2(made.id)] == [free.id]
    assert reader.timeline_home(min_id=caught)[0].filtered[0].filter.id == made.id

    changed = reader.update_filter_v2(made.id, title="None", filter_action="hide", context=["home"])
    assert (changed.title, changed.filter_action, list(changed.context)) == ("None", "hide", ["home"])
    reader.delete_filter_v2(made.id)
    with pytest.raises(MastodonNotFoundError):
        reader.filter_v2(made.id)


def test_a_filter_of_the_old_form_is_kept(reader: Mastodon, author: Mastodon) -> None:
    made = reader.filter_create("roster", ["home"], whole_word=True)
    assert (made.phrase, list(made.context), made.whole_word) == ("roster", ["home"], True)
    posted = author.status_post("The roster is out")
    assert posted.id in [each.id for each in author.account_statuses(author.me())]
    kept = reader.filters_apply(reader.timeline_home(), reader.filters(), "home")
    assert posted.id not in [each.id for each in kept]
    assert reader.filter_update(made, phrase="rota").phrase == "rota"
    reader.filter_delete(made)
    assert made.id not in [each.id for each in reader.filters()]
