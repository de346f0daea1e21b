"""The dates of recurrence rules by python-dateutil.

In: a JSON list of {"rule", "start", "end", "zone"}; start and end are civil times. Out: for each a list of [civil time, Unix time],
up to the end. A rule whose UNTIL is in UTC is expanded in the zone, as dateutil demands; the others without one.
"""
import datetime
import json
import sys
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr


def dates(case):
    zone = ZoneInfo(case["zone"])
    aware = any(part.startswith("UNTIL=") and part.endswith("Z") for part in case["rule"].split(";"))
    start, end = (datetime.datetime.fromisoformat(case[name]) for name in ("start", "end"))
    # Where dateutil stops to look for a date that never comes: it would take minutes up to the year 9999.
    datetime.MAXYEAR = end.year
    found = []
    for time in rrulestr(case["rule"], dtstart=start.replace(tzinfo=zone) if aware else start):
        civil = time.replace(tzinfo=None)
        if civil > end:
            break
        found.append([civil.isoformat(), int(civil.replace(tzinfo=zone).timestamp())])
    return found


json.dump([dates(case) for case in json.load(sys.stdin)], sys.stdout)
