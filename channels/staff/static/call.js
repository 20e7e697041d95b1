// Forms sent by scripts: each call ends, and says how.

const PATIENCE_MS = 15_000;
const TOKEN = document.querySelector('meta[name="csrf"]').content;

/** `{status, said}`: status 0 when there was no answer. */
export async function post(path, fields) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRF-Token": TOKEN },
      body: new URLSearchParams(fields),
      signal: stop.signal,
    });
    return { status: response.status, said: await response.json().catch(() => ({})) };
  } catch {
    return { status: 0, said: {} };
  } finally {
    clearTimeout(timer);
  }
}

/** What went wrong, for a person. */
export function trouble({ status, said }) {
  const words = said?.error?.message;
  if (typeof words === "string") return words;
  return status ? "うまくいきませんでした。もう一度押してください。" : "つながりません。少したってから、もう一度押してください。";
}
