/** Making elements, and posting to the platform. */

/** An element with properties and children; strings become text. */
export function el(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** Sends JSON; returns whether the platform took it. */
export async function post(url, body, method = "POST") {
  try {
    const response = await fetch(url, {
      method,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return response.ok;
  } catch {
    return false;
  }
}

/** The address if it is one that may be opened from the page, else null. */
export function safeAddress(uri) {
  return /^(https?:\/\/|tel:)/.test(String(uri)) ? uri : null;
}

/** A note in place of what this page cannot draw: it must never look as if nothing were there. */
export function unknown(what) {
  return el("p", { className: "unknown" }, `この見本では表示できません：${what}`);
}
