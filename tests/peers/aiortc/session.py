"""What an encoder (WHIP) and a player (WHEP) have in common: requests, sessions and TURN servers."""

import json
import re
import urllib.error
import urllib.parse
import urllib.request

from aiortc import RTCConfiguration, RTCIceServer, RTCIceTransportPolicy

# Without a word aiortc would ask a STUN server of somebody else.
DIRECT = RTCConfiguration(iceServers=[])

OFFER = "application/sdp"
TRICKLE = "application/trickle-ice-sdpfrag"

LINK = re.compile(r'<(?P<url>[^>]+)>; rel="ice-server"; username="(?P<username>[^"]+)"; '
                  r'credential="(?P<credential>[^"]+)"; credential-type="password"')


def say(**words):
    print(json.dumps(words), flush=True)


def ask(method, url, token, body=None, kind=None, **fields):
    """Sends a request and returns status, fields and text of the answer."""
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    if token:
        headers["authorization"] = f"Bearer {token}"
    if kind:
        headers["content-type"] = kind
    data = body.encode() if body is not None else None
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=90) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def servers(fields):
    """The TURN servers that an answer names (RFC 9725, 4.6)."""
    found = [LINK.fullmatch(link) for link in fields.get_all("link") or []]
    assert all(found), fields
    return [RTCIceServer(urls=one["url"], username=one["username"], credential=one["credential"]) for one in found]


def relayed(url, token):
    """Asks for TURN servers, and returns a configuration that uses nothing else."""
    status, fields, _ = ask("OPTIONS", url, token)
    named = servers(fields)
    say(options=status, accepts=fields["accept-post"], servers=len(named))
    say(servers_for_nobody=len(servers(ask("OPTIONS", url, None)[1])),
        servers_for_others=len(servers(ask("OPTIONS", url, "sci_other")[1])))
    return RTCConfiguration(iceServers=named, iceTransportPolicy=RTCIceTransportPolicy.RELAY)


def refusals(url, token, offer):
    """What has to be refused before anything is taken."""
    say(without_token=ask("POST", url, None, offer, OFFER)[0])
    say(of_another_type=ask("POST", url, token, offer, "text/plain")[0])
    say(no_offer=ask("POST", url, token, "v=0", OFFER)[0])


def post(url, token, offer):
    """Posts an offer and returns the answer and the address of the session, or nothing."""
    status, fields, answer = ask("POST", url, token, offer, OFFER)
    say(posted=status, kind=fields.get("content-type"), tag=fields.get("etag"),
        has_candidates="a=candidate" in answer, named=len(servers(fields)), retry_after=fields.get("retry-after"))
    if status != 201:
        say(refused=answer)
        return None
    return answer, urllib.parse.urljoin(url, fields["location"])


def trickle(session, token, offer):
    """Sends candidates, right and wrong."""
    ufrag = next(line for line in offer.splitlines() if line.startswith("a=ice-ufrag"))
    password = next(line for line in offer.splitlines() if line.startswith("a=ice-pwd"))
    candidate = "a=candidate:1 1 udp 2130706431 127.0.0.1 40001 typ host"
    fragment = "\r\n".join([ufrag, password, "m=audio 9 UDP/TLS/RTP/SAVPF 0", "a=mid:0", candidate, ""])
    say(without_tag=ask("PATCH", session, token, fragment, TRICKLE)[0])
    say(stale=ask("PATCH", session, token, fragment, TRICKLE, if_match='"0"')[0])
    say(trickled=ask("PATCH", session, token, fragment, TRICKLE, if_match='"1"')[0])
    restart = fragment.replace(ufrag, "a=ice-ufrag:other")
    say(restarted=ask("PATCH", session, token, restart, TRICKLE, if_match="*")[0])
    say(other_token=ask("DELETE", session, "sci_other")[0])


def end(session, token):
    """Ends the session, twice."""
    say(deleted=ask("DELETE", session, token)[0])
    say(again=ask("DELETE", session, token)[0])


def without_candidates(offer):
    """The offer of a program that sends it at once, as OBS does."""
    lines = offer.splitlines()
    kept = [line for line in lines if not line.startswith(("a=candidate", "a=end-of-candidates"))]
    return "\r\n".join(kept) + "\r\n"


def candidates(offer):
    """Of which types the candidates of an offer are."""
    lines = [line for line in offer.splitlines() if line.startswith("a=candidate")]
    return sorted({line.split(" typ ")[1].split(" ")[0] for line in lines})
