"""Home, local, network, tag and list timelines: who reads what, and in which order."""
