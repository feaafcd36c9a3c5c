"""Three unions on this machine, with the sample data, that federate over loopback."""
