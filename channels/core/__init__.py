"""Conversations, whatever the channel: store, turns, privacy, live updates."""
