"""
The parking that is there, modelled on streets left out, and the places for bays, against tagged sides.

    python -m benchmarks.parking_inventory neukolln=neukolln.osm.pbf helsinki=helsinki.osm.pbf

Extracts of one name are one place. Five folds by street (segments of a name, else of a chain): of a street that is held
out no tag of either side, no area of bays and no capacity is seen. Samples lie every 0.5 m on tagged sides, from corner
to corner; a tag holds for its whole side, uncut by any rule. Intervals are 95 %, by bootstrap over streets. Beside the
model stand the trivial rule (everywhere but at corners, driveways, crossings and stops) and the places for bays, before
signs and tags were read and after.

Intervals of capacity of a place without any tag seen are of models that have seen neither that place nor the one with
the errors; the coverage is of its streets.

What is learned on a place's other streets starts from the shipped coefficients, of a place that these were learned on
from the ones without it. With `--write FILE` it starts from the other places given here, and the coefficients to ship
are written: numbers, no data.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from geo.build import Inputs, build_study
from geo.core.arrays import Flags, Floats, Integers
from geo.core.extents import extent_of
from geo.kerbs.exclusions import Exclusions
from geo.kerbs.numbering import segment_of
from geo.kerbs.plan import Zones
from geo.parking.accuracy import Overlap, StreetShares, bounds, interval, overlap, street_shares, unseen_bounds
from geo.parking.kerb_features import FEATURES, KerbPieces, kerb_features
from geo.parking.mapped import CUT_OUT
from geo.parking.room import BayRoom
from geo.parking.side_model import SideModel, Tagged, held_out, pooled, shipped
from geo.parking.standing import SIGN_RULES
from geo.parking.study import BayStudy
from geo.parking.tagged_sides import tagged_sides
from geo.rules import load_profile
from geo.study.reader import Study

STEP_M: Final = 0.5
RULES: Final = "berlin"
PLACED_BY: Final = ("berlin", "china")
"""The profiles by which bays are placed."""

THRESHOLDS: Final = tuple(np.round(np.arange(0.1, 1.0, 0.1), 1))


class Place(NamedTuple):
    """
    The tagged sides of a place.

    Attributes
    ----------
    tagged
        Pieces of its tagged kerbs.
    piece
        Shape (k,): the piece that each sample lies in.
    parked, trivial
        Shape (k,): whether the map has parking at each sample, and whether the trivial rule says so: everywhere but at
        corners, driveways, crossings and stops.
    bays
        By profile, and by whether signs and tags are read, shape (k,): whether bays fit at each sample.
    street
        Shape (k,): the number of each sample's street.
    cars
        By number of street: cars that park on its tagged sides, by the map.
    extents
        West, south, east, north of all its extracts.
    """

    tagged: Tagged
    piece: Integers
    parked: Flags
    trivial: Flags
    street: Integers
    bays: Mapping[tuple[str, bool], Flags]
    cars: Mapping[int, float]
    extents: tuple[float, float, float, float]


def read_place(name: str, extracts: list[Path], folder: Path) -> Place:
    """Build a study of each extract and return their tagged sides as one place."""
    profile = load_profile(RULES)
    names: dict[str, int] = {}
    cars: dict[int, float] = defaultdict(float)
    fitting: dict[tuple[str, bool], list[Flags]] = defaultdict(list)
    parts, extents, pieces_before = [], [], 0
    for extract in extracts:
        path = folder / f"{name}-{extract.name}.gpkg"
        build_study(path, Inputs(osm=extract, rules=RULES))
        study = Study(path)
        bays = BayStudy(study, profile)
        ground, kerbs = bays.ground, bays.ground.kerbs
        sides = tagged_sides(ground, profile)
        street_name = kerbs.roads["name"].where(
            kerbs.roads["name"].notna(), f"{extract.name}/" + kerbs.roads["street_id"]
        )
        number = np.array([names.setdefault(str(each), len(names)) for each in street_name], dtype=np.int64)
        pieces = KerbPieces.of(kerbs)
        pieces = pieces.where(sides.known[pieces.kerb])
        features = kerb_features(pieces, ground, study.layer("facilities"), study.layer("context"))
        tagged = Tagged(features, sides.parked(pieces), pieces.length_m, number[segment_of(pieces.kerb)])
        samples = KerbPieces.of(kerbs, STEP_M)
        samples = samples.where(sides.known[samples.kerb])
        span = float(kerbs.length_m.max()) + 1.0
        piece = np.searchsorted(pieces.kerb * span + pieces.from_m, samples.kerb * span + samples.middle_m, "right") - 1
        cut = bays.room("all_day").exclusions
        trivial = ~inside(samples, span, cut.where(np.isin(cut.rule, CUT_OUT)))
        for rules in PLACED_BY:
            placed_by = load_profile(rules)
            for read in (False, True):
                own = placed_by if read else placed_by.changed(dict.fromkeys(SIGN_RULES, True))
                room = bays.room("all_day") if (rules, read) == (RULES, True) else BayRoom(ground, own)
                fitting[rules, read].append(inside(samples, span, room.zones))
        parked = sides.parked(samples) >= 0.5
        parts.append((tagged, piece + pieces_before, parked, trivial, number[segment_of(samples.kerb)]))
        pieces_before += len(pieces.kerb)
        for kerb in np.flatnonzero(sides.known & (kerbs.to_m > kerbs.from_m)).tolist():
            cars[int(number[kerb // 2])] += float(sides.cars[kerb])
        extents.append(extent_of(kerbs.roads.get_coordinates().to_numpy()))
    tagged_parts, *others = zip(*parts, strict=True)
    joined = Tagged(*(np.concatenate(columns) for columns in zip(*tagged_parts, strict=True)))
    west, south, east, north = zip(*extents, strict=True)
    box = (min(west), min(south), max(east), max(north))
    piece, parked, trivial, street = (np.concatenate(each) for each in others)
    placed = {key: np.concatenate(each) for key, each in fitting.items()}
    return Place(joined, piece, parked, trivial, street, placed, cars, box)


def inside(samples: KerbPieces, span: float, stretches: Exclusions | Zones) -> Flags:
    """Tell whether the middles of samples lie in stretches of kerb; `span` is longer than any kerb."""
    begun = np.zeros(len(samples.kerb) + 1)
    places = samples.kerb * span + samples.middle_m
    for bound, sign in ((stretches.from_m, 1), (stretches.to_m, -1)):
        at = np.searchsorted(places, stretches.kerb * span + np.clip(bound, 0, span - 1))
        np.add.at(begun, at, sign)
    return np.asarray(np.cumsum(begun)[:-1] > 0)


def figures(place: Place, said: Flags) -> str:
    """Return precision, recall and F1 of predictions at the samples, with their intervals."""
    metres = np.full(len(said), STEP_M)
    found = overlap(place.parked.astype(float), said, metres)
    spans = interval(place.parked.astype(float), said, metres, place.street)
    values = (found.precision, found.recall, found.f1)
    return "  ".join(
        f"{'   –' if value is None else f'{value:.3f}'} [{low:.2f}, {high:.2f}]"
        for value, (low, high) in zip(values, spans, strict=True)
    )


def shares_of(place: Place, probability: Floats, car_m: float) -> tuple[StreetShares, Floats]:
    """Return the expected shares of streets, and the cars that park there by the map."""
    shares = street_shares(place.tagged, probability, car_m)
    return shares, np.array([place.cars.get(int(street), 0.0) for street in shares.street])


def ends(shares: StreetShares, span: Floats) -> tuple[Floats, Floats]:
    """Return the fewest and the most cars of each street; `span` is of errors, by street."""
    return np.floor(shares.cars(span[:, 0])), np.ceil(shares.cars(span[:, 1]))


def told(name: str, way: str, shares: StreetShares, cars: Floats, span: Floats) -> Flags:
    """Print the share of streets with their cars within the interval, and return them."""
    low, high = ends(shares, span)
    held = (low <= cars) & (cars <= high)
    wide = float(np.mean((high - low) / np.maximum(shares.most, 1.0)))
    print(
        f"{name:12} {way:24} {held.mean():6.1%} of {len(held):4} streets, {wide:4.2f} of all kerb wide; all: likely "
        f"{(shares.most * shares.expected).sum():7,.0f}, mapped {cars.sum():7,.0f}"
    )
    return np.asarray(held)


def capacity(places: Mapping[str, Place], models: Mapping[str, tuple[SideModel, Floats, Floats]]) -> None:
    """Print how often the interval of a street's capacity holds the mapped cars."""
    profile = load_profile(RULES)
    level, least = float(profile["inventory.level"]), int(profile["inventory.least_streets"])
    car_m = float(profile["mapped_parking.car_length"]) + float(profile["mapped_parking.padding"])
    total: dict[str, list[Flags]] = defaultdict(list)
    print(f"\n# Capacity of streets left out: intervals at {level:.0%}; share of streets that they hold")
    for name, place in places.items():
        _, out, blind = models[name]
        elsewhere = []
        for other, there in places.items():
            if other == name or len(places) <= 2:
                continue
            # of neither place has the model of these errors seen a tag
            apart = pooled([each.tagged for key, each in places.items() if key not in (name, other)])
            shares, cars = shares_of(there, apart.probability(there.tagged.features), car_m)
            elsewhere.append(shares.scores(cars))
        shares, cars = shares_of(place, out, car_m)
        mine = shares.scores(cars)
        spans: dict[str, tuple[StreetShares, Floats]] = {}
        if len(mine) >= least:
            own = np.array([bounds(np.delete(mine, street), level) for street in range(len(mine))])
            spans["held out"] = shares, own
        if elsewhere:
            shares = shares_of(place, blind, car_m)[0]
            every = {"errors pooled (before)": bounds(np.concatenate(elsewhere), level)}
            every["no tag of the place seen"] = unseen_bounds(elsewhere, level)
            spans |= {way: (shares, np.tile(span, (len(mine), 1))) for way, span in every.items()}
        for way, (by, span) in spans.items():
            total[way].append(told(name, way, by, cars, span))
    for way, parts in total.items():
        held = np.concatenate(parts)
        error = 1.96 * np.sqrt(held.mean() * (1 - held.mean()) / len(held))
        print(
            f"all places   {way:24} {held.mean():6.1%} ± {error:.1%} of {len(held)} streets; mean of places "
            f"{np.mean([part.mean() for part in parts]):.1%}"
        )


