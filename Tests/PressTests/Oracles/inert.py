"""Python's own HTML parser as judge of what a page can do. Argument: a file. Standard output: one complaint a line."""

import html.parser
import sys

ELEMENTS = set(
    "html head meta title style body div table tr td th thead tbody p h1 h2 h3 h4 h5 h6 a img ul ol li strong em br hr"
    " blockquote pre code sup span main header footer nav article section figure figcaption time form fieldset legend"
    " input label button select option".split()
)
SCHEMES = ("https://", "http://", "mailto:", "tel:", "cid:", "#", "/")


class Judge(html.parser.HTMLParser):
    def handle_starttag(self, tag, attributes):
        if tag not in ELEMENTS:
            print(f"element {tag} in line {self.getpos()[0]}")
        for name, value in attributes:
            if name.startswith("on") or name in ("srcdoc", "srcset", "formaction", "background"):
                print(f"attribute {name} of {tag} in line {self.getpos()[0]}")
            if name in ("href", "src", "action") and not (value or "").startswith(SCHEMES):
                print(f"address {value} of {tag} in line {self.getpos()[0]}")


judge = Judge()
judge.feed(open(sys.argv[1], encoding="utf-8").read())
judge.close()
