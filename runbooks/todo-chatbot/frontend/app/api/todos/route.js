import { BackendError, listTodos } from "../../../lib/backend.js";

export const dynamic = "force-dynamic";

/** The todos as JSON, for the browser, which cannot reach the backend itself. */
export async function GET() {
  try {
    return Response.json(await listTodos());
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    console.error(error.message);
    return Response.json({ error: error.message }, { status: error.status });
  }
}
