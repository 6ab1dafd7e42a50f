#!/opt/venv/bin/python
"""Tell whether an address answers 200, and with a text if one is given; the exit code says so."""

import sys
import urllib.request

address, *wanted = sys.argv[1:]
try:
    with urllib.request.urlopen(address.replace(" ", "%20"), timeout=4) as answer:
        body = answer.read().decode()
except OSError as error:
    sys.exit(f"{address}: {error}")
sys.exit(f"{address}: {body[:500]}" if any(text not in body for text in wanted) else 0)
