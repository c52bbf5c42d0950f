"""What came back for a case goes in; numbers that say how good it was go out."""
