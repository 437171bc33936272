"""Which salt a name speaks of."""

import re
from functools import lru_cache

from pillnuts.catalogue.spelling import name_key

_ACID = re.compile(
    r"(염산|말레산|브롬화수소산|타르타르산|푸마르산|시트르산|아세트산|숙신산|메실산|황산|인산|질산)(?!염)(.+)"
)


@lru_cache(maxsize=8192)
def form_key(name: str) -> str:
    """A form under which two spellings of the same salt are equal: 염산세티리진 and 세티리진 염산염."""
    key = name_key(name).replace("메탄설폰산", "메실산")  # as it is called where it is a salt's
    return _ACID.sub(r"\2\1염", key) if _ACID.fullmatch(key) else key
