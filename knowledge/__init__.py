"""What the city knows: `content/` is what staff edit; the code here loads, checks, searches and answers.

This package knows neither a web framework nor Rasa (design rule 9).
"""
