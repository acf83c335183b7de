import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";

import { load } from "./bundle.js";

const SECRET = "a secret that only these tests know";
const page = await load("app/page.js");
const layout = await load("app/layout.js");
const health = await load("app/api/health/route.js");
const todosRoute = await load("app/api/todos/route.js");
const chatRoute = await load("app/api/chat/route.js");

/** The backend's stand-in: gives `answer` and notes what it was asked. */
let answer;
let asked;
const backend = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    asked.push({ method: request.method, url: request.url, body, token: request.headers.authorization });
    response.writeHead(answer.status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(answer.body));
  });
});

before(() => new Promise((ready) => backend.listen(0, "127.0.0.1", ready)));
after(() => {
  backend.closeAllConnections();
  backend.close();
});
beforeEach(() => {
  process.env.BACKEND_URL = `http://127.0.0.1:${backend.address().port}`;
  process.env.BETTER_AUTH_SECRET = SECRET;
  answer = { status: 200, body: [] };
  asked = [];
  console.error = () => {};
});

const show = async (search = {}) => String(await page.default({ searchParams: Promise.resolve(search) }));
const form = (fields) => new Request("http://frontend/api/chat", { method: "POST", body: new URLSearchParams(fields) });

test("the page lists the todos", async () => {
  answer.body = [
    { id: 3, title: "buy milk", done: false },
    { id: 4, title: "sleep", done: true },
  ];
  const html = await show();
  assert.match(html, /<ol><li value="3">buy milk<\/li><li value="4"><s>sleep<\/s><\/li><\/ol>/);
  assert.equal(asked[0].url, "/todos?limit=100");
});

test("a title is shown as text, never as markup", async () => {
  answer.body = [{ id: 1, title: "<script>alert(1)</script>", done: false }];
  assert.doesNotMatch(await show(), /<script>/);
});

test("an empty list says so", async () => {
  assert.match(await show(), /Nothing to do yet\./);
});

test("the page still comes when the backend does not", async () => {
  answer.status = 503;
  assert.match(await show(), /<p role="alert">The list cannot be shown: the backend answered 503\.<\/p>/);
  process.env.BACKEND_URL = "http://127.0.0.1:1";
  assert.match(await show(), /the backend cannot be reached \(\w+\)/);
});

test("the chatbot's reply is shown", async () => {
  assert.match(await show({ reply: "Added #1: buy milk" }), /<pre role="status">Added #1: buy milk<\/pre>/);
  assert.doesNotMatch(await show({ reply: ["a", "b"] }), /<pre/);
});

test("the layout wraps the page", () => {
  assert.match(String(layout.default({ children: "inside" })), /^<html lang="en"><body[^>]*>inside<\/body><\/html>$/);
});

test("health answers without the backend", async () => {
  process.env.BACKEND_URL = "http://127.0.0.1:1";
  const response = health.GET();
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { status: "ok" });
});

test("the todos come as JSON, and a failure with its status", async () => {
  answer.body = [{ id: 1, title: "buy milk", done: false }];
  assert.deepEqual(await (await todosRoute.GET()).json(), answer.body);
  answer.status = 503;
  const failed = await todosRoute.GET();
  assert.equal(failed.status, 503);
  assert.deepEqual(await failed.json(), { error: "the backend answered 503" });
});

test("a missing setting is named", async () => {
  delete process.env.BETTER_AUTH_SECRET;
  const response = await todosRoute.GET();
  assert.equal(response.status, 500);
  assert.deepEqual(await response.json(), { error: "BETTER_AUTH_SECRET is not set; see .env.example" });
});

test("a sentence goes to the chatbot, and the browser back to the page", async () => {
  answer.body = { reply: "Added #1: buy milk", todo: { id: 1 } };
  const response = await chatRoute.POST(form({ message: "add buy milk" }));
  assert.equal(response.status, 303);
  assert.equal(response.headers.get("Location"), "/?reply=Added+%231%3A+buy+milk");
  assert.deepEqual(JSON.parse(asked[0].body), { message: "add buy milk" });
  assert.equal(asked[0].method, "POST");
});

test("a chatbot that fails is reported on the page", async () => {
  answer.status = 503;
  const response = await chatRoute.POST(form({ message: "list" }));
  assert.equal(response.headers.get("Location"), "/?reply=That+did+not+work%3A+the+backend+answered+503.");
});

test("a bad form is refused and asks nothing", async () => {
  for (const request of [
    form({}),
    form({ message: " " }),
    new Request("http://frontend/api/chat", { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } }),
  ]) {
    assert.equal((await chatRoute.POST(request)).status, 400);
  }
  assert.deepEqual(asked, []);
});

test("the token is a JWT that the backend's rules accept", async () => {
  await todosRoute.GET();
  const [header, claims, signature] = asked[0].token.replace("Bearer ", "").split(".");
  const read = (part) => JSON.parse(Buffer.from(part, "base64url"));
  assert.deepEqual(read(header), { alg: "HS256", typ: "JWT" });
  assert.equal(read(claims).aud, "todo-backend");
  const seconds = read(claims).exp - Date.now() / 1000;
  assert.ok(seconds > 50 && seconds <= 60, `valid for ${seconds} s`);
  assert.equal(signature, createHmac("sha256", SECRET).update(`${header}.${claims}`).digest("base64url"));
});
