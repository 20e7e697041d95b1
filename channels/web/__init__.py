"""The website: conversations over HTTP, replies over server-sent events, the page."""
