"""Every mini format of the ministry (MFDS_API §2), under one name.

Pure: text in, frozen values out. A form nobody knows raises `ParseError` (field, text, Korean reason).
"""

from pillnuts.catalogue.codes import (
    atc_codes,
    barcodes,
    class_code,
    clean,
    coded_names,
    date,
    edi_codes,
    history,
    item_seq,
)
from pillnuts.catalogue.material import Material, Quantity, equivalent, materials, quantity
from pillnuts.catalogue.names import active_list, name_list
from pillnuts.catalogue.parse_error import ParseError
from pillnuts.catalogue.product_name import Strength, base_name, strengths

__all__ = [
    "Material",
    "ParseError",
    "Quantity",
    "Strength",
    "active_list",
    "atc_codes",
    "barcodes",
    "base_name",
    "class_code",
    "clean",
    "coded_names",
    "date",
    "edi_codes",
    "equivalent",
    "history",
    "item_seq",
    "materials",
    "name_list",
    "quantity",
    "strengths",
]
