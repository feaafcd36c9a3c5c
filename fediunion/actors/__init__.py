"""Who can sign, here or elsewhere: actors and their keys, the servers they live on, rules about servers."""
