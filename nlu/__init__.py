"""Japanese understanding inside Rasa (Python 3.10): pipeline components and training data."""

from nlu import quick_validation

quick_validation.install()
