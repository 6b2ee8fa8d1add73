"""Rasters of people per cell, as WorldPop and GHSL publish them: the cells around the study."""

from __future__ import annotations

import math
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
import pyproj

from geo.core.arrays import Floats
from geo.core.crs import WGS84
from geo.core.errors import InputError
from geo.core.text import Text
from geo.files.crs_detection import Ground
from geo.files.no_network import NO_NETWORK
from geo.files.reading_apart import apart

RASTERS: Final = (".tif", ".tiff")


def read_raster(file: Path, ground: Ground) -> tuple[Floats, Floats]:
    """
    Return the middles of the cells around the study, in degrees, and their values, without empty cells and zeros.

    Parameters
    ----------
    file
        A GeoTIFF, of which the first band counts.
    ground
        The study's streets.

    Returns
    -------
    lonlat, value
        Shape (k, 2) and (k,).

    Raises
    ------
    InputError
        If rasterio is not installed, or the raster cannot be read, does not say where it lies, or has no value around
        the study.
    """
    if find_spec("rasterio") is None:
        raise InputError(
            file,
            Text("未安装读取栅格的组件", "The reader of rasters is not installed"),
            Text("请运行 pip install 'jiexu[raster]'", "Run: pip install 'jiexu[raster]'"),
        )
    return _cells(file, ground.crs, ground.bounds)


@apart()
def _cells(file: Path, crs: pyproj.CRS, bounds: tuple[float, float, float, float]) -> tuple[Floats, Floats]:
    """Return middles and values as `read_raster`, within bounds in a metric system."""
    import rasterio  # noqa: PLC0415 (only rasters need it: an extra)
    import rasterio.transform  # noqa: PLC0415
    import rasterio.windows  # noqa: PLC0415

    try:
        # a text called .tif may name any file or host in the place of a raster
        with rasterio.Env(**NO_NETWORK), rasterio.open(file, driver="GTiff") as source:
            if source.crs is None:
                raise InputError(
                    file,
                    Text("栅格没有坐标系", "The raster has no coordinate system"),
                    Text("请用 GIS 软件指定坐标系后重试", "Give it one in a GIS, then try again"),
                )
            lies = pyproj.CRS.from_user_input(source.crs.to_wkt())
            box = pyproj.Transformer.from_crs(crs, lies, always_xy=True).transform_bounds(*bounds)
            exact = rasterio.windows.from_bounds(*box, transform=source.transform)
            (top, bottom), (left, right) = exact.toranges()
            window = rasterio.windows.Window.from_slices(
                (math.floor(top), math.ceil(bottom)), (math.floor(left), math.ceil(right)), boundless=True
            )
            values = source.read(1, window=window, boundless=True, masked=True)
            transform = source.window_transform(window)
    except (rasterio.RasterioIOError, ValueError) as error:
        raise InputError(
            file,
            Text(f"无法读取栅格（{error}）", f"The raster cannot be read ({error})"),
            Text("请提供 GeoTIFF", "Give a GeoTIFF"),
        ) from error
    people = np.ma.filled(values.astype(float), np.nan)
    row, column = np.nonzero(np.isfinite(people) & (people > 0))
    if len(row) == 0:
        raise InputError(
            file,
            Text("研究范围内没有人口", "There are no people around the study"),
            Text("请换用覆盖该区域的栅格", "Use a raster of this area"),
        )
    x, y = rasterio.transform.xy(transform, row, column)
    lonlat = pyproj.Transformer.from_crs(lies, WGS84, always_xy=True).transform(x, y)
    return np.column_stack(lonlat), people[row, column]
