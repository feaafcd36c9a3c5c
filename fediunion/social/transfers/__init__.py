"""What a member takes along from another server, and takes away from here, as files of Mastodon's form."""
