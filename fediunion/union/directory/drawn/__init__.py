"""The drawing of the network: which box stands where, which way the lines go, and both as SVG."""
