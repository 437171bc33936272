"""Who you are: signing up and in, sessions and tokens, consents, and leaving."""
