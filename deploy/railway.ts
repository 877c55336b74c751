// The project on Railway: PostgreSQL and two services made of one image. deploy/README.md says how to use it;
// `railway config plan --file deploy/railway.ts` shows what it would change.
import { defineRailway, postgres, preserve, project, service } from "railway/iac";

const build = { builder: "DOCKERFILE", dockerfilePath: "deploy/Dockerfile" } as const;
// The logins that deploy/logins makes; `preserve()` leaves the passwords to Railway.
const url = (login: string, password: string) =>
  `postgresql://${login}:\${{${password}}}@\${{Postgres.PGHOST}}:\${{Postgres.PGPORT}}/\${{Postgres.PGDATABASE}}`;

export default defineRailway(() => {
  const database = postgres("Postgres");

  const worker = service("worker", {
    build,
    // What is said here takes the place of the image's entry point.
    start: "tini -- rookery worker",
    deploy: {
      restartPolicyType: "ALWAYS",
      // ROOKERY_GRACE_PERIOD (10 s), what a worker says last, and some.
      drainingSeconds: 40,
    },
    env: {
      DATABASE_URL: url("rookery_worker", "ROOKERY_WORKER_PASSWORD"),
      ROOKERY_DEPLOY_URL: url("rookery_deploy", "ROOKERY_DEPLOY_PASSWORD"),
      ROOKERY_DEPLOY_PASSWORD: preserve(),
      ROOKERY_WORKER_PASSWORD: preserve(),
      X_BEARER_TOKEN: preserve(),
    },
  });

  const web = service("web", {
    build,
    start: "tini -- rookery web",
    // Ready is who finds the schema of its own version: what the worker deploys.
    healthcheck: "/readyz",
    healthcheckTimeout: 300,
    deploy: { restartPolicyType: "ALWAYS", drainingSeconds: 30, overlapSeconds: 5 },
    env: {
      PORT: "8080",
      ROOKERY_WEB_PORT: "8080",
      ROOKERY_WEB_URL: url("rookery_web", "ROOKERY_WEB_PASSWORD"),
      ROOKERY_OPERATOR_URL: url("rookery_operator", "ROOKERY_OPERATOR_PASSWORD"),
      ROOKERY_WEB_PASSWORD: preserve(),
      ROOKERY_OPERATOR_PASSWORD: preserve(),
      ROOKERY_API_TOKEN: preserve(),
      ROOKERY_OPERATOR_TOKEN: preserve(),
      ROOKERY_WEBHOOK_TOKEN: preserve(),
      X_CONSUMER_SECRET: preserve(),
    },
  });

  return project("rookery", { resources: [database, worker, web] });
});
