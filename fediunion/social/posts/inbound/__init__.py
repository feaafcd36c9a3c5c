"""Activities about posts, as received: each is translated, checked, and handed to the service."""
