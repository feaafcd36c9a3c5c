"""Mail to members: a row in the transaction that causes it, handed over by a job."""
