"""Activities that come in: received, prepared, processed."""
