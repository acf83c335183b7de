import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const FRONTEND = join(dirname(fileURLToPath(import.meta.url)), "..");

/** A JSX runtime that renders to HTML text at once: enough for pages without state. */
const RUNTIME = `
const text = (value) => {
  if (value === null || value === undefined || typeof value === "boolean") return "";
  if (Array.isArray(value)) return value.map(text).join("");
  if (value instanceof Html) return value.html;
  return String(value).replace(/[&<>"]/g, (c) => "&#" + c.charCodeAt(0) + ";");
};
class Html { constructor(html) { this.html = html; } toString() { return this.html; } }
export function h(type, props, ...children) {
  if (typeof type === "function") return type({ ...props, children });
  const attributes = Object.entries(props ?? {})
    .filter(([name]) => name !== "key")
    .map(([name, value]) => " " + name + '="' + text(value) + '"');
  return new Html("<" + type + attributes.join("") + ">" + text(children) + "</" + type + ">");
}`;

const folder = mkdtempSync(join(tmpdir(), "todo-frontend-"));
writeFileSync(join(folder, "runtime.mjs"), RUNTIME);
process.on("exit", () => rmSync(folder, { recursive: true }));

/** Compiles a source file with esbuild, JSX and imports included, and loads it. */
export async function load(path) {
  const output = join(folder, path.replaceAll("/", "-").replace(/js$/, "mjs"));
  execFileSync("esbuild", [
    join(FRONTEND, path), "--bundle", "--platform=node", "--format=esm", "--loader:.js=jsx",
    "--jsx=transform", "--jsx-factory=h", `--inject:${join(folder, "runtime.mjs")}`,
    `--outfile=${output}`, "--log-level=warning",
  ]);
  return import(output);
}
