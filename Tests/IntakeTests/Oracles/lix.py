"""LIX by textstat of texts on standard input, a JSON list; a JSON list of numbers on standard output."""
import json
import sys

import textstat

print(json.dumps([textstat.textstat.lix(text) for text in json.load(sys.stdin)]))
