"""Sends each query of a Grafana dashboard to a Prometheus that has scraped `pprof-leaks watch` and expects an answer.

usage: dashboard-queries.py DASHBOARD PROMETHEUS
"""

import json
import re
import sys
import urllib.parse
import urllib.request

# What Grafana puts in for its variables when everything is chosen.
VARIABLES = {"job": ".*", "instance": ".*", "confidence": ".*", "__rate_interval": "1m"}
# Metrics that have no series as long as nothing goes wrong.
MAY_BE_EMPTY = ("pprof_leaks_scrape_failures_total", "pprof_leaks_undelivered_notifications")


def answer(prometheus, query):
    """How many series a query gives now."""
    url = f"{prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": query})
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            return len(json.load(response)["data"]["result"])
    except urllib.error.HTTPError as error:
        sys.exit(f"Prometheus refuses {query}: {json.load(error)['error']}")


def main(path, prometheus):
    with open(path, encoding="utf-8") as file:
        dashboard = json.load(file)
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    queries += [
        # Grafana turns label_values(METRIC, LABEL) into a look-up of METRIC's series.
        re.fullmatch(r"label_values\((.*), \w+\)", variable["query"]["query"]).group(1)
        for variable in dashboard["templating"]["list"]
        if variable["type"] == "query"
    ]
    for query in queries:
        filled = re.sub(r"\$(\w+)", lambda name: VARIABLES[name.group(1)], query)
        if answer(prometheus, filled) == 0 and not any(metric in query for metric in MAY_BE_EMPTY):
            sys.exit(f"a query of the dashboard has no answer: {filled}")
    print(f"{len(queries)} queries of the dashboard have answers")


main(*sys.argv[1:])
