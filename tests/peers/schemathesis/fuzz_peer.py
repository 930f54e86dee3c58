"""Asks the API of Scrim what its description says it can be asked, and what it says it cannot, with a token of
each role, and checks what is answered.

    fuzz_peer.py --url URL --openapi FILE_OR_URL --token-file FILE [--examples N] --other MARKER...

FILE has a line `role: token` for each role. A MARKER is an id or a title of something that another tenant has:
no answer may hold it. No answer may have a status, a type or a body that is not described, and none a status
of 5xx.

Prints a line of JSON for each role; where something is wrong also what it is, with the request that shows it
as a command of curl, and exits with 1.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).parent

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
    "unsupported_method",
    "allow_header_conformance",
    "nothing_of_others",
]

# Events of a job do not end before the job does. All other operations are asked, also those that take
# something away: what the run itself needs is left alone by fuzz_hooks.py.
ENDLESS = "/api/v1/jobs/{id}/events"

# tus wants 412 where its header is missing, before anything else is looked at.
CONFIG = """
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428]
"""


def ask(url, token, method, path, body=None, headers=None):
    """Asks once, and returns status, headers and body. What is refused is an answer as well."""
    all_headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **(headers or {})}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data=data, headers=all_headers, method=method)
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def made(url, token):
    """Makes one of each thing that a token may make, so that there is something to be asked for."""
    policy = {
        "schema": 1,
        "name": "stage",
        "region": [{"name": "s", "kind": "stage", "rect": [0, 0, 1, 1], "action": "keep"}],
    }
    ask(url, token, "POST", "/api/v1/policies", {"document": policy})
    ask(url, token, "POST", "/api/v1/holds", {"reason": "a case", "approver": "the board"})
    account = {"name": "Somebody", "email": "somebody@example.eu", "roles": ["attendee"]}
    ask(url, token, "POST", "/api/v1/accounts", account)
    webhook = {"url": "https://hooks.example.eu/scrim", "events": ["recording.ready"]}
    ask(url, token, "POST", "/api/v1/webhooks", webhook)
    ask(url, token, "POST", "/api/v1/rooms", {"title": "a meeting"})
    tus = {"Tus-Resumable": "1.0.0", "Upload-Length": "1000"}
    status, headers, _ = ask(url, token, "POST", "/api/v1/uploads", headers=tus)
    return {"uploads": [headers["Location"].rsplit("/", 1)[1]] if status == 201 else []}


def entries(url, token, path):
    status, _, body = ask(url, token, "GET", path)
    return json.loads(body)["entries"] if status == 200 else []


def known(url, tokens, role):
    """Returns what there is, by its place in paths. Uploads and tokens are those of the account itself."""
    own = made(url, tokens[role])
    for place in ("recordings", "policies", "jobs", "holds", "erasures", "accounts", "webhooks", "rooms"):
        lists = [entries(url, token, f"/api/v1/{place}") for token in tokens.values()]
        own[place] = sorted({entry["id"] for found in lists for entry in found})
    own["tokens"] = [entry["id"] for entry in entries(url, tokens[role], "/api/v1/tokens")]
    own["links"] = []
    for recording in own["recordings"][:2]:
        path = f"/api/v1/recordings/{recording}/links"
        link = {"label": "for the run", "allows": ["play"], "days": 1}
        for token in tokens.values():
            ask(url, token, "POST", path, link)
            own["links"] += [entry["id"] for entry in entries(url, token, path)]
    return own


def needed(url, tokens):
    """Returns the accounts and tokens of the run."""
    ids = []
    for token in tokens.values():
        _, _, body = ask(url, token, "GET", "/api/v1/account")
        ids.append(json.loads(body)["id"])
        ids += [entry["id"] for entry in entries(url, token, "/api/v1/tokens")]
    return ids


def described(place):
    """Reads the description from a file, or asks for it."""
    if "://" in place:
        with urllib.request.urlopen(place) as response:
            return response.read()
    return pathlib.Path(place).read_bytes()


def refused(url, tokens, description):
    """Returns for each role the operations that it may not use at all."""
    found = {role: [] for role in tokens}
    for path, item in description["paths"].items():
        for method in item:
            for role, token in tokens.items():
                status, _, _ = ask(url, token, method.upper(), re.sub(r"\{[a-z]+\}", "x", path))
                if status == 403:
                    found[role].append(f"{method.upper()} {path}")
    return found


def run(arguments, description, tokens, role, left_out, folder):
    """Runs Schemathesis with the token of a role. Returns its report and what it printed."""
    settings = {
        "own": known(arguments.url, tokens, role),
        "others": arguments.other,
        "protected": needed(arguments.url, tokens),
    }
    (folder / "settings.json").write_text(json.dumps(settings))
    (folder / "schemathesis.toml").write_text(CONFIG)
    (folder / "openapi.json").write_text(json.dumps(description))
    report = folder / "report.json"
    command = [str(pathlib.Path(sys.executable).with_name("schemathesis"))]
    command += ["--config-file", str(folder / "schemathesis.toml"), "run"]
    command.append(str(folder / "openapi.json"))
    command += ["--url", arguments.url, "--header", f"Authorization: Bearer {tokens[role]}"]
    command += ["--phases", "coverage,fuzzing", "--max-examples", str(arguments.examples)]
    command += ["--generation-deterministic"]
    command += ["--checks", ",".join(CHECKS), "--exclude-path", ENDLESS, "--continue-on-failure"]
    command += ["--request-timeout", "30", "--warnings", "off", "--no-shrink", "--no-color"]
    command += ["--output-sanitize", "false", "--report", "json", "--report-json-path", str(report)]
    for name in left_out:
        command += ["--exclude-name", name]
    own = {
        "SCHEMATHESIS_HOOKS": str(HERE / "fuzz_hooks.py"),
        "SCRIM_FUZZ_SETTINGS": str(folder / "settings.json"),
    }
    ran = subprocess.run(command, env=os.environ | own, cwd=folder, capture_output=True, text=True)
    found = json.loads(report.read_text()) if report.exists() else {}
    return ran.returncode, found, ran.stdout + ran.stderr


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--openapi", required=True)
    parser.add_argument("--token-file", required=True)
    parser.add_argument("--examples", type=int, default=10)
    parser.add_argument("--other", nargs="*", default=[])
    arguments = parser.parse_args()
    lines = pathlib.Path(arguments.token_file).read_text().splitlines()
    tokens = dict(line.split(": ") for line in lines if line)
    description = json.loads(described(arguments.openapi))
    may_not = refused(arguments.url, tokens, description)
    # All refusals are alike. Whoever may least asks for everything, the others for what they may.
    asks_all = max(tokens, key=lambda role: len(may_not[role]))
    is_fine = True
    for role in tokens:
        left_out = [] if role == asks_all else may_not[role]
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            code, report, printed = run(arguments, description, tokens, role, left_out, pathlib.Path(folder))
        cases = report.get("test_cases", {})
        summary = {
            "role": role,
            "seconds": round(time.monotonic() - began),
            "operations": report.get("operations", {}).get("tested", 0),
            "cases": cases.get("generated", 0),
            "failures": cases.get("unique_failures", 0),
        }
        print(json.dumps(summary), flush=True)
        if code != 0:
            is_fine = False
            print(printed)
    sys.exit(0 if is_fine else 1)


main()
