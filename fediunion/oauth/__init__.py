"""OAuth 2: the apps that ask, what a member lets them do, and the tokens that come of it."""
