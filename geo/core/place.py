"""A study's place in the world: country or region, clock, calendar, national grid and side of driving."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal
from zoneinfo import ZoneInfo

from geo.core.calendars import Calendar
from geo.core.errors import InputError
from geo.core.text import Text

DrivingSide = Literal["left", "right"]

_REGIONS: Final = {"HK": "CN", "MO": "CN", "TW": "CN"}
"""Regions that ISO 3166-2 lists under a country (CN-HK, CN-MO, CN-TW) and ISO 3166-1 gives codes of their own."""

_DRIVES_ON_THE_LEFT: Final = frozenset(
    {
        *("AG", "AI", "AU", "BB", "BD", "BM", "BN", "BS", "BT", "BW", "CC", "CK", "CX", "CY", "DM", "FJ", "FK", "GB"),
        *("GD", "GG", "GS", "GY", "HK", "ID", "IE", "IM", "IN", "IO", "JE", "JM", "JP", "KE", "KI", "KN", "KY", "LC"),
        *("LK", "LS", "MO", "MS", "MT", "MU", "MV", "MW", "MY", "MZ", "NA", "NF", "NP", "NR", "NU", "NZ", "PG", "PK"),
        *("PN", "SB", "SC", "SG", "SH", "SR", "SZ", "TC", "TH", "TK", "TL", "TO", "TT", "TV", "TZ", "UG", "VC", "VG"),
        *("VI", "WS", "ZA", "ZM", "ZW"),
    }
)
"""Countries and regions that drive on the left (the CIA's World Factbook, Wikipedia: Left- and right-hand traffic)."""

NATIONAL_GRIDS: Final[dict[str, tuple[tuple[float, int], ...]]] = {
    "AT": ((180, 31287),), "BE": ((180, 3812),), "BG": ((180, 7801),), "CH": ((180, 2056),), "CY": ((180, 6312),),
    "CZ": ((180, 5514),), "DE": ((12, 25832), (180, 25833)), "DK": ((180, 25832),), "EE": ((180, 3301),),
    "FI": ((180, 3067),), "FR": ((180, 2154),), "GB": ((180, 27700),), "GR": ((180, 2100),), "HK": ((180, 2326),),
    "HR": ((180, 3765),), "HU": ((180, 23700),), "IE": ((180, 2157),), "IL": ((180, 2039),), "IN": ((180, 7755),),
    "IS": ((180, 8088),), "IT": ((180, 7794),), "JE": ((180, 3109),), "KR": ((180, 5179),), "LI": ((180, 2056),),
    "LK": ((180, 5235),), "LT": ((180, 3346),), "LU": ((180, 2169),), "LV": ((180, 3059),), "MO": ((180, 8433),),
    "NL": ((180, 28992),), "NO": ((180, 25833),), "NZ": ((180, 2193),), "PL": ((180, 2180),), "PT": ((180, 3763),),
    "QA": ((180, 2932),), "RO": ((180, 3844),), "RS": ((180, 8682),), "SE": ((180, 3006),), "SG": ((180, 3414),),
    "SI": ((180, 3794),), "SK": ((180, 5514),), "TW": ((119.5, 3825), (180, 3826)), "VN": ((108, 3405), (180, 3406)),
}  # fmt: skip
"""EPSG codes of the grids of national surveys: up to which longitude each is used (the EPSG Geodetic Parameter Dataset,
areas of use; mainland China's is the 3-degree zone)."""


@dataclass(frozen=True)
class Place:
    """
    A study's place in the world: country or region, clock, national grid and driving side.

    Attributes
    ----------
    country
        Its ISO 3166-1 code; empty in the open sea.
    region
        The code of a region with time zone, calendar and grid of its own (`HK`, `MO`, `TW`); empty elsewhere.
    timezone
        The IANA name of the clock that its people keep.
    national_grid
        The EPSG code of its surveyors' grid, for exports; None where none is known.
    drives_on
        The side of the road that traffic keeps to.
    """

    country: str
    region: str
    timezone: str
    national_grid: int | None
    drives_on: DrivingSide

    @property
    def code(self) -> str:
        """The ISO 3166-1 code of the region, else of the country."""
        return self.region or self.country

    @cached_property
    def calendar(self) -> Calendar:
        """Its holidays and working weekends."""
        return Calendar.of(self.code)


def place_at(
    west: float, south: float, east: float, north: float, timezone: str | None = None, country: str | None = None
) -> Place:
    """
    Find where in the world an extent lies, offline.

    Parameters
    ----------
    west, south, east, north
        The extent, in degrees (WGS 84); its west is greater than its east across the antimeridian.
    timezone
        An IANA name that stands over the zone of the boundaries.
    country
        An ISO 3166-1 code (`GB`, `HK`) that stands over that of the boundaries.

    Raises
    ------
    InputError
        For a time zone or a country that does not exist.
    """
    # boundaries and projections take long to load: an open study knows its place without them
    from geo.core.crs import chinese_zone  # noqa: PLC0415
    from geo.core.time_zones import middle_of, territory_of, zone_within  # noqa: PLC0415

    zone = zone_within(west, south, east, north)
    lon = middle_of(west, south, east, north)[0]
    code = territory_of(zone) if country is None else _known_country(country)
    return Place(
        country=_REGIONS.get(code, code),
        region=code if code in _REGIONS else "",
        timezone=zone if timezone is None else _known_zone(timezone),
        national_grid=chinese_zone(lon) if code == "CN" else _grid(code, lon),
        drives_on="left" if code in _DRIVES_ON_THE_LEFT else "right",
    )


def place_facts(place: Place) -> dict[str, str]:
    """Return a place as the facts that a study keeps of it."""
    return {
        "country": place.country,
        "region": place.region,
        "timezone": place.timezone,
        "national_grid": "" if place.national_grid is None else f"EPSG:{place.national_grid}",
        "drives_on": place.drives_on,
    }


def place_of(facts: Mapping[str, str]) -> Place:
    """Return a study's place from its facts; one that was built before they were kept has it by its extent."""
    if "timezone" not in facts:
        return place_at(*json.loads(facts["extent"]))
    grid = (facts.get("national_grid") or "").removeprefix("EPSG:")
    return Place(
        country=facts.get("country") or "",
        region=facts.get("region") or "",
        timezone=facts["timezone"],
        national_grid=int(grid) if grid else None,
        drives_on="left" if facts.get("drives_on") == "left" else "right",
    )


def _grid(code: str, lon: float) -> int | None:
    return next((epsg for east, epsg in NATIONAL_GRIDS.get(code, ()) if lon <= east), None)


def _known_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError) as error:
        raise InputError(
            "--timezone",
            Text(f"没有时区“{name}”", f"There is no time zone “{name}”"),
            Text("请写 IANA 时区名，如 Asia/Shanghai", "Write an IANA name, like Asia/Shanghai"),
        ) from error


def _known_country(name: str) -> str:
    from geo.core.time_zones import is_territory  # noqa: PLC0415

    code = name.strip().upper().removeprefix("CN-")
    if not is_territory(code):
        raise InputError(
            "--country",
            Text(f"没有国家或地区代码“{name}”", f"There is no country or region “{name}”"),
            Text("请写 ISO 3166 两位代码，如 CN、HK、GB", "Write a two-letter ISO 3166 code, like CN, HK or GB"),
        )
    return code
