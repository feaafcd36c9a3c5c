"""What a member attaches to other accounts: a note that nobody else sees, a recommendation that all see."""
