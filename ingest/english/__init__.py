"""Reads English: what a sentence says (`analyse`), and where two differ (`differences`)."""

from ingest.english.differences import Difference, differences
from ingest.english.sentence_analysis import Analysis, Span, analyse
from ingest.english.words import Token

__all__ = ["Analysis", "Difference", "Span", "Token", "analyse", "differences"]
