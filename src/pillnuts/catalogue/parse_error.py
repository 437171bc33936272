"""The one error that parsing raises."""


class ParseError(ValueError):
    """A value in a form the parser does not know.

    `field` is the Korean or API name of the field, `text` the value as it came, `reason` a Korean sentence.
    """

    def __init__(self, field: str, text: str, reason: str) -> None:
        super().__init__(f"{field}: {reason} ({text[:80]!r})")
        self.field = field
        self.text = text
        self.reason = reason