def main(extracts: Mapping[str, list[Path]], write: Path | None = None) -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        places = {name: read_place(name, files, Path(folder)) for name, files in extracts.items()}
    profile = load_profile(RULES)
    own, unseen = float(profile["inventory.parked_from"]), float(profile["inventory.parked_from_untagged"])
    models: dict[str, tuple[SideModel, Floats, Floats]] = {}
    print("# Precision, recall and F1 in metres at every 0.5 m of tagged sides, with 95 % intervals over streets")
    for name, place in places.items():
        others = [other.tagged for key, other in places.items() if key != name]
        prior = pooled(others) if write is not None else shipped(place.extents).model
        out, blind = held_out(prior, place.tagged), prior.probability(place.tagged.features)
        models[name] = (prior, out, blind)
        metres, streets = len(place.parked) * STEP_M, len(np.unique(place.street))
        print(f"\n{name}: {metres:,.0f} m of sides on {streets} streets, {place.parked.mean():.0%} parked on")
        print(f"  everywhere                        {figures(place, np.ones(len(place.parked), dtype=bool))}")
        print(f"  trivial rule                      {figures(place, place.trivial)}")
        for (rules, read), fits in place.bays.items():
            way = "bays, signs read" if read else "bays, signs unread"
            print(f"  {f'{way} ({rules})':33} {figures(place, fits)}")
        print(f"  model, streets held out           {figures(place, out[place.piece] >= own)}")
        print(f"  model, no tag of the place seen   {figures(place, blind[place.piece] >= unseen)}")
        print("  curve, no tag of the place seen: " + curve(place, blind))
        print("  curve, streets held out (from probability: precision/recall): " + curve(place, out))
        oracle = known_share(place)
        if not place.parked.any():
            continue
        print(f"  if the share of parked kerb of each street were known: best {best(place, oracle)}")
    for name, place in places.items():
        for other, taught in places.items():
            if other != name and len(taught.tagged.parked):
                said = pooled([taught.tagged]).probability(place.tagged.features)[place.piece] >= unseen
                print(f"trained on {other:10} tested on {name:10} {figures(place, said)}")
    capacity(places, models)
    if write is not None:
        write.write_text(json.dumps(document(places, models), indent=1) + "\n", encoding="utf-8")


