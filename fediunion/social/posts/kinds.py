"""What the jobs of posts are called in the queue."""

from typing import Final

FETCH_ANCESTORS: Final = "posts.fetch_ancestors"
FETCH_REPLIES: Final = "posts.fetch_replies"
BACKFILL: Final = "posts.backfill"
NOTICE_OUTAGE: Final = "posts.notice_outage"
END_POLL: Final = "posts.end_poll"
TELL_TALLY: Final = "posts.tell_tally"
TELL_EDIT: Final = "posts.tell_edit"
CHECK_QUOTE: Final = "posts.check_quote"
FORGET_OLD: Final = "posts.forget_old"
