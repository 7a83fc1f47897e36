# One image for every process: `leadtime serve` (default), `leadtime work`, `leadtime sync --once`.
FROM node:26-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# No install scripts: the embedded PostgreSQL and the bundled Node are for laptops, not for this image.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:26-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 LEADTIME_DATA=/tmp/leadtime
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json policy.yml ./
COPY migrations ./migrations
COPY src ./src
COPY workers ./workers
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/health').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# What is alive at any time fits in 100 MB however large the CRMs are; the limits keep the heap from growing for comfort.
ENTRYPOINT ["node", "--max-old-space-size=256", "--max-semi-space-size=8", "src/main.ts"]
CMD ["serve"]
