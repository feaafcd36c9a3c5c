"""The rules of relations between unions: offering, answering, standing, and what they let others share."""
