"""What the union itself puts on its web site: pages of its own."""
