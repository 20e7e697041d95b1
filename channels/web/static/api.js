// Calls to the server: every one ends, and says how.

const API = "/api/conversations";
const PATIENCE_MS = 15_000; // how long one call may take

/** A key that makes a repeated request the same request. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // plain http: no randomUUID
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** `{status, said, after}`: status 0 when there was no answer; `after`: seconds the server asks to wait. */
export async function call(method, path, body, headers = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const response = await fetch(API + path, {
      method,
      headers: { "Content-Type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: stop.signal,
    });
    const said = await response.json().catch(() => ({}));
    const after = Number.parseInt(response.headers.get("Retry-After"), 10);
    return { status: response.status, said, after: after > 0 ? after : 0 };
  } catch {
    return { status: 0, said: {}, after: 0 };
  } finally {
    clearTimeout(timer);
  }
}

/** The status that the stream of a conversation is answered with; 0 when there is no answer. */
export async function statusOfStream(id) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    return (await fetch(streamOf(id), { signal: stop.signal, cache: "no-store" })).status;
  } catch {
    return 0;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

export const exportOf = (id) => `${API}/${id}/export`;
export const summaryOf = (id) => `${API}/${id}/summary`;
export const streamOf = (id) => `${API}/${id}/events`;
