"""What only a staff union does: each feature a package, cut alike."""
