<?php
// A receiver in PHP 8. Start: WEBHOOK_SECRET=whsec_… php -S 127.0.0.1:3000 php.php

const TOLERANCE_SECONDS = 300;

/** Hex HMAC-SHA256 of the body, with the whole secret as key, as text. During a secret rotation there are several. */
function isPlainSignature(string $secret, string $body, string $signatures): bool
{
    return isOneOf(hash_hmac('sha256', $body, $secret), $signatures);
}

/** Standard Webhooks: also covers the id and the time. The key is the decoded base64 after whsec_. */
function isStandardSignature(string $secret, string $body, string $id, string $timestamp, string $signatures): bool
{
    if (!ctype_digit($timestamp) || abs(time() - (int) $timestamp) > TOLERANCE_SECONDS) {
        return false;
    }
    $key = base64_decode(substr($secret, strlen('whsec_')), true);
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
    return isOneOf($expected, $signatures);
}

/** Compares in constant time. */
function isOneOf(string $expected, string $signatures): bool
{
    foreach (explode(' ', $signatures) as $entry) {
        if (hash_equals($expected, $entry)) {
            return true;
        }
    }
    return false;
}

$secret = getenv('WEBHOOK_SECRET') ?: throw new RuntimeException('WEBHOOK_SECRET is not set.');
// The bytes as they arrive: decode them only after the check.
$body = file_get_contents('php://input');
$header = fn (string $name): string => $_SERVER['HTTP_' . strtr(strtoupper($name), '-', '_')] ?? '';

$isGenuine = isPlainSignature($secret, $body, $header('X-Webhook-Signature') . ' ' . $header('X-Webhook-Signature-Previous'))
    && isStandardSignature($secret, $body, $header('webhook-id'), $header('webhook-timestamp'), $header('webhook-signature'));
if (!$isGenuine) {
    http_response_code(401);
    exit;
}
$event = json_decode($body, true, 512, JSON_THROW_ON_ERROR);
error_log(implode(' ', [$header('X-Webhook-Delivery-Id'), $event['event'], $event['data']['id'] ?? '']));
http_response_code(204);
