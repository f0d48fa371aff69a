"""A receiver in Python 3.8 or later, without packages. Start: WEBHOOK_SECRET=whsec_… PORT=3000 python3 python.py"""

import base64
import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE_SECONDS = 300


def is_plain_signature(secret: str, body: bytes, headers) -> bool:
    """Hex HMAC-SHA256 of the body, with the whole secret as key, as text. During a secret rotation there are several."""
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    entries = [headers.get("X-Webhook-Signature", ""), *headers.get("X-Webhook-Signature-Previous", "").split(" ")]
    return any(hmac.compare_digest(expected.encode(), entry.encode()) for entry in entries)


def is_standard_signature(secret: str, body: bytes, headers) -> bool:
    """Standard Webhooks: also covers the id and the time. The key is the decoded base64 after whsec_."""
    timestamp = headers.get("webhook-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit()) or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret[len("whsec_"):])
    signed = f"{headers.get('webhook-id', '')}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    entries = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected.encode(), entry.encode()) for entry in entries)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        # The bytes as they arrive: parse them only after the check.
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        is_genuine = is_plain_signature(SECRET, body, self.headers) and is_standard_signature(SECRET, body, self.headers)
        if is_genuine:
            event = json.loads(body)
            print(self.headers["X-Webhook-Delivery-Id"], event["event"], event["data"].get("id"))
        self.send_response(204 if is_genuine else 401)
        self.end_headers()


if __name__ == "__main__":
    SECRET = os.environ["WEBHOOK_SECRET"]
    ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", 3000))), Receiver).serve_forever()
