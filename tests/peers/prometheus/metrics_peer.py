"""Reads metrics in the text form of OpenMetrics with the parser of Prometheus.

Reads them from standard input and writes a JSON list of families to standard output:

    name, help, type, unit
    samples  [[NAME, {LABEL: VALUE}, NUMBER], ...]
"""

import json
import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

families = [
    {
        "name": family.name,
        "help": family.documentation,
        "type": family.type,
        "unit": family.unit,
        "samples": [[sample.name, sample.labels, sample.value] for sample in family.samples],
    }
    for family in text_string_to_metric_families(sys.stdin.read())
]
json.dump(families, sys.stdout)
