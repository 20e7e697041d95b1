"""Rasa's custom actions: each takes one turn to `knowledge/` and returns an Answer."""
