"""Two to four medicines side by side."""
