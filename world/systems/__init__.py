"""The systems whose extracts a world has: one module each, registered here and nowhere else.

A module has a function `extracts(history, truth)` that yields the parts of its extract of one
neighbourhood, and tells `truth` each person record and event it writes. What the system covers
and gets wrong stands in systems.toml under its name (world.errors reads it). It draws chance from
`Random(f"{history.seed}/<system>/<what it is about>")` only, so that a system can be left out
without changing another.
"""

from world.extract import Writer
from world.systems import (
    adjudications,
    cafcass,
    common_platform,
    court_results_spi,
    cps,
    delius,
    electronic_monitoring,
    leds,
    libra,
    nomis,
    opal,
    pnc,
    police_spi,
    police_uk,
    prosecutor_initiation,
    sjp,
)

SYSTEMS: dict[str, Writer] = {
    "police-spi": police_spi.extracts,
    "common-platform": common_platform.extracts,
    "court-results-spi": court_results_spi.extracts,
    "nomis": nomis.extracts,
    "delius": delius.extracts,
    "police-uk": police_uk.extracts,
    "cps": cps.extracts,
    "opal": opal.extracts,
    "electronic-monitoring": electronic_monitoring.extracts,
    "sjp": sjp.extracts,
    "prosecutor-initiation": prosecutor_initiation.extracts,
    "cafcass": cafcass.extracts,
    "adjudications": adjudications.extracts,
    "leds": leds.extracts,
    "libra": libra.extracts,
    "pnc": pnc.extracts,
}
