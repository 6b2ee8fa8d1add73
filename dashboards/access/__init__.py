"""Sign-in: accounts, roles, sessions and tokens, the guard in front of every route, the log of access."""
