#!/bin/sh
# Tests your receiver, or checks a saved delivery. For debugging only: process lists show the secret that openssl gets as an argument.
#   WEBHOOK_SECRET=whsec_… sh curl.sh send http://127.0.0.1:3000/            posts a signed test event
#   WEBHOOK_SECRET=whsec_… sh curl.sh check body.json <X-Webhook-Signature>   exits 0 if it is genuine
set -eu

# Arguments: a file. Hex HMAC-SHA256 with the whole secret as key, as text.
plain_signature() {
  openssl dgst -sha256 -hmac "$WEBHOOK_SECRET" -hex <"$1" | sed 's/^.* //'
}

# Arguments: a file, an id, a time. The key is the decoded base64 after whsec_.
standard_signature() {
  key=$(printf %s "${WEBHOOK_SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
  { printf '%s.%s.' "$2" "$3"; cat "$1"; } | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A
}

case "${1:-}" in
  send)
    body=$(mktemp)
    trap 'rm -f "$body"' EXIT
    now=$(date +%s)
    id="evt_$now"
    printf '{"id":"%s","event":"webhook.test","type":"webhook.test","timestamp":"%s","sequence":0,"data":{"message":"Only a test."}}' \
      "$id" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$body"
    curl --silent --show-error --fail --output /dev/null --write-out '%{http_code}\n' --data-binary "@$body" \
      --header 'Content-Type: application/json' \
      --header 'X-Webhook-Event: webhook.test' \
      --header "X-Webhook-Delivery-Id: del_$now" \
      --header "X-Webhook-Signature: $(plain_signature "$body")" \
      --header "webhook-id: $id" \
      --header "webhook-timestamp: $now" \
      --header "webhook-signature: v1,$(standard_signature "$body" "$id" "$now")" \
      "$2"
    ;;
  check)
    [ "$(plain_signature "$2")" = "$3" ] && echo genuine || { echo 'not genuine'; exit 1; }
    ;;
  *)
    sed -n '2,4p' "$0"
    exit 2
    ;;
esac
