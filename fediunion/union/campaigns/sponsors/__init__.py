"""Co-sponsorship: unions that carry a call beside the one that leads it, by an Offer and an Accept."""
