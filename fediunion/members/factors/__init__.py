"""What proves who a member is beside the password: codes of an app, passkeys, recovery codes."""
