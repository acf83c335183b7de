import { createHmac } from "node:crypto";

const TIMEOUT_MS = 5_000;
const TOKEN_SECONDS = 60;

/** The backend's answer was not a success, or there was none. `status` is what a caller should see. */
export class BackendError extends Error {
  constructor(message, status) {
    super(message);
    this.name = "BackendError";
    this.status = status;
  }
}

function setting(name) {
  const value = process.env[name];
  if (!value) {
    throw new BackendError(`${name} is not set; see .env.example`, 500);
  }
  return value;
}

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** A short-lived token (JWT, HS256) that tells the backend that the frontend is asking. */
export function signToken(secret, now = Date.now()) {
  const claims = { aud: "todo-backend", exp: Math.floor(now / 1000) + TOKEN_SECONDS };
  const body = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

async function call(path, init = {}) {
  const url = new URL(path, setting("BACKEND_URL"));
  const token = signToken(setting("BETTER_AUTH_SECRET"));
  let response;
  try {
    response = await fetch(url, {
      ...init,
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    });
  } catch (error) {
    const reason = error.cause?.code ?? error.name;
    throw new BackendError(`the backend cannot be reached (${reason})`, 502);
  }
  if (!response.ok) {
    throw new BackendError(`the backend answered ${response.status}`, response.status);
  }
  return response.json();
}

/** The todos, oldest first. */
export function listTodos() {
  return call("/todos?limit=100");
}

/** Says a sentence to the chatbot: `{ reply, todo }`. */
export function chat(message) {
  return call("/chat", { method: "POST", body: JSON.stringify({ message }) });
}
