import { BackendError, chat } from "../../../lib/backend.js";

export const dynamic = "force-dynamic";

/** Takes the page's form, and goes back to the page with the reply. */
export async function POST(request) {
  let message;
  try {
    message = (await request.formData()).get("message");
  } catch {
    return Response.json({ error: "a form with a message is needed" }, { status: 400 });
  }
  if (typeof message !== "string" || message.trim() === "") {
    return Response.json({ error: "a form with a message is needed" }, { status: 400 });
  }
  let reply;
  try {
    ({ reply } = await chat(message));
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    console.error(error.message);
    reply = `That did not work: ${error.message}.`;
  }
  return new Response(null, {
    status: 303,
    headers: { Location: `/?${new URLSearchParams({ reply })}` },
  });
}
