"""What any fediverse server does: profiles, follows, posts, timelines."""
