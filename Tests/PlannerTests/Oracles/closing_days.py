"""Denmark's holidays by the `holidays` package.

In: a JSON list of the first and the last year. Out: {"public": [[date, name], …], "optional": …}, the optional ones without
those that are public too.
"""
import json
import sys

import holidays

first, last = json.load(sys.stdin)
out = {}
for category in ("public", "optional"):
    days = holidays.Denmark(years=range(first, last + 1), categories=(category,))
    out[category] = sorted([day.isoformat(), name] for day, name in days.items())
json.dump(out, sys.stdout)
