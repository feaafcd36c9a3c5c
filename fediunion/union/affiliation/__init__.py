"""The network of unions: who is affiliated to whom, with the proof of both, and what that lets them share."""
