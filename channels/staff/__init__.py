"""The staff: accounts, signing in, sessions, what each role may do, and a record of who did what."""