def curve(place: Place, probability: Floats) -> str:
    """Return precision and recall by threshold."""
    points = []
    for threshold in THRESHOLDS:
        found = at(place, probability, float(threshold))
        if found.precision is not None and found.recall is not None:
            points.append(f"{threshold:.1f}: {found.precision:.2f}/{found.recall:.2f}")
    return ", ".join(points)


def at(place: Place, probability: Floats, threshold: float) -> Overlap:
    """Return the agreement of the kerb at or above a probability."""
    said = probability[place.piece] >= threshold
    return overlap(place.parked.astype(float), said, np.full(len(said), STEP_M))


def known_share(place: Place) -> Floats:
    """Return the true share of each street's tagged kerb with parking: all that a model by street can know."""
    number = np.unique(place.tagged.street, return_inverse=True)[1]
    parked = np.bincount(number, weights=place.tagged.metres * place.tagged.parked)
    return np.asarray((parked / np.bincount(number, weights=place.tagged.metres))[number])


def best(place: Place, probability: Floats) -> str:
    """Return the threshold of the highest F1 and the figures there."""
    found = [(at(place, probability, float(threshold)), threshold) for threshold in np.arange(0.05, 0.96, 0.05)]
    top, threshold = max(found, key=lambda each: each[0].f1 or 0.0)
    return f"precision {top.precision:.2f}, recall {top.recall:.2f}, F1 {top.f1:.2f} from {threshold:.2f}"


