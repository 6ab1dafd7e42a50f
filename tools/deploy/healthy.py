#!/opt/venv/bin/python
"""Tell whether an address answers 200, and with a text if one is given; the exit code says so.

A query of GraphQL is sent by POST, as the orchestrator's pages want it.
"""

import sys
import urllib.request

address, *wanted = sys.argv[1:]
try:
    method = "POST" if "/graphql?" in address else "GET"
    request = urllib.request.Request(address.replace(" ", "%20"), method=method)
    with urllib.request.urlopen(request, timeout=4) as answer:
        body = answer.read().decode()
except OSError as error:
    sys.exit(f"{address}: {error}")
sys.exit(f"{address}: {body[:500]}" if any(text not in body for text in wanted) else 0)
