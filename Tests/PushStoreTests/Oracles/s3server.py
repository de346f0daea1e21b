"""A real S3 server for the tests: moto's, on a free port of the loopback address, which checks each request's signature and rights.

Prints {"port", "id", "secret"}, then answers one line of JSON to each line on its standard input:
  objects            what lies in the bucket ‘nyt’: {key: {"type", "cache", "tag", "body" in base64}}
  requests           the requests since the last question: ["PUT /nyt/…", …]
  down / up          closes the port / opens it again, with everything as it was
  busy N             answers the next N requests with 503 SlowDown and Retry-After: 1
  put KEY TEXT       puts an object of somebody else's
  remove KEY         removes an object behind the service's back
  nolist             takes the right to list away
"""

import base64
import json
import logging
import os
import sys
import threading

SET_UP = 4
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = str(SET_UP)

import boto3  # noqa: E402
from moto.core import DEFAULT_ACCOUNT_ID  # noqa: E402
from moto.s3.models import s3_backends  # noqa: E402
from moto.server import DomainDispatcherApplication, create_backend_app  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

logging.getLogger("werkzeug").setLevel(logging.ERROR)
BUCKET = "nyt"
requests = []
busy = 0
lock = threading.Lock()
inner = DomainDispatcherApplication(create_backend_app)


def application(environ, start_response):
    global busy
    with lock:
        requests.append(environ["REQUEST_METHOD"] + " " + environ.get("RAW_URI", environ["PATH_INFO"]))
        is_busy, busy = busy > 0, max(0, busy - 1)
    if is_busy:
        start_response("503 Slow Down", [("Retry-After", "1"), ("Content-Type", "application/xml")])
        return [b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>later</Message></Error>"]
    return inner(environ, start_response)


def serve(port):
    server = make_server("127.0.0.1", port, application, threaded=True)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


def policy(*actions):
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


server = serve(0)
port = server.server_port
access = {
    "endpoint_url": f"http://127.0.0.1:{port}", "region_name": "us-east-1", "aws_access_key_id": "x", "aws_secret_access_key": "y",
}
iam = boto3.client("iam", **access)
iam.create_user(UserName="budstikke")
key = iam.create_access_key(UserName="budstikke")["AccessKey"]
iam.put_user_policy(UserName="budstikke", PolicyName="all", PolicyDocument=policy("s3:*", "iam:*"))
boto3.client("s3", **access).create_bucket(Bucket=BUCKET)
access |= {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
bucket = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[BUCKET]
requests.clear()
print(json.dumps({"port": port, "id": key["AccessKeyId"], "secret": key["SecretAccessKey"]}), flush=True)


def answer(words):
    global server, busy
    match words:
        case ["objects"]:
            return {
                name: {
                    "type": value.metadata.get("content-type", ""), "cache": value.metadata.get("cache-control", ""),
                    "tag": value.etag, "body": base64.b64encode(value.value).decode(),
                }
                for name, value in bucket.keys.items()
            }
        case ["requests"]:
            with lock:
                found = list(requests)
                requests.clear()
            return found
        case ["down"]:
            server.shutdown()
            server.server_close()
        case ["up"]:
            server = serve(port)
        case ["busy", count]:
            with lock:
                busy = int(count)
        case ["put", name, text]:
            boto3.client("s3", **access).put_object(Bucket=BUCKET, Key=name, Body=text.encode())
        case ["remove", name]:
            boto3.client("s3", **access).delete_object(Bucket=BUCKET, Key=name)
        case ["nolist"]:
            document = policy("s3:PutObject", "s3:DeleteObject", "s3:GetObject", "iam:*")
            boto3.client("iam", **access).put_user_policy(UserName="budstikke", PolicyName="all", PolicyDocument=document)
    return "done"


for line in sys.stdin:
    print(json.dumps(answer(line.rstrip("\n").split(" ", 2))), flush=True)
