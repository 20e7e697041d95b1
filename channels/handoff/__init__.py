"""From the bot to a person and back: wishes, moves, alarms, what residents are told."""
