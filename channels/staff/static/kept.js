// What stays in this browser: what a clerk has written and not sent, and how they are told of what is new.

const TALKS = "madoguchi.staff.talk.";

export function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage forbidden: all lasts as long as the page
  }
}

export function write(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch { /* see read */ }
}

/** `{text, outbox}` of one talk, of one person: words in the box, and messages that the server may not have. */
export class Unsent {
  #key;

  constructor(login, talk) {
    this.#key = `${TALKS}${login}.${talk}`;
  }

  get() {
    try {
      const { text, outbox } = JSON.parse(read(this.#key)) ?? {};
      return { text: String(text ?? ""), outbox: Array.isArray(outbox) ? outbox : [] };
    } catch {
      return { text: "", outbox: [] };
    }
  }

  set(text, outbox) {
    write(this.#key, text || outbox.length ? JSON.stringify({ text, outbox }) : null);
  }
}

/** Who signs out at a counter leaves nothing for the next one; a session that only ends does. */
export function forgetOnLeaving() {
  document.querySelector('form[action="/staff/logout"]')?.addEventListener("submit", () => {
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith(TALKS)) localStorage.removeItem(key);
    } catch { /* see read */ }
  });
}
