// What stays in the browser: the id of the conversation, and how the chat is to look and sound.

export const CONVERSATION = "madoguchi.conversation";
const SETTINGS = "madoguchi.settings";

function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage forbidden: all lasts as long as the page
  }
}

function write(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch { /* see read */ }
}

const isId = (id) => /^[0-9a-f-]{36}$/i.test(id ?? "");

export function keptConversation() {
  const id = read(CONVERSATION);
  return isId(id) ? id : null;
}

export const keepConversation = (id) => write(CONVERSATION, id);

export function forgetConversation(id) {
  if (read(CONVERSATION) === id) write(CONVERSATION, null);
}

/** The talk that began on LINE and goes on here: its id is in the address, once. */
export function linkedConversation() {
  const id = location.hash.match(/^#conversation=(.+)$/)?.[1];
  if (!isId(id)) return null;
  history.replaceState(null, "", location.pathname);
  keepConversation(id);
  return id;
}

/** The talk that the page's form is in: gone on with when the form was just used, before the script ran. */
export function begunConversation(id) {
  if (!isId(id) || (location.hash !== "#latest" && keptConversation())) return null;
  keepConversation(id);
  return id;
}

export function keptSettings() {
  try {
    return JSON.parse(read(SETTINGS)) ?? {};
  } catch {
    return {};
  }
}

export const keepSettings = (settings) => write(SETTINGS, JSON.stringify(settings));
