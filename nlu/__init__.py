"""Japanese understanding inside Rasa (Python 3.10): pipeline components and training data."""
