"""Cleans an article's text and finds its dates, header, sentences and passages."""
