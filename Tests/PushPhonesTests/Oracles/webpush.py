"""Opens Web Push messages as a browser does, by PyPI's http-ece, and judges their sender by py-vapid.

Standard input: {"private": scalar, "secret": auth, "messages": [{"body", "authorization"}]}, byte strings in base64url.
Standard output: a JSON list of {"text", "claims", "valid"}.
"""
import base64
import json
import sys

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02


def raw(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


asked = json.load(sys.stdin)
key = ec.derive_private_key(int.from_bytes(raw(asked["private"]), "big"), ec.SECP256R1())
opened = []
for message in asked["messages"]:
    text = http_ece.decrypt(raw(message["body"]), private_key=key, auth_secret=raw(asked["secret"]), version="aes128gcm")
    token = message["authorization"].split("t=", 1)[1].split(",")[0]
    opened.append({
        "text": text.decode(), "claims": json.loads(raw(token.split(".")[1])), "valid": Vapid02.verify(message["authorization"]),
    })
json.dump(opened, sys.stdout)