def document(places: Mapping[str, Place], models: Mapping[str, tuple[SideModel, Floats, Floats]]) -> dict[str, object]:
    """Return the coefficients to ship: learned on all places, and on all but each."""
    profile = load_profile(RULES)
    own, untagged = float(profile["inventory.parked_from"]), float(profile["inventory.parked_from_untagged"])
    car_m = float(profile["mapped_parking.car_length"]) + float(profile["mapped_parking.padding"])
    scores: dict[str, list[float]] = {}
    blind_scores: dict[str, list[float]] = {}
    about: dict[str, object] = {}
    for name, place in places.items():
        _, out, blind = models[name]
        for kept, probability in ((scores, out), (blind_scores, blind)):
            shares, cars = shares_of(place, probability, car_m)
            kept[name] = np.round(np.sort(shares.scores(cars)), 3).tolist()
        held, unseen = at(place, out, own), at(place, blind, untagged)
        about[name] = {
            "extent": [round(float(each), 4) for each in place.extents],
            "metres": round(len(place.parked) * STEP_M),
            "streets": len(np.unique(place.street)),
            "held_out": rounded(held),
            "blind": rounded(unseen),
        }
    return {
        "about": "Coefficients of a logistic model of parking along kerbs; benchmarks/parking_inventory.py makes them",
        "licence": "learned from OpenStreetMap data, © OpenStreetMap contributors, ODbL 1.0; numbers, no data",
        "places": about,
        "model": coefficients(pooled([place.tagged for place in places.values()])),
        "without": {name: coefficients(prior) for name, (prior, _, _) in models.items()},
        "scores": scores,
        "blind_scores": blind_scores,
    }


def rounded(found: Overlap) -> dict[str, float | None]:
    """Return precision, recall and F1."""
    values = {"precision": found.precision, "recall": found.recall, "f1": found.f1}
    return {name: None if value is None else round(value, 3) for name, value in values.items()}


def coefficients(model: SideModel) -> dict[str, object]:
    """Return a model by names of its features."""
    by_name = dict(zip(FEATURES, np.round(model.coefficients, 4).tolist(), strict=True))
    return {"intercept": round(model.intercept, 4), "coefficients": by_name}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extracts", nargs="+", metavar="NAME=FILE")
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    by_name: dict[str, list[Path]] = defaultdict(list)
    for each in given.extracts:
        key, _, file = each.partition("=")
        by_name[key].append(Path(file))
    main(by_name, given.write)
