"""What Schemathesis does for Scrim beside what it does for everybody: ids of things that are there, and a look
for what belongs to somebody else.

fuzz_peer.py loads it, with settings in the file that SCRIM_FUZZ_SETTINGS names:

    own        {PLACE: [ID, ...]}  what the tenant of the tokens has, by the word before it in a path
    others     [MARKER, ...]       ids and titles of another tenant, which no answer may hold
    protected  [ID, ...]           what this run needs: it is looked at and never changed
"""

import json
import os
import re
from collections import Counter

import schemathesis

with open(os.environ["SCRIM_FUZZ_SETTINGS"], encoding="utf-8") as file:
    SETTINGS = json.load(file)

OWN = SETTINGS["own"]
OTHERS = SETTINGS["others"]
PROTECTED = set(SETTINGS["protected"])

ID = re.compile(r"[a-z]{3}_[0-9a-f]{32}")
PREFIXES = {
    "recordings": "rec_",
    "accounts": "usr_",
    "tokens": "tok_",
    "policies": "pol_",
    "jobs": "job_",
    "uploads": "upl_",
    "links": "lnk_",
    "webhooks": "whk_",
    "holds": "hld_",
    "erasures": "era_",
    "rooms": "rom_",
}
FILES = ["recording.mp4", "transcript.txt", "transcript.vtt", "report.json", "proof.json", "../keyring.json"]

# The audit log is one for the whole installation: its entries name ids of whatever happened in it. What
# something is called they must not say.
AUDIT = "/api/v1/audit"

turns = Counter()


def known_id(place, label):
    """In turns an id of one's own, one of somebody else's, and none, so that what was made up is kept."""
    own = OWN.get(place, [])
    others = [marker for marker in OTHERS if marker.startswith(PREFIXES[place])]
    turns[label, place] += 1
    turn = turns[label, place]
    ids = [own, others, []][turn % 3]
    return ids[turn // 3 % len(ids)] if ids else None


@schemathesis.serializer("application/offset+octet-stream")
def octets(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@schemathesis.hook
def before_call(context, case, kwargs):
    label, path = case.operation.label, case.operation.path
    place = (re.search(r"/([a-z]+)/\{id\}", path) or [None, None])[1]
    if place and case.path_parameters and "id" in case.path_parameters:
        found = known_id(place, label)
        if found:
            case.path_parameters["id"] = found
        if case.path_parameters["id"] in PROTECTED and case.method not in ("GET", "HEAD"):
            case.path_parameters["id"] = PREFIXES[place] + "0" * 32
        if "name" in case.path_parameters and turns[label, place] % 2:
            case.path_parameters["name"] = FILES[turns[label, place] % len(FILES)]
    if isinstance(case.body, dict):
        for key, place in (("recording", "recordings"), ("policy", "policies")):
            if isinstance(case.body.get(key), str):
                case.body[key] = known_id(place, label) or case.body[key]
        # What is erased would be missing for all that comes later, in the runs of other roles too.
        if path == "/api/v1/erasures" and case.body.get("recording") in OWN["recordings"]:
            case.body["dry_run"] = True
        # Without a speech model it fails at once. One that runs would take the processor from the requests.
        if path == "/api/v1/jobs":
            case.body["transcript"] = True


@schemathesis.check
def nothing_of_others(ctx, response, case):
    request = response.request
    sent = f"{request.url} {request.body!r}"
    answer = response.content.decode("utf-8", "replace")
    for marker in OTHERS:
        is_id = ID.fullmatch(marker)
        if is_id and case.operation.path.startswith(AUDIT):
            continue
        if marker not in sent and marker in answer:
            raise AssertionError(f"the answer holds {marker}, which is another tenant's")
        if is_id and marker in sent and 200 <= response.status_code < 300:
            raise AssertionError(f"{marker} is another tenant's, and was found")
