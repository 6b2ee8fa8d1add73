"""What complaints are about, as codes with their names; a category that is not listed is kept as it was written."""

from __future__ import annotations

from typing import Final

from geo.text import Text

CATEGORIES: Final[dict[str, Text]] = {
    "unlicensed_stall": Text("无照经营游商", "Unlicensed stall"),
    "outside_trading": Text("店外经营", "Trading outside the shop"),
    "display_on_carriageway": Text("占道展示", "Display on the carriageway"),
    "illegal_parking_motor": Text("机动车乱停放", "Illegal parking, motor vehicle"),
    "illegal_parking_cycle": Text("非机动车乱停放", "Illegal parking, cycles"),
    "piled_goods": Text("乱堆物堆料", "Piled goods"),
    "open_air_barbecue": Text("露天烧烤", "Open-air barbecue"),
}
"""After the street-order events of the digital city management standard (GB/T 30428.2), from memory of its names."""

CODE_OF: Final = {name: code for code, text in CATEGORIES.items() for name in text}
"""The code that a Chinese or English name stands for."""
