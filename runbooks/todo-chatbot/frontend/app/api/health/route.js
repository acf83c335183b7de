export const dynamic = "force-dynamic";

/** The process lives. The backend has no say in that: a restart here would not bring it back. */
export function GET() {
  return Response.json({ status: "ok" });
}
