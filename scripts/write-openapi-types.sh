#!/usr/bin/env bash
# Writes the types of the REST API for the admin pages. The generator needs TypeScript 5, so it is no dependency of ours.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
npm exec --yes --package=openapi-typescript@7.13.0 --package=typescript@5.9.3 -- \
  openapi-typescript docs/openapi.yaml --default-non-nullable=false --output src/admin/rest/openapi.d.ts
