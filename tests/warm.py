"""Imported by the server that tests fork commands from: everything a command imports, and the tables it loads once."""

import chromadb.api.rust
import llama_index.core.node_parser
import onnxruntime
import tantivy
import tokenizers

import dateline
import ingest.pipeline
import ingest.storage.archive
import service.app
from ingest import tokens
from ingest.formats.reading_process import language_of

assert (
    chromadb
    and llama_index
    and onnxruntime
    and tantivy
    and tokenizers
    and dateline
    and ingest
    and service
)
tokens.count("The tables of the tokeniser take half a second to read.")
language_of(
    "The tables of the language detector take nearly a second more, and it wants a text of some length to look at."
)
