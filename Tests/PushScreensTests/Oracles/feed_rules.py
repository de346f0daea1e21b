"""Reads one feed on standard input as a strict reader would; prints what it read as JSON, or ends with the rules that it breaks.

feedparser must not complain (bozo); beside that, the MUSTs of RSS 2.0, RFC 4287, JSON Feed 1.1 and what Concerto needs.
"""
import datetime
import email.utils
import json
import re
import sys
import xml.etree.ElementTree as xml

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
broken = []


def rule(holds, text):
    if not holds:
        broken.append(text)


def absolute(address):
    return bool(re.fullmatch(r"https?://[^\s/?#]+(/\S*)?", address or ""))


def rfc3339(text):
    try:
        datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text))
    except (ValueError, AttributeError):
        return False


def rfc822(text):
    return bool(re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", text or "")) and \
        email.utils.parsedate_to_datetime(text).strftime("%a") == text[:3]


def unique(values, text):
    rule(len(values) == len(set(values)), text)


def rss(data):
    root = xml.fromstring(data)
    rule(root.tag == "rss" and root.get("version") == "2.0", "root is <rss version=2.0>")
    channels = root.findall("channel")
    rule(len(channels) == 1, "one channel")
    channel = channels[0]
    for name in ["title", "link", "description", "language", "lastBuildDate"]:
        rule(len(channel.findall(name)) == 1 and channel.findtext(name), f"channel has one {name}")
    rule(absolute(channel.findtext("link")), "channel link is absolute")
    rule(rfc822(channel.findtext("lastBuildDate")), "lastBuildDate is RFC 822")
    rule(channel.findtext("ttl", "1").isdigit(), "ttl is a number")
    link = channel.find(ATOM + "link")
    rule(link is not None and link.get("rel") == "self" and absolute(link.get("href")), "atom:link self")
    items = channel.findall("item")
    for item in items:
        rule(item.findtext("title") or item.findtext("description"), "item has title or description")
        rule(len(item.findall("enclosure")) <= 1, "at most one enclosure")
        rule(item.find("guid") is not None and item.find("guid").get("isPermaLink") == "false", "guid is no permalink")
        rule(rfc822(item.findtext("pubDate")), "pubDate is RFC 822")
        rule(item.find("author") is None, "author would have to be a mail address")
        for enclosure in item.findall("enclosure"):
            rule(absolute(enclosure.get("url")) and "?" not in enclosure.get("url"), "enclosure url, without a query")
            rule(int(enclosure.get("length")) > 0 and enclosure.get("type").startswith("image/"), "enclosure length and type")
    unique([item.findtext("guid") for item in items], "guids differ")
    return [{"id": i.findtext("guid"), "title": i.findtext("title"), "summary": i.findtext("description"), "author": i.findtext(DC + "creator"),
             "link": i.findtext("link"), "picture": i.find("enclosure").get("url") if i.find("enclosure") is not None else None} for i in items]


def atom(data):
    root = xml.fromstring(data)
    rule(root.tag == ATOM + "feed", "root is feed")

    def common(element, what):
        for name in ["id", "title", "updated"]:
            rule(len(element.findall(ATOM + name)) == 1 and element.findtext(ATOM + name), f"{what} has one {name}")
        rule(rfc3339(element.findtext(ATOM + "updated")), f"{what} updated is RFC 3339")
        rule(re.match(r"[a-z][a-z0-9+.-]*:", element.findtext(ATOM + "id") or ""), f"{what} id is an IRI")
        for text in element.iter():
            if text.tag in [ATOM + n for n in ["title", "subtitle", "summary", "content", "rights"]]:
                rule(text.get("type") == "text" and len(text) == 0, f"{text.tag} is plain text")

    common(root, "feed")
    rule(any(l.get("rel") == "self" and absolute(l.get("href")) for l in root.findall(ATOM + "link")), "feed has a self link")
    entries = root.findall(ATOM + "entry")
    for entry in entries:
        common(entry, "entry")
        rule(entry.findtext(ATOM + "author/" + ATOM + "name") or root.find(ATOM + "author") is not None, "entry has an author")
        rule(len(entry.findall(ATOM + "content")) == 1 and len(entry.findall(ATOM + "summary")) == 1, "entry has content and summary")
        rule(rfc3339(entry.findtext(ATOM + "published")), "published is RFC 3339")
        rule(len([l for l in entry.findall(ATOM + "link") if l.get("rel") == "alternate"]) <= 1, "at most one alternate of a type")
    unique([e.findtext(ATOM + "id") for e in entries], "ids differ")

    def href(entry, rel):
        return next((l.get("href") for l in entry.findall(ATOM + "link") if l.get("rel") == rel), None)

    return [{"id": e.findtext(ATOM + "id"), "title": e.findtext(ATOM + "title"), "summary": e.findtext(ATOM + "summary"),
             "author": e.findtext(ATOM + "author/" + ATOM + "name"), "link": href(e, "alternate"), "picture": href(e, "enclosure"),
             "text": e.findtext(ATOM + "content")} for e in entries]


def json_feed(data):
    feed = json.loads(data)
    rule(feed.get("version") == "https://jsonfeed.org/version/1.1", "version is 1.1's address")
    rule(isinstance(feed.get("title"), str) and feed["title"], "title")
    for name in ["home_page_url", "feed_url"]:
        rule(absolute(feed.get(name)), f"{name} is absolute")
    known = {"version", "title", "home_page_url", "feed_url", "description", "language", "authors", "items"}
    rule(set(feed) <= known, f"only keys of the specification, not {set(feed) - known}")
    for item in feed["items"]:
        rule(isinstance(item.get("id"), str) and item["id"], "id is a string")
        rule(isinstance(item.get("content_text"), str) and "content_html" not in item, "content_text")
        rule(isinstance(item.get("summary"), str), "summary")
        rule(rfc3339(item.get("date_published")) and rfc3339(item.get("date_modified")), "dates are RFC 3339")
        rule(all(isinstance(a.get("name"), str) for a in item.get("authors", [])), "authors have names")
        rule("url" not in item or absolute(item["url"]), "url is absolute")
        for attachment in item.get("attachments", []):
            rule(absolute(attachment["url"]) and "/" in attachment["mime_type"] and attachment["size_in_bytes"] > 0, "attachment")
    unique([i["id"] for i in feed["items"]], "ids differ")
    return [{"id": i["id"], "title": i["title"], "summary": i["summary"], "author": i["authors"][0]["name"], "link": i.get("url"),
             "picture": i.get("attachments", [{}])[-1].get("url"), "text": i["content_text"]} for i in feed["items"]]


def concerto(data):
    contents = json.loads(data)
    rule(isinstance(contents, list), "an array")
    for content in contents:
        rule(content.get("type") in ["RichText", "Graphic", "Video"] and content.get("name"), "type and name")
        rule(content["type"] != "RichText" or (content.get("text") and content.get("render_as") == "plaintext"), "a text has text")
        rule(content["type"] != "Graphic" or absolute(content.get("url")), "a graphic has an address")
        rule(all(rfc3339(content[k]) for k in ["start_time", "end_time"] if k in content), "times are RFC 3339")
    unique([(c["type"], c["name"]) for c in contents], "identities differ")
    return [{"title": c["name"], "text": c["text"]} for c in contents if c["type"] == "RichText"]


def feedparser_agrees(data, entries):
    import feedparser
    read = feedparser.parse(data)
    rule(not read.bozo, f"feedparser: {read.get('bozo_exception')}")
    rule(len(read.entries) == len(entries), "feedparser reads as many entries")
    for mine, its in zip(entries, read.entries):
        rule(its.id == mine["id"] and its.get("published_parsed"), "feedparser reads id and date")


form = sys.argv[1]
data = sys.stdin.buffer.read()
data.decode("utf-8")
entries = {"rss": rss, "atom": atom, "json": json_feed, "concerto": concerto}[form](data)
if form in ["rss", "atom"]:
    feedparser_agrees(data, entries)
if broken:
    sys.exit("\n".join(broken))
print(json.dumps(entries))
