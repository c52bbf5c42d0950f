"""The text of an article in; clean paragraphs, dates, sentences and passages with exact offsets out."""
