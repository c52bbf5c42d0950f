"""Writes down what an installation consists of: a CycloneDX list of components, and a list of licences.

    python deploy/sbom.py [--licences] > FILE

It tells of the environment that runs it, so of what `make up` installed where its Python runs it.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution
from typing import Any

TROVE = "License :: "
PLAIN = ("OSI Approved",)  # of a classifier, says no licence


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--licences", action="store_true", help="a line a package, for people")
    found = sorted(components(), key=lambda one: one["name"])
    if parser.parse_args().licences:
        for one in found:
            sys.stdout.write(f"{one['name']} {one['version']}: {licence(one)}\n")
        return
    json.dump(bom(found), sys.stdout, indent=1)
    sys.stdout.write("\n")


def bom(found: list[dict[str, Any]]) -> dict[str, Any]:
    ours = [one for one in found if one["name"] == "dateline"]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": (ours or [{"type": "application", "name": "dateline"}])[0]},
        "components": [one for one in found if one not in ours],
    }


def components() -> Iterator[dict[str, Any]]:
    """Every installed package once."""
    seen: set[str] = set()
    for package in importlib.metadata.distributions():
        name = str(package.metadata["Name"]).lower().replace("_", "-")
        if name in seen:
            continue
        seen.add(name)
        reference = f"pkg:pypi/{name}@{package.version}"
        yield {
            "type": "application" if name == "dateline" else "library",
            "bom-ref": reference,
            "name": name,
            "version": package.version,
            "purl": reference,
            "licenses": _licences(package),
        }


def licence(component: dict[str, Any]) -> str:
    told = [one.get("expression") or one["license"]["name"] for one in component["licenses"]]
    return " or ".join(told) or "not stated"


def _licences(package: Distribution) -> list[dict[str, Any]]:
    """As its author states them: an SPDX expression, else classifiers, else the first line of words."""
    if expression := package.metadata.get("License-Expression"):
        return [{"expression": expression}]
    stated = [
        classifier.rpartition(" :: ")[2]
        for classifier in package.metadata.get_all("Classifier") or []
        if classifier.startswith(TROVE)
    ]
    words = str(package.metadata.get("License") or "").strip().splitlines()
    names = [name for name in stated if name not in PLAIN] or words[:1]
    return [{"license": {"name": name}} for name in names]


if __name__ == "__main__":
    main()
