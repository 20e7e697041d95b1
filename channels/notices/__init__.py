"""Notices to staff outside of the console: by e-mail and webhook, at once and once a day."""
