"""The console: where clerks see who waits, and talk with residents."""
