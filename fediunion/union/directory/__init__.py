"""The unions of the network as people see them: drawn and listed for anybody, managed by officers."""
