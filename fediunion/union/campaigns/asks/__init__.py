"""What a call can ask people to do: one module a kind."""
