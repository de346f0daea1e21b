"""Plays what a player does with a feed, request by request, and prints what it would show as JSON; ends with the reason when it would show
nothing at all or fail.

Arguments: the player (os2display-rss, os2display-atom, os2display-json, xibo, concerto, plain-rss, plain-atom, plain-json) and the feed's address
without its ending. Each function says what it was read from; what is not said there is not assumed here.
"""
import datetime
import http.client
import json
import sys
import urllib.parse
import xml.etree.ElementTree as xml

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"


def fail(why):
    sys.exit(why)


def request(method, address, headers=None, timeout=60):
    parts = urllib.parse.urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), headers=headers or {})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, response.headers, body


def os2display(base, ending):
    """OS2display api-service 2.8 over feed-io 6: HEAD, then GET, both with an If-Modified-Since of 1800; 30 s in all. HEAD must answer
    200, a 304 gives an empty feed. The format is told by the first character. RSS fills content from description and never summary; the last
    media counts; the RSS slide shows content of five entries, the "Nyheder" slide summary. Text is shown as text."""
    since = {"If-Modified-Since": "Wed, 01 Jan 1800 00:00:00 +0000"}
    status, _, body = request("HEAD", base + ending, since, 30)
    if status != 200 or body:
        fail(f"HEAD answered {status} with {len(body)} bytes: the slide is blank")
    status, _, body = request("GET", base + ending, since, 30)
    if status != 200:
        fail(f"GET answered {status}: the slide is blank")
    first = body.decode("utf-8")[:1]
    if first == "<":
        root = xml.fromstring(body)
        entries = [rss_entry(e) for e in root.iter("item")] if root.tag == "rss" else [atom_entry(e) for e in root.findall(ATOM + "entry")]
    elif first == "{":
        entries = [json_entry(e) for e in json.loads(body)["items"]]
    else:
        fail("neither XML nor JSON by its first character")
    return entries[:5]


def rss_entry(item):
    media = [m.get("url") for m in item.iter() if m.tag in ("enclosure", MEDIA + "thumbnail", MEDIA + "content") and m.get("url")]
    return {"title": item.findtext("title"), "content": item.findtext("description"), "summary": None,
            "author": item.findtext("author") or item.findtext(DC + "creator"), "link": item.findtext("link"), "id": item.findtext("guid"),
            "date": item.findtext("pubDate") or item.findtext(DC + "date"), "media": media[-1] if media else None, "medias": len(media)}


def atom_entry(entry):
    links = entry.findall(ATOM + "link")
    media = [link.get("href") for link in links if link.get("rel") == "enclosure"]
    return {"title": entry.findtext(ATOM + "title"), "content": entry.findtext(ATOM + "content"), "summary": entry.findtext(ATOM + "summary"),
            "author": entry.findtext(f"{ATOM}author/{ATOM}name"), "id": entry.findtext(ATOM + "id"), "date": entry.findtext(ATOM + "updated"),
            "link": next((link.get("href") for link in links if link.get("rel") == "alternate"), None),
            "media": media[-1] if media else None, "medias": len(media)}


def json_entry(item):
    media = [a["url"] for a in item.get("attachments", []) if a["mime_type"]]
    return {"title": item["title"], "content": item.get("content_text") or item.get("content_html"), "summary": item.get("summary"),
            "author": next((a["name"] for a in item.get("authors", [])), None), "link": item.get("url"), "id": item["id"],
            "date": item["date_published"], "media": media[-1] if media else None, "medias": len(media)}


def xibo(base):
    """Xibo CMS, RssProvider.php: one GET of 20 s, no condition, no login. The Content-Type must hold rss, xml, text or html. The picture is an
    enclosure of an image type, or media:content's url, and fails with a query string (issue 2423). The summary is the stripped description."""
    status, headers, body = request("GET", base + ".rss")
    if status != 200:
        fail(f"GET answered {status}")
    if not any(word in headers["Content-Type"] for word in ("rss", "xml", "text", "html")):
        fail(f"refused for its type {headers['Content-Type']}")
    shown = []
    for item in xml.fromstring(body).iter("item"):
        pictures = [e.get("url") for e in item.findall("enclosure") if e.get("type", "").startswith("image/")]
        pictures += [e.get("url") for e in item.findall(MEDIA + "content")]
        if any("?" in picture for picture in pictures):
            fail("a picture with a query string")
        shown.append({"title": item.findtext("title"), "summary": item.findtext("description"), "media": pictures[0] if pictures else None,
                      "mediaContent": len(item.findall(MEDIA + "content"))})
    return shown


def concerto(base):
    """Concerto, remote_feed.rb: an array of objects, each known by its type and name; what is not 2xx leaves what it had. It keeps the times
    itself and takes pictures below 10 MB."""
    status, _, body = request("GET", base + ".concerto.json")
    if not 200 <= status < 300:
        fail(f"GET answered {status}")
    contents = json.loads(body)
    if not isinstance(contents, list):
        fail("not an array")
    known = {}
    for content in contents:
        if content["type"] not in ("RichText", "Graphic", "Video"):
            fail(f"unknown type {content['type']}")
        identity = (content["type"], content["name"])
        if identity in known:
            fail(f"{identity} would overwrite another content")
        if content["type"] == "RichText" and content["render_as"] != "plaintext":
            fail("text that is not plain")
        if content["duration"] < 1:
            fail("no time to be read in")
        datetime.datetime.fromisoformat(content["start_time"].replace("Z", "+00:00"))
        known[identity] = content
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return [{"type": c["type"], "title": c["name"], "content": c.get("text"), "media": c.get("url"),
             "ended": c.get("end_time", "9999") <= now} for c in known.values()]


def plain(base, ending):
    """feedparser 6, or any reader of JSON Feed."""
    status, _, body = request("GET", base + ending)
    if status != 200:
        fail(f"GET answered {status}")
    if ending == ".json":
        return [json_entry(item) for item in json.loads(body)["items"]]
    import feedparser
    read = feedparser.parse(body)
    if read.bozo:
        fail(str(read.bozo_exception))
    return [{"title": e.title, "summary": e.get("summary"), "media": next((x.href for x in e.get("enclosures", [])), None)} for e in read.entries]


player, base = sys.argv[1:]
name, _, form = player.partition("-")
shown = {"os2display": lambda: os2display(base, "." + form), "xibo": lambda: xibo(base), "concerto": lambda: concerto(base),
         "plain": lambda: plain(base, "." + form)}[name]()
print(json.dumps(shown))
