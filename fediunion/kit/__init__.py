"""Pure pieces that know nothing of the product."""
