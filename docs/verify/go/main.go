// A receiver in Go, without third-party modules. Start: WEBHOOK_SECRET=whsec_… PORT=3000 go run .
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

const tolerance = 300 * time.Second

// isPlainSignature checks the hex HMAC-SHA256 of the body, with the whole secret as key, as text. During a secret rotation there
// are several.
func isPlainSignature(secret string, body []byte, header http.Header) bool {
	signatures := header.Get("X-Webhook-Signature") + " " + header.Get("X-Webhook-Signature-Previous")
	return isOneOf(hex.EncodeToString(sum([]byte(secret), body)), signatures)
}

// isStandardSignature checks the Standard Webhooks signature, which also covers the id and the time. Its key is the decoded base64
// after whsec_.
func isStandardSignature(secret string, body []byte, header http.Header) bool {
	timestamp := header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return false
	}
	if age := time.Since(time.Unix(seconds, 0)); age > tolerance || age < -tolerance {
		return false
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	start := header.Get("webhook-id") + "." + timestamp + "."
	expected := "v1," + base64.StdEncoding.EncodeToString(sum(key, append([]byte(start), body...)))
	return isOneOf(expected, header.Get("webhook-signature"))
}

// isOneOf compares in constant time.
func isOneOf(expected, signatures string) bool {
	for _, entry := range strings.Split(signatures, " ") {
		if hmac.Equal([]byte(expected), []byte(entry)) {
			return true
		}
	}
	return false
}

func sum(key, content []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(content)
	return mac.Sum(nil)
}

func main() {
	secret := os.Getenv("WEBHOOK_SECRET")
	if secret == "" {
		log.Fatal("WEBHOOK_SECRET is not set.")
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		// The bytes as they arrive: decode them only after the check.
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil || !isPlainSignature(secret, body, r.Header) ||
			!isStandardSignature(secret, body, r.Header) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var event struct {
			Event string
			Data  struct{ ID string }
		}
		if err := json.Unmarshal(body, &event); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		log.Println(r.Header.Get("X-Webhook-Delivery-Id"), event.Event, event.Data.ID)
		w.WriteHeader(http.StatusNoContent)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
